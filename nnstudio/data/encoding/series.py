"""Series that are read piece by piece, in order of time: their windows, and which row each answer stands beside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from nnstudio.data.columns import Rows
from nnstudio.data.encoding.fitted import Encoding
from nnstudio.data.encoding.layout import Windows, encode_rows, windows_of
from nnstudio.data.splitting.order import times
from nnstudio.data.table import MappedTable
from nnstudio.spec.errors import DataError
from nnstudio.spec.layouts import WindowLayout
from nnstudio.spec.words import counted

LOT_BYTES = 2**24
"""Windows that are made at a time take about so much memory."""


def layout_of(encoding: Encoding) -> WindowLayout:
    """The windows that a model of series looks at."""
    assert isinstance(encoding.layout, WindowLayout)
    return encoding.layout


def rows_ahead(encoding: Encoding) -> int:
    """How many rows behind the last row of its window an answer lies."""
    return 0 if encoding.target.key == "input" else layout_of(encoding).horizon


class TimeOrder:
    """Whether rows that come piece by piece are in order: series by series, and in order of time within each.

    Series are ordered as they first appear, those without a group before all others, as `in_order` has them.
    """

    def __init__(self, encoding: Encoding) -> None:
        self.holds = True
        self.windows = 0
        """Windows so far; not counted any more where the order does not hold."""
        self._encoding, self._keys, self._places = encoding, _Keys(encoding), _Places()
        self._last = np.array([-1]), np.array([-np.inf])
        self._rows, self._untimed = 0, 0
        self._names: tuple[str, ...] = ()

    def add(self, table: MappedTable) -> None:
        """Look at some more rows; raises `DataError` where the column of the order tells none."""
        self._names = table.names
        series, when = self._keys(table)
        known = ~np.isnan(when)
        self._rows += table.rows
        self._untimed += int(np.count_nonzero(~known))
        if not self.holds or not known.any():
            return
        series, when = np.append(self._last[0], series[known]), np.append(self._last[1], when[known])
        self._last = series[-1:], when[-1:]
        later = np.diff(series)
        self.holds = bool(((later > 0) | ((later == 0) & (when[1:] >= when[:-1]))).all())
        self.windows += int(np.count_nonzero(self._places.add(series[1:]) >= layout_of(self._encoding).length - 1))

    def need_windows(self) -> None:
        """Raise `DataError` where the rows are in order and no window fits into them."""
        if self.holds:
            need_windows(self._encoding, self.windows, self._names)

    def sentences(self) -> Iterator[str]:
        """What is to be said of the order of the rows."""
        group, order = self._encoding.group, layout_of(self._encoding).order
        if group and group not in self._names:
            yield f"There is no column “{group}”: all rows count as one series."
        if order and order not in self._names:
            yield f"There is no column “{order}”: the order of the file is taken for the order of time."
        elif count := self._untimed:
            yield f"{counted(count, 'row')} without “{order}” {'is' if count == 1 else 'are'} left out."


def need_windows(encoding: Encoding, windows: int, names: tuple[str, ...]) -> None:
    """Raise `DataError` where a table with columns of these ``names`` has no ``windows``."""
    if windows:
        return
    group = f" of one “{encoding.group}”" if encoding.group in names else ""
    raise DataError(
        "There is nothing to predict from.",
        f"The model looks at {layout_of(encoding).length:,} rows at once{group}.",
        "Choose a file with more rows.",
    )


class _Keys:
    """The series (numbered as they first appear from 1, 0 without a group) and the time of each row of pieces."""

    def __init__(self, encoding: Encoding) -> None:
        self._group, self._order = encoding.group, layout_of(encoding).order
        self._numbers: dict[object, int] = {}

    def __call__(self, table: MappedTable) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        when = times(table, self._order) if self._order in table.names else np.zeros(table.rows)
        if self._group not in table.names:
            return np.zeros(table.rows, np.int64), when
        found = _whole(table.column(self._group)).dictionary_encode()
        names = [repr(value) for value in found.dictionary.to_pylist()]  # by their words NaN is itself, too
        numbers = np.array([0, *(self._numbers.setdefault(name, len(self._numbers) + 1) for name in names)])
        return numbers[np.asarray(found.indices.cast(pa.int64()).fill_null(-1)) + 1], when


def _whole(column: Any) -> Any:
    """The one Arrow array that a chunked one is."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


class _Places:
    """The place of each row in its series, over pieces that follow each other."""

    def __init__(self) -> None:
        self.series, self.count = -1, 0
        """The series of the last row, and how many rows it has so far."""

    def add(self, series: NDArray[np.int64]) -> Rows:
        """Places from 0, ``(N,)``, of rows of these ``series`` ``(N,)``."""
        at = np.arange(len(series))
        if not len(series):
            return at
        begins = np.diff(series, prepend=self.series) != 0
        places: Rows = at - np.maximum.accumulate(np.where(begins, at, -self.count))
        self.series, self.count = int(series[-1]), int(places[-1]) + 1
        return places


@dataclass(frozen=True, eq=False, slots=True)
class Slots:
    """Rows that await their answers: those of a piece, and those that follow series which ended in it.

    ``answers`` ``(N,)`` are numbers of windows, -1 where a row gets none. ``beyond`` ``(B,)`` are those of the rows
    that lie ``ahead`` rows behind the last of their series, whose ``groups`` are an Arrow array; without groups None.
    Later slots need no window before ``keep``.
    """

    table: Any
    answers: Rows
    beyond: Rows
    ahead: Rows
    groups: Any
    keep: int

    @property
    def last(self) -> int:
        """The last window that is needed; -1 for none."""
        return max(int(self.answers.max(initial=-1)), int(self.beyond.max(initial=-1)))


@dataclass(frozen=True, eq=False, slots=True)
class _Ended:
    """Series that ended: the rows that each had, ``counts`` ``(S,)``, its ``last`` window, its ``groups`` or None."""

    counts: Rows
    last: Rows
    groups: Any


class SeriesWindows:
    """The windows over rows that come piece by piece and are in order, numbered from 0."""

    def __init__(self, encoding: Encoding) -> None:
        self._encoding, self._keys, self._places = encoding, _Keys(encoding), _Places()
        self._length, self._ahead = layout_of(encoding).length, rows_ahead(encoding)
        self._found = 0
        """Windows so far."""
        self._rows = np.empty((0, encoding.input_shape[-1]), np.float32)
        """Encoded rows that a window still needs, and where the windows begin that were not given yet."""
        self._starts = np.empty(0, np.int64)
        self._group: Any = None
        self._empty: Any = None

    def add(self, table: Any) -> Slots:
        """Take some rows more, a pyarrow Table; those without a time are in no window and get no answer."""
        self._empty = table.slice(0, 0)
        with MappedTable.of(table) as rows:
            series, when = self._keys(rows)
            known = np.flatnonzero(~np.isnan(when))
            encoded = encode_rows(self._encoding, rows, known)
        before, found = self._places.count, self._found
        begins = np.flatnonzero(np.diff(series[known], prepend=self._places.series) != 0)
        places = self._places.add(series[known])
        is_end = places >= self._length - 1
        ends = np.cumsum(is_end) + found - 1  # the last window so far
        self._keep_rows(encoded, is_end)
        answers = np.full(table.num_rows, -1, np.int64)
        answers[known] = np.where(places >= self._length - 1 + self._ahead, ends - self._ahead, -1)
        groups = self._groups(table, known)
        ended = _Ended(
            np.append(before, places + 1)[begins],
            np.append(found - 1, ends)[begins],
            None if groups is None else groups.take(pa.array(begins)),
        )
        return self._slots(table, answers, ended)

    def end(self) -> Slots:
        """The rows that follow the last series."""
        ended = _Ended(np.array([self._places.count]), np.array([self._found - 1]), self._group)
        return self._slots(self._empty, np.empty(0, np.int64), ended)

    def _keep_rows(self, encoded: NDArray[np.float32], is_end: NDArray[np.bool_]) -> None:
        held = len(self._rows)
        self._rows = np.concatenate([self._rows, encoded])
        self._starts = np.append(self._starts, np.flatnonzero(is_end) + held - self._length + 1)
        self._found += int(np.count_nonzero(is_end))

    def _groups(self, table: Any, known: Rows) -> Any:
        """The group of the last row before this piece, and of each of its ``known`` rows."""
        if self._encoding.group not in table.column_names:
            return None
        here = _whole(table[self._encoding.group]).take(pa.array(known))
        groups = pa.concat_arrays([pa.nulls(1, here.type) if self._group is None else self._group, here])
        self._group = groups.slice(len(groups) - 1)
        return groups

    def _slots(self, table: Any, answers: Rows, ended: _Ended) -> Slots:
        """Slots for the rows of ``table``, and for those behind the series that ended in it."""
        windows = np.maximum(0, ended.counts - self._length + 1)
        many = np.minimum(self._ahead, windows)
        step = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
        beyond = np.repeat(ended.last - many + 1, many) + step
        ahead = np.repeat(self._ahead - many + 1, many) + step
        series = pa.array(np.repeat(np.arange(len(many)), many))
        named = None if ended.groups is None else ended.groups.take(series)
        still = min(self._ahead, max(0, self._places.count - self._length + 1))
        return Slots(table, answers, beyond, ahead, named, self._found - still)

    def lots(self, multiple: int, rest: bool = False) -> Iterator[NDArray[np.float32]]:
        """The windows ``(N, length, F)`` that were not given yet, in multiples of that, and if wanted the ``rest``."""
        windows = len(self._starts)
        until = windows if rest else windows // multiple * multiple
        size = lot_size(self._encoding, multiple)
        order = np.arange(len(self._rows))
        for start in range(0, until, size):
            starts = self._starts[start : min(start + size, until)]
            yield windows_of(self._rows, Windows(order, starts, starts, self._length))
        left = self._starts[until:]
        first = int(left[0]) if len(left) else max(0, len(self._rows) - self._length + 1)
        self._rows, self._starts = self._rows[first:].copy(), left - first


def lot_size(encoding: Encoding, multiple: int) -> int:
    """How many windows, a multiple of that, take about `LOT_BYTES`."""
    return multiple * max(1, LOT_BYTES // (4 * prod(encoding.input_shape) * multiple))
