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

from config.vocabulary import Action, Precision, Stage
from twinwatch.gold import Act, GoldDocument, SameCity

Same = Callable[[Act, Act], bool]

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


def same_date(annotated: Act, predicted: Act) -> bool:
    """Whether a date is right within the annotated precision; a week has seven days of grace on either side."""
    if annotated.date is None:
        coarse = (Precision.UNKNOWN, Precision.WEEK, Precision.MONTH)
        return predicted.date is None or predicted.date_precision in coarse
    if predicted.date is None:
        return False
    return _dates_agree(annotated.date, predicted.date, annotated.date_precision)


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
        Level.DATE: lambda gold, event: same_stage(gold, event) and same_date(gold, event),
    }


def _count(scores: Scores, document: GoldDocument, matched: Mapping[Level, Matching]) -> None:
    scores.documents += 1
    for level, matching in matched.items():
        scores.levels[level] += matching.tally
    stage = matched[Level.STAGE]
    right = [annotated for annotated, _ in stage.pairs]  # counted under what was annotated
    one_each = ((right, Tally(tp=1)), (stage.spurious, Tally(fp=1)), (stage.missed, Tally(fn=1)))
    for events, one in one_each:
        for event in events:
            scores.by_action[event.action] += one
            scores.by_stage[event.stage] += one
    if stage.missed or stage.spurious:
        scores.errors.append(DocumentErrors(document, stage.missed, stage.spurious))
