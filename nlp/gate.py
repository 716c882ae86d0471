"""The gate: could this text, or these raw bytes, speak of a tie at all? Nothing is parsed; it must lose nothing."""

# Words without one of which no tie is told, in lower case. Stems stand for all their forms.
_WORDS = (
    "sister",
    "twin",
    "partner",
    "friendship",
    "sibling",
    "brother",
    "counterpart",
    "paired with",
    "sororit",
    "hermana",
    "jumelage",
    "cidades-irm",
    "city link",
    "cooperation with",
    "cooperation agreement",
    "agreement on cooperation",
    "co-operation",
    "ties with",
    "ties to",
    "relations with",
    "link with",
    "links with",
    "exchanges with",
)
_RAW_WORDS = tuple(word.encode() for word in _WORDS)


def may_speak_of_tie(data: str | bytes) -> bool:
    """True where a word for a tie occurs anywhere; some 100 MB a second and core where none does.

    Raw bytes may be a page in any charset that keeps ASCII as it is: the words are ASCII.
    """
    if isinstance(data, bytes):
        lowered = data.lower()
        return any(word in lowered for word in _RAW_WORDS)
    text = data.lower()
    return any(word in text for word in _WORDS)
