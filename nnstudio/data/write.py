"""Predictions beside the rows that they are for: to look at, and as a file."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from numpy.typing import NDArray

from nnstudio.data.cache import cache_folder, forget_unused, write_arrow
from nnstudio.data.columns import DAY, NO_MOMENT, is_date, is_text, moments
from nnstudio.data.table import MappedTable
from nnstudio.spec.errors import FileError
from nnstudio.spec.files import write_atomically

FORMULA = r"^([=+\-@\t\r])"
"""How a cell begins that a spreadsheet would execute."""

AHEAD = "rows_ahead"
"""The column that says how far behind the last row a prediction lies."""


@dataclass(frozen=True, eq=False, slots=True)
class Places:
    """Which row each answer is for, where answers are not one a row.

    ``rows`` ``(N,)`` are row numbers of the file. Where ``ahead`` is 0 the answer is for that row; else for a time so
    many rows behind it, beyond the last of its series, which ``group`` tells apart where there are several.
    """

    rows: NDArray[np.int64]
    ahead: NDArray[np.int64]
    group: str = ""


def join_predictions(
    source: MappedTable, added: Mapping[str, NDArray[Any]], places: Places | None = None, pictures: bool = False
) -> Any:
    """A pyarrow Table of the source's columns and of ``added``: text or numbers, ``(N,)`` each.

    Unless they are wanted it has no ``pictures``.

    They stand beside the rows that ``places`` says, without it row by row. What lies beyond the last row of its series
    follows in rows of its own, which say how far ahead they are. An added column whose name is taken is called
    ``name (2)``.
    """
    table = source.arrow() if pictures else without_pictures(source.arrow())
    columns = {name: pa.array(values) for name, values in added.items()}
    if places is not None:
        columns = {name: column.take(_answers(places, source.rows)) for name, column in columns.items()}
        table, columns = _continued(table, columns, places)
    for name, column in columns.items():
        table = table.append_column(free_name(name, table.column_names), column)
    return table


def without_pictures(table: Any) -> Any:
    """A pyarrow Table without its columns of pictures."""
    images = [field.name for field in table.schema if isinstance(field.type, pa.FixedShapeTensorType)]
    return table.drop_columns(images)


def _answers(places: Places, rows: int) -> Any:
    """The answer of each row of a table of so many ``rows``, and of those beyond it; missing where there is none."""
    beyond = np.flatnonzero(places.ahead)
    answer = np.full(rows + len(beyond), -1, np.int64)
    here = np.flatnonzero(places.ahead == 0)
    answer[places.rows[here]] = here
    answer[rows:] = beyond
    return pa.array(answer, mask=answer < 0)


def _continued(table: Any, columns: dict[str, Any], places: Places) -> tuple[Any, dict[str, Any]]:
    """The table with a row for each answer beyond it, which have their group and nothing else."""
    last = places.rows[places.ahead > 0]
    if not len(last):
        return table, columns
    empty = {field.name: pa.nulls(len(last), field.type) for field in table.schema}
    if places.group:
        empty[places.group] = table[places.group].combine_chunks().take(pa.array(last))
    ahead = np.concatenate([np.zeros(table.num_rows, np.int64), places.ahead[places.ahead > 0]])
    longer = pa.concat_tables([table, pa.table(empty, schema=table.schema)])
    return longer, {AHEAD: pa.array(ahead, mask=ahead == 0), **columns}


def free_name(name: str, taken: Container[str]) -> str:
    """``name``, or where that is taken ``name (2)`` and so on."""
    number = 2
    free = name
    while free in taken:
        free = f"{name} ({number})"
        number += 1
    return free


def write_preview(table: Any, cache: Path | None = None) -> Path:
    """Keep a pyarrow Table in the cache for `MappedTable` to open; it is deleted a day later."""
    folder = cache_folder(cache)
    forget_unused(folder, "preview-*", days=1)
    path = folder / f"preview-{uuid4().hex}.arrow"
    write_atomically(path, lambda partial: write_arrow(table, partial))
    return path


def write_predictions(path: Path, table: Any) -> None:
    """Write a pyarrow Table to ``path`` as CSV in UTF-8, whole or not at all; it is read back first. Raises OSError.

    Text that begins like a formula (``=``, ``+``, ``-``, ``@``, tab, carriage return) gets a ``'`` before it, so that
    no spreadsheet executes a stranger's cell; numbers stay as they are.
    """
    names = [safe_name(name) for name in table.column_names]
    plain = pa.Table.from_arrays([safe(column) for column in table.columns], names)

    def check(partial: Path) -> None:
        as_text = pa.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.large_string()))
        options = pa.csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False)
        found = pa.csv.read_csv(partial, parse_options=options, convert_options=as_text)
        if found.num_rows != plain.num_rows or found.column_names != names:
            raise FileError(f"“{path.name}” was not saved.", "What was written could not be read back.")

    write_atomically(path, lambda partial: pa.csv.write_csv(plain, partial), check)


def safe(column: Any) -> Any:
    """A column as it is written to text: dates as finely as they need, what begins like a formula after a ``'``."""
    if is_date(column):
        return dates_as(column, fineness(column))
    return pc.replace_substring_regex(column, FORMULA, r"'\1") if is_text(column) else column


def fineness(column: Any) -> Any:
    """The coarsest Arrow type that holds all dates of a column: days, seconds or microseconds."""
    times = moments(column, "")
    known = times[times != NO_MOMENT]
    if not (known % DAY).any():
        return pa.date32()
    return pa.timestamp("us") if (known % 1_000_000).any() else pa.timestamp("s")


def dates_as(column: Any, kind: Any) -> Any:
    """Dates in that type: days as ``2024-05-17``, moments as ``2024-05-17 14:30:00``, or more finely."""
    times = moments(column, "")
    missing = times == NO_MOMENT
    known = pa.array(np.where(missing, 0, times), mask=missing).cast(pa.timestamp("us"))
    return pa.chunked_array([known.cast(kind)])


def safe_name(name: str) -> str:
    """The name of a column as it is written to text; see `safe`."""
    return re.sub(FORMULA, r"'\1", name)
