"""The encoder: texts as word pieces, and answers that are probabilities."""

import shutil
from datetime import date

import numpy as np
import pytest

from config.vocabulary import Action
from nlp.details import date_candidates
from nlp.encoder import (
    ACTS,
    PLACES,
    STAGES,
    TAGS,
    UNREAD,
    WINDOW,
    Encoder,
    ModelError,
    WordPieces,
    anchor,
    piece_text,
)  # fmt: skip
from nlp.mention import Document
from nlp.parties import Parties
from nlp.reader import MODEL, MODEL_FILES
from nlp.sites import View

TEXT = (
    "Akron freezes Perm tie\n\nThe City Council of Akron, Ohio, voted 7-2 on Tuesday to suspend its sister city "
    "relationship with Perm, Russia. It dates from 1991.\n\nA motion to end it altogether failed."
)
CAPITALS = """Paris Rome Berlin Madrid Vienna Oslo Warsaw Prague Athens Dublin Lisbon Helsinki Kyiv Riga Vilnius Tallinn
Sofia Bucharest Budapest Belgrade Zagreb Ljubljana Bratislava Copenhagen Stockholm Brussels Amsterdam Bern""".split()


@pytest.fixture(scope="module")
def vocabulary():
    return WordPieces(MODEL / "vocab.txt")


@pytest.fixture(scope="module")
def encoder():
    return Encoder(MODEL)


def read(reader, text, published=date(2022, 3, 18)):
    view = View(reader.parse(Document("t", text, published=published)))
    return view, Parties(view, reader.register.pairs)


@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        ("council", ["council"]),
        ("Zürich", ["zurich"]),
        ("7-2", ["7", "-", "2"]),
        ("untwinned", ["un", "##t", "##win", "##ned"]),
        (" \n", []),
        ("\x00", ["[UNK]"]),
        ("x" * 200, ["[UNK]"]),
    ],
)
def test_words_are_cut_as_the_vocabulary_has_them(vocabulary, word, pieces):
    words = {number: entry for entry, number in vocabulary.numbers.items()}
    assert [words[number] for number in vocabulary.cut(word)] == pieces


def test_spans_and_sentences_find_their_pieces(reader, vocabulary):
    view, parties = read(reader, TEXT)
    pieces = piece_text(view, parties, vocabulary)
    words = {number: entry for entry, number in vocabulary.numbers.items()}
    for span in view.doc.spans["cities"]:
        first, last = pieces.of(span)
        assert "".join(words[n].removeprefix("##") for n in pieces.ids[first:last]) == span.text.lower()
        assert set(pieces.places[first:last]) == {1 if span.text == "Akron" else 2}
    assert pieces.sentences[0][0] == 0
    assert pieces.sentences[-1][1] == len(pieces.ids)


def test_every_sentence_with_a_city_or_a_tie_is_read_once(reader, vocabulary):
    filler = "The budget for roads was adopted after a long debate. " * 60
    view, parties = read(reader, TEXT + "\n\n" + filler + "\n\n" + filler + "\n\n" + TEXT)
    pieces = piece_text(view, parties, vocabulary)
    times = np.zeros(len(pieces.ids), int)
    for context, begin, end in pieces.windows:
        assert context <= begin < end
        assert end - context <= 512 - 2
        times[begin:end] += 1
    assert times.max() == 1
    for sentence, (first, last) in zip(view.sentences, pieces.sentences, strict=True):
        if sentence.cities or sentence.ties:
            assert times[first:last].all()
    assert not times.all()


def test_more_cities_than_numbers_share_the_last(reader, vocabulary):
    view, parties = read(reader, "Sister cities: " + ", ".join(CAPITALS) + ".")
    assert piece_text(view, parties, vocabulary).places.max() == PLACES - 1


def test_answers_are_probabilities(reader, encoder):
    view, parties = read(reader, TEXT)
    told = encoder.read(view, parties)
    assert told.sentences.shape == (len(view.sentences), len(ACTS))
    assert ((told.sentences >= 0) & (told.sentences <= 1)).all()
    site = anchor(view.sentences[1], Action.SUSPEND)
    pairs = list(parties.candidates(site))
    assert all(0 <= p <= 1 for p in told.pairs(site, Action.SUSPEND, pairs))
    assert told.pairs(site, Action.SUSPEND, []) == []
    stages = told.stages(site, Action.SUSPEND, pairs[0])
    assert tuple(stages) == STAGES
    assert sum(stages.values()) == pytest.approx(1, abs=1e-5)
    dates = date_candidates(view, site, background=False)
    assert sum(told.dates(site, Action.SUSPEND, dates)) == pytest.approx(1, abs=1e-5)


def test_a_plain_act_is_told_by_its_sentence(reader, encoder):
    view, parties = read(reader, TEXT)
    site, act, _ = max(encoder.read(view, parties).acts(0.1), key=lambda found: found[2])
    assert act == Action.SUSPEND
    assert "voted 7-2" in site.sentence.span.text or "freezes" in site.sentence.span.text


def test_what_is_not_read_tells_nothing(reader, encoder):
    view, parties = read(reader, "The budget was adopted. " * 40)
    told = encoder.read(view, parties)
    assert told.pieces.windows == []
    assert told.logits.max() == UNREAD
    assert list(told.acts(0.01)) == []


def test_an_encoder_of_another_lexicon_is_refused(tmp_path):
    for name in MODEL_FILES:
        shutil.copy(MODEL / name, tmp_path / name)
    arrays = dict(np.load(MODEL / "heads.npz"))
    assert tuple(arrays["names.tags"].tolist()) == TAGS
    np.savez(tmp_path / "heads.npz", **arrays | {"names.tags": np.array(TAGS[1:])})
    with pytest.raises(ModelError, match="trained with another lexicon"):
        Encoder(tmp_path)


def test_a_sentence_longer_than_a_window_is_cut(reader, vocabulary):
    view, parties = read(reader, "The sister city of Perm " + "and the council " * 400)
    pieces = piece_text(view, parties, vocabulary)
    assert max(last - first for first, last in pieces.sentences) > WINDOW
    assert all(end - context <= 512 - 2 for context, _, end in pieces.windows)
    assert pieces.windows[0][1] == 0


def test_a_city_at_home_is_known_under_every_name(reader, vocabulary):
    view, parties = read(reader, "The Kyiv council met. Kyiv and Kiev are one. Kyiv is the twin of Tallinn.")
    pieces = piece_text(view, parties, vocabulary)
    tags = {TAGS[pieces.tags[pieces.of(span)[0], 0]] for span in view.doc.spans["cities"] if span.text[0] == "K"}
    assert tags == {"city:home"}
