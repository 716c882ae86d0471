"""Folding of place names for comparison."""

import unicodedata
from functools import lru_cache

# letters that do not decompose under NFKD
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d"}
    | dict.fromkeys("ʻʼ’'‘`.", "")
    | dict.fromkeys("-–/", " ")
)


@lru_cache(maxsize=65536)
def fold(name: str) -> str:
    """Lower case without accents, apostrophes, full stops and hyphens; "saint" as "st". All scripts are kept.

    >>> fold("St.-Étienne"), fold("Saint Etienne"), fold("Tromsø")
    ('st etienne', 'st etienne', 'tromso')
    """
    decomposed = unicodedata.normalize("NFKD", name.lower().translate(_LETTERS))
    plain = "".join(ch for ch in decomposed if not unicodedata.combining(ch)).translate(_LETTERS)
    words = ["st" if word == "saint" else word for word in plain.split()]
    return " ".join(words)
