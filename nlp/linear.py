"""Linear models over named features: what the last choice is made with. No training code and no scikit-learn here.

File format: numpy .npz; for each model by name `features` (names), `classes` (names), `weights` [features, classes] as
float16 and `bias` [classes].
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


class LinearModel:
    """Multinomial logistic regression by feature name."""

    def __init__(
        self,
        features: Mapping[str, int],
        classes: tuple[str, ...],
        weights: NDArray[np.float32],
        bias: NDArray[np.float32],
    ) -> None:
        self.features, self.classes, self.weights, self.bias = features, classes, weights, bias

    @classmethod
    def load(cls, path: Path, name: str) -> "LinearModel":
        """One named model of a file that `save` wrote."""
        with np.load(path) as arrays:
            names = arrays[f"{name}.features"].tolist()
            return cls(
                {feature: row for row, feature in enumerate(names)},
                tuple(arrays[f"{name}.classes"].tolist()),
                arrays[f"{name}.weights"].astype(np.float32),
                arrays[f"{name}.bias"].astype(np.float32),
            )

    def arrays(self, name: str) -> dict[str, NDArray[np.generic]]:
        """What `load` reads, for numpy.savez."""
        return {
            f"{name}.features": np.array(list(self.features)),
            f"{name}.classes": np.array(self.classes),
            f"{name}.weights": self.weights.astype(np.float16),
            f"{name}.bias": self.bias.astype(np.float32),
        }

    def probabilities(self, features: Mapping[str, float]) -> dict[str, float]:
        """Probability of each class for one bag of features; unknown names are passed over."""
        rows = [(row, value) for name, value in features.items() if (row := self.features.get(name)) is not None]
        scores = self.bias.copy()
        if rows:
            scores += np.array([value for _, value in rows], dtype=np.float32) @ self.weights[[row for row, _ in rows]]
        scores -= scores.max()
        odds = np.exp(scores)
        return dict(zip(self.classes, (odds / odds.sum()).tolist(), strict=True))
