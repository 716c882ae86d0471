"""Mentions -> events, as a table; and that their order never matters."""

import random
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.vocabulary import Action, Precision, Stage
from nlp.mention import TieMention
from store.drafts import EventDraft, consolidate
from tests.store.samples import DALLAS, KAZAN, LODZ, RUSSIA, SARATOV, a_mention, current

Row = tuple[str, dict[str, object]]
HISTORY: dict[str, object] = {"background": True}

# mentions, by their dates -> events, as the numbers of the mentions that each is built from
BY_DATE = {
    "one": (["2022-03-05"], [{0}]),
    "same day": (["2022-03-05", "2022-03-05"], [{0, 1}]),
    "three days apart": (["2022-03-05", "2022-03-08"], [{0, 1}]),
    "four days apart": (["2022-03-05", "2022-03-09"], [{0}, {1}]),
    "a chain is cut": (["2022-03-01", "2022-03-04", "2022-03-07", "2022-03-10"], [{0, 1, 2}, {3}]),
    "day in its week": (["2022-03-05", "w2022-02-28"], [{0, 1}]),
    "day a week after the week": (["2022-03-13", "w2022-02-28"], [{0, 1}]),
    "day eight days after the week": (["2022-03-14", "w2022-02-28"], [{0}, {1}]),
    "day in its month": (["2022-03-05", "2022-03"], [{0, 1}]),
    "day in another month": (["2022-03-05", "2022-05"], [{0}, {1}]),
    "adjacent months": (["2022-03", "2022-04"], [{0}, {1}]),
    "month in its year": (["2022-03", "2022"], [{0, 1}]),
    "different years": (["2021", "2022"], [{0}, {1}]),
    "a year holds no two days together": (["2022-03-05", "2022", "2022-11-20"], [{0, 1}, {2}]),
    "a year goes to the act most told of": (["2022-03-05", "2022-11-20", "2022-11-21", "2022"], [{0}, {1, 2, 3}]),
    "unknown joins the only one": (["2022-03-05", "unknown"], [{0, 1}]),
    "unknown among two stands alone": (["2022-03-05", "2022-11-20", "unknown"], [{0}, {1}, {2}]),
    "unknown ones are one": (["unknown", "unknown"], [{0, 1}]),
}

BY_CONTENT: dict[str, tuple[list[Row], list[set[int]]]] = {
    "another action": ([("2022", {}), ("2022", {"action": Action.SEVER})], [{0}, {1}]),
    "another stage": ([("2022", {}), ("2022", {"stage": Stage.PROPOSED})], [{0}, {1}]),
    "another partner": ([("2022", {}), ("2022", {"city_b": KAZAN})], [{0}, {1}]),
    "the pair turned round": ([("2022", {}), ("2022", {"city_a": SARATOV, "city_b": DALLAS})], [{0, 1}]),
    "a country fits the only partner": ([("2022-03-05", {}), ("2022-03-05", {"city_b": RUSSIA})], [{0, 1}]),
    "a country among two partners stands alone": (
        [("2022-03-05", {}), ("2022-03-05", {"city_b": KAZAN}), ("2022-03-05", {"city_b": RUSSIA})],
        [{0}, {1}, {2}],
    ),
    "a country of another date stands alone": ([("2022-03-05", {}), ("2023", {"city_b": RUSSIA})], [{0}, {1}]),
    "a country without date fits": ([("2022-03-05", {}), ("unknown", {"city_b": RUSSIA})], [{0, 1}]),
    "another country": ([("2022", {}), ("2022", {"city_a": LODZ, "city_b": RUSSIA})], [{0}, {1}]),
    "history told twice is one": ([("1989", HISTORY), ("1989-04-12", HISTORY)], [{0, 1}]),
    "history is no news": ([("2022-03-05", {}), ("2022", HISTORY)], [{0}, {1}]),
    "history of the very date is that news": ([("2022-03-05", {}), ("2022-03-05", HISTORY)], [{0, 1}]),
    "told before it happened": (
        [("2022-03-05", {}), ("unknown", {"latest": date(2021, 6, 1)})],
        [{0}, {1}],
    ),
}
PLAIN: dict[str, object] = {}
CASES = {
    name: ([(when, PLAIN) for when in dates], expected) for name, (dates, expected) in BY_DATE.items()
} | BY_CONTENT


@pytest.mark.parametrize(("rows", "expected"), CASES.values(), ids=CASES.keys())
def test_which_mentions_are_one_act(rows: list[Row], expected: list[set[int]]) -> None:
    mentions = [current(number, a_mention(when, **values)) for number, (when, values) in enumerate(rows)]
    drafts = consolidate(mentions)
    found = sorted(sorted(item.id for item in draft.mentions) for draft in drafts)
    assert found == sorted(sorted(numbers) for numbers in expected)


def one_event(*mentions: TieMention, texts: tuple[str, ...] = ()) -> EventDraft:
    items = [current(n, mention, texts[n] if texts else None) for n, mention in enumerate(mentions)]
    (draft,) = consolidate(items)
    return draft


def test_an_event_takes_the_most_precise_date() -> None:
    draft = one_event(a_mention("2022", confidence=0.95), a_mention("2022-03-05", confidence=0.6))
    assert (draft.date, draft.date_precision) == (date(2022, 3, 5), Precision.DAY)


def test_among_equally_precise_dates_the_most_confident_mention_decides() -> None:
    draft = one_event(a_mention("2022-03-04", confidence=0.6), a_mention("2022-03-05", confidence=0.7))
    assert (draft.date, draft.earliest, draft.latest) == (date(2022, 3, 5),) * 3


def test_actor_and_vote_come_from_the_mentions_that_state_them() -> None:
    draft = one_event(a_mention(confidence=0.9), a_mention(actor="city council"), a_mention(vote="7-2", confidence=0.3))
    assert (draft.actor, draft.vote) == ("city council", "7-2")


def test_the_named_partner_stands_for_the_country() -> None:
    draft = one_event(a_mention(confidence=0.5), a_mention(city_b=RUSSIA, confidence=0.9))
    assert draft.city_b == SARATOV


@pytest.mark.parametrize(
    ("confidences", "texts", "expected"),
    [
        ((0.5,), ("a",), 0.5),
        ((0.5, 0.5), ("a", "b"), 0.75),
        ((0.5, 0.6), ("same", "same"), 0.6),
        ((0.9, 0.9, 0.9), ("a", "b", "c"), 0.99),
        ((1.0,), ("a",), 0.99),
    ],
)
def test_confidence(confidences: tuple[float, ...], texts: tuple[str, ...], expected: float) -> None:
    draft = one_event(*(a_mention(confidence=value) for value in confidences), texts=texts)
    assert draft.confidence == pytest.approx(expected)


DATES = st.sampled_from(
    ["unknown", "1989", "2022", "2022-03", "2022-04", "w2022-02-28", "w2022-03-07"]
    + [f"2022-03-{day:02}" for day in range(1, 29, 2)]
)
MENTIONS = st.builds(
    a_mention,
    DATES,
    city_a=st.sampled_from([DALLAS, SARATOV]),
    city_b=st.sampled_from([KAZAN, SARATOV, RUSSIA, LODZ]),
    stage=st.sampled_from([Stage.ENACTED, Stage.URGED]),
    confidence=st.sampled_from([0.4, 0.8, 0.9]),
    background=st.booleans(),
    actor=st.sampled_from([None, "mayor", "council"]),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(MENTIONS, max_size=12), st.randoms(use_true_random=False))
def test_order_does_not_matter_and_nothing_is_lost(mentions: list[TieMention], shuffler: random.Random) -> None:
    items = [current(number, mention) for number, mention in enumerate(mentions)]
    shuffled = list(items)
    shuffler.shuffle(shuffled)
    drafts = consolidate(items)
    assert consolidate(shuffled) == drafts
    assert sorted(item.id for draft in drafts for item in draft.mentions) == list(range(len(items)))


@settings(max_examples=200, deadline=None)
@given(st.lists(MENTIONS, max_size=12))
def test_the_days_of_one_event_lie_within_a_week(mentions: list[TieMention]) -> None:
    for draft in consolidate([current(number, mention) for number, mention in enumerate(mentions)]):
        days = [
            item.mention.date
            for item in draft.mentions
            if item.mention.date and item.mention.date_precision is Precision.DAY and item.pair == draft.pair
        ]
        assert not days or (max(days) - min(days)).days <= 7
