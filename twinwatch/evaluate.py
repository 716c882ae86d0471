"""Precision, recall and F1 of extracted events against annotated documents.

Three levels, each micro-averaged over all documents, events told as history set apart: `action` (same unordered pair,
same action), `stage` (and the same stage; the headline) and `date` (and the date within the annotated precision).
A prediction that fits only an event told as history is neither right nor wrong. "The tie stands" counts as one thing:
maintain enacted, and a suspend or sever that was turned down, are taken for each other.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import numpy as np

from config.vocabulary import Action, Precision, Stage
from twinwatch.gold import Act, GoldDocument, SameCity

Same = Callable[[Act, Act], bool]
RESAMPLES, SEED = 1000, 13
SURE = 0.8  # confidence from which on precision is told apart

_STANDS = {
    (Action.MAINTAIN, Stage.ENACTED),
    (Action.SUSPEND, Stage.REJECTED),
    (Action.SEVER, Stage.REJECTED),
}


class Level(StrEnum):
    """How much of an event has to agree."""

    ACTION = "action"
    STAGE = "stage"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Tally:
    """Right, spurious and missed events."""

    tp: int = 0
    fp: int = 0
    fn: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.tp + other.tp, self.fp + other.fp, self.fn + other.fn)

    @property
    def precision(self) -> float:
        return self.tp / (self.tp + self.fp) if self.tp + self.fp else 1.0

    @property
    def recall(self) -> float:
        return self.tp / (self.tp + self.fn) if self.tp + self.fn else 1.0

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Matching:
    """One-to-one: (annotated, predicted) pairs, and what is left on either side."""

    pairs: tuple[tuple[Act, Act], ...]
    missed: tuple[Act, ...]
    spurious: tuple[Act, ...]

    @property
    def tally(self) -> Tally:
        return Tally(len(self.pairs), len(self.spurious), len(self.missed))


@dataclass(frozen=True, slots=True)
class DocumentErrors:
    """What was missed and what is spurious in one document, at level `stage`."""

    document: GoldDocument
    missed: tuple[Act, ...]
    spurious: tuple[Act, ...]


@dataclass(frozen=True, slots=True)
class Bin:
    """Predictions of like confidence: mean stated confidence, and the share that is right."""

    start: float
    count: int
    stated: float
    found: float


@dataclass(slots=True)
class Scores:
    """The result over all documents. The tallies by action and by stage are those of level `stage`."""

    levels: dict[Level, Tally] = field(default_factory=lambda: dict.fromkeys(Level, Tally()))
    by_action: dict[Action, Tally] = field(default_factory=lambda: dict.fromkeys(Action, Tally()))
    by_stage: dict[Stage, Tally] = field(default_factory=lambda: dict.fromkeys(Stage, Tally()))
    background: Tally = Tally()
    documents: int = 0
    negatives: int = 0
    flagged: int = 0  # negatives with an event all the same
    errors: list[DocumentErrors] = field(default_factory=list)
    by_document: dict[Level, list[Tally]] = field(default_factory=lambda: {level: [] for level in Level})
    dates: Tally = Tally()  # right and wrong dates among the events that are right at level `stage`
    judged: list[tuple[float, bool]] = field(default_factory=list)  # confidence, and whether the prediction is right

    def interval(self, level: Level) -> tuple[float, float]:
        """The middle 95 % of F1 over RESAMPLES draws of as many documents, with replacement (percentile bootstrap)."""
        counts = np.array([(tally.tp, tally.fp, tally.fn) for tally in self.by_document[level]], dtype=np.int64)
        if not len(counts):
            return 0.0, 1.0
        drawn = np.random.default_rng(SEED).integers(0, len(counts), (RESAMPLES, len(counts)))
        tp, fp, fn = counts[drawn].sum(axis=1).T
        total = 2 * tp + fp + fn
        f1 = np.where(total, 2 * tp / np.maximum(total, 1), 1.0)
        low, high = np.quantile(f1, (0.025, 0.975))
        return float(low), float(high)

    def precision_from(self, confidence: float) -> Tally:
        """Right and spurious predictions that are at least so confident, at level `stage`."""
        sure = [right for value, right in self.judged if value >= confidence]
        return Tally(tp=sum(sure), fp=len(sure) - sum(sure))

    def calibration(self) -> list[Bin]:
        """Predictions by confidence in steps of a tenth."""
        bins = []
        for number in range(10):
            inside = [one for one in self.judged if min(int(one[0] * 10), 9) == number]
            if inside:
                stated = sum(value for value, _ in inside) / len(inside)
                bins.append(Bin(number / 10, len(inside), stated, sum(right for _, right in inside) / len(inside)))
        return bins

    def calibration_error(self) -> float:
        """Expected calibration error (Naeini et al. 2015): the gap of stated and found precision, weighted by bin."""
        gaps = sum(one.count * abs(one.stated - one.found) for one in self.calibration())
        return gaps / len(self.judged) if self.judged else 0.0


def score(documents: Iterable[GoldDocument], predictions: Mapping[str, Sequence[Act]], same_city: SameCity) -> Scores:
    """Compare. A document without predictions counts as one with no events."""
    rules = _rules(same_city)
    scores = Scores()
    for document in documents:
        news = [event for event in document.acts if not event.background]
        past = [event for event in document.acts if event.background]
        predicted = list(predictions.get(document.id, ()))
        history = match(past, predicted, rules[Level.ACTION])
        # set aside for history only what no event of the news wants
        aside = {
            event for _, event in history.pairs if not any(rules[Level.ACTION](annotated, event) for annotated in news)
        }
        predicted = [event for event in predicted if event not in aside]
        matched = {level: match(news, predicted, same) for level, same in rules.items()}
        _count(scores, document, matched)
        scores.background += Tally(tp=len(history.pairs), fn=len(history.missed))
        if not news:
            scores.negatives += 1
            scores.flagged += bool(predicted)
    return scores


def match(annotated: Sequence[Act], predicted: Sequence[Act], same: Same) -> Matching:
    """Greedy one-to-one matching, most confident prediction first."""
    left = list(annotated)
    pairs: list[tuple[Act, Act]] = []
    spurious: list[Act] = []
    for event in sorted(predicted, key=lambda event: -event.confidence):
        hit = next((index for index, candidate in enumerate(left) if same(candidate, event)), None)
        if hit is None:
            spurious.append(event)
        else:
            pairs.append((left.pop(hit), event))
    return Matching(tuple(pairs), tuple(left), tuple(spurious))


def same_date(annotated: Act, value: date | None, precision: Precision) -> bool:
    """Whether a date is right within the annotated precision; a week has seven days of grace on either side."""
    if annotated.date is None:
        return value is None or precision in (Precision.UNKNOWN, Precision.WEEK, Precision.MONTH)
    return value is not None and _dates_agree(annotated.date, value, annotated.date_precision)


def _dates_agree(annotated: date, predicted: date, precision: Precision) -> bool:
    days = (predicted - annotated).days
    match precision:
        case Precision.DAY:
            return abs(days) <= 1
        case Precision.WEEK:
            return -7 <= days <= 13
        case Precision.MONTH:
            return (annotated.year, annotated.month) == (predicted.year, predicted.month)
        case Precision.YEAR:
            return annotated.year == predicted.year
        case Precision.UNKNOWN:
            return True


def _rules(same_city: SameCity) -> dict[Level, Same]:
    def same_pair(gold: Act, event: Act) -> bool:
        straight = same_city(gold.city_a, event.city_a) and same_city(gold.city_b, event.city_b)
        return straight or (same_city(gold.city_a, event.city_b) and same_city(gold.city_b, event.city_a))

    def both_stand(gold: Act, event: Act) -> bool:
        return (gold.action, gold.stage) in _STANDS and (event.action, event.stage) in _STANDS

    def same_action(gold: Act, event: Act) -> bool:
        return (gold.action == event.action or both_stand(gold, event)) and same_pair(gold, event)

    def same_stage(gold: Act, event: Act) -> bool:
        return (gold.stage == event.stage or both_stand(gold, event)) and same_action(gold, event)

    return {
        Level.ACTION: same_action,
        Level.STAGE: same_stage,
        Level.DATE: lambda gold, event: same_stage(gold, event) and same_date(gold, event.date, event.date_precision),
    }


def _count(scores: Scores, document: GoldDocument, matched: Mapping[Level, Matching]) -> None:
    scores.documents += 1
    for level, matching in matched.items():
        scores.levels[level] += matching.tally
        scores.by_document[level].append(matching.tally)
    stage = matched[Level.STAGE]
    right = [annotated for annotated, _ in stage.pairs]  # counted under what was annotated
    scores.judged += [(event.confidence, True) for _, event in stage.pairs]
    scores.judged += [(event.confidence, False) for event in stage.spurious]
    timely = sum(same_date(annotated, event.date, event.date_precision) for annotated, event in stage.pairs)
    scores.dates += Tally(tp=timely, fp=len(stage.pairs) - timely)
    one_each = ((right, Tally(tp=1)), (stage.spurious, Tally(fp=1)), (stage.missed, Tally(fn=1)))
    for events, one in one_each:
        for event in events:
            scores.by_action[event.action] += one
            scores.by_stage[event.stage] += one
    if stage.missed or stage.spurious:
        scores.errors.append(DocumentErrors(document, stage.missed, stage.spurious))
