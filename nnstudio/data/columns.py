"""Columns of an Arrow table as numpy arrays; works without pandas, which pyarrow's own conversion would import."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from nnstudio.spec.errors import DataError

T = TypeVar("T", bound=np.generic)

Rows = NDArray[np.int64]
"""Row numbers of a table."""

LARGEST = float(np.finfo(np.float32).max)
"""Numbers beyond it count as missing, as infinities do: a network computes in float32."""


def taken(values: NDArray[T], rows: Rows) -> NDArray[T]:
    """``values[rows]`` for different ascending ``rows``: a view where these are all of them."""
    return values if len(rows) == len(values) else values[rows]


def is_number(column: Any) -> bool:
    """Whether the values of an Arrow column are numbers (truth values are not)."""
    return bool(pa.types.is_integer(column.type) or pa.types.is_floating(column.type))


def is_complete(column: Any) -> bool:
    """Whether it takes no look at its values to know that an Arrow column has a number in each row."""
    return bool(pa.types.is_integer(column.type)) and not column.null_count


def is_text(column: Any) -> bool:
    """Whether the values of an Arrow column are words."""
    return bool(pa.types.is_string(column.type) or pa.types.is_large_string(column.type))


def is_date(column: Any) -> bool:
    """Whether the values of an Arrow column are days or moments."""
    return bool(pa.types.is_timestamp(column.type) or pa.types.is_date(column.type))


def numbers(column: Any, name: str) -> NDArray[np.float64]:
    """The values of an Arrow array or chunked array as float64 ``(N,)``; what is missing or not finite is NaN.

    The result may be a read-only view. Truth values count as 0 and 1, dates as days since the start of 1970, and text
    is taken where all of it spells numbers; otherwise `DataError` names the column.
    """
    return _by_part(column, lambda part: _part_as_numbers(part, name))


def _by_part(column: Any, read: Callable[[Any], NDArray[T]]) -> NDArray[T]:
    """What ``read`` makes of an Arrow array, or of the chunks of a chunked one, behind each other."""
    parts = (column.chunks or [column.combine_chunks()]) if isinstance(column, pa.ChunkedArray) else [column]
    values = [read(part) for part in parts]
    return values[0] if len(values) == 1 else np.concatenate(values)


def _part_as_numbers(part: Any, name: str) -> NDArray[np.float64]:
    if is_date(part):
        times = moments(part, name)
        return np.where(times == NO_MOMENT, np.nan, times / DAY)
    if pa.types.is_null(part.type):
        return np.full(len(part), np.nan)
    try:
        wide = pc.cast(part, pa.float64(), safe=False)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise _useless(name, "number", error, "Use it as a category, ignore it, or correct its cells.") from error
    values = np.frombuffer(wide.buffers()[1], np.float64, len(wide), wide.offset * 8)
    if not part.null_count and _are_usable(values):
        return values
    usable = np.abs(values) <= LARGEST
    if part.null_count:
        usable &= _is_valid(part)
    return np.where(usable, values, np.nan)


def _are_usable(values: NDArray[np.float64]) -> bool:
    """Whether all are finite and not too large, found out without an array in between; NaN is neither more nor less."""
    return not len(values) or bool(values.min() >= -LARGEST and values.max() <= LARGEST)


def _is_valid(part: Any) -> NDArray[np.bool_]:
    return np.from_dlpack(pc.cast(pc.is_valid(part), pa.uint8())).view(np.bool_)


DAY = 86_400_000_000
"""Microseconds."""

NO_MOMENT = np.iinfo(np.int64).min
"""What stands for a missing date; numpy's own mark for it."""


def moments(column: Any, name: str) -> NDArray[np.int64]:
    """The dates of an Arrow array or chunked array: microseconds since the start of 1970, int64 ``(N,)``.

    `NO_MOMENT` stands where one is missing. A time that has a zone is that of the zone's clocks. Text is taken where
    all of it spells dates as ISO 8601 does; otherwise `DataError` names the column.
    """
    return _by_part(column, lambda part: _part_as_moments(part, name))


def _useless(name: str, kind: str, error: Exception, remedy: str) -> DataError:
    """Why a column cannot be used as a ``kind``: a cell that Arrow names, if it names one."""
    found = re.search("'(.*)'", str(error))
    holds = f"It holds “{found[1]}”." if found else f"It holds no {kind}s."
    return DataError(f"The column “{name}” cannot be used as a {kind}.", holds, remedy)


def _part_as_moments(part: Any, name: str) -> NDArray[np.int64]:
    try:
        times = _on_the_clock(part)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        remedy = "Use it as a category or a number, ignore it, or correct its cells."
        raise _useless(name, "date", error, remedy) from error
    whole = pc.cast(times, pa.int64())
    filled = np.from_dlpack(pc.fill_null(whole, 0)).view(np.int64)
    return np.where(_is_valid(part), filled, np.int64(NO_MOMENT)) if part.null_count else filled


def _on_the_clock(part: Any) -> Any:
    """An Arrow array of days, moments or text as microseconds without a time zone."""
    if pa.types.is_timestamp(part.type) and part.type.tz is not None:
        try:
            part = pc.local_timestamp(part)
        except pa.ArrowInvalid:  # this system knows no such zone
            part = pc.cast(part, pa.timestamp(part.type.unit))
    if pa.types.is_integer(part.type):
        raise pa.ArrowNotImplementedError("numbers are no dates")
    return pc.cast(part, pa.timestamp("us"), safe=False)


@dataclass(frozen=True, eq=False, slots=True)
class Labels:
    """The values of a column by name.

    ``codes`` is int32 ``(N,)``: the position in ``names`` of each row's value, -1 where it is missing. Two names may be
    equal (0 and -0). ``numeric`` says that the values are numbers, which sort by size; text sorts by code point.
    """

    names: tuple[str, ...]
    codes: NDArray[np.int32]
    numeric: bool

    def counts(self, rows: NDArray[np.int64] | None = None) -> NDArray[np.int64]:
        """How often each of ``names`` occurs among ``rows``, and last how many of them are missing."""
        codes = self.codes if rows is None else self.codes[rows]
        return np.roll(np.bincount(codes + 1, minlength=len(self.names) + 1), -1)

    def sorted_names(self, rows: NDArray[np.int64] | None = None) -> tuple[str, ...]:
        """The different names that occur among ``rows``, in their order."""
        occurs = self.counts(rows)[:-1] > 0
        chosen = {name for name, used in zip(self.names, occurs, strict=True) if used}
        return tuple(sorted(chosen, key=float) if self.numeric else sorted(chosen))


MOST_LABELS = 10_000
"""Different values that are told apart as classes or categories."""


def labels(column: Any, name: str, most: int | None = MOST_LABELS) -> Labels:
    """The values of an Arrow chunked array by name; `DataError` where more than ``most`` differ (None: any number)."""
    encoded = _one_chunk(column).dictionary_encode()
    if most is not None and len(encoded.dictionary) > most:
        raise DataError(
            f"The column “{name}” has {len(encoded.dictionary):,} different values.",
            f"At most {most:,} are told apart as classes or categories.",
            "Keep only its most frequent values, use it as a number, or ignore it.",
        )
    values = _values(encoded.dictionary)
    numeric = is_number(column)
    unusable = np.array([numeric and not abs(value) <= LARGEST for value in values] + [True])
    codes = np.frombuffer(encoded.indices.buffers()[1], np.int32, len(encoded), encoded.indices.offset * 4)
    if encoded.indices.null_count:
        codes = np.where(_is_valid(encoded.indices), codes, np.int32(-1))
    if unusable[:-1].any():
        codes = np.where(unusable[codes], np.int32(-1), codes)
    names = values if is_text(column) else map(name_of, values)
    return Labels(tuple(names), codes, numeric)


def _values(dictionary: Any) -> list[Any]:
    """The values of an Arrow array, for `name_of`."""
    if not is_date(dictionary):
        found: list[Any] = dictionary.to_pylist()
        return found
    return [np.datetime64(int(time), "us") for time in moments(dictionary, "")]


def codes(column: Any) -> NDArray[np.int64]:
    """A number from 0 for each different value of an Arrow column, ``(rows,)``, -1 where it is missing."""
    indices = _one_chunk(column).dictionary_encode().indices
    return np.array(pc.fill_null(pc.cast(indices, pa.int64()), -1))


def _one_chunk(column: Any) -> Any:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def name_of(value: object) -> str:
    """How a value is written: nothing for a missing one, whole numbers without a decimal point, dates as ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        value = np.datetime64(value.replace(tzinfo=None) if isinstance(value, datetime) else value, "us")
    if isinstance(value, np.datetime64):
        return _date_name(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _date_name(moment: np.datetime64) -> str:
    """``2024-05-17``, ``2024-05-17 14:30``, or as finely as it needs to be; nothing for a missing one."""
    if np.isnat(moment):
        return ""
    day, _, time = str(moment.astype("datetime64[us]")).partition("T")
    clock = time.removesuffix(".000000").removesuffix(":00")
    return day if clock in ("", "00:00") else f"{day} {clock}"
