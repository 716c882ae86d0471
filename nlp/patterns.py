"""The lexicon's pattern language, and its matcher over the words of one sentence.

A pattern is a row of elements parted by spaces:
    hold            the word as it stands, in any case
    ~suspend        the word and its regular inflections: suspends, suspended, suspending
    hold|ice        either
    the?            may be missing
    ...             up to eight words that belong to no other element
Irregular forms are written out: put|puts|putting.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

GAP = "..."
GAP_WORDS = 8
_VOWELS = frozenset("aeiou")


@dataclass(frozen=True, slots=True)
class Match:
    """One match. `words` are the indices of the words that carry it, gaps left out."""

    entry_id: str
    words: tuple[int, ...]


def inflections(word: str) -> set[str]:
    """The regular forms of an English verb or noun, the word itself among them.

    >>> sorted(inflections("drop"))
    ['drop', 'dropped', 'dropping', 'drops']
    """
    if word.endswith("e"):
        return {word, word + "s", word + "d", word[:-1] + "ing"}
    if word.endswith("y") and word[-2] not in _VOWELS:
        return {word, word[:-1] + "ies", word[:-1] + "ied", word + "ing"}
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return {word, word + "es", word + "ed", word + "ing"}
    stem = word
    if len(word) < 6 and word[-1] not in "aeiouwxy" and word[-2] in _VOWELS and word[-3:-2] not in _VOWELS:
        stem = word + word[-1]
    return {word, word + "s", word + "ed", word + "ing", stem + "ed", stem + "ing"} if len(word) > 4 else {
        word, word + "s", stem + "ed", stem + "ing"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Element:
    forms: frozenset[str]  # empty: a gap
    optional: bool = False


def _compile(pattern: str) -> tuple[_Element, ...]:
    elements = []
    for part in pattern.split():
        if part == GAP:
            elements.append(_Element(frozenset()))
            continue
        optional = part.endswith("?")
        forms: set[str] = set()
        for word in part.removesuffix("?").lower().split("|"):
            forms |= inflections(word[1:]) if word.startswith("~") else {word}
        elements.append(_Element(frozenset(forms), optional))
    if not elements or elements[0].optional or not elements[0].forms:
        raise ValueError(f"pattern {pattern!r} must start with a word")
    return tuple(elements)


class PatternMatcher:
    """Finds the patterns of many entries in a sentence, by the word that each starts with."""

    def __init__(self, entries: Iterable[tuple[str, Sequence[str]]]) -> None:
        """entries: (id, patterns). Raises ValueError for a pattern that does not start with a word."""
        self._by_first: dict[str, list[tuple[str, tuple[_Element, ...]]]] = {}
        for entry_id, patterns in entries:
            for pattern in patterns:
                elements = _compile(pattern)
                for form in elements[0].forms:
                    self._by_first.setdefault(form, []).append((entry_id, elements))

    def __call__(self, words: Sequence[str]) -> Iterator[Match]:
        """Matches in a sentence given as lower-case words; per entry and first word the first that fits."""
        for start, word in enumerate(words):
            done: set[str] = set()
            for entry_id, elements in self._by_first.get(word, ()):
                if entry_id not in done and (found := _match(elements, 1, words, start + 1, (start,))) is not None:
                    done.add(entry_id)
                    yield Match(entry_id, found)


def _match(
    elements: tuple[_Element, ...], at: int, words: Sequence[str], position: int, taken: tuple[int, ...]
) -> tuple[int, ...] | None:
    if at == len(elements):
        return taken
    element = elements[at]
    if not element.forms:
        for skipped in range(GAP_WORDS + 1):
            found = _match(elements, at + 1, words, position + skipped, taken)
            if found is not None:
                return found
        return None
    if position < len(words) and words[position] in element.forms:
        found = _match(elements, at + 1, words, position + 1, (*taken, position))
        if found is not None:
            return found
    return _match(elements, at + 1, words, position, taken) if element.optional else None
