"""Words of plain text, cut as spaCy's English tokenizer cuts them."""

from functools import cache

import spacy
from spacy.language import Language


@cache
def _english() -> Language:
    return spacy.blank("en")


def words_of(text: str) -> list[str]:
    """Lower-case tokens of a text."""
    return [token.lower_ for token in _english().make_doc(text)]
