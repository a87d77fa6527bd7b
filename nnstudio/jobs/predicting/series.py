"""Answers for series: rows in order of time piece by piece, others with all of their numbers in memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

import numpy as np
import pyarrow as pa

from nnstudio.data.columns import Rows
from nnstudio.data.encoding.apply import windows_in
from nnstudio.data.encoding.fitted import Encoding
from nnstudio.data.encoding.layout import check_memory, encode_rows, windows_of
from nnstudio.data.encoding.series import SeriesWindows, Slots, lot_size, rows_ahead
from nnstudio.data.table import MappedTable
from nnstudio.data.write import AHEAD, join_predictions
from nnstudio.jobs.opening import REPORT_SECONDS, is_stopped
from nnstudio.jobs.predicting.predictor import Numbers, Predictor
from nnstudio.spec.events import Inbox, Predicting


@dataclass(frozen=True, slots=True)
class Wanted:
    """What stands in the result beside the answers themselves."""

    inputs: bool = True
    probabilities: bool = True


def answered_series(predictor: Predictor, encoding: Encoding, tables: Iterable[Any], wanted: Wanted) -> Iterator[Any]:
    """The ``tables``, whose rows are in order, with their answers; at last the rows beyond the ends of their series.

    No more is held than a piece and what its windows reach back to. Windows pass through the network in the same lots
    as if there were one table: the bits are the same.
    """
    windows, queue = SeriesWindows(encoding), _Queue(predictor, encoding, wanted)
    for table in tables:
        yield from queue.answered(windows.add(table), windows.lots(predictor.at_once))
    yield from queue.answered(windows.end(), windows.lots(predictor.at_once, rest=True))
    yield from queue.beyond


class _Queue:
    """Rows that await answers, and answers that await their rows."""

    def __init__(self, predictor: Predictor, encoding: Encoding, wanted: Wanted) -> None:
        self._predictor, self._encoding, self._wanted = predictor, encoding, wanted
        self._waiting: deque[Slots] = deque()
        self._answers = self._to(np.zeros((1, *encoding.input_shape), np.float32)).slice(0, 0)
        self._first = 0
        """The number of the window whose answer is the first that is held."""
        self.beyond: list[Any] = []
        """Rows with their answers that come after all others."""

    def _to(self, x: Numbers) -> Any:
        return pa.table(dict(self._predictor.columns(x, self._wanted.probabilities)))

    def answered(self, slots: Slots, lots: Iterable[Numbers]) -> Iterator[Any]:
        """Take some rows and some windows more, and give the rows that are answered with these."""
        self._waiting.append(slots)
        self._answers = pa.concat_tables([self._answers, *map(self._to, lots)]).combine_chunks()
        while self._waiting and self._waiting[0].last < self._first + self._answers.num_rows:
            slots = self._waiting.popleft()
            if slots.table.num_rows:
                none = pa.nulls(slots.table.num_rows, pa.int64())
                yield self._joined(slots.table, none if rows_ahead(self._encoding) else None, slots.answers)
            if len(slots.beyond):
                self.beyond.append(self._joined(self._continued(slots), pa.array(slots.ahead), slots.beyond))
            self._answers = self._answers.slice(slots.keep - self._first)
            self._first = slots.keep

    def _joined(self, table: Any, ahead: Any, windows: Rows) -> Any:
        places = pa.array(windows - self._first, mask=windows < 0)
        found = self._answers.take(places)
        added = {name: found[name].combine_chunks() for name in found.column_names}
        if not self._wanted.inputs:
            return pa.table(added)
        with MappedTable.of(table) as rows:
            return join_predictions(rows, ({} if ahead is None else {AHEAD: ahead}) | added)

    def _continued(self, slots: Slots) -> Any:
        """Rows beyond the ends of series, which have their group and nothing else."""
        schema = slots.table.schema
        columns = {field.name: pa.nulls(len(slots.beyond), field.type) for field in schema}
        if slots.groups is not None:
            columns[self._encoding.group] = slots.groups
        return pa.table(columns, schema=schema)


def out_of_order(
    predictor: Predictor, encoding: Encoding, table: MappedTable, wanted: Wanted, inbox: Inbox
) -> Generator[Predicting, None, tuple[Any, int] | None]:
    """Rows that are not in order of time, with their answers, and how many windows there were; None if it is stopped.

    The encoded rows and the answers are held in memory, but never all windows. Raises `DataError` where there is none.
    """
    windows, places = windows_in(encoding, table)
    check_memory(table.rows, encoding.input_shape[1:])
    encoded = encode_rows(encoding, table, np.arange(table.rows))
    count, size = len(windows.starts), lot_size(encoding, predictor.at_once)
    parts: list[Any] = []
    start = monotonic()
    due = start + REPORT_SECONDS
    for done in range(0, count, size):
        if is_stopped(inbox):
            return None
        if done and monotonic() >= due:
            due = monotonic() + REPORT_SECONDS
            rate = done / (monotonic() - start)
            yield Predicting(done, count, (count - done) / rate, rate)
        lot = replace(windows, starts=windows.starts[done : done + size])
        parts.append(pa.table(dict(predictor.columns(windows_of(encoded, lot), wanted.probabilities))))
    answers = pa.concat_tables(parts).combine_chunks()
    added = {name: answers[name].combine_chunks() for name in answers.column_names}
    result = join_predictions(table, added, places)
    return result if wanted.inputs else result.select(result.column_names[-len(added) :]), count
