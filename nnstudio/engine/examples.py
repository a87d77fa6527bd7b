"""What the engine is given to learn from: encoded arrays, which rows are for what, and both as tensors on a device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nnstudio.engine.feed import Feed
from nnstudio.engine.measures import Tally
from nnstudio.spec.facts import DataFacts
from nnstudio.spec.losses import Loss
from nnstudio.spec.tasks import Task

Balance = Literal["none", "weights", "sampling"]
"""What helps rare classes, as `Batches` says it."""


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Encoded examples in memory; nothing in them is ever changed.

    ``x`` is ``(N, *facts.input_shape) float32``. ``y`` is ``(N,) int64`` class numbers, or ``(N, T) float32`` values,
    standardised where the loss wants it: a difference of 1 is one of ``target_scales`` (one each) in the target's own
    unit. For a reconstruction ``y`` is ``x`` in rows, and shares its memory. ``train``, ``validation`` and ``test`` are
    row numbers, ``int64``. ``weights`` are ``(N,) float32``, how much each row counts in the loss; None: all alike.
    """

    x: NDArray[np.float32]
    y: NDArray[np.int64] | NDArray[np.float32]
    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    test: NDArray[np.int64]
    facts: DataFacts
    target_scales: tuple[float, ...] = (1.0,)
    weights: NDArray[np.float32] | None = None


class Tensors:
    """Examples on a device: ``x (N, *shape) float32``, and ``y`` as the loss takes it.

    ``y`` is ``(N,) int64`` where the loss counts classes, else ``(N, T) float32``, or None where it is ``x`` again.
    ``weights`` are ``(N,) float32`` where the rows, or with ``balance`` their classes, do not count alike.
    """

    def __init__(self, examples: Examples, loss: Loss, device: str, balance: Balance = "none") -> None:
        self._examples, self._loss, self._device = examples, loss, device
        self.x = as_tensor(examples.x).to(device)
        self.y = None if examples.facts.task is Task.RECONSTRUCTION else self._targets()
        weights = row_weights(examples, balance)
        self.weights = None if weights is None else as_tensor(weights).to(device)

    def _targets(self) -> Tensor:
        y = as_tensor(self._examples.y)
        targets = y if self._loss.counts_classes else y.to(torch.float32).reshape(len(y), -1)
        return targets.to(self._device)

    @property
    def weighted(self) -> bool:
        """Whether the rows do not count alike in the loss."""
        return self.weights is not None

    def feed(self, rows: NDArray[np.int64], size: int) -> Feed:
        """Those ``rows`` in batches of ``size``."""
        return Feed(self.x, self.y, as_tensor(rows).to(self._device), size, self.weights)

    def tally(self) -> Tally:
        """The measures of this loss and task."""
        return Tally(self._loss, self._examples.facts, self._examples.target_scales, self._device)


def row_weights(examples: Examples, balance: Balance) -> NDArray[np.float32] | None:
    """How much each row counts in the loss, ``(N,)``; None where all count alike.

    With ``balance="weights"`` a row counts, beside its own weight, as its class does: ``N / (K * count)`` over the
    training rows, so that all classes weigh the same. A class without training rows counts like one with a single row.
    """
    if balance != "weights":
        return examples.weights
    counts = np.bincount(examples.y[examples.train].astype(np.int64), minlength=len(examples.facts.classes))
    by_class = len(examples.train) / (len(counts) * np.maximum(counts, 1))
    weights: NDArray[np.float32] = by_class[examples.y.astype(np.int64)].astype(np.float32)
    return weights if examples.weights is None else weights * examples.weights


def as_tensor(array: NDArray[np.generic]) -> Tensor:
    """The same numbers as a contiguous tensor; copied only where PyTorch cannot share them (a read-only array)."""
    array = np.ascontiguousarray(array)
    return torch.from_numpy(array if array.flags.writeable else array.copy())
