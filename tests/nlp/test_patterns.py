"""The pattern language: pattern, sentence, the words that match."""

import pytest

from nlp.patterns import PatternMatcher, inflections
from nlp.words import words_of


@pytest.mark.parametrize(
    ("pattern", "sentence", "expected"),
    [
        ("~suspend", "They suspended it", "suspended"),
        ("~drop", "Dropping it is easy", "dropping"),
        ("~carry on", "It carries on", "carries on"),
        ("put|puts ... on hold", "He put the whole thing on hold", "put on hold"),
        ("on hold|ice", "It is on ice", "on ice"),
        ("to an? end", "It came to an end", "to an end"),
        ("to an? end", "It came to end", "to end"),
        ("sever ... ties", "sever one two three four five six seven eight nine ties", None),
        ("hold", "holding", None),
    ],
)
def test_patterns(pattern, sentence, expected):
    words = words_of(sentence)
    found = [" ".join(words[i] for i in match.words) for match in PatternMatcher([("x.y", [pattern])])(words)]
    assert found == ([expected] if expected else [])


@pytest.mark.parametrize("pattern", ["", "... end", "an? end"])
def test_a_pattern_must_start_with_a_word(pattern):
    with pytest.raises(ValueError, match="must start with a word"):
        PatternMatcher([("x.y", [pattern])])


@pytest.mark.parametrize(
    ("word", "form"),
    [("freeze", "freezing"), ("carry", "carried"), ("scrap", "scrapped"), ("end", "ended"), ("axe", "axed")],
)
def test_inflections(word, form):
    assert form in inflections(word)
