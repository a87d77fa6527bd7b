"""A source of rows to predict, piece by piece: checked first, and answered as if it were one piece."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
import pyarrow as pa

from nnstudio.data.columns import is_date
from nnstudio.data.encoding.apply import read_for, require_columns, with_picture_column
from nnstudio.data.encoding.doubts import Doubts
from nnstudio.data.encoding.fitted import Encoding
from nnstudio.data.encoding.layout import encode_rows
from nnstudio.data.encoding.series import TimeOrder
from nnstudio.data.reading.pieces import NotInPieces, Piece, Pieces, Retyped, pieces_of
from nnstudio.data.table import MappedTable
from nnstudio.data.write import fineness, join_predictions
from nnstudio.jobs.opening import REPORT_SECONDS, as_reading, is_stopped, read_in_thread
from nnstudio.jobs.predicting.predictor import Predictor
from nnstudio.jobs.predicting.series import Wanted, answered_series
from nnstudio.spec.events import Inbox, PredictedFirst, Reading
from nnstudio.spec.layouts import WindowLayout
from nnstudio.spec.sources import Source


class CachedPieces(Pieces):
    """A source that was read as a whole into the cache, in pieces of so many rows."""

    def __init__(self, path: Path, rows: int = 16_384) -> None:
        super().__init__()
        self.table, self._rows = MappedTable(path), rows
        """Mapped to the end: the cache may be cleared meanwhile."""

    def _read(self) -> Iterator[Piece]:
        table = self.table
        for start in range(0, table.rows, self._rows):
            end = min(start + self._rows, table.rows)
            yield Piece(table.arrow().slice(start, self._rows), end, table.rows, "rows")

    def _take_as_text(self, names: frozenset[str]) -> None:
        raise NotInPieces(names)


@dataclass(frozen=True, eq=False, slots=True)
class Checked:
    """Rows that can be predicted: how they are encoded, how many there are, and what the model does not know of them.

    ``finest`` are the Arrow types that hold all dates of a column, by its name. ``order`` is that of the rows where the
    model looks at windows over several.
    """

    pieces: Pieces
    encoding: Encoding
    rows: int
    warnings: tuple[str, ...]
    finest: dict[str, Any] = field(default_factory=dict)
    order: TimeOrder | None = None
    read_whole: bool = False


First = Callable[[Encoding, Any], PredictedFirst]
"""Makes a preview of the first piece of many."""

Checking = Generator[Reading | PredictedFirst, None, Checked | None]


def check(predictor: Predictor, source: Source, inbox: Inbox, first: First) -> Checking:
    """Look at every row of ``source`` before any is answered; None where that is not wanted any more.

    ``first`` makes a preview of the first piece of a file of several. Raises `DataError` that names what is missing,
    and what reading raises.
    """
    pieces = None if predictor.encoding.image else pieces_of(source)
    if pieces is not None:
        try:
            return (yield from _checked(predictor, source, pieces, inbox, first))
        except NotInPieces:
            pass
    cached = yield from read_in_thread(lambda report: read_for(predictor.encoding, source, report=report), inbox)
    if cached is None:
        return None
    found = yield from _checked(predictor, source, CachedPieces(cached.path), inbox, first)
    if found is None:
        return None
    return replace(found, warnings=(*cached.left_out, *found.warnings), read_whole=True)


def _checked(predictor: Predictor, source: Source, pieces: Pieces, inbox: Inbox, first: First) -> Checking:
    while True:
        try:
            return (yield from _looked_through(predictor, source, pieces, inbox, first))
        except Retyped:
            continue


def _looked_through(predictor: Predictor, source: Source, pieces: Pieces, inbox: Inbox, first: First) -> Checking:
    encoding = predictor.encoding
    doubts = Doubts(encoding)
    order = TimeOrder(encoding) if isinstance(encoding.layout, WindowLayout) else None
    finest: dict[str, Any] = {}
    start = monotonic()
    due = start + REPORT_SECONDS
    for piece in pieces:
        if is_stopped(inbox):
            return None
        with MappedTable.of(piece.table) as table:
            if not doubts.rows:
                encoding = with_picture_column(encoding, source, table)
                doubts = Doubts(encoding)
                require_columns(encoding, source, table)
            is_first = not doubts.rows
            doubts.add(table)
            _add_to(order, table, pieces)
        _refine(finest, piece.table)
        if is_first and piece.done < piece.total and (order is None or order.holds):
            yield first(encoding, piece.table)
        if monotonic() >= due:
            due = monotonic() + REPORT_SECONDS
            yield as_reading(piece.done, piece.total, piece.unit, monotonic() - start)
    sentences = doubts.sentences()
    if order:
        order.need_windows()
        sentences = (*sentences, *order.sentences())
    return Checked(pieces, encoding, doubts.rows, sentences, finest, order)


def _add_to(order: TimeOrder | None, table: MappedTable, pieces: Pieces) -> None:
    """Rows that are not in order of time have to be read as a whole: raises `NotInPieces` where they are not yet."""
    if order:
        order.add(table)
        if not order.holds and not isinstance(pieces, CachedPieces):
            raise NotInPieces


def _refine(finest: dict[str, Any], table: Any) -> None:
    order = (pa.date32(), pa.timestamp("s"), pa.timestamp("us"))
    for name, column in zip(table.column_names, table.columns, strict=True):
        if is_date(column):
            finest[name] = max(finest.get(name, order[0]), fineness(column), key=order.index)


def answered(predictor: Predictor, encoding: Encoding, tables: Iterable[Any], wanted: Wanted) -> Generator[Any]:
    """The tables and their pictures with their answers, in pieces of whole numbers of the network's batches."""
    if isinstance(encoding.layout, WindowLayout):
        yield from answered_series(predictor, encoding, tables, wanted)
        return
    for rows in regrouped(tables, predictor.at_once):
        with MappedTable.of(rows) as table:
            x = encode_rows(encoding, table, np.arange(table.rows))
            added = predictor.columns(x, wanted.probabilities)
            yield join_predictions(table, added, pictures=True) if wanted.inputs else pa.table(dict(added))


def regrouped(tables: Iterable[Any], multiple: int) -> Iterator[Any]:
    """The rows of pyarrow ``tables`` in pieces whose lengths are multiples of that, but for the last."""
    rest = None
    for table in tables:
        joined = table if rest is None else pa.concat_tables([rest, table])
        whole = joined.num_rows // multiple * multiple
        if whole:
            yield joined.slice(0, whole)
        rest = joined.slice(whole) if whole < joined.num_rows else None
    if rest is not None:
        yield rest
