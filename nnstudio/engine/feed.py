"""The order of an epoch, and its batches: views of a contiguous buffer that is filled chunk by chunk."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

CHUNK_BYTES = 16 * 2**20
"""Most that a chunk of inputs takes: it stays in the processor's caches from being gathered to being read."""
CHUNK_BATCHES = 512
"""Most batches of a chunk; their outputs are kept until it ends."""


def mix(seed: int, epoch: int) -> int:
    """The seed of an epoch's order: ``seed * 1_000_003 + epoch``, where epochs count from 1 to a million."""
    return seed * 1_000_003 + epoch


def order_of(rows: int, seed: int, epoch: int) -> Tensor:
    """The order in which an epoch deals ``rows`` rows out, ``(rows,) int64``.

    The same as that of ``DataLoader(..., shuffle=True, generator=g)`` after ``g.manual_seed(mix(seed, epoch))``: a
    loader first draws a base seed for its workers, then the permutation.
    """
    generator = torch.Generator().manual_seed(mix(seed, epoch))
    torch.empty((), dtype=torch.int64).random_(generator=generator)
    return torch.randperm(rows, generator=generator)


def draws_of(chances: Tensor, seed: int, epoch: int) -> Tensor:
    """The rows that an epoch draws, as many as there are ``chances (rows,) float64``, each as likely as its chance.

    A row may be drawn again. The same as the order of ``DataLoader(..., sampler=s, generator=g)`` with
    ``s = WeightedRandomSampler(chances, rows, generator=g)`` after ``g.manual_seed(mix(seed, epoch))``.
    """
    generator = torch.Generator().manual_seed(mix(seed, epoch))
    torch.empty((), dtype=torch.int64).random_(generator=generator)
    return torch.multinomial(chances, len(chances), replacement=True, generator=generator)


def fair_chances(classes: Tensor) -> Tensor:
    """The chance of each row to be drawn, ``(rows,) float64``: one divided by the rows of its class ``(rows,)``."""
    counts = torch.bincount(classes).to(torch.float64)
    return 1.0 / counts[classes]


class Feed:
    """Some rows of the examples, in batches of ``size``; a chunk is a whole number of batches.

    A chunk and a batch are inputs and targets, and behind them the weights of the rows where there are any. Where the
    target is the input, it is a view of it.
    """

    def __init__(self, x: Tensor, y: Tensor | None, rows: Tensor, size: int, weights: Tensor | None = None) -> None:
        """Take ``x (N, *shape)``, ``y (N,)`` or ``(N, T)`` and the row numbers ``rows``, all on one device.

        ``y`` None means that the target is the input; ``weights`` are ``(N,) float32``.
        """
        self.size = size
        self._rows, self._is_own_target = rows, y is None
        self._whole = [tensor for tensor in (x, y, weights) if tensor is not None]
        length = min(len(rows), chunk_rows(size, x[:1].nbytes))
        self._buffers = [tensor.new_empty((length, *tensor.shape[1:])) for tensor in self._whole]
        self._lie_there = False

    def __len__(self) -> int:
        return len(self._rows)

    def chunks(self, order: Tensor | None = None) -> Iterator[tuple[Tensor, ...]]:
        """Yield the rows in ``order`` (None: as they lie), a chunk of inputs, targets (and weights) at a time.

        A chunk holds until the next one is asked for: all lie in the same buffers. Rows that make up a single chunk, as
        they lie, are gathered once.
        """
        if not len(self):
            return
        lay_there, self._lie_there = self._lie_there, order is None and len(self) == len(self._buffers[0])
        rows = self._rows if order is None else self._rows[order.to(self._rows.device)]
        for part in torch.split(rows, len(self._buffers[0])):
            chunk = [buffer[: len(part)] for buffer in self._buffers]
            if not (lay_there and self._lie_there):
                for whole, buffer in zip(self._whole, chunk, strict=True):
                    torch.index_select(whole, 0, part, out=buffer)
            if self._is_own_target:
                chunk.insert(1, chunk[0].flatten(1))
            yield tuple(chunk)

    def batches(self, *chunk: Tensor) -> Iterator[tuple[Tensor, ...]]:
        """The batches of a chunk, as views."""
        return zip(*(torch.split(tensor, self.size) for tensor in chunk), strict=True)


def chunk_rows(size: int, row_bytes: int) -> int:
    """How many rows a chunk has: whole batches of ``size`` rows, within both limits, at least one batch."""
    batches = CHUNK_BYTES // max(1, size * row_bytes)
    return size * min(max(batches, 1), CHUNK_BATCHES)
