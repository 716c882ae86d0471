"""Every lexicon entry is proved by its own sentences."""

import pytest

from config.lexicon import load_lexicon
from config.settings import HERE
from nlp.patterns import PatternMatcher
from nlp.words import words_of

LEXICON = load_lexicon(HERE / "lexicon.toml")
ENTRIES = [*LEXICON.tie, *LEXICON.action, *LEXICON.cue]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_entry_is_found_where_its_examples_say(entry):
    matcher = PatternMatcher([(entry.id, entry.patterns)])
    for sentence in entry.positive:
        assert list(matcher(words_of(sentence))), sentence
    for sentence in entry.negative:
        assert not list(matcher(words_of(sentence))), sentence
