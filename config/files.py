"""Reading the operator's files so that a mistake is told with file, line, key and what is allowed."""

import difflib
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from config.errors import ConfigError


def read_toml(path: Path) -> dict[str, Any]:
    """The parsed file. Raises ConfigError for a missing or broken one."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file", "TWINWATCH_CONFIG names the folder that holds it.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from None


def explain(error: ValidationError, model: type[BaseModel], origin: Mapping[str, str] | str) -> ConfigError:
    """The first mistake that pydantic found, in words.

    origin: where the values came from, or, by dotted key, where each came from.
    """
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    where = origin if isinstance(origin, str) else _origin_of(key, origin)
    if first["type"] == "extra_forbidden":
        allowed = allowed_keys(model, first["loc"][:-1])
        close = difflib.get_close_matches(str(first["loc"][-1]), allowed, 1)
        hint = f"did you mean {close[0]}?" if close else f"allowed: {', '.join(sorted(allowed))}"
        return ConfigError(f"{where}: unknown key {key}", hint[0].upper() + hint[1:])
    if first["type"] == "missing":
        return ConfigError(f"{where}: key {key} is missing")
    message = first["msg"].removeprefix("Value error, ")
    return ConfigError(f"{where}: {key}: {message} (found {first['input']!r})")


def _origin_of(key: str, origin: Mapping[str, str]) -> str:
    """Where a key came from; for a whole table, where the first of its keys did."""
    return next((place for dotted, place in origin.items() if f"{dotted}.".startswith(f"{key}.")), "settings")


def allowed_keys(model: type[BaseModel], path: tuple[Any, ...]) -> list[str]:
    """The keys allowed at a place inside nested models."""
    for part in path:
        field = model.model_fields.get(str(part))
        if field is not None and isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            model = field.annotation
    return list(model.model_fields)


def line_of(text: str, header: str, index: int, key: str | None = None) -> int:
    """The 1-based line of the index-th `[[header]]` table of a TOML text, or of a key inside it."""
    lines = text.splitlines()
    starts = [n for n, line in enumerate(lines, 1) if re.match(rf"\s*\[\[\s*{header}\s*\]\]", line)]
    if index >= len(starts):
        return 1
    start = starts[index]
    if key:
        for number, line in enumerate(lines[start:], start + 1):
            if re.match(r"\s*\[", line):
                break
            if re.match(rf'\s*"?{re.escape(key)}"?\s*=', line):
                return number
    return start
