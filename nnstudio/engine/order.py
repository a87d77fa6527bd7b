"""Which training row comes when: the order of every epoch of a run."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nnstudio.engine.feed import draws_of, fair_chances, order_of
from nnstudio.spec.data import Batches


class Order:
    """The order of each epoch, ``(rows,) int64`` positions in the training rows: by lot, drawn fairly, or as they lie.

    ``classes`` are the class numbers of the training rows, int64 ``(rows,)``, or None. With balanced sampling an epoch
    draws as many rows as there are, of every class about the same number: some more than once, some not at all,
    whatever ``batches.shuffle`` says.
    """

    def __init__(self, rows: int, classes: NDArray[np.int64] | None, seed: int, batches: Batches) -> None:
        self._rows, self._seed, self._shuffle = rows, seed, batches.shuffle
        self._chances: Tensor | None = None
        if batches.balance == "sampling" and classes is not None:
            self._chances = fair_chances(torch.from_numpy(classes))

    def __call__(self, epoch: int) -> Tensor:
        if self._chances is not None:
            return draws_of(self._chances, self._seed, epoch)
        return order_of(self._rows, self._seed, epoch) if self._shuffle else torch.arange(self._rows)
