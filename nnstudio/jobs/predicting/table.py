"""The job that applies a model to every row of a table or every picture of a folder, however many there are."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, closing, nullcontext
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

import pyarrow as pa

from nnstudio.data.encoding.fitted import Encoding
from nnstudio.data.fingerprint import require_file, state, while_unchanged
from nnstudio.data.memory import give_back
from nnstudio.data.pictures.picture_source import read_like
from nnstudio.data.reading.pieces import Pieces
from nnstudio.data.tables_out import table_file
from nnstudio.data.write import without_pictures, write_preview
from nnstudio.jobs.opening import REPORT_SECONDS, fitting, found_out, is_stopped
from nnstudio.jobs.predicting.flow import CachedPieces, Checked, answered, check
from nnstudio.jobs.predicting.predictor import Predictor, predictor_of
from nnstudio.jobs.predicting.series import Wanted, out_of_order
from nnstudio.spec.events import Inbox, Predicted, PredictedFirst, Predicting, PredictingStopped, Reading
from nnstudio.spec.files import Needed, need_place, needed_by
from nnstudio.spec.requests import PredictTable
from nnstudio.spec.sources import ImageFolderSource, Source

MOST_SHOWN = 10_000
"""Rows of a result that are kept to be looked at."""

MOST_PICTURES = 500
"""The same where each has a picture, which is copied."""

FIRST_SHOWN = 1_000
"""Rows that are shown while the others are checked."""

PIECE_ROWS = 16_384
"""Rows of a result in memory that are written at a time."""

Told = Reading | PredictedFirst | Predicting | PredictingStopped | Predicted


def predict_table(request: PredictTable, inbox: Inbox) -> Iterator[Told]:
    """Predict every row; what the model does not know of them is found out before anything is written."""
    if request.out:
        need_place(Path(request.out), Needed(Path(request.source.path)), Needed(Path(request.model)))
    predictor = predictor_of(request.model)
    if request.out:
        need_place(Path(request.out), *needed_by(predictor.project))
    source = _source(request, predictor)
    done = yield from _in_pieces(predictor, source, request, inbox)
    give_back()
    yield done or PredictingStopped()


def _source(request: PredictTable, predictor: Predictor) -> Source:
    trained = predictor.project.data
    if request.detect:
        source = found_out(Path(request.source.path))[0]
    else:
        source = fitting(request.source, predictor.encoding.origins)
    return read_like(source, trained.source) if trained else source


Unchanged = Callable[[], AbstractContextManager[object]]
"""Gives what raises `DataError` where a file became another one than it was, once its body has read it."""


def _watched(source: Source) -> Unchanged:
    if isinstance(source, ImageFolderSource):
        return nullcontext
    path = Path(source.path)
    require_file(path)
    return partial(while_unchanged, path, state(path))


def _in_pieces(
    predictor: Predictor, source: Source, request: PredictTable, inbox: Inbox
) -> Generator[Told, None, Predicted | None]:
    """Check all rows, then answer them; None where that is not wanted any more."""
    wanted = Wanted(request.inputs, request.probabilities)

    def first(encoding: Encoding, table: Any) -> PredictedFirst:
        head = next(answered(predictor, encoding, [table.slice(0, FIRST_SHOWN)], wanted))
        added = head.column_names[-len(predictor.names(wanted.probabilities)) :]
        return PredictedFirst(str(write_preview(head)), tuple(added))

    unchanged = _watched(source)
    key = _key(predictor, source)
    if (checked := _kept.get(key)) is None:
        with unchanged():
            checked = yield from check(predictor, source, inbox, first)
        if checked is None:
            return None
        _kept.clear()
        _kept[key] = checked
    found = yield from _results(predictor, checked, wanted, unchanged, inbox)
    if found is None:
        return None
    results, rows = found
    shown = _Shown()
    with closing(results):
        if not request.out:
            any(map(shown.add, results))  # until there are enough
        elif not (yield from _written(Path(request.out), results, checked, shown, inbox)):
            return None
    added = shown.names[-len(predictor.names(wanted.probabilities)) :]
    preview = str(write_preview(shown.table))
    return Predicted(rows, shown.names, preview, request.out, checked.warnings, added, read_whole=checked.read_whole)


def _results(
    predictor: Predictor, checked: Checked, wanted: Wanted, unchanged: Unchanged, inbox: Inbox
) -> Generator[Predicting, None, tuple[Generator[Any], int] | None]:
    """The rows with their answers, piece by piece, and how many answers there are; None where that is not wanted."""
    order, pieces = checked.order, checked.pieces
    if order and not order.holds:
        assert isinstance(pieces, CachedPieces)
        found = yield from out_of_order(predictor, checked.encoding, pieces.table, wanted, inbox)
        return found and (_cut(found[0]), found[1])
    results = answered(predictor, checked.encoding, _tables(pieces, unchanged), wanted)
    return results, order.windows if order else checked.rows


def _cut(whole: Any) -> Generator[Any]:
    """A pyarrow Table in pieces."""
    yield from (whole.slice(start, PIECE_ROWS) for start in range(0, whole.num_rows, PIECE_ROWS))


_kept: dict[tuple[object, ...], Checked] = {}
"""The source that was checked last: whoever looked at its first rows may want all of them next."""


def _key(predictor: Predictor, source: Source) -> tuple[object, ...]:
    """What tells a source, as it is now, and the model that it is checked for, from others; folders from themselves."""
    path = Path(source.path)
    return predictor.file.sha256, source, object() if path.is_dir() else state(path)


def _tables(pieces: Pieces, unchanged: Unchanged) -> Generator[Any]:
    with unchanged():
        yield from (piece.table for piece in pieces)


def _written(
    out: Path, results: Iterator[Any], checked: Checked, shown: _Shown, inbox: Inbox
) -> Generator[Predicting, None, bool]:
    """Write ``results`` to ``out``; False where that is not wanted any more, and then nothing is left of it."""
    rows, start = 0, monotonic()
    due = start + REPORT_SECONDS
    try:
        with table_file(out, checked.finest) as write:
            for table in results:
                if is_stopped(inbox):
                    raise _Stopped
                write(without_pictures(table))
                shown.add(table)
                rows += table.num_rows
                if monotonic() >= due:
                    due = monotonic() + REPORT_SECONDS
                    rate = rows / (monotonic() - start)
                    yield Predicting(rows, checked.rows, (checked.rows - rows) / rate, rate)
    except _Stopped:
        return False
    return True


class _Stopped(Exception):
    """Nobody waits for what is being written any more."""


class _Shown:
    """The first rows of a result."""

    def __init__(self) -> None:
        self._tables: list[Any] = []
        self._rows = 0

    def add(self, table: Any) -> bool:
        """Keep what is to be looked at of some rows more; says whether there are enough."""
        has_pictures = without_pictures(table).num_columns < table.num_columns
        most = MOST_PICTURES if has_pictures else MOST_SHOWN
        if self._rows < most:
            self._tables.append(table.slice(0, most - self._rows))
            self._rows += self._tables[-1].num_rows
        return self._rows >= most

    @property
    def table(self) -> Any:
        return pa.concat_tables(self._tables)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(without_pictures(self._tables[0]).column_names)
