# ruff: noqa: E501 - one case a line, messages as they are printed

from pathlib import Path

import pytest

from config.errors import ConfigError
from config.sources import load_sources
from config.vocabulary import PageKind, SpiderName

GOOD = """
[[source]]
name = "gazette"
spider = "feed"
urls = ["https://gazette.example/rss.xml"]
"""


def test_a_source_at_its_shortest(tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    file.write_text(GOOD)
    (source,) = load_sources(file)
    assert (source.name, source.spider, source.urls) == (
        "gazette",
        SpiderName.FEED,
        ("https://gazette.example/rss.xml",),
    )
    assert (source.kind, source.city, source.enabled, source.allow_private) == (PageKind.ARTICLE, None, True, False)


def test_an_empty_file_has_no_sources(tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    file.write_text("# none so far\n")
    assert load_sources(file) == []


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("[source]\nname = 'a'\n", "{file}: source must be a list", "Every source starts with a line [[source]]."),
        ("name = 'a'\n", "{file}: unknown key name", "Every source starts with a line [[source]]."),
        (GOOD.replace("feed", "feeed"), "{file}, line 4: source gazette: spider: Input should be 'feed', 'listing' or 'watch' (found 'feeed')", None),
        (GOOD.replace("spider", "spyder"), "{file}, line 2: source gazette: key spider is missing", None),
        (GOOD + 'citty = "Des Moines"\n', "{file}, line 6: source gazette: unknown key citty", "Did you mean city?"),
        (GOOD.replace('"gazette"', '"The Gazette"'), "{file}, line 3: source The Gazette: name: String should match pattern '^[a-z0-9][a-z0-9._-]*$' (found 'The Gazette')", None),
        (GOOD.replace("https://", "ftp://"), "{file}, line 5: source gazette: urls.0: must be an address that starts with http:// or https:// (found 'ftp://gazette.example/rss.xml')", None),
        (GOOD.replace('["https://gazette.example/rss.xml"]', "[]"), "{file}, line 5: source gazette: urls: Tuple should have at least 1 item after validation, not 0 (found [])", None),
        (GOOD + "follow = '('\n", "{file}, line 6: source gazette: follow: not a regular expression: missing ), unterminated subpattern at position 0 (found '(')", None),
        (GOOD + GOOD, "{file}, line 8: a source named gazette stands on line 3 too", None),
    ],
)  # fmt: skip
def test_a_mistake_names_file_line_and_source(tmp_path: Path, text: str, message: str, hint: str | None) -> None:
    file = tmp_path / "sources.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as raised:
        load_sources(file)
    assert str(raised.value) == message.format(file=file)
    assert raised.value.hint == hint


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as raised:
        load_sources(tmp_path / "sources.toml")
    assert str(raised.value) == f"{tmp_path}/sources.toml: no such file"
    assert raised.value.hint == "TWINWATCH_CONFIG names the folder that holds it."
