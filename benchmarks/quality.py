"""Quality on the documents held out by story: our figures, three baselines, each step's share, a reliability plot.

python -m benchmarks.quality          print what docs/quality.md shows between its marks
python -m benchmarks.quality --write  put it there, and draw docs/reliability.svg
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import numpy as np
from sklearn.metrics import average_precision_score

from benchmarks.lessons import EXAM, UNSURE, Example, Names, lessons, load_examples, told_in
from config.settings import load_settings
from config.vocabulary import Action, Precision, Stage
from nlp import cities
from nlp.choice import BACKGROUND
from nlp.details import date_candidates
from nlp.encoder import ACTS, STAGES, Encoder, anchor
from nlp.gazetteer import Place
from nlp.reader import MODEL, Reader
from twinwatch.evaluate import SURE, Bin, Level, Scores, same_date, score
from twinwatch.gold import Act, GoldDocument, Party, SameCity, act_of, same_city_by

PAGE = Path(__file__).parent.parent / "docs" / "quality.md"
PLOT = PAGE.with_name("reliability.svg")
BEGIN, END = "<!-- begin: quality -->\n", "<!-- end: quality -->"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    reader = Reader(load_settings())
    same = same_city_by(reader.gazetteer)
    exam = load_examples(reader, EXAM)
    documents = [example.gold for example in exam]
    ours = read(reader, documents)
    scores = score(documents, ours, same)
    text = "\n".join((*_figures(documents, ours, scores, same), *_baselines(exam, ours, same), *_steps(exam, same)))
    print(text)
    if arguments.write:
        head, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
        _, _, tail = rest.partition(END)
        PAGE.write_text(f"{head}{BEGIN}{text}\n{END}{tail}", "utf-8")
        PLOT.write_text(plot(scores.calibration()), "utf-8")


def read(reader: Reader, documents: Sequence[GoldDocument]) -> dict[str, list[Act]]:
    return {
        reading.document_id: [act_of(mention) for mention in reading.mentions]
        for reading in reader.read_many(document.document() for document in documents)
    }


def _figures(
    documents: Sequence[GoldDocument], ours: dict[str, list[Act]], scores: Scores, same: SameCity
) -> Iterator[str]:
    yield "| level | precision | recall | F1 | 95 % of F1 |\n|---|---|---|---|---|"
    for level, tally in scores.levels.items():
        low, high = scores.interval(level)
        yield f"| {level} | {tally.precision:.3f} | {tally.recall:.3f} | {tally.f1:.3f} | {low:.3f}-{high:.3f} |"
    yield "\n| what | figure | aim |\n|---|---|---|"
    sure = scores.precision_from(SURE)
    right, named = _identities(documents, ours, same)
    for what, value, aim in (
        ("stage-level F1", f"{scores.levels[Level.STAGE].f1:.3f}", "0.75"),
        ("action-level F1", f"{scores.levels[Level.ACTION].f1:.3f}", "0.80"),
        (f"precision from confidence {SURE} on", f"{sure.precision:.3f} of {sure.tp + sure.fp}", "0.85"),
        ("negatives flagged", f"{scores.flagged / scores.negatives:.3f} of {scores.negatives}", "0.05 at most"),
        ("dates right, of the events right at level stage", f"{scores.dates.precision:.3f}", "0.85"),
        ("cities right, of those that take part in an event", f"{right / named:.3f} of {named}", "0.95"),
        ("expected calibration error", f"{scores.calibration_error():.3f}", "0.08 at most"),
        ("foundings told as history found", f"{scores.background.recall:.3f}", ""),
    ):
        yield f"| {what} | {value} | {aim} |"
    for kind, tallies in (("action", scores.by_action), ("stage", scores.by_stage)):
        yield f"\n| {kind} | precision | recall | F1 | right | spurious | missed |\n|---|---|---|---|---|---|---|"
        for name, tally in tallies.items():
            if not tally.tp + tally.fp + tally.fn:
                continue
            values = f"{tally.precision:.3f} | {tally.recall:.3f} | {tally.f1:.3f}"
            yield f"| {name} | {values} | {tally.tp} | {tally.fp} | {tally.fn} |"


def _identities(documents: Sequence[GoldDocument], ours: dict[str, list[Act]], same: SameCity) -> tuple[int, int]:
    """Of the cities in what we report from documents with events: how many are a city of one annotated there."""
    right = named = 0
    for document in documents:
        parties = [party for act in document.acts for party in (act.city_a, act.city_b) if party.names]
        for party in {party for act in ours[document.id] for party in (act.city_a, act.city_b) if party.names}:
            if parties:
                named += 1
                right += any(same(one, party) for one in parties)
    return right, named


def _baselines(exam: Sequence[Example], ours: dict[str, list[Act]], same: SameCity) -> Iterator[str]:
    documents = [example.gold for example in exam]
    keyword = {example.gold.id: list(_co_occurrence(example)) for example in exam}
    with patch.object(cities, "_score", lambda place, *_: float(place.population)):
        populous = read(Reader(load_settings()), documents)
    published = {document.id: [_when_published(act, document) for act in ours[document.id]] for document in documents}
    yield "\n| on the same documents | action F1 | stage F1 | date F1 | negatives flagged |\n|---|---|---|---|---|"
    for name, acts in (
        ("Twinwatch", ours),
        ("two cities and a word for an act in one sentence", keyword),
        ("Twinwatch with the most populous namesake", populous),
        ("Twinwatch with the publication date", published),
    ):
        found = score(documents, acts, same)
        figures = " | ".join(f"{found.levels[level].f1:.3f}" for level in Level)
        yield f"| {name} | {figures} | {found.flagged}/{found.negatives} |"


def _co_occurrence(example: Example) -> Iterator[Act]:
    """The naive way: a sentence with a tie, a trigger and two cities tells that act of the two, done when published."""
    seen = set()
    for sentence in example.view.sentences:
        places = list({span._.place.id: span._.place for span in sentence.cities}.values())
        if sentence.tied and sentence.actions and len(places) > 1:
            act = Act(
                _party(places[0]), _party(places[1]), Action(sentence.actions[0]._.action), Stage.ENACTED,
                example.gold.published, Precision.DAY if example.gold.published else Precision.UNKNOWN, confidence=1.0,
            )  # fmt: skip
            if act not in seen:
                seen.add(act)
                yield act


def _party(place: Place) -> Party:
    return Party((place.name,), place.stated_admin1, place.country)


def _when_published(act: Act, document: GoldDocument) -> Act:
    if document.published is None:
        return replace(act, date=None, date_precision=Precision.UNKNOWN)
    monday = document.published - timedelta(days=document.published.weekday())
    return replace(act, date=monday, date_precision=Precision.WEEK)


def _steps(exam: Sequence[Example], same: SameCity) -> Iterator[str]:
    """How often each step is right where the annotation says which sentence tells the act."""
    encoder = Encoder(MODEL)
    wanted: list[float] = []
    given: list[float] = []
    steps: dict[str, list[bool]] = {name: [] for name in ("found", "pair", "stage", "dated", "date")}
    for example, lesson in zip(exam, lessons(exam, encoder.vocabulary, same, Names([], []))[0], strict=True):
        told = encoder.read(example.view, example.parties)
        known = lesson.acts != UNSURE
        wanted += lesson.acts[known].tolist()
        given += told.sentences[known].tolist()
        acts, _ = told_in(example)
        for telling in lesson.tellings:
            name = ACTS[telling.act]
            site = anchor(example.view.sentences[telling.sentence], name)
            pairs = list(example.parties.candidates(site))
            steps["found"].append(bool(telling.pair_right.any()))
            if steps["found"][-1]:
                steps["pair"].append(telling.pair_right[int(np.argmax(told.pairs(site, name, pairs)))] > 0)
            for stage, pair in telling.stages:
                if pair is not None:
                    stages = told.stages(site, name, pairs[telling.pairs.index(pair)])
                    steps["stage"].append(max(stages, key=stages.__getitem__) == STAGES[stage])
            dates = date_candidates(example.view, site, name == BACKGROUND)
            chosen = dates[int(np.argmax(told.dates(site, name, dates)))].dated
            steps["dated"].append(bool(telling.date_right.any()))
            steps["date"].append(
                all(same_date(act, chosen.value, chosen.precision) for act in acts[telling.sentence, telling.act])
            )
    yield "\n| step, where the sentence that tells the act is known | right |\n|---|---|"
    for what, key in (
        ("both cities found and the pair among the candidates", "found"),
        ("the right pair chosen, where it is among them", "pair"),
        ("the right stage", "stage"),
        ("the right date among the candidates", "dated"),
        ("the right date chosen", "date"),
    ):
        yield f"| {what} | {np.mean(steps[key]):.3f} |"
    yield f"| sentence and act recognised (average precision) | {average_precision_score(wanted, given):.3f} |"


def plot(bins: Sequence[Bin]) -> str:
    """Stated confidence against the share found right, as SVG; a dot's area is the number of events."""
    size, margin = 320, 44
    most = max((one.count for one in bins), default=1)

    def at(x: float, y: float) -> tuple[float, float]:
        return margin + x * size, margin / 2 + (1 - y) * size

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size + 1.5 * margin:.0f} {size + 1.5 * margin:.0f}"'
        ' font-family="sans-serif" font-size="11" role="img">',
        "<title>Stated confidence against the share found right</title>",
        '<rect width="100%" height="100%" fill="white"/>',
        '<path d="M{:.0f} {:.0f} L{:.0f} {:.0f}" stroke="#999" stroke-dasharray="4 3"/>'.format(*at(0, 0), *at(1, 1)),
    ]
    for tenth in range(0, 11, 2):
        (x, y0), (x0, y) = at(tenth / 10, 0), at(0, tenth / 10)
        parts.append(f'<text x="{x:.0f}" y="{y0 + 16:.0f}" text-anchor="middle">{tenth / 10:.1f}</text>')
        parts.append(f'<text x="{x0 - 8:.0f}" y="{y + 4:.0f}" text-anchor="end">{tenth / 10:.1f}</text>')
        parts.append(
            '<path d="M{:.0f} {:.0f} L{:.0f} {:.0f}" stroke="#eee"/>'.format(*at(0, tenth / 10), *at(1, tenth / 10))
        )
    for one in bins:
        x, y = at(one.stated, one.found)
        radius = 3 + 9 * (one.count / most) ** 0.5
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="#1f6feb" fill-opacity="0.75"/>')
        parts.append(f'<text x="{x:.1f}" y="{y - radius - 3:.1f}" text-anchor="middle" fill="#555">{one.count}</text>')
    x, y = at(0.5, 0)
    parts.append(f'<text x="{x:.0f}" y="{y + 34:.0f}" text-anchor="middle">stated confidence</text>')
    middle = margin / 2 + size / 2
    parts.append(f'<text transform="translate(12 {middle:.0f}) rotate(-90)" text-anchor="middle">found right</text>')
    return "\n".join((*parts, "</svg>\n"))


if __name__ == "__main__":
    main()
