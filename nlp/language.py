"""Which language a text is in."""

from functools import cache
from typing import Any

from py3langid.langid import MODEL_FILE, LanguageIdentifier

ENOUGH = 4_000  # characters; more says nothing new
CLEAR, UNLIKELY = 0.3, 0.02  # probability of the likeliest language, and of English, in a text that is in another


@cache
def _identifier() -> Any:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)  # type: ignore[no-untyped-call]


def language_of(text: str) -> str:
    """ISO 639-1 code, English where the text is too short or too mixed to tell otherwise."""
    ranked = _identifier().rank(text[:ENOUGH])
    language, probability = ranked[0]
    return str(language) if probability > CLEAR and dict(ranked)["en"] < UNLIKELY else "en"
