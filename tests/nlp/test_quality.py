"""The quality floor: how right the reading is on documents whose stories nothing was learned from. It can only rise."""

import tomllib
from pathlib import Path

import pytest

from twinwatch.evaluate import Level, score
from twinwatch.gold import act_of, load_gold, same_city_by

GOLD = Path(__file__).parent.parent / "gold"
FLOOR = tomllib.loads((GOLD / "floor.toml").read_text("utf-8"))
SLACK = 0.02  # above the floor by more than this: raise the floor


@pytest.fixture(scope="module")
def figures(reader):
    documents = load_gold(GOLD / "dev")
    found = {reading.document_id: [act_of(mention) for mention in reading.mentions]
             for reading in reader.read_many(document.document() for document in documents)}  # fmt: skip
    scores = score(documents, found, same_city_by(reader.gazetteer))
    return {
        "action_f1": scores.levels[Level.ACTION].f1,
        "stage_f1": scores.levels[Level.STAGE].f1,
        "precision_of_the_sure": scores.precision_from(0.8).precision,
        "negatives_left_alone": 1 - scores.flagged / scores.negatives,
        "dates_right": scores.dates.precision,
        "background_recall": scores.background.recall,
    }


@pytest.mark.parametrize("name", FLOOR)
def test_no_figure_falls_below_its_floor(figures, name):
    assert figures[name] >= FLOOR[name]


@pytest.mark.parametrize("name", FLOOR)
def test_the_floor_follows_what_is_reached(figures, name):
    assert figures[name] < FLOOR[name] + SLACK, f"raise {name} in tests/gold/floor.toml to {figures[name] - 0.005:.3f}"


def test_every_figure_has_a_floor(figures):
    assert figures.keys() == FLOOR.keys()
