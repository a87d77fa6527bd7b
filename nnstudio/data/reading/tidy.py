"""Arrow columns of any type as the few that the cache knows: numbers, truth values, text, dates and pictures."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as is_type

from nnstudio.data.reading.names import clean_names
from nnstudio.data.reading.spelled import read_spelled, without_missing
from nnstudio.spec.errors import DataError

MOST_COLUMNS = 100_000
"""More than these are not read: no table has them, and what looks so was read in a wrong way."""

MOST_DEPTH = 8
"""Records within records that become columns of their own; what lies deeper becomes text."""

LONGEST_LIST = 4_096
"""Lists of numbers, all of one length up to this, become columns; others become text."""

DATE = pa.timestamp("us")
"""What every date and time becomes."""

FIRST, LAST = -62_135_596_800_000_000, 253_402_300_799_999_999
"""The years 1 to 9999 in microseconds since 1970."""

MOST_NAMED = 5
"""Columns that a sentence names."""

Told = Callable[[str, str], None]
"""Is told a remark and the column that it is about."""


@dataclass(frozen=True, slots=True)
class Tidied:
    """A pyarrow Table of the cache's types, and what became of columns that were not of them, a sentence each."""

    table: Any
    notes: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def tidy(table: Any, *, missing_words: bool = False, as_text: frozenset[str] = frozenset()) -> Tidied:
    """Bring every column of a pyarrow Table to a type of the cache, under a name of its own.

    Records within records become dotted names, lists of equal length numbered names. Text that spells nothing but
    numbers, or dates in ISO 8601, is read as what it spells; with ``missing_words`` a cell such as ``NA`` is missing;
    what stands in the columns ``as_text`` stays text.
    Raises `DataError` for more than `MOST_COLUMNS` columns, or where none can be used.
    """
    noted, left_out = _Remarks(), _Remarks()
    names, columns = [], []
    for name, column in _flat(table):
        tidied = _column(name, column, _Words(missing_words, name in as_text), noted.add, left_out.add)
        if tidied is not None:
            names.append(name)
            columns.append(tidied)
    if not columns:
        raise DataError("The table has no columns that can be used.", " ".join(left_out.sentences()))
    return Tidied(pa.Table.from_arrays(columns, clean_names(names)), noted.sentences(), left_out.sentences())


def require_few_columns(count: int) -> None:
    """Raise `DataError` where a table has more columns than any table has."""
    if count > MOST_COLUMNS:
        raise DataError(
            f"It has {count:,} columns.",
            f"At most {MOST_COLUMNS:,} are read.",
            "If rows and columns are exchanged, turn the table on its side and open it again.",
        )


@dataclass
class _Remarks:
    """What is said of columns, by remark: many columns of one sort make one sentence."""

    names: dict[str, list[str]] = field(default_factory=dict)

    def add(self, remark: str, name: str) -> None:
        self.names.setdefault(remark, []).append(name)

    def sentences(self) -> tuple[str, ...]:
        return tuple(f"{_listed(names)}: {remark}." for remark, names in self.names.items())


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"“{name}”" for name in names[:MOST_NAMED])
    return shown if len(names) <= MOST_NAMED else f"{shown} and {len(names) - MOST_NAMED:,} more columns"


def _flat(table: Any) -> Iterator[tuple[str, Any]]:
    """The columns of ``table``; a column of records as one for each key, and of equal lists as one for each place."""
    waiting = [(str(name), column, 0) for name, column in zip(table.column_names, table.columns, strict=True)]
    require_few_columns(len(waiting))
    waiting.reverse()
    given = 0
    while waiting:
        name, column, depth = waiting.pop()
        parts = _parts(column) if depth < MOST_DEPTH else []
        if not parts:
            given += 1
            yield name, column
        waiting += [(f"{name}{key}", part, depth + 1) for key, part in reversed(parts)]
        require_few_columns(given + len(waiting))


def _parts(column: Any) -> list[tuple[str, Any]]:
    """What a column of records or of equally long lists of numbers holds, by the rest of its name."""
    kind = column.type
    if is_type.is_struct(kind):
        return [(f".{key}", pc.struct_field(column, [at])) for at, key in enumerate(f.name for f in kind)]
    if is_type.is_list(kind) or is_type.is_large_list(kind) or is_type.is_fixed_size_list(kind):
        length = _equal_length(column)
        return [(f" {at + 1}", pc.list_element(column, at)) for at in range(length)]
    return []


def _equal_length(column: Any) -> int:
    """How many numbers each list of a column has; 0 where they differ, are too many, or are no numbers."""
    value = column.type.value_type
    if not (is_type.is_integer(value) or is_type.is_floating(value)) or column.null_count:
        return 0
    bounds = pc.min_max(pc.list_value_length(column)).as_py()
    return bounds["min"] if bounds["min"] == bounds["max"] and (bounds["min"] or 0) <= LONGEST_LIST else 0


@dataclass(frozen=True, slots=True)
class _Words:
    """What is made of the words of a column."""

    may_be_missing: bool
    stay: bool


def _column(name: str, column: Any, words: _Words, note: Told, leave_out: Told) -> Any:
    """One column in a type of the cache, or None where it is left out."""
    kind = column.type
    if isinstance(kind, pa.FixedShapeTensorType) and _is_picture(kind):
        return column
    if isinstance(kind, pa.BaseExtensionType):
        return _column(name, _storage(column), words, note, leave_out)
    if is_type.is_dictionary(kind):
        return _column(name, pc.cast(column, kind.value_type), words, note, leave_out)
    for applies, convert in _CONVERSIONS:
        if applies(kind):
            return convert(column)
    for applies, convert, remark in _REMARKABLE:
        if applies(kind):
            note(remark, name)
            return convert(column)
    if _is_text(kind) or (text := _decoded(column)) is not None:
        text = column if _is_text(kind) else text
        if words.stay:
            return without_missing(text, words.may_be_missing)
        return read_spelled(text, words.may_be_missing, lambda remark: note(remark, name))
    leave_out("left out, since it holds bytes rather than values", name)
    return None


def _is_picture(kind: Any) -> bool:
    """Whether a tensor type is that of the cache's pictures: (height, width, channels) of 8 or 16 bits."""
    return len(kind.shape) == 3 and kind.shape[-1] in {1, 3, 4} and kind.value_type in {pa.uint8(), pa.uint16()}


def _storage(column: Any) -> Any:
    return pa.chunked_array([chunk.storage for chunk in column.chunks], column.type.storage_type)


def _is_text(kind: Any) -> bool:
    return bool(is_type.is_string(kind) or is_type.is_large_string(kind) or is_type.is_string_view(kind))


def _decoded(column: Any) -> Any:
    """Bytes as text where they are UTF-8: some programs write text so."""
    try:
        return pc.cast(column, pa.large_string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None


def _floats(column: Any) -> Any:
    """Float64 (float32 for less), with NaN as missing."""
    small = column.type in {pa.float16(), pa.float32()}
    wide = pc.cast(column, pa.float32() if small else pa.float64(), safe=False)
    is_nan = pc.is_nan(wide)
    return pc.if_else(is_nan, pa.scalar(None, wide.type), wide) if pc.any(is_nan).as_py() else wide


def _date(column: Any) -> Any:
    """Dates; those before the year 1 or after 9999, which no calendar of Python has, are missing."""
    try:
        dates = pc.cast(column, DATE)
    except pa.ArrowInvalid:  # less than microseconds, or beyond all years
        dates = pc.cast(column, DATE, safe=False)
    bounds = pc.min_max(pc.cast(dates, pa.int64())).as_py()
    if bounds["min"] is None or (bounds["min"] >= FIRST and bounds["max"] <= LAST):
        return dates
    usable = pc.and_(pc.greater_equal(dates, pa.scalar(FIRST, DATE)), pc.less_equal(dates, pa.scalar(LAST, DATE)))
    return pc.if_else(usable, dates, pa.scalar(None, DATE))


def _time_of_day(column: Any) -> Any:
    """A time as that time on the first of January 1970."""
    wide = pc.cast(column, pa.time64("us"), safe=False)
    return pc.cast(pc.cast(wide, pa.int64()), DATE)


def _seconds(column: Any) -> Any:
    return pc.divide(pc.cast(pc.cast(column, pa.duration("us"), safe=False), pa.int64()), pa.scalar(1e6))


def _json(column: Any) -> Any:
    """Records and lists as JSON text."""
    texts = (None if value is None else as_json(value) for value in column.to_pylist())
    return pa.chunked_array([pa.array(texts, pa.large_string())])


def as_json(value: object) -> str:
    """A nested value as it would stand in a JSON file."""
    return json.dumps(value, ensure_ascii=False, default=str)


_CONVERSIONS: tuple[tuple[Callable[[Any], bool], Callable[[Any], Any]], ...] = (
    (is_type.is_integer, lambda column: column),
    (is_type.is_boolean, lambda column: column),
    (is_type.is_null, lambda column: pc.cast(column, pa.float64())),
    (lambda kind: is_type.is_floating(kind) or is_type.is_decimal(kind), _floats),
    (is_type.is_date, _date),
    (lambda kind: is_type.is_timestamp(kind) and kind.tz is None, _date),
)

_REMARKABLE: tuple[tuple[Callable[[Any], bool], Callable[[Any], Any], str], ...] = (
    (is_type.is_timestamp, _date, "the times are given in UTC"),
    (is_type.is_time, _time_of_day, "times of day without a date"),
    (is_type.is_duration, _seconds, "durations, read as numbers of seconds"),
    (is_type.is_nested, _json, "lists or records, read as text"),
)
