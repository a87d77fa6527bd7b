"""A table as an Excel workbook (.xlsx), written row by row by openpyxl: values, never formulas."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import date
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pyarrow as pa
import pyarrow.compute as pc
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.writer.excel import ExcelWriter

from nnstudio.data.columns import is_date
from nnstudio.data.write import dates_as, fineness
from nnstudio.spec.errors import FileError

MOST_ROWS = 1_048_575
"""Below the names of the columns, on a sheet of Excel."""

MOST_DIGITS = 10**15
"""Excel keeps 15 digits: longer whole numbers name something, and are written as text."""

LONGEST = 32_767
"""Letters of a cell in Excel."""

FIRST_YEAR = 1900
"""Of Excel's calendar; earlier dates are written as text."""


def workbook_writer(sink: Any, finest: Mapping[str, Any], stack: ExitStack) -> Callable[[Any], None]:
    """What writes pyarrow Tables of the same columns, one after the other, on a sheet; ``sink`` gets it in the end.

    ``finest`` are the types that columns of dates are written as. Raises `FileError` for more rows than a sheet holds.
    """
    workbook = openpyxl.Workbook(write_only=True)
    sheet = workbook.create_sheet("Predictions")
    written = 0

    def write(table: Any) -> None:
        nonlocal written
        if not written:
            sheet.append([_cell(sheet, name) for name in table.column_names])
        written += table.num_rows
        if written > MOST_ROWS:
            raise FileError(
                "The predictions do not fit into a workbook.",
                f"A sheet of Excel ends at {MOST_ROWS + 1:,} rows.",
                "Write CSV or Parquet instead.",
            )
        columns = [
            _values(dates_as(column, finest[name]) if name in finest else column)
            for name, column in zip(table.column_names, table.columns, strict=True)
        ]
        for row in zip(*columns, strict=True):
            sheet.append([_cell(sheet, value) for value in row])

    stack.push(lambda kind, *_: sheet.close() if kind else _save(workbook, sink))
    return write


def _save(workbook: Any, sink: Any) -> None:
    with ZipFile(_Ahead(sink), "w", ZIP_DEFLATED) as archive:  # openpyxl's own stays open where the disk is full
        ExcelWriter(workbook, archive).write_data()


class _Ahead:
    """A file that is only written to, from its beginning to its end: whoever sums its bytes up sees all of them."""

    def __init__(self, sink: Any) -> None:
        self._sink = sink

    def write(self, content: Any) -> int:
        return int(self._sink.write(content))

    def flush(self) -> None:
        self._sink.flush()

    def close(self) -> None:
        """It is closed by whoever opened it."""


def _values(column: Any) -> list[Any]:
    """The cells of an Arrow column as Python values that Excel can hold."""
    kind = column.type
    if is_date(column):
        moments = column if pa.types.is_date(kind) else dates_as(column, fineness(column))
        return [_moment(value) for value in moments.to_pylist()]
    if pa.types.is_floating(kind):
        short = pc.cast(pc.cast(column, pa.string()), pa.float64())  # as many digits as its type has
        return pc.if_else(pc.is_finite(short), short, pa.scalar(None, pa.float64())).to_pylist()  # type: ignore[no-any-return]
    if pa.types.is_integer(kind):
        numbers = column.to_pylist()
        is_name = any(value is not None and abs(value) >= MOST_DIGITS for value in numbers)
        return [None if value is None else str(value) for value in numbers] if is_name else numbers
    return list(column.to_pylist())


def _moment(value: date | None) -> object:
    return value.isoformat() if value is not None and value.year < FIRST_YEAR else value


def _cell(sheet: Any, value: object) -> object:
    """A value for a row of the sheet; text that begins like a formula stays text."""
    if not isinstance(value, str):
        return value
    text = re.sub(ILLEGAL_CHARACTERS_RE, "\N{REPLACEMENT CHARACTER}", value)[:LONGEST]
    if not text.startswith("="):
        return text
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    return cell
