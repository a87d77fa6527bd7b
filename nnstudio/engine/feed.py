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


class Feed:
    """Some rows of the examples, in batches of ``size``; a chunk is a whole number of batches."""

    def __init__(self, x: Tensor, y: Tensor, rows: Tensor, size: int) -> None:
        """Take ``x (N, *shape)``, ``y (N,)`` or ``(N, 1)`` and the row numbers ``rows``, all on one device."""
        self.size = size
        self._x, self._y, self._rows = x, y, rows
        length = min(len(rows), chunk_rows(size, x[:1].nbytes))
        self._buffer_x = x.new_empty((length, *x.shape[1:]))
        self._buffer_y = y.new_empty((length, *y.shape[1:]))

    def __len__(self) -> int:
        return len(self._rows)

    def chunks(self, order: Tensor | None = None) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield the rows in ``order`` (None: as they lie), a chunk of inputs and targets at a time.

        A chunk holds until the next one is asked for: both lie in the same buffer.
        """
        if not len(self):
            return
        rows = self._rows if order is None else self._rows[order.to(self._rows.device)]
        for part in torch.split(rows, len(self._buffer_x)):
            x, y = self._buffer_x[: len(part)], self._buffer_y[: len(part)]
            torch.index_select(self._x, 0, part, out=x)
            torch.index_select(self._y, 0, part, out=y)
            yield x, y

    def batches(self, x: Tensor, y: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
        """The batches of a chunk, as views."""
        return zip(torch.split(x, self.size), torch.split(y, self.size), strict=True)


def chunk_rows(size: int, row_bytes: int) -> int:
    """How many rows a chunk has: whole batches of ``size`` rows, within both limits, at least one batch."""
    batches = CHUNK_BYTES // max(1, size * row_bytes)
    return size * min(max(batches, 1), CHUNK_BATCHES)
