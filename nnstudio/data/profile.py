"""What the columns of a table hold, at a glance."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from nnstudio.data.columns import is_number, name_of, numbers
from nnstudio.spec.data import Kind
from nnstudio.spec.facts import ColumnProfile

BINS = 12
MOST_TOP = 8
MOST_THREADS = min(4, os.cpu_count() or 1)
"""Each holds a sorted copy of one column."""


def profile_table(table: Any) -> tuple[ColumnProfile, ...]:
    """A profile for every column of a pyarrow Table; sorting, most of the work, runs on all cores."""
    with ThreadPoolExecutor(MOST_THREADS) as pool:
        return tuple(pool.map(profile_column, table.column_names, table.columns))


def profile_column(name: str, column: Any) -> ColumnProfile:
    """The profile of one Arrow column: `Kind.NUMBER` where it holds numbers, else `Kind.CATEGORY`."""
    return _number_profile(name, column) if is_number(column) else _category_profile(name, column)


def _number_profile(name: str, column: Any) -> ColumnProfile:
    values = numbers(column, name)
    present = np.sort(values[~np.isnan(values)])
    missing = len(values) - len(present)
    if not len(present):
        return ColumnProfile(name, Kind.NUMBER, missing, 0)
    starts = np.concatenate(([0], np.flatnonzero(present[1:] != present[:-1]) + 1))
    distinct = present[starts]
    return ColumnProfile(
        name,
        Kind.NUMBER,
        missing,
        len(distinct),
        low=float(present[0]),
        high=float(present[-1]),
        mean=float(present.mean()),
        histogram=_histogram(present),
        top=_top(distinct.item, np.diff(starts, append=len(present))),
        is_whole=bool((distinct == np.trunc(distinct)).all()),
    )


def _histogram(ascending: NDArray[np.float64]) -> tuple[int, ...]:
    """How many values lie in each of `BINS` equal bins; a bin holds its lower edge, the last one both."""
    edges = np.linspace(ascending[0], ascending[-1], BINS + 1)[1:-1]
    ends = np.searchsorted(ascending, edges)
    return tuple(np.diff(ends, prepend=0, append=len(ascending)).tolist())


def _category_profile(name: str, column: Any) -> ColumnProfile:
    found = pc.value_counts(column.drop_null())
    values = found.field("values")
    counts = np.from_dlpack(found.field("counts")).view(np.int64)
    return ColumnProfile(
        name, Kind.CATEGORY, column.null_count, len(found), top=_top(lambda at: values[at].as_py(), counts)
    )


def _top(value_at: Callable[[int], object], counts: NDArray[np.int64]) -> tuple[tuple[str, int], ...]:
    """The most frequent values with their counts, largest first; of equally frequent ones the first."""
    if not len(counts):
        return ()
    # How many values occur at least so often; selecting among so many equal counts would be 50 times slower.
    at_least = np.bincount(counts)[::-1].cumsum()[::-1]
    least = np.flatnonzero(at_least >= min(MOST_TOP, len(counts)))[-1]
    often = np.concatenate((np.flatnonzero(counts > least), np.flatnonzero(counts == least)[:MOST_TOP]))
    most = often[np.argsort(-counts[often], kind="stable")][:MOST_TOP].tolist()
    return tuple((name_of(value_at(at)), int(counts[at])) for at in most)
