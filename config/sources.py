"""sources.toml: the places to crawl, as data."""

import re
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator

from config.errors import ConfigError
from config.files import explain, line_of, read_toml
from config.vocabulary import PageKind, SpiderName


def _http_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an address that starts with http:// or https://")
    return url


class Source(BaseModel):
    """One configured place to crawl."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=80)
    spider: SpiderName
    urls: tuple[Annotated[str, AfterValidator(_http_url)], ...] = Field(min_length=1)
    city: str | None = None  # whose page this is, as "Des Moines, Iowa, US"
    kind: PageKind = PageKind.ARTICLE  # what its pages are; `watch` pages are always of kind watch
    follow: str | None = None  # listing: a regular expression that an article's address must match
    enabled: bool = True
    allow_private: bool = False  # true lets a source live on loopback or a private network
    proxy: str | None = None  # an HTTP proxy to ask through

    @field_validator("follow")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        try:
            re.compile(pattern or "")
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from None
        return pattern


def load_sources(path: Path) -> list[Source]:
    """The sources of a file. Raises ConfigError naming file, line, source, key and the allowed values."""
    table = read_toml(path)
    if stray := sorted(set(table) - {"source"}):
        raise ConfigError(f"{path}: unknown key {stray[0]}", "Every source starts with a line [[source]].")
    entries = table.get("source", [])
    if not isinstance(entries, list):
        raise ConfigError(f"{path}: source must be a list", "Every source starts with a line [[source]].")
    text = path.read_text("utf-8")
    sources = [_parse(entry, index, text, path) for index, entry in enumerate(entries)]
    names: dict[str, int] = {}
    for index, source in enumerate(sources):
        if source.name in names:
            line = line_of(text, "source", index, "name")
            raise ConfigError(
                f"{path}, line {line}: a source named {source.name} stands on line {names[source.name]} too"
            )
        names[source.name] = line_of(text, "source", index, "name")
    return sources


def _parse(entry: dict[str, Any], index: int, text: str, path: Path) -> Source:
    try:
        return Source.model_validate(entry)
    except ValidationError as error:
        key = str(error.errors()[0]["loc"][0]) if error.errors()[0]["loc"] else None
        line = line_of(text, "source", index, key)
        name = entry.get("name", f"number {index + 1}")
        raise explain(error, Source, f"{path}, line {line}: source {name}") from None
