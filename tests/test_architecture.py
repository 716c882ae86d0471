"""The import arrows of docs/architecture.md, held by reading the imports."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("config", "crawler", "nlp", "store", "twinwatch")
# what each package may import of the others: whole packages, or single modules
ALLOWED = {
    "config": set(),
    "crawler": {"config"},
    "nlp": {"config"},
    "store": {"config", "crawler.page", "crawler.memory", "nlp.mention"},
    "twinwatch": {"config", "crawler", "nlp", "store"},
}
HEAVY = ("spacy", "scrapy", "sqlalchemy", "pydantic", "trafilatura", "sklearn", "numpy", "onnxruntime")


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imports(path: Path) -> Iterator[tuple[str, list[str], int]]:
    """(module, names taken from it, line) for every import of one of our packages by another."""
    package = path.relative_to(ROOT).parts[0]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found = [(alias.name, []) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found = [(node.module, [alias.name for alias in node.names])]
        else:
            continue
        for module, names in found:
            top = module.partition(".")[0]
            if top in PACKAGES and top != package:
                yield module, names, node.lineno


def may_import(package: str, module: str, names: list[str]) -> bool:
    allowed = ALLOWED[package]
    if any(module == entry or module.startswith(f"{entry}.") for entry in allowed):
        return True
    # `from crawler import page` takes modules by name
    return bool(names) and all(f"{module}.{name}" in allowed for name in names)


@pytest.mark.parametrize("package", PACKAGES)
def test_arrows_run_one_way(package: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for path in modules(package)
        for module, names, line in imports(path)
        if not may_import(package, module, names)
    ]
    assert not wrong


@pytest.mark.parametrize("package", PACKAGES)
def test_no_package_takes_a_private_name_of_another(package: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line} takes {module} {name}"
        for path in modules(package)
        for module, names, line in imports(path)
        for name in [*module.split("."), *names]
        if name.startswith("_") and not name.startswith("__")
    ]
    assert not wrong


@pytest.mark.parametrize("package", PACKAGES)
def test_no_package_imports_the_tests(package: str) -> None:
    wrong = [path for path in modules(package) if "from tests" in path.read_text("utf-8")]
    assert not wrong


def test_the_command_line_starts_light() -> None:
    script = f"import json, sys, twinwatch.__main__; print(json.dumps([m for m in {HEAVY} if m in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert json.loads(done.stdout) == []
