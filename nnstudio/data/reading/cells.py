"""Cells as Python values, gathered row by row or record by record into Arrow columns; memory stays that of Arrow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.types as is_type

from nnstudio.data.columns import name_of
from nnstudio.data.reading.tidy import as_json, require_few_columns

BATCH = 8_192
"""Rows that are held as Python values at a time."""

EXACT = 2**53
"""Up to here a float tells all whole numbers apart."""

TEXT = pa.large_string()


class Gathering:
    """Columns that grow batch by batch; each takes the type that holds all of its cells, text if need be."""

    def __init__(self) -> None:
        self._chunks: dict[str, list[Any]] = {}
        self.rows = 0

    def add_rows(self, names: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Add rows of one cell for each of ``names``, which are all different."""
        columns = zip(*rows, strict=True) if rows else [()] * len(names)
        self._add(dict(zip(names, columns, strict=True)), len(rows))

    def add_records(self, records: Sequence[Mapping[str, object]]) -> None:
        """Add records; a key that a record lacks is a missing cell."""
        keys = dict.fromkeys(key for record in records for key in record)
        self._add({key: [record.get(key) for record in records] for key in keys}, len(records))

    def _add(self, columns: Mapping[str, Sequence[object]], count: int) -> None:
        require_few_columns(len(self._chunks.keys() | columns.keys()))
        for name, values in columns.items():
            self._chunks.setdefault(name, [pa.nulls(self.rows)]).append(as_array(values))
        for name in self._chunks.keys() - columns.keys():
            self._chunks[name].append(pa.nulls(count))
        self.rows += count

    def table(self) -> Any:
        """Everything that was added, as a pyarrow Table of whatever types there are."""
        return pa.table({name: _unified(chunks) for name, chunks in self._chunks.items()})


def as_array(values: Sequence[object]) -> Any:
    """Python values as an Arrow array of their type; of text where they differ."""
    try:
        found = pa.array(values)
        is_mixed = is_type.is_date(found.type) and any(isinstance(value, datetime) for value in values)
        return pa.array(values, pa.timestamp("us")) if is_mixed else found  # a date would lose its time
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, UnicodeEncodeError):
        return _mixed(values)


def _mixed(values: Sequence[object]) -> Any:
    """Whole and broken numbers (and yes and no among them) as numbers; all else as it is written."""
    try:
        if all(value is None or isinstance(value, int | float) for value in values):
            return pa.array([None if value is None else float(value) for value in values], pa.float64())  # type: ignore[arg-type]
    except OverflowError:  # a whole number beyond all floats
        pass
    return _text(values)


def _text(values: Iterable[object]) -> Any:
    return pa.array([None if value is None else _written(value) for value in values], TEXT)


def _written(value: object) -> str:
    if isinstance(value, dict | list):
        value = as_json(value)
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) <= EXACT:
        value = int(value)  # it may have been one before it shared a batch with broken numbers
    return name_of(value).encode("utf-8", "replace").decode()


def _unified(chunks: Sequence[Any]) -> Any:
    """Chunks of several types as one column of the type that holds them all."""
    kinds = {chunk.type for chunk in chunks if not is_type.is_null(chunk.type)}
    kind = _common(kinds) if kinds else pa.null()
    try:
        if kind == TEXT:
            return pa.chunked_array([_as_text(chunk) for chunk in chunks], kind)
        is_broken = kind == pa.float64()  # which has no place for the last digits of large whole numbers
        return pa.chunked_array([chunk.cast(kind, safe=not is_broken) for chunk in chunks], kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return pa.chunked_array([_as_text(chunk) for chunk in chunks], TEXT)


def _as_text(chunk: Any) -> Any:
    if is_type.is_string(chunk.type) or is_type.is_null(chunk.type):
        return chunk.cast(TEXT)
    return chunk if chunk.type == TEXT else _text(chunk.to_pylist())


def _common(kinds: set[Any]) -> Any:
    """The type that holds values of all ``kinds``."""
    if len(kinds) == 1:
        return next(iter(kinds))
    if all(is_type.is_integer(kind) or is_type.is_floating(kind) or is_type.is_boolean(kind) for kind in kinds):
        return pa.float64()
    try:
        return pa.unify_schemas([pa.schema([("", kind)]) for kind in kinds], promote_options="permissive").field(0).type
    except pa.ArrowException:
        return TEXT
