"""The head of a table as a preview shows it: columns with what they seem to be for, and the first rows as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from nnstudio.data.columns import name_of
from nnstudio.data.profiling.profile import profile_table
from nnstudio.data.reading.readers import Read
from nnstudio.data.suggest import suggest_columns
from nnstudio.spec.columns import Column, Kind
from nnstudio.spec.facts import Preview
from nnstudio.spec.sources import Source

ROWS = 100
"""Rows that are shown."""

MOST_CELLS = 20_000
"""Cells that are shown: of very wide tables fewer rows."""

MOST_COLUMNS = 500
"""Columns that are shown."""

LONGEST_CELL = 1_000
"""Letters of a cell that are shown."""


def preview_of(source: Source, head: Read, *, is_whole: bool) -> Preview:
    """What to show of ``source``, of which ``head`` is the beginning; ``is_whole`` says that there is no more."""
    table = head.table.select(range(min(MOST_COLUMNS, head.table.num_columns)))
    notes = head.notes
    if head.table.num_columns > MOST_COLUMNS:
        notes = (*notes, f"The first {MOST_COLUMNS:,} of {head.table.num_columns:,} columns are shown.")
    most = max(5, min(ROWS, MOST_CELLS // table.num_columns))
    shown = [_texts(column.slice(0, most)) for column in table.columns]
    rows = tuple(zip(*shown, strict=True))
    return Preview(source, _columns(table), rows, head.choices, notes, is_whole and len(rows) == table.num_rows)


def _texts(column: Any) -> Sequence[str]:
    if is_picture(column):
        height, width, _ = column.type.shape
        return [f"{width} × {height}"] * len(column)
    return [name_of(value)[:LONGEST_CELL] for value in column.to_pylist()]


def _columns(table: Any) -> tuple[Column, ...]:
    pictures = [name for name, column in zip(table.column_names, table.columns, strict=True) if is_picture(column)]
    plain = table.drop_columns(pictures)
    suggested, _ = suggest_columns(profile_table(plain), table.num_rows)
    by_name = {column.name: column for column in suggested}
    return tuple(by_name.get(name) or Column(name, Kind.IMAGE) for name in table.column_names)


def is_picture(column: Any) -> bool:
    """Whether a column holds pictures."""
    return isinstance(column.type, pa.FixedShapeTensorType)
