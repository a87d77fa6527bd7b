"""What the engine is given to learn from: encoded arrays, which rows are for what, and both as tensors on a device."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nnstudio.engine.feed import Feed
from nnstudio.engine.measures import Tally
from nnstudio.spec.facts import DataFacts
from nnstudio.spec.losses import Loss


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Encoded examples in memory; nothing in them is ever changed.

    ``x`` is ``(N, *facts.input_shape) float32``. ``y`` is ``(N,) int64`` class numbers, or ``(N, 1) float32`` values,
    standardised: a difference of 1 is one of ``target_scale`` in the target's own unit. ``train``, ``validation`` and
    ``test`` are row numbers, ``int64``.
    """

    x: NDArray[np.float32]
    y: NDArray[np.int64] | NDArray[np.float32]
    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    test: NDArray[np.int64]
    facts: DataFacts
    target_scale: float = 1.0


class Tensors:
    """Examples on a device: ``x (N, *shape) float32``, and ``y`` as the loss takes it.

    ``y`` is ``(N,) int64`` where the loss counts classes, else ``(N, 1) float32``.
    """

    def __init__(self, examples: Examples, loss: Loss, device: str) -> None:
        self._examples, self._loss, self._device = examples, loss, device
        y = as_tensor(examples.y)
        self.x = as_tensor(examples.x).to(device)
        self.y = (y if loss.counts_classes else y.to(torch.float32).reshape(-1, 1)).to(device)

    def feed(self, rows: NDArray[np.int64], size: int) -> Feed:
        """Those ``rows`` in batches of ``size``."""
        return Feed(self.x, self.y, as_tensor(rows).to(self._device), size)

    def tally(self) -> Tally:
        """The measures of this loss and task."""
        return Tally(self._loss, self._examples.facts, self._examples.target_scale, self._device)


def as_tensor(array: NDArray[np.generic]) -> Tensor:
    """The same numbers as a contiguous tensor; copied only where PyTorch cannot share them (a read-only array)."""
    array = np.ascontiguousarray(array)
    return torch.from_numpy(array if array.flags.writeable else array.copy())
