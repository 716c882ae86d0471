"""Train the learned choices from the annotated documents, and measure them on documents held out by story.

    python -m benchmarks.train            cross-validated figures only
    python -m benchmarks.train --write    the same, then nlp/model.npz from all documents

Stories are kept together: documents that share a pair of cities are never parted by a fold.
"""

import argparse
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from config.settings import load_settings
from config.vocabulary import Action, Stage
from nlp.choice import BACKGROUND, MODEL_FILE, NONE
from nlp.events import Assembler, draft_events, draft_features
from nlp.gazetteer import STATED_ADMIN1
from nlp.linear import LinearModel
from nlp.pairs import pair_features
from nlp.parties import Pair, Parties, Party
from nlp.reader import LEARNED_THRESHOLD, Reader
from nlp.sites import Features, Site, View, crossed, find_sites, site_features
from twinwatch.evaluate import score
from twinwatch.gold import Act, GoldDocument, SameCity, act_of, load_gold, same_city_by
from twinwatch.gold import Party as GoldParty

GOLD = Path(__file__).parent.parent / "tests" / "gold"
FOLDS = 5
SEED = 13


@dataclass(slots=True)
class Example:
    """One annotated document, parsed, with the features of its sites."""

    gold: GoldDocument
    view: View
    parties: Parties
    sites: list[Site]
    features: list[Features]
    story: int
    labels: list[str | None] = field(default_factory=list)  # act per site; None: neither right nor wrong
    stages: list[Stage | None] = field(default_factory=list)
    events: list[list[Act]] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    started = time.perf_counter()
    reader = Reader(load_settings({"nlp.ranker": False}))
    same = same_city_by(reader.gazetteer)
    examples = load_examples(reader, same)
    print(f"{len(examples)} documents parsed in {time.perf_counter() - started:.0f} s")
    held_out(examples, same)
    if arguments.write:
        models, final = fit(examples, same)
        save(models, final)
        print(f"wrote {MODEL_FILE} ({MODEL_FILE.stat().st_size / 1e6:.1f} MB)")


def load_examples(reader: Reader, same: SameCity) -> list[Example]:
    documents = load_gold(GOLD)
    stories = _stories(documents)
    examples = []
    for gold in documents:
        view = View(reader.parse(gold.document()))
        parties = Parties(view, reader.register.pairs)
        sites = list(find_sites(view))
        example = Example(gold, view, parties, sites, [site_features(view, site) for site in sites], stories[gold.id])
        _label(example)
        examples.append(example)
    return examples


def _stories(documents: Sequence[GoldDocument]) -> dict[str, int]:
    """Documents joined by a shared pair of cities are one story."""
    parent = {document.id: document.id for document in documents}

    def root(key: str) -> str:
        while parent[key] != key:
            key = parent[key]
        return key

    first: dict[frozenset[str], str] = {}
    for document in documents:
        for act in document.acts:
            if act.city_a.names and act.city_b.names:
                pair = frozenset((act.city_a.names[0], act.city_b.names[0]))
                parent[root(document.id)] = root(first.setdefault(pair, document.id))
    numbers: dict[str, int] = {}
    return {document.id: numbers.setdefault(root(document.id), len(numbers)) for document in documents}


def _label(example: Example) -> None:
    """Site labels from the evidence of the annotated acts."""
    text = example.view.doc.text
    wanted: dict[int, list[tuple[Act, int, int]]] = defaultdict(list)
    for act in example.gold.acts:
        start = text.find(act.evidence) if act.evidence else -1
        if start < 0:
            continue
        end = start + len(act.evidence)
        for sentence in example.view.sentences:
            if sentence.span.start_char < end and sentence.span.end_char > start:
                wanted[sentence.index].append((act, start, end))
    actions = {act.action for act in example.gold.acts if not act.background}
    background = any(act.background for act in example.gold.acts)
    for site in example.sites:
        acts = [act for act, start, end in wanted[site.sentence.index] if _speaks(example, site, act, start, end)]
        news = [act for act in acts if not act.background]
        chosen = news or acts
        example.events.append(chosen)
        if chosen:
            example.labels.append(BACKGROUND if chosen[0].background else chosen[0].action.value)
            example.stages.append(None if chosen[0].background else chosen[0].stage)
        else:
            retold = (
                site.action in actions
                or (background and site.action == Action.ESTABLISH)
                or example.view.in_title(site.token)
            )
            example.labels.append(None if retold and not wanted[site.sentence.index] else NONE)
            example.stages.append(None)


def _speaks(example: Example, site: Site, act: Act, start: int, end: int) -> bool:
    """Whether a site tells an act: its trigger, inside the evidence if one is; else the first site inside."""
    rivals = [other for other in example.sites if other.sentence is site.sentence]
    inside = [other for other in rivals if start <= example.view.doc[other.token].idx < end]
    matching = [other for other in inside or rivals if other.action == act.action]
    matching = matching or [other for other in rivals if other.action == act.action]
    if matching:
        return site in matching
    return site is (inside or rivals)[0]


@dataclass(slots=True)
class Models:
    """The three first-level models; a Choice."""

    act_model: LinearModel
    stage_model: LinearModel
    pair_model: LinearModel
    cache: dict[int, Features] = field(default_factory=dict)

    def act(self, view: View, site: Site) -> dict[str, float]:
        return self.act_model.probabilities(crossed(site, self.cache[id(site)]))

    def stage(self, view: View, site: Site, action: Action) -> dict[str, float]:
        return self.stage_model.probabilities(self.cache[id(site)] | {"act:" + action: 1.0})

    def pairs(self, parties: Parties, site: Site, pairs: Sequence[Pair]) -> list[float]:
        return [self.pair_model.probabilities(pair_features(parties, site, pair))["yes"] for pair in pairs]


def _fit(rows: list[Features], labels: list[str], strength: float, least: int = 2) -> LinearModel:
    counts = Counter(name for row in rows for name in row)
    rows = [{name: value for name, value in row.items() if counts[name] >= least} for row in rows]
    vectorizer = DictVectorizer(dtype=np.float32)
    matrix = vectorizer.fit_transform(rows)
    model = LogisticRegression(C=strength, max_iter=400)
    model.fit(matrix, labels)
    weights, bias, classes = model.coef_.T, model.intercept_, model.classes_
    if len(classes) == 2:  # scikit-learn keeps one column for two classes
        weights, bias = np.hstack([-weights / 2, weights / 2]), np.array([-bias[0] / 2, bias[0] / 2])
    return LinearModel(
        vectorizer.vocabulary_ and {n: i for i, n in enumerate(vectorizer.feature_names_)},
        tuple(classes),
        weights.astype(np.float32),
        bias.astype(np.float32),
    )


def fit_first(examples: Sequence[Example], same: SameCity) -> Models:
    rows, labels, stage_rows, stage_labels, pair_rows, pair_labels = [], [], [], [], [], []
    for example in examples:
        for site, features, label, stage, acts in zip(
            example.sites, example.features, example.labels, example.stages, example.events, strict=True
        ):
            if label is not None:
                rows.append(crossed(site, features))
                labels.append(label)
            if stage is not None and label is not None:
                stage_rows.append(features | {"act:" + label: 1.0})
                stage_labels.append(stage.value)
            if acts:
                for pair in example.parties.candidates(site):
                    pair_rows.append(pair_features(example.parties, site, pair))
                    pair_labels.append("yes" if any(same_pair(act, pair, same) for act in acts) else "no")
    return Models(_fit(rows, labels, 0.3), _fit(stage_rows, stage_labels, 0.3), _fit(pair_rows, pair_labels, 1.0))


def same_pair(act: Act, pair: Pair, same: SameCity) -> bool:
    a, b = _party(pair.a), _party(pair.b)
    return any(_same(act.city_a, x, same) and _same(act.city_b, y, same) for x, y in ((a, b), (b, a)))


def _same(gold: GoldParty, found: GoldParty, same: SameCity) -> bool:
    return same(gold, found) if found.names else not gold.names and gold.country == found.country


def _party(party: Party) -> GoldParty:
    place = party.place
    if place is None:
        return GoldParty((), None, party.country)
    return GoldParty((place.name,), place.admin1 if place.country in STATED_ADMIN1 else None, place.country)


def fit(examples: Sequence[Example], same: SameCity) -> tuple[Models, LinearModel]:
    """First-level models on all examples; the last one on what such models say of examples they have not seen."""
    rows, labels = [], []
    for train, test in folds(examples):
        models = fit_first(train, same)
        for example in test:
            for features, label in _drafts(example, models, same):
                rows.append(features)
                labels.append(label)
    return fit_first(examples, same), _fit(rows, labels, 1.0)


def _drafts(example: Example, models: Models, same: SameCity) -> Iterator[tuple[Features, str]]:
    models.cache = {id(site): features for site, features in zip(example.sites, example.features, strict=True)}
    drafts = draft_events(example.view, example.parties, example.sites, models)
    news = [act for act in example.gold.acts if not act.background]
    past = [act for act in example.gold.acts if act.background]
    for draft in drafts:
        fitting = [act for act in news if same_pair(act, draft.pair, same) and act.action == draft.action]
        historic = any(same_pair(act, draft.pair, same) and act.action == draft.action for act in past)
        if historic and not fitting and not draft.background:
            continue  # scoring counts it neither right nor wrong
        right = historic if draft.background else any(act.stage == draft.stage for act in fitting)
        yield draft_features(draft, drafts, example.view, example.parties), "yes" if right else "no"


def folds(examples: Sequence[Example]) -> Iterator[tuple[list[Example], list[Example]]]:
    stories = sorted({example.story for example in examples})
    random.Random(SEED).shuffle(stories)  # noqa: S311
    for number in range(FOLDS):
        test = set(stories[number::FOLDS])
        yield [e for e in examples if e.story not in test], [e for e in examples if e.story in test]


def held_out(examples: Sequence[Example], same: SameCity) -> None:
    """Cross-validated figures, by part of the gold and by threshold."""
    predicted: dict[str, list[Act]] = {}
    for train, test in folds(examples):
        models, final = fit(train, same)
        assembler = Assembler(models, final, 0.05)
        for example in test:
            models.cache = {id(site): features for site, features in zip(example.sites, example.features, strict=True)}
            mentions = assembler(example.view, example.parties, example.sites)
            predicted[example.gold.id] = [act_of(mention) for mention in mentions]
    for part in ("dev", "train"):
        documents = [example.gold for example in examples if _part(example.gold) == part]
        for threshold in sorted({0.25, 0.3, LEARNED_THRESHOLD, 0.5, 0.6}):
            kept = {key: [act for act in acts if act.confidence >= threshold] for key, acts in predicted.items()}
            scores = score(documents, kept, same)
            row = "  ".join(
                f"{level} P {t.precision:.3f} R {t.recall:.3f} F {t.f1:.3f}" for level, t in scores.levels.items()
            )
            past, flagged = scores.background.recall, f"{scores.flagged}/{scores.negatives}"
            print(f"{part:5} {threshold:.2f}  {row}  background R {past:.3f}  flagged {flagged}")


def _part(gold: GoldDocument) -> str:
    return "dev" if gold.id[0] in "gh" else "train"


def save(models: Models, final: LinearModel) -> None:
    arrays = {}
    for name, model in (
        ("act", models.act_model),
        ("stage", models.stage_model),
        ("pair", models.pair_model),
        ("final", final),
    ):
        arrays |= model.arrays(name)
    np.savez_compressed(MODEL_FILE, **arrays)


if __name__ == "__main__":
    main()
