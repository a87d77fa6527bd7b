"""How a text table is written: encoding, separator, quotes, preamble, header, numbers and dates, found in its head."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from io import StringIO
from itertools import islice
from typing import Literal, Protocol, cast

from nnstudio.data.reading.number_marks import is_day_first, is_value, number_marks
from nnstudio.spec.sources import TableSource

Delimiter = Literal[",", ";", "\t", "|", " "]
Quote = Literal['"', "'", ""]
Row = list[str]


class Rows(Protocol):
    """Gives the cells of a row after the other; what `csv.reader` makes."""

    line_num: int
    """Lines that were taken so far."""

    def __iter__(self) -> Iterator[Row]: ...

    def __next__(self) -> Row: ...


DELIMITERS: tuple[Delimiter, ...] = ("\t", ";", "|", ",", " ")

MOST_ROWS = 500
"""Rows that are looked at."""

MOST_ABOVE = 30
"""Lines above a table."""

MOST_CELLS = 50_000
"""Cells that are looked at: of wide tables fewer rows, but for the first `FEWEST_ROWS`."""

FEWEST_ROWS = 10

MOST_TEXT = 2**21
"""Letters that are looked at."""

_LONG_RUN = re.compile(r"[^,;\t|\"'\s]{300,}")
"""What is within one cell in any dialect, and longer than matters."""

MOST_COLUMNS = 1_000
"""Columns of which the cells are looked at."""

FEWEST_CODES = 3
"""Different codes of two letters that make ``NA`` one of them."""

csv.field_size_limit(2**27)  # cells may be long; the usual limit is 128 KiB

COMMENTS = ("#", "%", "!")

_PLAIN = re.compile(r"[^,;\t|]*$")
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?$")
_CODE = re.compile(r"[A-Z]{2}$")
_GROUPED = re.compile(r"[+-]?\d{1,3}(([.,'’ \u00a0\u202f])\d{3})(\2\d{3})*([.,]\d+)?$")


def rows_of(lines: Iterable[str], source: TableSource) -> Rows:
    """The cells of each line that holds some; raises `csv.Error` for a cell of more than 128 KiB."""
    kept = (_without_comment(line, source.comment) for line in lines)
    if source.delimiter == " ":
        kept = (line.strip(" ") for line in kept)
    return csv.reader(
        kept,
        delimiter=source.delimiter,
        quotechar=source.quote or None,
        quoting=csv.QUOTE_MINIMAL if source.quote else csv.QUOTE_NONE,
        skipinitialspace=source.delimiter != "\t",
    )


def _without_comment(line: str, comment: str) -> str:
    return line.partition(comment)[0] if comment and comment in line else line


def detect(text: str, source: TableSource) -> TableSource:
    """Find out how ``text``, the head of a file with whole lines, is written; the encoding of ``source`` stays."""
    text = _LONG_RUN.sub("x", text)[:MOST_TEXT] if len(text) > MOST_TEXT else text
    lines = list(islice(StringIO(text), 2 * MOST_ROWS))  # lines end in a line feed, not in what Unicode adds
    source = TableSource(source.path, encoding=source.encoding)
    source = replace(source, comment=_comment(lines))
    source = _separated(lines, source)
    rows = _table_rows(lines, source)
    source = replace(source, header=_has_header(rows))
    source = replace(source, below=2 if source.header and _declares(rows) else 0)
    body = rows[1 + source.below :] if source.header else rows
    columns = [[cell for cell in column if cell] for column in zip(*body, strict=False)] if body else []
    source = replace(source, **number_marks(columns, source.delimiter))
    return replace(source, day_first=is_day_first(columns, source), missing_words=not _has_word_for_missing(columns))


ORANGE_TYPES = frozenset({"continuous", "c", "discrete", "d", "string", "s", "time", "t", "basket"})
ORANGE_ROLE = re.compile(r"(class|c|meta|m|ignore|i|weight|w|multiclass|-?[\w.]+=.*)?( \S+=\S*)*")
"""The second and third row of a table of Orange: what each column holds, and what it is for."""


def _declares(rows: Sequence[Sequence[str]]) -> bool:
    """Whether two rows below the names say types and roles, as Orange writes them."""
    if len(rows) < 4:
        return False
    types, roles = rows[1], rows[2]
    if all(cell in ORANGE_TYPES for row in rows[3:] for cell in row):
        return False
    known = sum(cell.strip() in ORANGE_TYPES for cell in types)
    return 2 * known > len(types) and all(ORANGE_ROLE.fullmatch(cell.strip()) for cell in roles) and any(roles)


def _comment(lines: Sequence[str]) -> Literal["", "#", "%", "!"]:
    """The sign that begins some lines and stands nowhere else."""
    for sign in COMMENTS:
        begins = [line.startswith(sign) for line in lines]
        elsewhere = any(sign in line for line, is_comment in zip(lines, begins, strict=True) if not is_comment)
        if any(begins) and not all(begins) and not elsewhere and not _is_names(lines, begins):
            return cast(Literal["#", "%", "!"], sign)
    return ""


def _is_names(lines: Sequence[str], begins: Sequence[bool]) -> bool:
    """Whether the only line that begins with the sign names the columns."""
    if begins.count(True) != 1 or not begins[0]:
        return False
    rest = next((line for line in lines[1:] if line.strip()), "")
    return any(lines[0].count(mark) == rest.count(mark) > 0 for mark in DELIMITERS[:4])


def _separated(lines: Sequence[str], source: TableSource) -> TableSource:
    """The source with the separator and quotes that make the most even table, and what is above it skipped."""
    quotes: list[Quote] = ['"']
    quotes += ["'"] if _stands_around(lines, "'") else []
    quotes += [""] if _has_stray_quotes(lines) else []
    tried = [replace(source, delimiter=mark, quote=quote) for quote in quotes for mark in DELIMITERS]
    best = max(tried, key=lambda one: _evenness(lines, one))
    if _evenness(lines, best)[0] <= 0:
        return source
    return replace(best, skip=_preamble(lines, best))


def _stands_around(lines: Sequence[str], quote: str) -> bool:
    cells = re.findall(
        rf"(?:^|[,;\t| ]){quote}[^{quote}\n]*{quote}(?=[,;\t| \r\n]|$)", "".join(lines[:MOST_ROWS]), re.MULTILINE
    )
    return len(cells) >= max(2, len(lines) // 4)


def _has_stray_quotes(lines: Sequence[str]) -> bool:
    """Whether quotation marks stand alone in most lines that have some: inches, seconds of arc."""
    counts = [line.count('"') for line in lines if '"' in line]
    odd = sum(count % 2 for count in counts)
    return odd >= 2 and 2 * odd > len(counts)


def _evenness(lines: Sequence[str], source: TableSource) -> tuple[float, float]:
    """How well a separator makes a table of ``lines``: the share of rows of the usual width, of cells that are one.

    0 where it makes a single column.
    """
    rows = _rows(lines, source)
    if not rows:
        return 0.0, 0.0
    width, count = _usual_width(rows)
    if width < 2:
        return 0.0, 0.0
    even = count / len(rows)
    cells = [cell for row in rows if len(row) == width for cell in row[:MOST_COLUMNS]]
    whole = sum(1 for cell in cells if _is_whole(cell)) / len(cells)
    likely = {" ": 0.6, ",": 0.98}.get(source.delimiter, 1.0) * (1.0 if source.quote == '"' else 0.97)
    return even**2 * whole**2 * likely, float(width)


def _is_whole(cell: str) -> bool:
    """Whether a cell is one: a number, or words without another separator and without stray quotation marks."""
    if '"' in cell[:1] + cell[-1:]:
        return False
    return bool(_PLAIN.match(cell) or _NUMBER.match(cell) or _GROUPED.match(cell) or ", " in cell)


def _usual_width(rows: Sequence[Row]) -> tuple[int, int]:
    counts = Counter(len(row) for row in rows)
    return max(counts.items(), key=lambda item: (item[1], item[0]))


def _rows(lines: Sequence[str], source: TableSource) -> list[Row]:
    """The rows that are looked at; the last may be cut off where a quotation stays open."""
    rows: list[Row] = []
    cells = 0
    try:
        for row in rows_of(lines, source):
            if any(row):
                rows.append(row)
                cells += len(row)
            if len(rows) >= MOST_ROWS or (cells > MOST_CELLS and len(rows) >= FEWEST_ROWS):
                break
    except csv.Error:
        return rows
    return rows


def _preamble(lines: Sequence[str], source: TableSource) -> int:
    """How many lines are above the table: before the first row of the usual width, and a blank line below such."""
    width, _ = _usual_width(_rows(lines, source))
    reader = rows_of(lines, source)
    above, before = 0, []
    for row in reader:
        if len(row) == width and sum(1 for cell in row if cell.strip()) > 1:
            break
        before.append(row)
        above = reader.line_num
    if _names_all_but_one(before, width):
        return 0
    above = max(above, _above_blank(lines, source, width))
    comments = all(not line.strip() or (source.comment and line.startswith(source.comment)) for line in lines[:above])
    return 0 if comments else above


def _names_all_but_one(rows: Sequence[Row], width: int) -> bool:
    """Whether the only row above the table names all columns but one: R gives those of the rows' names none."""
    return len(rows) == 1 and len(rows[0]) == width - 1 > 1 and not any(map(is_value, rows[0]))


def _above_blank(lines: Sequence[str], source: TableSource, width: int) -> int:
    """How many lines there are up to a blank one near the top, if a line above it is no row of the table; else 0."""
    blank = next((at for at, line in enumerate(lines[:MOST_ABOVE]) if not line.strip()), 0)
    rows = list(rows_of(lines[:blank], source))
    return blank + 1 if any(len(row) == 1 < width for row in rows) else 0


def _table_rows(lines: Sequence[str], source: TableSource) -> list[Row]:
    """The rows of the table itself, of its width, without blanks around the cells."""
    rows = _rows(lines[source.skip :], source)
    width = len(rows[0]) if rows else 0
    return [[cell.strip() for cell in row[:MOST_COLUMNS]] for row in rows if len(row) == width]


def _has_header(rows: Sequence[Row]) -> bool:
    """Whether the first row names the columns rather than being an example."""
    if len(rows) < 2:
        return True
    first, body = rows[0], rows[1:]
    votes = 0
    for place, name in enumerate(first):
        cells = [row[place] for row in body if row[place]]
        if cells:
            votes += _vote(name, cells)
    if votes:
        return votes > 0
    return len(set(filter(None, first))) == len(first) or "" in first


def _vote(name: str, cells: Sequence[str]) -> int:
    """1 where ``name`` is unlike the cells below it, -1 where it is like them, 0 where nothing tells."""
    of_values = sum(map(is_value, cells)) / len(cells)
    if is_value(name):
        years = re.fullmatch(r"(19|20)\d\d", name) and not all(re.fullmatch(r"(19|20)\d\d", cell) for cell in cells)
        return 0 if years else -1
    if of_values > 0.5:
        return 1 if name else 0
    return -1 if name and len(set(cells)) < len(cells) and name in cells else 0


def _has_word_for_missing(columns: Sequence[Sequence[str]]) -> bool:
    """Whether ``NA`` is a word where it stands among other codes of two letters: Namibia among countries."""
    for column in columns:
        others = {cell for cell in column if cell != "NA"}
        if len(others) < len(set(column)) and len(others) >= FEWEST_CODES and all(map(_CODE.match, others)):
            return True
    return False
