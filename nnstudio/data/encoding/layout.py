"""What one example is: a row, a row read step by step, or a window over several rows in order of time."""

from __future__ import annotations

import os
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.columns import Rows, codes
from nnstudio.data.encoding.fill import fill_pictures, fill_rows
from nnstudio.data.encoding.fitted import Encoding
from nnstudio.data.splitting.order import times
from nnstudio.data.table import MappedTable
from nnstudio.spec.errors import DataError
from nnstudio.spec.facts import Shape
from nnstudio.spec.layouts import Layout, SequenceLayout, WindowLayout

MOST_OF_MEMORY = 0.5
"""Share of this machine's memory that the encoded examples may take."""


def encode_rows(encoding: Encoding, table: MappedTable, rows: Rows) -> NDArray[np.float32]:
    """``rows`` (ascending) of ``table`` as examples: float32, C-contiguous, ``(len(rows), *encoding.input_shape)``.

    With windows as the layout these are the single rows ``(len(rows), numbers)``, for `windows_of`.
    """
    if encoding.image is None:
        x = fill_rows(encoding.seen, table, rows)
        return x if isinstance(encoding.layout, WindowLayout) else x.reshape(len(rows), *encoding.input_shape)
    if not isinstance(encoding.layout, SequenceLayout):
        x = np.empty((len(rows), *encoding.image.shape), np.float32)
        fill_pictures(encoding.image, table, rows, x)
        return x
    channels, height, width = encoding.image.shape
    lines = np.empty((len(rows), height, width, channels), np.float32)
    fill_pictures(encoding.image, table, rows, lines.transpose(0, 3, 1, 2))
    return lines.reshape(len(rows), height, width * channels)


def check_steps(layout: Layout, numbers: int) -> None:
    """Raise `DataError` unless a row of so many ``numbers`` can be cut into the layout's steps."""
    if isinstance(layout, SequenceLayout) and numbers % layout.steps:
        fits = [steps for steps in range(1, numbers + 1) if not numbers % steps]
        raise DataError(
            f"A row of {numbers:,} numbers cannot be read in {layout.steps:,} equal steps.",
            "Every step must have as many numbers as the others.",
            f"Choose one of {', '.join(f'{steps:,}' for steps in fits)} steps, or use other columns.",
        )


def check_memory(examples: int, shape: Shape) -> None:
    """Raise `DataError` where so many examples would take more than `MOST_OF_MEMORY`."""
    needed, there = examples * prod(shape) * 4, memory()
    if there and needed > MOST_OF_MEMORY * there:
        size = " × ".join(f"{length:,}" for length in shape)
        raise DataError(
            f"The encoded examples would take {needed / 2**30:,.1f} GB of memory.",
            f"There are {examples:,} of {size} numbers, and this machine has {there / 2**30:,.1f} GB in all.",
            "Use fewer columns or categories, smaller pictures, or shorter windows.",
        )


def memory() -> int:
    """Bytes of memory that this machine has; 0 where the system does not say."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf
        return 0


# ---- windows ----


@dataclass(frozen=True, eq=False, slots=True)
class Windows:
    """Where windows lie: ``order`` are positions of rows in order of time, series by series.

    Window ``i`` begins at ``order[starts[i]]`` and covers ``length`` rows; what it predicts lies at
    ``order[targets[i]]``.
    """

    order: Rows
    starts: Rows
    targets: Rows
    length: int


def find_windows(length: int, horizon: int, order: Rows, series: NDArray[np.int64]) -> Windows:
    """Every window of ``length`` rows that lies in one series, as does the row ``horizon`` rows behind it.

    ``order`` are positions in order of time within their series; ``series`` says which one each belongs to,
    ``(len(order),)``, and is negative where it belongs to none.
    """
    starts = window_starts(series, length - 1 + horizon)
    return Windows(order, starts, starts + length - 1 + horizon, length)


def window_starts(series: NDArray[np.int64], reach: int) -> Rows:
    """Where in ``series`` ``(N,)`` a row and the next ``reach`` rows are all of one series; negative ones are none."""
    run = np.cumsum(np.diff(series, prepend=series[:1]) != 0)
    starts = np.arange(max(0, len(series) - reach))
    return np.flatnonzero((run[starts] == run[starts + reach]) & (series[starts] >= 0))


def windows_of(rows: NDArray[np.float32], windows: Windows) -> NDArray[np.float32]:
    """The windows over encoded ``rows`` ``(N, F)``: float32, C-contiguous ``(windows, length, F)``."""
    x = np.empty((len(windows.starts), windows.length, rows.shape[1]), np.float32)
    for step in range(windows.length):
        x[:, step] = rows[windows.order[windows.starts + step]]
    return x


def in_order(table: MappedTable, column: str, rows: Rows, series: NDArray[np.int64]) -> Rows:
    """Positions in ``rows``, series by series and in order of time within each; those without a time are left out.

    An empty ``column`` means the order of the file, which also decides between rows of one moment. Raises `DataError`
    where the column tells no order.
    """
    if not column:
        return np.argsort(series, kind="stable")
    when = times(table, column)[rows]
    known = np.flatnonzero(~np.isnan(when))
    return known[np.lexsort((when[known], series[known]))]


def group_numbers(table: MappedTable, column: str, rows: Rows) -> NDArray[np.int64]:
    """The group of each of ``rows`` by number; a missing one is a group, too. Without a ``column`` all are 0."""
    if not column:
        return np.zeros(len(rows), np.int64)
    return codes(table.column(column))[rows] + 1
