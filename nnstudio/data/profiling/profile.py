"""What the columns of a table hold, at a glance."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from nnstudio.data.columns import is_number, name_of, numbers
from nnstudio.data.cores import each
from nnstudio.data.profiling.kinds import kind_of_numbers, kind_of_words
from nnstudio.spec.columns import Kind
from nnstudio.spec.facts import ColumnProfile

BINS = 12
BLOCK = 65_536
"""Values that are looked at together, which stay in the processor's cache."""
MOST_TOP = 8
MOST_SHOWN = 200
"""Different words that are looked at to tell what they are."""
LONGEST_SHOWN = 1_000
"""Letters of a value that are kept; a cell may hold a book."""


def profile_table(table: Any) -> tuple[ColumnProfile, ...]:
    """A profile for every column of a pyarrow Table; sorting is most of the work."""
    return tuple(each(lambda name: profile_column(name, table.column(name)), table.column_names, table.num_rows))


def profile_column(name: str, column: Any) -> ColumnProfile:
    """The profile of one Arrow column, which is a chunked array of any type that readers give."""
    if is_number(column):
        return _number_profile(name, column)
    if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
        return _date_profile(name, column)
    if isinstance(column.type, pa.FixedShapeTensorType):
        return ColumnProfile(name, Kind.IMAGE, column.null_count, len(column) - column.null_count)
    return _word_profile(name, column)


# numbers


def _number_profile(name: str, column: Any) -> ColumnProfile:
    values = numbers(column, name)
    present = np.sort(values[~np.isnan(values)])
    missing = len(values) - len(present)
    infinite = missing - _absent(column) if missing else 0
    if not len(present):
        return ColumnProfile(name, Kind.CONSTANT, missing, 0, infinite=infinite, is_numeric=True)
    distinct, counts = _runs(present)
    low, high = float(present[0]), float(present[-1])
    is_whole = bool((distinct == np.trunc(distinct)).all())
    mean, std, skew = _moments(present)
    return ColumnProfile(
        name,
        kind_of_numbers(name, len(present), len(distinct), is_whole, (low, high)),
        missing,
        len(distinct),
        low=low,
        high=high,
        mean=mean,
        histogram=_histogram(present),
        top=_top(distinct.item, counts),
        is_whole=is_whole,
        std=std,
        median=_median(present),
        skew=skew,
        infinite=infinite,
        is_numeric=True,
    )


def _absent(column: Any) -> int:
    """How many values are null or not a number; infinite ones are not among them."""
    absent = pc.is_null(column, nan_is_null=pa.types.is_floating(column.type))
    return int(pc.sum(absent).as_py() or 0)


def _runs(ascending: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """The different values, and how often each occurs."""
    starts = np.concatenate(([0], np.flatnonzero(ascending[1:] != ascending[:-1]) + 1))
    return ascending[starts], np.diff(starts, append=len(ascending))


def _moments(ascending: NDArray[np.float64]) -> tuple[float, float, float]:
    """Mean, population standard deviation and skewness; 0 for the last two where all values are equal."""
    mean = float(ascending.mean())
    largest = max(abs(float(ascending[0]) - mean), abs(float(ascending[-1]) - mean))
    if ascending[0] == ascending[-1] or not largest:
        return mean, 0.0, 0.0
    squared = cubed = 0.0
    for start in range(0, len(ascending), BLOCK):
        from_mean = (ascending[start : start + BLOCK] - mean) / largest  # no square or cube of large numbers is lost
        squares = from_mean * from_mean
        squared += float(squares.sum())
        cubed += float(np.dot(squares, from_mean))
    variance = squared / len(ascending)
    return mean, largest * variance**0.5, cubed / len(ascending) / variance**1.5


def _median(ascending: NDArray[np.float64]) -> float:
    middle = len(ascending) // 2
    below = float(ascending[middle - 1 + len(ascending) % 2])
    return below + (float(ascending[middle]) - below) / 2


def _histogram(ascending: NDArray[Any]) -> tuple[int, ...]:
    """How many values lie in each of `BINS` equal bins; a bin holds its lower edge, the last one both."""
    edges = np.linspace(ascending[0], ascending[-1], BINS + 1)[1:-1]
    ends = np.searchsorted(ascending, edges)
    return tuple(np.diff(ends, prepend=0, append=len(ascending)).tolist())


# dates

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def _date_profile(name: str, column: Any) -> ColumnProfile:
    moments = pc.cast(column, pa.timestamp("us"), safe=False).drop_null()
    missing = len(column) - len(moments)
    ascending = np.sort(np.from_dlpack(moments.combine_chunks().view(pa.int64())))
    if not len(ascending):
        return ColumnProfile(name, Kind.CONSTANT, missing, 0)
    distinct, counts = _runs(ascending)
    return ColumnProfile(
        name,
        Kind.DATE if len(distinct) > 1 else Kind.CONSTANT,
        missing,
        len(distinct),
        histogram=_histogram(ascending.astype(np.float64)),
        top=_top(lambda at: _moment(distinct[at]), counts),
        earliest=_iso(distinct[0]),
        latest=_iso(distinct[-1]),
    )


def _moment(microseconds: np.int64) -> str:
    """A moment as Python writes it, which may lie beyond the years that Python knows."""
    try:
        return str(_EPOCH + timedelta(microseconds=int(microseconds)))
    except OverflowError:
        return str(np.datetime64(int(microseconds), "us"))


def _iso(microseconds: np.int64) -> str:
    return _moment(microseconds).replace(" ", "T").removesuffix("T00:00:00")


# words


def _word_profile(name: str, column: Any) -> ColumnProfile:
    found = pc.value_counts(column.drop_null())
    values = found.field("values")
    counts = np.from_dlpack(found.field("counts")).view(np.int64)
    return ColumnProfile(
        name,
        _kind_of_words(name, column, values),
        column.null_count,
        len(found),
        top=_top(lambda at: values[at].as_py(), counts),
    )


def _kind_of_words(name: str, column: Any, distinct: Any) -> Kind:
    if pa.types.is_boolean(column.type):
        return Kind.BOOLEAN if len(distinct) > 1 else Kind.CONSTANT
    some = [name_of(value) for value in distinct[:MOST_SHOWN].to_pylist()]
    return kind_of_words(name, len(column) - column.null_count, len(distinct), some)


def _top(value_at: Callable[[int], object], counts: NDArray[np.int64]) -> tuple[tuple[str, int], ...]:
    """The most frequent values with their counts, largest first; of equally frequent ones the first."""
    if not len(counts):
        return ()
    # How many values occur at least so often; selecting among so many equal counts would be 50 times slower.
    at_least = np.bincount(counts)[::-1].cumsum()[::-1]
    least = np.flatnonzero(at_least >= min(MOST_TOP, len(counts)))[-1]
    often = np.concatenate((np.flatnonzero(counts > least), np.flatnonzero(counts == least)[:MOST_TOP]))
    most = often[np.argsort(-counts[often], kind="stable")][:MOST_TOP].tolist()
    return tuple((name_of(value_at(at))[:LONGEST_SHOWN], int(counts[at])) for at in most)
