"""From a text to its mentions, and what becomes of texts that cannot be read."""

import json
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.settings import HERE
from nlp.mention import Document, mention_from_json, mention_to_json, reading_text

STORY = json.loads((HERE.parent / "tests" / "gold" / "own" / "o1-cold-war-ties-fray.json").read_text("utf-8"))


def told(mention):
    cities = [mention.city_a.name, mention.city_b.name]
    return (*sorted(cities), mention.action.value, mention.stage.value, str(mention.date), mention.date_precision.value)


def test_a_story_of_six_acts_reads_as_these_six(reader):
    document = Document("story", STORY["text"], STORY["title"], date.fromisoformat(STORY["published"]))
    mentions = [mention for mention in reader.read(document).mentions if not mention.background]
    assert sorted(map(told, mentions)) == [
        ("Chicago", "Moscow", "suspend", "enacted", "2022-03-01", "month"),
        ("Dallas", "Saratov", "suspend", "enacted", "2022-03-01", "month"),
        ("Des Moines", "Stavropol", "suspend", "enacted", "2022-03-07", "week"),
        ("Gainesville", "Novorossiysk", "maintain", "enacted", "2022-03-07", "day"),
        ("Krasnodar", "Tallahassee", "maintain", "urged", "2022-03-07", "day"),
        ("Krasnodar", "Tallahassee", "sever", "enacted", "2022-03-09", "day"),
    ]
    by_register = {mention.city_b.name for mention in mentions if mention.city_b.resolved_by == "register"}
    assert by_register == {"Moscow", "Saratov"}


def test_a_mention_shows_the_words_it_rests_on(reader):
    text = "The City Council of Akron voted 7-2 on Tuesday to sever its sister city ties with Perm, Russia."
    reading = reader.read(Document("t", text, published=date(2022, 3, 18)))
    (mention,) = reading.mentions
    assert told(mention) == ("Akron", "Perm", "sever", "enacted", "2022-03-15", "day")
    assert (mention.actor, mention.vote) == ("City Council of Akron", "7-2")
    assert all(text[span.start : span.end] == span.text for span in mention.spans)
    roles = {span.role: span.text for span in mention.spans}
    assert roles["trigger"] == "sever"
    assert roles["city_b"] == "Perm"
    assert roles["date"] == "Tuesday"
    assert "sever.verb" in mention.rules
    assert mention_from_json(mention_to_json(mention)) == mention


def test_offsets_count_in_title_and_text(reader):
    document = Document(
        "t", "The council ended the twinning with Perm on Monday.", "Oxford drops Perm", date(2022, 3, 18)
    )
    whole = reading_text(document.title, document.text)
    for mention in reader.read(document).mentions:
        assert all(whole[span.start : span.end] == span.text for span in mention.spans)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("", "empty text"),
        (" \n\t ", "empty text"),
        ("The budget was adopted without debate.", "no word of a tie"),
        ("Le conseil municipal a décidé de suspendre le jumelage avec Perm, a dit le maire.", "in fr, not in English"),
        ("مدينة شقيقة twin " + "قرر المجلس البلدي تعليق العلاقة مع المدينة الشقيقة " * 20, "not in English"),
        ("sister city " * 100_000, "a line of more than"),
        ("A sister city.\n" * 60_000, "longer than"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_a_reason(reader, text, note):
    reading = reader.read(Document("t", text))
    assert reading.mentions == ()
    assert note in reading.note


PROSE = "the council city of Oxford Perm Paris Reading sister twin ties voted ended on Monday March 2022 31 not".split()
WORDS = st.sampled_from([*PROSE, *"é 東京 . , ; “ ” -".split(), "\x00", "\u202e", "\n", "\n\n"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(WORDS, max_size=60).map(" ".join), st.dates(date(1900, 1, 1), date(2100, 1, 1)) | st.none())
def test_any_text_gets_an_answer_whose_offsets_hold(reader, text, published):
    text = "sister city " + text
    reading = reader.read(Document("t", text, published=published))
    for mention in reading.mentions:
        assert all(text[span.start : span.end] == span.text for span in mention.spans)
        assert 0 <= mention.confidence <= 1
        assert mention.earliest is None or mention.earliest <= mention.latest


def test_two_workers_read_the_same_in_the_same_order(reader):
    documents = [Document(str(n), STORY["text"], STORY["title"], date(2022, 3, 18)) for n in range(20)]
    assert list(reader.read_many(documents, workers=2)) == list(reader.read_many(documents))


def test_rules_alone_find_the_plain_case():
    from config.settings import load_settings
    from nlp.reader import Reader

    plain = Reader(load_settings({"nlp.ranker": False}))
    reading = plain.read(
        Document(
            "t", "Akron suspended its sister city ties with Perm, Russia, on Tuesday.", published=date(2022, 3, 18)
        )
    )
    assert [told(mention)[:4] for mention in reading.mentions] == [("Akron", "Perm", "suspend", "enacted")]


def test_an_echo_does_not_trip_the_rules():
    from config.settings import load_settings
    from nlp.reader import Reader

    text = "Akron suspended its twinning with Perm, Russia. Dayton did the same with its sister city of Tula, Russia."
    reading = Reader(load_settings({"nlp.ranker": False})).read(Document("t", text, published=date(2022, 3, 18)))
    assert ("Akron", "Perm", "suspend", "enacted") in [told(mention)[:4] for mention in reading.mentions]
