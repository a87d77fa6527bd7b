"""Excel workbooks (.xlsx), read by openpyxl: the values of cells, never their formulas, macros or links."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from errno import EINVAL
from itertools import islice
from pathlib import Path
from typing import Any

import openpyxl

from nnstudio.data.columns import name_of
from nnstudio.data.reading.cells import BATCH, Gathering
from nnstudio.data.reading.head import ROWS, preview_of
from nnstudio.data.reading.limits import require_room
from nnstudio.data.reading.names import clean_names
from nnstudio.data.reading.readers import Read, Report
from nnstudio.data.reading.tidy import tidy
from nnstudio.spec.errors import DataError
from nnstudio.spec.facts import Preview
from nnstudio.spec.sources import ExcelSource

MOST_UNPACKED = 2**31
"""Bytes of XML that a workbook may unfold to: one of a million rows and 30 columns has half as much."""

MOST_RATIO, SMALL = 200, 2**27
"""A workbook beyond `SMALL` bytes that unfolds to more than so many times its size is a trap; common are 5 to 50."""

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
"""Of a sheet, in Excel."""

MOST_CELLS = 2**20
"""Cells that are held as Python values at a time."""

LOOK = 50
"""Rows in which the head of the table is looked for."""

ERRORS = frozenset(
    {"#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#FIELD!", "#BUSY!"}
)
"""What cells say whose formula failed."""

YEARS = range(1800, 2200)
"""Whole numbers that name a column as words do."""


def identity(source: ExcelSource) -> tuple[object, ...]:
    """The options: the sheet, where the table begins, and how its cells are taken."""
    return source.sheet, source.skip, source.header, source.missing_words


def read(source: ExcelSource, report: Report | None = None) -> Read:
    """All rows of a sheet; raises `DataError` where it holds none, or where the file is no workbook or damaged."""
    with _sheet(source) as (sheet, total, choices):
        gathered = _Rows(source)
        for rows in _batches(_values(sheet)):
            gathered.add(rows)
            if report:
                report(gathered.seen, max(total, gathered.seen), "rows")
        return gathered.read(choices)


def preview(source: ExcelSource, detect: bool = False) -> Preview:
    """The first rows; with ``detect`` it is found out where the table begins and whether names stand above it."""
    with _sheet(source) as (sheet, _, choices):
        if detect:
            source = _detected(replace(source, sheet=sheet.title), list(islice(_values(sheet), LOOK)))
        rows = list(islice(_values(sheet), source.skip + ROWS + 2))
        gathered = _Rows(source)
        gathered.add(rows[: source.skip + ROWS + 1])
        return preview_of(source, gathered.read(choices), is_whole=len(rows) <= source.skip + ROWS + 1)


@dataclass
class _Rows:
    """The table that grows while the rows of a sheet come in, those above the table among them."""

    source: ExcelSource
    names: Sequence[object] | None = None
    cells: Gathering = field(default_factory=Gathering)
    seen: int = 0
    failed: int = 0
    """Cells whose formula failed."""

    def add(self, rows: list[Sequence[object]]) -> None:
        """Take the next rows of the sheet, in order."""
        below = rows[max(0, self.source.skip - self.seen) :]
        self.seen += len(rows)
        filled = [self._usable(row) for row in below if row]
        if self.names is None and filled:
            self.names = filled.pop(0) if self.source.header else ()
        width = max(map(len, filled), default=0)
        padded = [(*row, *[None] * (width - len(row))) for row in filled]
        if width:
            self.cells.add_rows([str(place) for place in range(width)], padded)

    def _usable(self, row: Sequence[object]) -> Sequence[object]:
        """A row without the errors of formulas, its dates all with a time."""
        failed = sum(isinstance(value, str) and value in ERRORS for value in row)
        self.failed += failed
        is_plain = not failed and not any(type(value) is date for value in row)
        return row if is_plain else [None if value in ERRORS else _moment(value) for value in row]

    def read(self, choices: tuple[str, ...]) -> Read:
        """What was gathered; raises `DataError` where it is nothing."""
        if not self.cells.rows:
            raise self._nothing()
        table = self.cells.table()
        names = [name_of(_moment(value)) for value in self.names or ()]
        names += [""] * (table.num_columns - len(names))
        kept = [place for place, column in enumerate(table.columns) if names[place] or column.null_count < len(column)]
        require_room(Path(self.source.path), 8 * len(kept) * table.num_rows)
        table = table.select(kept).rename_columns(clean_names(names[place] for place in kept))
        tidied = tidy(table, missing_words=self.source.missing_words)
        failed = f"{self.failed:,} cell{'s' if self.failed > 1 else ''} with an error such as #N/A: taken as missing."
        return Read(tidied.table, (*tidied.notes, *([failed] * bool(self.failed))), tidied.left_out, choices)

    def _nothing(self) -> DataError:
        what = f"“{Path(self.source.path).name}” has no rows."
        sheet = f" “{self.source.sheet}”" if self.source.sheet else ""
        why = f"The sheet{sheet} is empty." if self.names is None else f"The sheet{sheet} only names its columns."
        return DataError(what, why, "Choose another sheet, or add rows in the program that it comes from.")


def _moment(value: object) -> object:
    """A date as the moment at which it begins."""
    return datetime(value.year, value.month, value.day) if type(value) is date else value  # noqa: DTZ001  # as in Excel


def _values(sheet: Any) -> Iterator[Sequence[object]]:
    """The rows of a sheet without the empty cells at their ends, but for the empty rows at its end."""
    empty = 0
    for row in sheet.iter_rows(min_row=1, max_row=MOST_ROWS, values_only=True):
        end = len(row)
        while end and (row[end - 1] is None or row[end - 1] == ""):
            end -= 1
        if not end:
            empty += 1
            continue
        for _ in range(empty):
            yield ()
        empty = 0
        yield row[: min(end, MOST_COLUMNS)]


def _batches(rows: Iterable[Sequence[object]]) -> Iterator[list[Sequence[object]]]:
    """Rows in batches, the smaller the wider the rows."""
    batch: list[Sequence[object]] = []
    width = 0
    for row in rows:
        batch.append(row)
        width = max(width, len(row))
        if len(batch) >= BATCH or len(batch) * width >= MOST_CELLS:
            yield batch
            batch, width = [], 0
    yield batch


def _detected(source: ExcelSource, rows: list[Sequence[object]]) -> ExcelSource:
    """Where the table begins: below titles and blanks, at the first row half as full as the fullest."""
    filled = [sum(value is not None and value != "" for value in row) for row in rows]
    fullest = max(filled, default=0)
    skip = next((at for at, count in enumerate(filled) if count and 2 * count >= fullest), 0)
    first = [value for value in rows[skip] if value is not None] if rows else []
    return replace(source, skip=skip, header=all(_names_a_column(value) for value in first))


def _names_a_column(value: object) -> bool:
    return isinstance(value, str) or (type(value) is int and value in YEARS)


@contextmanager
def _sheet(source: ExcelSource) -> Iterator[tuple[Any, int, tuple[str, ...]]]:
    """The chosen sheet (else the first that shows), how many rows it says to have, and the names of all sheets.

    Raises `DataError` for what is no workbook.
    """
    path = Path(source.path)
    with path.open("rb") as file:
        _require_workbook(path, file.read(8))
        file.seek(0)
        try:
            _require_small(path, file)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # what openpyxl does not support is no value of a cell
                workbook = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
                sheet = _chosen(workbook, source)
                said = sheet.max_row or 0
                sheet.reset_dimensions()  # many programs write wrong ones
                yield sheet, said, tuple(sheet.title for sheet in workbook.worksheets)
        except (DataError, MemoryError):
            raise
        except Exception as error:  # openpyxl raises almost anything for a broken file
            if isinstance(error, OSError) and error.errno != EINVAL:  # a place before the beginning is asked for
                raise
            raise _damaged(path, repr(error)) from error


def _chosen(workbook: Any, source: ExcelSource) -> Any:
    sheets = {sheet.title: sheet for sheet in workbook.worksheets}
    if source.sheet and source.sheet not in sheets:
        raise DataError(
            f"“{Path(source.path).name}” has no sheet called “{source.sheet}”.",
            f"Its sheets are {', '.join(f'“{title}”' for title in sheets)}.",
            "Choose one of them.",
        )
    shown = [sheet for sheet in sheets.values() if sheet.sheet_state == "visible"] or list(sheets.values())
    return sheets[source.sheet] if source.sheet else shown[0]


def _require_workbook(path: Path, head: bytes) -> None:
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise DataError(
            f"“{path.name}” is not read.",
            "It is an Excel workbook of the old form (.xls), or one that is protected by a password.",
            "Open it in Excel or LibreOffice and save it as .xlsx, without a password.",
        )
    if not head.startswith(b"PK"):
        raise _damaged(path, repr(head))


def _require_small(path: Path, file: Any) -> None:
    """Raise `DataError` where the archive is a trap, or holds something else than a workbook."""
    with zipfile.ZipFile(file) as archive:
        names = set(archive.namelist())
        size = sum(part.file_size for part in archive.infolist())
        packed = max(1, path.stat().st_size)
    if size > MOST_UNPACKED or (size > SMALL and size > MOST_RATIO * packed):
        raise DataError(
            f"“{path.name}” was not read.",
            f"It would unfold from {packed / 2**20:,.1f} MB to {size / 2**20:,.0f} MB, as traps do.",
            "If you trust it, save its sheet as CSV and open that.",
        )
    if "xl/workbook.bin" in names or "content.xml" in names:
        form = "an OpenDocument spreadsheet (.ods)" if "content.xml" in names else "a binary Excel workbook (.xlsb)"
        raise DataError(f"“{path.name}” is not read.", f"It is {form}.", "Save it as .xlsx or CSV and open that.")


def _damaged(path: Path, details: str) -> DataError:
    return DataError(
        f"“{path.name}” could not be read as an Excel workbook.",
        "It is damaged or cut off, or is something else.",
        "Open it in Excel or LibreOffice and save it again as .xlsx.",
        details,
    )
