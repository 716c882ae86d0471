import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from config.vocabulary import Action, Precision, Stage
from nlp.gazetteer import Gazetteer
from twinwatch.evaluate import Level, Scores, Tally, same_date, score
from twinwatch.gold import Act, GoldDocument, GoldError, Party, SameCity, load_gold, same_city_by

DURHAM = Party(("Durham",), "North Carolina", "US")
KOSTROMA = Party(("Kostroma",), None, "RU")
SOMEWHERE_RU = Party((), None, "RU")


def act(words: str, day: str | None = "2022-03-09", precision: str = "day", **values: Any) -> Act:
    """An event between Durham and Kostroma, as "sever enacted"."""
    action, stage = words.split()
    parties = {"city_a": DURHAM, "city_b": KOSTROMA, **values}
    when = date.fromisoformat(day) if day else None
    return Act(action=Action(action), stage=Stage(stage), date=when, date_precision=Precision(precision), **parties)


def document(*acts: Act) -> GoldDocument:
    def city(party: Party) -> dict[str, Any]:
        name, *alt = party.names or (None,)
        return {"name": name, "alt": alt, "admin1": party.admin1, "country": party.country}

    events = [
        {"city_a": city(a.city_a), "city_b": city(a.city_b), "action": a.action, "stage": a.stage,
         "date": a.date, "date_precision": a.date_precision, "background": a.background}
        for a in acts
    ]  # fmt: skip
    return GoldDocument.model_validate({"id": "d", "text": "x", "events": events})


@pytest.fixture(scope="module")
def same_city(gazetteer_file: Path) -> SameCity:
    return same_city_by(Gazetteer(gazetteer_file))


@pytest.mark.parametrize(
    ("gold", "predicted", "same"),
    [
        (Party(("Durham",), "North Carolina", "US"), Party(("Durham",), "North Carolina", "US"), True),
        (Party(("Durham",), "North Carolina", "US"), Party(("Durham",), None, "US"), True),
        (Party(("Durham",), "North Carolina", "US"), Party(("Durham",), "England", "US"), False),
        (Party(("Durham",), None, "US"), Party(("Durham",), None, "GB"), False),
        (Party(("Saint Petersburg",), None, "RU"), Party(("St. Petersburg",), None, "RU"), True),
        (Party(("Kyiv",), None, "UA"), Party(("Kiev",), None, "UA"), True),
        (Party(("Tromsø",), None, "NO"), Party(("Tromso",), None, "NO"), True),
        (Party(("Xicheng", "Beijing"), None, "CN"), Party(("Beijing",), None, "CN"), True),
        (Party(("Kostroma",), None, "RU"), Party(("Moscow",), None, "RU"), False),
        (Party((), None, "RU"), Party(("Moscow",), None, "RU"), True),
        (Party((), None, "RU"), Party((), None, "RU"), True),
        (Party(("Moscow",), None, "RU"), Party((), None, "RU"), False),
    ],
)
def test_when_two_parties_are_one_city(same_city: SameCity, gold: Party, predicted: Party, same: bool) -> None:
    assert same_city(gold, predicted) is same


@pytest.mark.parametrize(
    ("gold", "precision", "predicted", "predicted_precision", "same"),
    [
        ("2022-03-09", "day", "2022-03-10", "day", True),
        ("2022-03-09", "day", "2022-03-11", "day", False),
        ("2022-03-07", "week", "2022-03-20", "day", True),
        ("2022-03-07", "week", "2022-03-21", "day", False),
        ("2022-03-07", "week", "2022-02-28", "week", True),
        ("2022-03-01", "month", "2022-03-31", "day", True),
        ("2022-03-01", "month", "2022-04-01", "day", False),
        ("2022-01-01", "year", "2022-12-31", "day", True),
        ("2022-01-01", "year", "2021-12-31", "day", False),
        ("2022-03-09", "day", None, "unknown", False),
        (None, "unknown", None, "unknown", True),
        (None, "unknown", "2022-03-07", "week", True),
        (None, "unknown", "2022-03-09", "day", False),
    ],
)
def test_when_a_date_is_right(
    gold: str | None, precision: str, predicted: str | None, predicted_precision: str, same: bool
) -> None:
    right = act("sever enacted", gold, precision)
    value = date.fromisoformat(predicted) if predicted else None
    assert same_date(right, value, Precision(predicted_precision)) is same


SEVER = act("sever enacted")
FOUNDING = act("establish enacted", "1989-01-01", "year", background=True)


@pytest.mark.parametrize(
    ("gold", "predicted", "action", "stage", "when"),
    [
        ([SEVER], [SEVER], (1, 0, 0), (1, 0, 0), (1, 0, 0)),
        ([SEVER], [], (0, 0, 1), (0, 0, 1), (0, 0, 1)),
        ([], [SEVER], (0, 1, 0), (0, 1, 0), (0, 1, 0)),
        ([SEVER], [SEVER, SEVER], (1, 1, 0), (1, 1, 0), (1, 1, 0)),
        ([SEVER], [act("sever enacted", city_a=KOSTROMA, city_b=DURHAM)], (1, 0, 0), (1, 0, 0), (1, 0, 0)),
        ([SEVER], [act("sever enacted", city_b=SOMEWHERE_RU)], (0, 1, 1), (0, 1, 1), (0, 1, 1)),
        ([act("sever enacted", city_b=SOMEWHERE_RU)], [SEVER], (1, 0, 0), (1, 0, 0), (1, 0, 0)),
        ([SEVER], [act("sever proposed")], (1, 0, 0), (0, 1, 1), (0, 1, 1)),
        ([SEVER], [act("suspend enacted")], (0, 1, 1), (0, 1, 1), (0, 1, 1)),
        ([SEVER], [act("sever enacted", "2022-04-01")], (1, 0, 0), (1, 0, 0), (0, 1, 1)),
        ([act("sever rejected")], [act("maintain enacted")], (1, 0, 0), (1, 0, 0), (1, 0, 0)),
        ([act("maintain enacted")], [act("suspend rejected")], (1, 0, 0), (1, 0, 0), (1, 0, 0)),
        ([act("maintain urged")], [act("suspend rejected")], (0, 1, 1), (0, 1, 1), (0, 1, 1)),
        # told as history: neither right nor wrong, unless the news wants the same act
        ([SEVER, FOUNDING], [SEVER, FOUNDING], (1, 0, 0), (1, 0, 0), (1, 0, 0)),
        ([SEVER, FOUNDING], [SEVER], (1, 0, 0), (1, 0, 0), (1, 0, 0)),
        ([FOUNDING, act("establish enacted")], [act("establish enacted")], (1, 0, 0), (1, 0, 0), (1, 0, 0)),
        ([SEVER], [SEVER, FOUNDING], (1, 1, 0), (1, 1, 0), (1, 1, 0)),
        # the surer prediction takes the match
        ([SEVER], [act("sever enacted", "2020-01-01", confidence=0.9), act("sever enacted", confidence=0.5)],
         (1, 1, 0), (1, 1, 0), (1, 1, 0)),
    ],
)  # fmt: skip
def test_levels(
    same_city: SameCity,
    gold: list[Act],
    predicted: list[Act],
    action: tuple[int, int, int],
    stage: tuple[int, int, int],
    when: tuple[int, int, int],
) -> None:
    scores = score([document(*gold)], {"d": predicted}, same_city)
    expected = {Level.ACTION: Tally(*action), Level.STAGE: Tally(*stage), Level.DATE: Tally(*when)}
    assert scores.levels == expected
    assert sum(scores.by_action.values(), Tally()) == sum(scores.by_stage.values(), Tally()) == Tally(*stage)


def test_history_negatives_and_errors(same_city: SameCity) -> None:
    documents = [document(SEVER, FOUNDING), document(FOUNDING), document()]
    named = [item.model_copy(update={"id": name}) for item, name in zip(documents, "abc", strict=True)]
    scores = score(named, {"a": [FOUNDING], "c": [SEVER]}, same_city)
    assert (scores.documents, scores.negatives, scores.flagged) == (3, 2, 1)
    assert scores.background == Tally(tp=1, fn=1)
    assert [(wrong.document.id, len(wrong.missed), len(wrong.spurious)) for wrong in scores.errors] == [
        ("a", 1, 0),
        ("c", 0, 1),
    ]


def test_figures() -> None:
    tally = Tally(tp=6, fp=2, fn=4)
    assert (tally.precision, tally.recall, round(tally.f1, 4)) == (0.75, 0.6, 0.6667)
    assert (Tally().precision, Tally().recall, Tally().f1, Tally(fn=1).f1) == (1.0, 1.0, 1.0, 0.0)
    assert Scores().levels[Level.STAGE] == Tally()


def test_the_interval_tells_how_few_documents_there_are(same_city: SameCity) -> None:
    def interval(number: int) -> tuple[float, float]:
        documents = [document(SEVER).model_copy(update={"id": str(n)}) for n in range(number)]
        predictions = {str(n): [SEVER] for n in range(0, number, 2)}
        scores = score(documents, predictions, same_city)
        low, high = scores.interval(Level.STAGE)
        assert low <= scores.levels[Level.STAGE].f1 <= high
        assert scores.interval(Level.STAGE) == (low, high)
        return low, high

    (wide_low, wide_high), (low, high) = interval(10), interval(200)
    assert high - low < (wide_high - wide_low) / 2
    assert Scores().interval(Level.STAGE) == (0.0, 1.0)
    assert score([document()], {}, same_city).interval(Level.STAGE) == (1.0, 1.0)


def test_confidence_is_compared_with_what_is_right(same_city: SameCity) -> None:
    other = act("establish enacted")
    documents = [document(SEVER).model_copy(update={"id": str(n)}) for n in range(10)]
    predictions = {str(n): [replace(SEVER if n < 6 else other, confidence=0.85)] for n in range(10)}
    predictions["0"].append(replace(other, confidence=0.2))
    scores = score(documents, predictions, same_city)
    assert scores.precision_from(0.8) == Tally(tp=6, fp=4)
    assert [(one.start, one.count, one.found) for one in scores.calibration()] == [(0.2, 1, 0.0), (0.8, 10, 0.6)]
    assert scores.calibration_error() == pytest.approx((1 * 0.2 + 10 * 0.25) / 11)
    assert Scores().calibration_error() == 0.0


def test_dates_are_judged_where_the_event_is_right(same_city: SameCity) -> None:
    wrong = replace(SEVER, date=date(2020, 1, 1))
    documents = [document(SEVER).model_copy(update={"id": name}) for name in "abc"]
    scores = score(documents, {"a": [SEVER], "b": [wrong], "c": [act("suspend enacted")]}, same_city)
    assert scores.dates == Tally(tp=1, fp=1)


def test_documents_one_a_line_are_read_too(tmp_path: Path) -> None:
    event = {"city_a": {"name": "Durham", "country": "US"}, "city_b": {"name": None, "country": "RU"},
             "action": "sever", "stage": "enacted", "evidence": "x", "retold": ["y", "z"]}  # fmt: skip
    lines = [{"id": "a", "text": "x y z", "events": [event]}, {"id": "b", "text": "\u2028", "events": []}]
    (tmp_path / "two.jsonl").write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines) + "\n\n")
    first, second = load_gold(tmp_path)
    assert (first.id, second.id) == ("a", "b")
    assert first.acts[0].retold == ("y", "z")
    (tmp_path / "three.jsonl").write_text('{"id": "c"}\n')
    with pytest.raises(GoldError, match=r"three\.jsonl, line 1: text: Field required"):
        load_gold(tmp_path)


GOOD = {"id": "a", "text": "x", "events": []}


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "{folder}: holds no .json or .jsonl documents"),
        ({"a.json": "{"}, "{folder}/a.json: Invalid JSON: EOF while parsing an object at line 1 column 1"),
        ({"a.json": json.dumps({"id": "a"})}, "{folder}/a.json: text: Field required"),
        (
            {"a.json": json.dumps(GOOD), "b/a.json": json.dumps(GOOD)},
            "{folder}/b/a.json: the id a is that of {folder}/a.json too",
        ),
    ],
)
def test_a_mistake_in_the_documents_names_the_file(tmp_path: Path, files: dict[str, str], message: str) -> None:
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    with pytest.raises(GoldError) as raised:
        load_gold(tmp_path)
    assert str(raised.value) == message.format(folder=tmp_path)
