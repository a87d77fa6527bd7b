"""What always giving the commonest answer of the training rows scores, on the rows of each part."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.columns import Rows
from nnstudio.spec.baselines import Baseline
from nnstudio.spec.parts import Part

Parts = Mapping[Part, Rows]
Scores = Mapping[str, float]

AT_ONCE = 2**22
"""Numbers whose deviation from their mean is held at a time."""


def baseline_of_classes(y: NDArray[np.int64], parts: Parts, classes: tuple[str, ...]) -> Baseline:
    """Accuracy and balanced accuracy of always naming the commonest class of the training rows; ``y`` is ``(N,)``.

    Classes that a part has no rows of do not count in its balanced accuracy.
    """
    commonest = int(np.bincount(y[parts["train"]]).argmax())

    def scores(rows: Rows) -> Scores:
        counts = np.bincount(y[rows], minlength=len(classes))
        hits = int(counts[commonest])
        return {"accuracy": hits / len(rows), "balanced_accuracy": float(hits > 0) / int((counts > 0).sum())}

    return _on_each_part(f"“{classes[commonest]}”", scores, parts)


def baseline_of_values(y: NDArray[np.float64], parts: Parts) -> Baseline:
    """R² and mean absolute error of always giving the mean of the training rows, ``y (N, T)`` in the targets' units.

    Both are means over the targets, as the metrics are.
    """
    mean = y[parts["train"]].mean(axis=0)

    def scores(rows: Rows) -> Scores:
        true = y[rows]
        missed = true - mean
        mae = {"mae": float(np.abs(missed).mean())}
        if len(rows) < 2:
            return mae
        r2 = _explained((missed**2).sum(axis=0), ((true - true.mean(axis=0)) ** 2).sum(axis=0))
        return {"r2": float(r2.mean()), **mae}

    return _on_each_part(", ".join(f"{at:.4g}" for at in mean), scores, parts)


def baseline_of_inputs(x: NDArray[np.float32], parts: Parts) -> Baseline:
    """The same of always giving back the mean of the training examples, in encoded units; ``x`` is ``(N, …)``.

    The variances of all inputs are put together before they are compared.
    """
    flat = x.reshape(len(x), -1)
    at_once = max(1, AT_ONCE // max(1, flat.shape[1]))

    def blocks(rows: Rows) -> Iterator[NDArray[np.float32]]:
        for start in range(0, len(rows), at_once):
            yield flat[rows[start : start + at_once]]

    sums = [block.sum(axis=0, dtype=np.float64) for block in blocks(parts["train"])]
    mean = (np.sum(sums, axis=0) / len(parts["train"])).astype(np.float32)

    def scores(rows: Rows) -> Scores:
        absolute, square, total = 0.0, 0.0, np.zeros(flat.shape[1])
        for block in blocks(rows):
            missed = block - mean
            absolute += float(np.abs(missed).sum(dtype=np.float64))
            square += float(np.square(missed).sum(dtype=np.float64))
            total += missed.sum(axis=0, dtype=np.float64)
        mae = {"mae": absolute / max(1, len(rows) * flat.shape[1])}
        if len(rows) < 2:
            return mae
        spread = square - float(np.square(total).sum()) / len(rows)
        return {"r2": float(_explained(np.array([square]), np.array([spread]))[0]), **mae}

    return _on_each_part("the mean", scores, parts)


def _explained(missed: NDArray[np.float64], spread: NDArray[np.float64]) -> NDArray[np.float64]:
    """R² from sums of squares, ``(T,)``; of a target that does not vary it is 1 where it is met, else 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(spread > 0, 1 - missed / spread, np.where(missed > 0, 0.0, 1.0))


def _on_each_part(answer: str, scores: Callable[[Rows], Scores], parts: Parts) -> Baseline:
    return Baseline(answer, **{part: scores(rows) for part, rows in parts.items() if len(rows)})
