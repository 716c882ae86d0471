# ruff: noqa: E501 - one case a line, messages as they are printed

from pathlib import Path
from typing import Any

import pytest

from config.errors import ConfigError
from config.settings import HERE, load_settings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    folder.mkdir()
    return folder


def environ(folder: Path, **variables: str) -> dict[str, str]:
    return {"TWINWATCH_CONFIG": str(folder), **variables}


def test_defaults_put_the_data_beside_the_configuration(folder: Path) -> None:
    settings = load_settings(environ=environ(folder))
    assert settings.data_dir == folder.parent / "data"
    assert settings.database_url == f"sqlite:///{folder.parent}/data/twinwatch.db"
    assert settings.gazetteer_path == folder.parent / "data" / "gazetteer.db"


def test_the_shipped_file_states_the_defaults(folder: Path) -> None:
    shipped = load_settings(environ={"TWINWATCH_DATA": "/srv"})
    assert shipped.config_dir == HERE
    bare = load_settings(environ=environ(folder, TWINWATCH_DATA="/srv"))
    assert shipped.model_copy(update={"config_dir": folder}) == bare


def test_files_that_the_folder_lacks_are_the_projects_own(folder: Path) -> None:
    (folder / "sources.toml").write_text("")
    settings = load_settings(environ=environ(folder))
    assert settings.config_file("sources.toml") == folder / "sources.toml"
    assert settings.config_file("register.csv") == HERE / "register.csv"


@pytest.mark.parametrize(
    ("toml", "variable", "flag", "expected"),
    [
        ("", None, None, 1.0),
        ("delay_seconds = 2", None, None, 2.0),
        ("delay_seconds = 2", "3", None, 3.0),
        ("delay_seconds = 2", "3", 4, 4.0),
        ("delay_seconds = 2", None, 0.5, 0.5),
    ],
)
def test_flag_beats_variable_beats_file(
    folder: Path, toml: str, variable: str | None, flag: float | None, expected: float
) -> None:
    (folder / "twinwatch.toml").write_text(f"[crawl]\n{toml}\n")
    variables = {} if variable is None else {"TWINWATCH_CRAWL__DELAY_SECONDS": variable}
    settings = load_settings({"crawl.delay_seconds": flag}, environ(folder, **variables))
    assert settings.crawl.delay_seconds == expected


@pytest.mark.parametrize(
    ("toml", "variables", "flags", "message", "hint"),
    [
        ("[crawl\n", {}, {}, "{file}: not valid TOML: Expected ']' at the end of a table declaration (at line 1, column 7)", None),
        ("[crawl]\ndelay_second = 1\n", {}, {}, "{file}: unknown key crawl.delay_second", "Did you mean delay_seconds?"),
        ("[crowl]\ncontact = 'x'\n", {}, {}, "{file}: unknown key crowl", "Did you mean crawl?"),
        ("[nlp]\nworkers = 0\n", {}, {}, "{file}: nlp.workers: Input should be greater than or equal to 1 (found 0)", None),
        ("log_level = 'loud'\n", {}, {}, "{file}: log_level: Input should be 'debug', 'info', 'warning' or 'error' (found 'loud')", None),
        ("crawl = 3\n", {}, {}, "{file}: crawl: Input should be a valid dictionary or instance of CrawlSettings (found 3)", None),
        ("", {"TWINWATCH_CRAWL__TIMEOUT_SECONDS": "soon"}, {}, "TWINWATCH_CRAWL__TIMEOUT_SECONDS: crawl.timeout_seconds: Input should be a valid number, unable to parse string as a number (found 'soon')", None),
        ("", {"TWINWATCH_CRAWL__TIMEOUT": "9"}, {}, "TWINWATCH_CRAWL__TIMEOUT: unknown key crawl.timeout", "Did you mean timeout_seconds?"),
        ("", {"TWINWATCH_CRAWL": "9", "TWINWATCH_CRAWL__CONTACT": "x"}, {}, "environment: crawl.contact: crawl takes one value, not a table of them", None),
        ("", {}, {"nlp.workers": 99}, "command line: nlp.workers: Input should be less than or equal to 64 (found 99)", None),
    ],
)  # fmt: skip
def test_a_mistake_names_its_place(
    folder: Path, toml: str, variables: dict[str, str], flags: dict[str, Any], message: str, hint: str | None
) -> None:
    file = folder / "twinwatch.toml"
    file.write_text(toml)
    with pytest.raises(ConfigError) as raised:
        load_settings(flags, environ(folder, **variables))
    assert str(raised.value) == message.format(file=file)
    assert raised.value.hint == hint
    assert raised.value.exit_code == 2


def test_a_configuration_folder_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"TWINWATCH_CONFIG: .*/nowhere is not a folder"):
        load_settings(environ={"TWINWATCH_CONFIG": str(tmp_path / "nowhere")})
