"""Text tables in any dialect, encoding and packing; the reader of `TableSource`."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass, replace
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

import pyarrow as pa

from nnstudio.data.columns import is_text
from nnstudio.data.cores import each
from nnstudio.data.reading.blocks import Block, is_utf8, not_in_encoding, nul, open_lines
from nnstudio.data.reading.dialect import Rows, rows_of
from nnstudio.data.reading.dialect import detect as detected
from nnstudio.data.reading.head import preview_of
from nnstudio.data.reading.letters import encoding_of
from nnstudio.data.reading.names import clean_names
from nnstudio.data.reading.packed import Held, packing_of, unpack
from nnstudio.data.reading.parsing import Chunks, Mixed, Parser, parse_blocks, parse_whole, unified
from nnstudio.data.reading.readers import Read, Report
from nnstudio.data.reading.spelled import CODE
from nnstudio.data.reading.text_columns import read_column
from nnstudio.data.reading.tidy import require_few_columns
from nnstudio.spec.errors import DataError
from nnstudio.spec.facts import Preview
from nnstudio.spec.sources import TableSource

HEAD = 2**18
"""Bytes that are looked at to find out how a text is written, and that a preview shows of."""

LONGEST_HEAD = 2**23
"""Bytes of a head that has to be longer, because its lines are."""

FEWEST_LINES = 50

CODES = 2**16
"""Bytes below the names in which codes are looked for."""

AT_ONCE = range(5 * 2**20, 2**28)
"""Bytes of a plain file that pandas reads at once, in threads of its own; beyond, progress counts more than speed."""


def identity(source: TableSource) -> tuple[object, ...]:
    """Every option, since each decides what cells become."""
    return astuple(replace(source, path=""))


def read(source: TableSource, report: Report | None = None) -> Read:
    """All of ``source``: a column of numbers, truth values or moments where every cell of it is one, else of text.

    Empty cells are missing, and with ``missing_words`` those that say so (``NA``, ``null``, ``None`` …). Raises
    `DataError` where the file is empty or damaged, holds NUL, or has a row of more cells than columns.
    """
    archive: list[Held] = []
    table, notes = _table(source, lambda as_text: _chunks(source, as_text, report, archive))
    held = archive[-1] if archive else Held()
    return Read(table, (*held.notes, *notes), choices=held.choices)


def _table(source: TableSource, parse: Callable[[frozenset[str]], Chunks]) -> tuple[Any, tuple[str, ...]]:
    """What ``parse`` makes of the rows as a pyarrow Table, and notes; it is told which columns are to stay text."""
    chunks = _parsed(parse)
    if not any(len(chunk) for arrays in chunks.values() for chunk in arrays):
        name = Path(source.path).name
        raise DataError(f"“{name}” has no rows.", "It only names its columns.", "Add rows below the first line.")
    columns, notes = _finished(chunks, source)
    return pa.table(columns), (*_passed_over(source), *notes)


def _passed_over(source: TableSource) -> Iterator[str]:
    if source.header and source.below:
        rows = "1 row below the names was" if source.below == 1 else f"{source.below} rows below the names were"
        yield f"{rows} passed over."


def _parsed(parse: Callable[[frozenset[str]], Chunks], as_text: frozenset[str] = frozenset()) -> Chunks:
    try:
        return parse(as_text)
    except Mixed as mixed:
        return _parsed(parse, as_text | mixed.names)


def _chunks(source: TableSource, as_text: frozenset[str], report: Report | None, archive: list[Held]) -> Chunks:
    """The columns of the whole file in pieces; ``archive`` is told what the one holds that it lies in."""
    if _is_plain(source):
        with open_lines(source, HEAD, is_head=True) as lines:
            top = top_of(lines.blocks, source)
        if top.lines <= 1:
            return _parse_at_once(Parser(source, top.names, as_text | codes_in(top, source)), top.lines)
    with open_lines(source) as lines:
        archive.append(lines.held)
        top = top_of(lines.blocks, source)
        parser = Parser(source, top.names, as_text | codes_in(top, source))
        return parse_blocks(parser, chain([top.rest], lines.blocks), lines.size, report)


@dataclass(frozen=True, slots=True)
class Top:
    """What stands above the rows: the names of the columns, ``lines`` lines in all; ``rest`` follows in its block."""

    names: tuple[str, ...]
    lines: int
    rest: Block


def top_of(blocks: Iterator[Block], source: TableSource) -> Top:
    """Read what stands above the rows; raises `DataError` where there is nothing."""
    first = next(blocks, None)
    if first is None or not first.content.strip():
        raise DataError(f"“{Path(source.path).name}” is empty.", "", "Choose another file.")
    lines = first.content.splitlines(keepends=True)
    names, used = _names(lines[source.skip :], source)
    above = source.skip + used
    rest = b"".join(lines[above:])
    require_few_columns(len(names))
    return Top(names, above, Block(rest, first.line + above, first.done))


def _names(lines: Sequence[bytes], source: TableSource) -> tuple[tuple[str, ...], int]:
    """What the columns are called, and how many of ``lines`` that took."""
    reader = rows_of(_decoded(lines, source), source)
    first = _next_row(reader)
    if not first:
        raise DataError(f"“{Path(source.path).name}” holds no table.", "All of its lines are blank or skipped.")
    if not source.header:
        return clean_names([""] * len(first)), 0
    used = reader.line_num + source.below
    below = _next_row(reader)
    is_of_rows = len(below) == len(first) + 1 and bool(below[-1])  # as R writes the names of rows
    return clean_names(["", *first] if is_of_rows else first), used


def codes_in(top: Top, source: TableSource) -> frozenset[str]:
    """The columns with a `CODE` among their first cells, which the parser would take for numbers."""
    content = top.rest.content
    whole = content if len(content) <= CODES else content[: content.rfind(b"\n", 0, CODES) + 1]
    lines = whole.splitlines(keepends=True)
    try:
        rows = list(rows_of(_decoded(lines, source), source))
    except csv.Error:
        return frozenset()
    columns = zip_longest(*rows, fillvalue="")
    return frozenset(
        name for name, cells in zip(top.names, columns, strict=False) if any(_IS_CODE(cell.strip()) for cell in cells)
    )


_IS_CODE = re.compile(CODE).match


def _decoded(lines: Iterable[bytes], source: TableSource) -> Iterator[str]:
    try:
        for line in lines:
            yield line.decode()
    except UnicodeDecodeError as error:
        raise not_in_encoding(source) from error


def _next_row(reader: Rows) -> list[str]:
    try:
        return next((row for row in reader if any(cell.strip() for cell in row)), [])
    except csv.Error:
        return []


def _is_plain(source: TableSource) -> bool:
    """Whether pandas can take the file as it is, if no more than one line stands above its rows."""
    path = Path(source.path)
    if not is_utf8(source.encoding) or source.comment or source.skip or path.stat().st_size not in AT_ONCE:
        return False
    with path.open("rb") as file:
        return not packing_of(file.read(8))


def _parse_at_once(parser: Parser, lines: int) -> Chunks:
    """The whole file by pandas but for its first ``lines``, while another thread looks for NUL."""
    path = Path(parser.source.path)
    with ThreadPoolExecutor(1) as pool:
        looking = pool.submit(_require_no_nul, path)
        chunks = parse_whole(parser, path, lines)
        looking.result()
    return chunks


def _require_no_nul(path: Path) -> None:
    before, buffer = 0, bytearray(2**20)
    with path.open("rb", buffering=0) as file:
        while count := file.readinto(buffer):
            if (at := buffer.find(0, 0, count)) >= 0:
                file.seek(0)
                raise nul(path.name, 1 + file.read(before + at).count(b"\n"))
            before += count


def _finished(chunks: Chunks, source: TableSource) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The columns in one piece each, text that spells something else as that, and notes; empties ``chunks``."""

    def finish(name: str) -> tuple[Any, list[str]]:
        notes: list[str] = []
        column = unified(chunks.pop(name))
        return read_column(name, column, source, notes.append) if is_text(column) else column, notes

    names = list(chunks)
    finished = each(finish, names, sum(map(len, chunks[names[0]])))
    columns = {name: column for name, (column, _) in zip(names, finished, strict=True)}
    return columns, tuple(note for _, notes in finished for note in notes)


def preview(source: TableSource, detect: bool = False) -> Preview:
    """The first rows; with ``detect`` it is found out anew how the text is written."""
    if detect:
        source = replace(source, encoding=_encoding(source))
    with open_lines(source, HEAD, is_head=True) as lines:
        content, is_whole = _head(lines.blocks)
        held = lines.held
    if detect:
        source = detected(content.decode("utf-8", "replace"), source)
        source = replace(source, member=held.member if len(held.choices) > 1 else "")
    top = top_of(iter([Block(content, 1, len(content))]), source)
    codes = codes_in(top, source)
    table, found = _table(
        source, lambda as_text: parse_blocks(Parser(source, top.names, as_text | codes), [top.rest], 0, None)
    )
    return preview_of(source, Read(table, (*held.notes, *found), choices=held.choices), is_whole=is_whole)


def _encoding(source: TableSource) -> str:
    path = Path(source.path)
    with unpack(path, source.member) as unpacked:
        head = unpacked.stream.read(HEAD)
    if not head:
        raise DataError(f"“{path.name}” is empty.", "", "Choose another file.")
    encoding = encoding_of(head)
    if not encoding and b"\0" in head:
        raise nul(path.name, 1 + head.count(b"\n", 0, head.index(b"\0")))
    if not encoding:
        why = "Its bytes spell no letters in any encoding that is known here."
        raise DataError(f"“{path.name}” could not be read as a table.", why, "Save it as CSV in UTF-8.")
    return encoding


def _head(blocks: Iterator[Block]) -> tuple[bytes, bool]:
    """The first lines of a file, and whether there are no more."""
    content = b""
    for block in blocks:
        content += block.content
        if len(content) > LONGEST_HEAD or content.count(b"\n") > FEWEST_LINES:
            return content, next(blocks, None) is None
    return content, True
