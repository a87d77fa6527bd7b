"""Excel workbooks (.xlsx), read by openpyxl: the values of cells, never their formulas, macros or links."""

from __future__ import annotations

import warnings
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
from nnstudio.data.reading.workbook_traps import damaged, require_small, require_workbook
from nnstudio.spec.errors import DataError
from nnstudio.spec.facts import Preview
from nnstudio.spec.sources import ExcelSource
from nnstudio.spec.words import counted

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

MOST_SHEETS, WIDE, SHARE = 20, 8, 4
"""Sheets among which the table is looked for, cells of a row that count then, and what share of the fullest does."""

SUMS = frozenset({"sum", "sums", "total", "totals", "grand total", "summe", "summen", "gesamt", "gesamtsumme", "somme"})
"""What the first cell of a row below a table says that sums the columns up."""

MOST_BELOW, LONGEST_SAID = 50, 40
"""Rows that may stand below a table, and letters of them that a sentence holds."""

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
    with _sheet(source, detect) as (sheet, _, choices):
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
    doubtful: list[Sequence[object]] = field(default_factory=list)
    """The latest rows, as long as they look like what stands below a table."""
    width: int = 0
    """Cells of the fullest row."""
    is_below_blank: bool = False
    """Only sparse rows came since the last blank one."""

    def add(self, rows: list[Sequence[object]]) -> None:
        """Take the next rows of the sheet, in order."""
        below = rows[max(0, self.source.skip - self.seen) :]
        self.seen += len(rows)
        filled = [self._usable(row) for row in self._of_table(below)]
        if self.names is None and filled:
            self.names = filled.pop(0) if self.source.header else ()
        self._gather(filled)

    def _gather(self, rows: Sequence[Sequence[object]]) -> None:
        width = max(map(len, rows), default=0)
        padded = [(*row, *[None] * (width - len(row))) for row in rows]
        if width:
            self.cells.add_rows([str(place) for place in range(width)], padded)

    def _of_table(self, rows: Iterable[Sequence[object]]) -> Iterator[Sequence[object]]:
        """The rows that are filled; sums, and notes below a blank, only once it is clear that the table goes on."""
        for row in rows:
            self.width = max(self.width, _filled(row))
            self.is_below_blank = (self.is_below_blank or not row) and self.width > 0
            sparse = self.is_below_blank and 2 * _filled(row) < self.width
            if (sparse or _is_sum(row)) and len(self.doubtful) < MOST_BELOW:
                self.doubtful += [row] if row else []
            elif row:
                yield from self.doubtful
                self.doubtful, self.is_below_blank = [], False
                yield row

    def _usable(self, row: Sequence[object]) -> Sequence[object]:
        """A row without the errors of formulas, its dates all with a time."""
        failed = sum(isinstance(value, str) and value in ERRORS for value in row)
        self.failed += failed
        is_plain = not failed and not any(type(value) is date for value in row)
        return row if is_plain else [None if value in ERRORS else _moment(value) for value in row]

    def read(self, choices: tuple[str, ...]) -> Read:
        """What was gathered; raises `DataError` where it is nothing."""
        if not self.cells.rows:
            self._take_doubtful()
        table = self.cells.table()
        names = [name_of(_moment(value)) for value in self.names or ()]
        names += [""] * (table.num_columns - len(names))
        kept = [place for place, column in enumerate(table.columns) if names[place] or column.null_count < len(column)]
        require_room(Path(self.source.path), 8 * len(kept) * table.num_rows)
        table = table.select(kept).rename_columns(clean_names(names[place] for place in kept))
        tidied = tidy(table, missing_words=self.source.missing_words)
        return Read(tidied.table, (*tidied.notes, *self._notes()), tidied.left_out, choices)

    def _notes(self) -> Iterator[str]:
        if self.failed:
            yield f"{counted(self.failed, 'cell')} with an error such as #N/A: taken as missing."
        if self.doubtful:
            said = next(value for value in self.doubtful[0] if value not in (None, ""))
            rows = "Rows" if len(self.doubtful) > 1 else "A row"
            yield f"{rows} below the table, from “{name_of(said)[:LONGEST_SAID]}” on: left out."

    def _take_doubtful(self) -> None:
        """There are no other rows: then these are the table; raises `DataError` where there are none at all."""
        if not self.doubtful:
            raise self._nothing()
        self._gather([self._usable(row) for row in self.doubtful])
        self.doubtful = []

    def _nothing(self) -> DataError:
        what = f"“{Path(self.source.path).name}” has no rows."
        sheet = f" “{self.source.sheet}”" if self.source.sheet else ""
        why = f"The sheet{sheet} is empty." if self.names is None else f"The sheet{sheet} only names its columns."
        return DataError(what, why, "Choose another sheet, or add rows in the program that it comes from.")


def _is_sum(row: Sequence[object]) -> bool:
    first = next((value for value in row if value not in (None, "")), None)
    return isinstance(first, str) and first.strip(" :*").casefold() in SUMS


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
    filled = [_filled(row) for row in rows]
    fullest = max(filled, default=0)
    skip = next((at for at, count in enumerate(filled) if count and 2 * count >= fullest), 0)
    first = [value for value in rows[skip] if value is not None] if rows else []
    return replace(source, skip=skip, header=all(_names_a_column(value) for value in first))


def _names_a_column(value: object) -> bool:
    return isinstance(value, str) or (type(value) is int and value in YEARS)


@contextmanager
def _sheet(source: ExcelSource, detect: bool = False) -> Iterator[tuple[Any, int, tuple[str, ...]]]:
    """The chosen sheet, how many rows it says to have, and the names of all sheets.

    Where none is chosen it is the first that shows; with ``detect`` the first that seems to hold the table.
    Raises `DataError` for what is no workbook.
    """
    path = Path(source.path)
    with path.open("rb") as file:
        require_workbook(path, file.read(8))
        file.seek(0)
        try:
            require_small(path, file)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # what openpyxl does not support is no value of a cell
                workbook = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
                sheet = _chosen(workbook, source, detect)
                said = sheet.max_row or 0
                sheet.reset_dimensions()  # many programs write wrong ones
                yield sheet, said, tuple(sheet.title for sheet in workbook.worksheets)
        except (DataError, MemoryError):
            raise
        except Exception as error:  # openpyxl raises almost anything for a broken file
            if isinstance(error, OSError) and error.errno != EINVAL:  # a place before the beginning is asked for
                raise
            raise damaged(path, repr(error)) from error


def _chosen(workbook: Any, source: ExcelSource, detect: bool) -> Any:
    sheets = {sheet.title: sheet for sheet in workbook.worksheets}
    if source.sheet and source.sheet not in sheets:
        raise DataError(
            f"“{Path(source.path).name}” has no sheet called “{source.sheet}”.",
            f"Its sheets are {', '.join(f'“{title}”' for title in sheets)}.",
            "Choose one of them.",
        )
    shown = [sheet for sheet in sheets.values() if sheet.sheet_state == "visible"] or list(sheets.values())
    if source.sheet:
        return sheets[source.sheet]
    return _likeliest(shown) if detect and len(shown) > 1 else shown[0]


def _likeliest(sheets: Sequence[Any]) -> Any:
    """The first sheet that holds much of what the fullest does: covers, notes and legends may come before."""
    held = [_held(sheet) for sheet in sheets[:MOST_SHEETS]]
    return next(sheet for sheet, much in zip(sheets, held, strict=False) if SHARE * much >= max(held))


def _held(sheet: Any) -> int:
    """The cells in the first rows of a sheet, as far as they stand side by side and are not out of all proportion."""
    sheet.reset_dimensions()
    filled = (_filled(row) for row in islice(_values(sheet), LOOK))
    return sum(min(count, WIDE) for count in filled if count > 1)


def _filled(row: Sequence[object]) -> int:
    return sum(value is not None and value != "" for value in row)
