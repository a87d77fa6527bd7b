"""Which rows make up the examples of a data spec, and which part of the split each example belongs to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.columns import Rows
from nnstudio.data.encoding.fitted import Encoding
from nnstudio.data.encoding.layout import Windows, encode_rows, find_windows, group_numbers, in_order, windows_of
from nnstudio.data.splitting.split import SplitRows, deal
from nnstudio.data.table import MappedTable
from nnstudio.data.targets import Known, read_target
from nnstudio.spec.columns import Role
from nnstudio.spec.data import DataSpec
from nnstudio.spec.errors import DataError
from nnstudio.spec.layouts import WindowLayout
from nnstudio.spec.splits import TimeSplit
from nnstudio.spec.tasks import Task

NO_PART = -1


@dataclass(frozen=True, eq=False, slots=True)
class Arranged:
    """The examples of a data spec.

    ``known`` has the target of each example, and ``parts`` positions in it. ``rows`` are the table's rows that are
    encoded, ascending, and ``train`` those of them that encoders learn from; windows show several of them in each
    example. ``dropped`` rows lack a target, or their time.
    """

    known: Known
    parts: SplitRows
    rows: Rows
    train: Rows
    dropped: int
    windows: Windows | None = None

    def encode(self, encoding: Encoding, table: MappedTable) -> NDArray[np.float32]:
        """Every example: float32, C-contiguous, ``(N, *encoding.input_shape)``."""
        x = encode_rows(encoding, table, self.rows)
        return windows_of(x, self.windows) if self.windows else x


def arrange(data: DataSpec, table: MappedTable, fold: int = 0) -> Arranged:
    """The rows of ``table`` that have a target, dealt out, and made to windows where the layout says so."""
    known = read_target(data, table)
    parts = deal(data, table, known.rows, known.class_numbers, fold)
    train = known.rows[parts.train]
    if not isinstance(data.layout, WindowLayout):
        return Arranged(known, parts, known.rows, train, known.dropped)
    windows, part = _windows(data, data.layout, table, known, parts)
    targets = windows.order[windows.targets]
    part = part[targets]
    if not (part == 0).any():
        raise _no_window(data, data.layout, int((part >= 0).sum()))
    examples = SplitRows(*(np.flatnonzero(part == number) for number in range(3)))
    dropped = known.dropped + len(known.rows) - len(windows.order)
    return Arranged(known.taken(targets), examples, known.rows, train, dropped, windows)


def group_column(data: DataSpec) -> str:
    """The column whose values windows never mix, or nothing."""
    return next((column.name for column in data.with_role(Role.GROUP)), "")


def looks_ahead(data: DataSpec) -> bool:
    """Whether the network sees earlier values of what it predicts: windows do that look ahead."""
    if not isinstance(data.layout, WindowLayout) or data.task is Task.RECONSTRUCTION:
        return False
    return data.layout.horizon > 0


def _windows(
    data: DataSpec, layout: WindowLayout, table: MappedTable, known: Known, parts: SplitRows
) -> tuple[Windows, NDArray[np.int64]]:
    """The windows over the known rows, and the part of each known row by number."""
    part = np.full(len(known.rows), NO_PART, np.int64)
    for number, rows in enumerate((parts.train, parts.validation, parts.test)):
        part[rows] = number
    groups = group_numbers(table, group_column(data), known.rows)
    order = in_order(table, layout.order, known.rows, groups)
    series = np.where(part == NO_PART, NO_PART, 3 * groups + part)
    ahead = 0 if data.task is Task.RECONSTRUCTION else layout.horizon
    return find_windows(layout.length, ahead, order, series[order]), part


def _no_window(data: DataSpec, layout: WindowLayout, others: int) -> DataError:
    reach = layout.length + layout.horizon
    at_random = not isinstance(data.split, TimeSplit) and not group_column(data)
    return DataError(
        "No window fits into the training rows." if others else "No window fits.",
        f"Each needs {reach:,} rows in a row, all of one part of the split{_one_group(data)}.",
        "Split by time." if at_random else "Choose a shorter window or a smaller horizon.",
    )


def _one_group(data: DataSpec) -> str:
    name = group_column(data)
    return f", and of one “{name}”" if name else ""
