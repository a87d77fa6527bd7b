"""Large tables piece by piece: in constant memory, every column of the type that the whole of it has."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa

from nnstudio.data.columns import is_text
from nnstudio.data.reading import columnar
from nnstudio.data.reading.blocks import open_lines
from nnstudio.data.reading.parsing import Chunks, Mixed, Parser, parsed_in_order
from nnstudio.data.reading.text_columns import Reading, readings, trimmed
from nnstudio.data.reading.text_table import codes_in, top_of
from nnstudio.spec.errors import DataError
from nnstudio.spec.sources import ColumnarSource, Source, TableSource

PIECE = 2**22
"""Bytes of text that are parsed at a time; some are under way in every core."""

ROWS = 65_536
"""Rows of a file that knows its columns that are read at a time."""


@dataclass(frozen=True, eq=False, slots=True)
class Piece:
    """Some rows as a pyarrow Table, and how much of the file (of ``total`` in its ``unit``) is read with them."""

    table: Any
    done: int
    total: int
    unit: str


class Retyped(Exception):
    """A later piece showed that a column is of another type than it seemed; what was learned of it is kept."""


class NotInPieces(Exception):
    """The pieces of a file do not have the same columns: it can only be read as a whole."""


class Pieces(ABC):
    """A source that is read from its beginning as often as it is iterated over, by one at a time.

    Once an iteration came to its end the types are known, and every later one gives tables of one schema. Before that,
    numbers may be whole in one piece and not in the next, and iterating may raise `Retyped`: what was made of earlier
    pieces does not hold, and has to be made again. Raises what the reader of the source raises.
    """

    def __init__(self) -> None:
        self._kinds: dict[str, Any] = {}
        self._are_known = False

    @abstractmethod
    def _read(self) -> Iterator[Piece]:
        """The pieces as they are; raises `Retyped` where they show that the source has to be read otherwise."""

    @abstractmethod
    def _take_as_text(self, names: frozenset[str]) -> None:
        """These columns hold numbers and words: from now on they are words throughout."""

    def __iter__(self) -> Iterator[Piece]:
        kinds: dict[str, Any] = {}
        for piece in self._read():
            self._note(kinds, piece.table)
            yield replace(piece, table=_cast(piece.table, self._kinds)) if self._are_known else piece
        self._kinds = {name: pa.float64() if pa.types.is_null(kind) else kind for name, kind in kinds.items()}
        self._are_known = True

    def _note(self, kinds: dict[str, Any], table: Any) -> None:
        if kinds and table.column_names != list(kinds):
            raise NotInPieces
        mixed = set()
        for name, column in zip(table.column_names, table.columns, strict=True):
            here = pa.null() if column.null_count == len(column) else column.type
            kind = _common(kinds.get(name, pa.null()), here)
            mixed |= {name} if kind is None else set()
            kinds[name] = kind
        if mixed:
            self._take_as_text(frozenset(mixed))
            raise Retyped


def _common(one: Any, other: Any) -> Any:
    """The type of a column of which some pieces are of ``one`` and some of the ``other``; None where there is none."""
    if one == other or pa.types.is_null(other):
        return one
    if pa.types.is_null(one):
        return other
    numeric = all(pa.types.is_integer(kind) or pa.types.is_floating(kind) for kind in (one, other))
    return pa.float64() if numeric else None


def _cast(table: Any, kinds: dict[str, Any]) -> Any:
    schema = pa.schema([pa.field(name, kind) for name, kind in kinds.items()])
    return table if table.schema == schema else table.cast(schema, safe=False)


class TextPieces(Pieces):
    """A text table, block by block; what its words spell is found out with the first cells and given up with others."""

    def __init__(self, source: TableSource, size: int = PIECE) -> None:
        super().__init__()
        self._source, self._size = source, size
        self._as_text: frozenset[str] = frozenset()
        self._readings: dict[str, tuple[Reading, ...]] = {}

    def _take_as_text(self, names: frozenset[str]) -> None:
        self._as_text |= names
        self._readings = {name: ways for name, ways in self._readings.items() if name not in names}

    def _read(self) -> Iterator[Piece]:
        with open_lines(self._source, self._size) as lines:
            top = top_of(lines.blocks, self._source)
            parser = Parser(self._source, top.names, self._as_text | codes_in(top, self._source))
            rows = 0
            try:
                for chunks, done in parsed_in_order(parser, chain([top.rest], lines.blocks)):
                    table = self._finished(chunks)
                    rows += table.num_rows
                    if table.num_rows:
                        yield Piece(table, done, lines.size, "bytes")
            except Mixed as mixed:
                self._take_as_text(mixed.names)
                raise Retyped from mixed
        if not rows:
            name = Path(self._source.path).name
            raise DataError(f"“{name}” has no rows.", "It only names its columns.", "Add rows below the first line.")

    def _finished(self, chunks: Chunks) -> Any:
        return pa.table({name: self._column(name, pa.chunked_array(arrays)) for name, arrays in chunks.items()})

    def _column(self, name: str, column: Any) -> Any:
        if not is_text(column):
            return column
        text = trimmed(name, _long(column), self._source, _unsaid)
        if text.null_count == len(text):
            return text
        if name not in self._readings:
            self._readings[name] = tuple(readings(name, text, self._source))
        ways = self._readings[name]
        for at, read in enumerate(ways):
            if (found := read(text, _unsaid)) is not None:
                self._keep(name, at)
                return found
        self._keep(name, len(ways))
        return text

    def _keep(self, name: str, at: int) -> None:
        """The first ``at`` ways to read a column are none; where earlier pieces were read so, they were read wrong."""
        if at:
            self._readings[name] = self._readings[name][at:]
            raise Retyped


def _unsaid(note: str) -> None:
    """What is to be known of the words of a file was said when it was opened."""
    del note


def _long(column: Any) -> Any:
    whole = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    return whole if whole.type == pa.large_string() else whole.cast(pa.large_string())


class ColumnarPieces(Pieces):
    """A file that knows its columns, batch by batch."""

    def __init__(self, source: ColumnarSource, rows: int = ROWS) -> None:
        super().__init__()
        self._source, self._rows = source, rows
        self._as_text: frozenset[str] = frozenset()

    def _take_as_text(self, names: frozenset[str]) -> None:
        if names <= self._as_text:  # not its words: records, or names that had to be cleaned
            raise NotInPieces
        self._as_text |= names

    def _read(self) -> Iterator[Piece]:
        yield from (
            Piece(table, done, total, "rows")
            for table, done, total in columnar.pieces(self._source, self._rows, self._as_text)
        )


def pieces_of(source: Source) -> Pieces | None:
    """``source`` in pieces; None for kinds of files that can only be read as a whole."""
    match source:
        case TableSource():
            return TextPieces(source, PIECE)
        case ColumnarSource():
            return ColumnarPieces(source, ROWS)
    return None
