"""Runs as a list that is read page by page: ten thousand of them open at once, and other processes' appear."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from nnstudio.runs.alive import is_alive
from nnstudio.runs.sorting import SORT_KEYS, SortKey
from nnstudio.runs.store import RunStore

SEARCHED = ("name", "data", "status", "tags", "notes", "measure", "device")
"""Columns in which every word of a filter is looked for."""

INTERRUPTED = "interrupted"
"""What a run is called that its process left without a word."""
SETTLING_SECONDS = 10.0
"""So young a run is not asked whether it lives: it may be about to say so."""

MOST_POINTS = 2_000
"""Epochs of a run that are read for a curve; of longer runs evenly many, and always the last."""


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run as a list shows it; ``started`` in seconds since 1970, UTC.

    ``score`` is what ``measure`` names, ``baseline`` what ``always`` giving one answer scores on the same rows;
    ``balanced`` and ``balanced_baseline`` are balanced accuracies on them. Runs of older versions lack what is None.
    """

    id: str
    name: str
    started: float
    status: str
    data: str
    measure: str
    score: float | None
    baseline: float | None
    balanced: float | None
    balanced_baseline: float | None
    always: str
    epochs: int
    parameters: int
    seconds: float
    tags: str
    notes: str
    device: str
    version: str
    fingerprint: str
    environment: Mapping[str, str]
    error: str


_COLUMNS = tuple(field.name for field in fields(RunLine))


@dataclass(frozen=True, slots=True)
class Order:
    """Which runs a list shows, and in which order."""

    text: str = ""
    key: SortKey = "started"
    descending: bool = True


@dataclass(frozen=True, slots=True)
class LossCurve:
    """The loss over the batches of a run: each point stands for some of them, whose middle lies at ``epochs``."""

    epochs: tuple[float, ...]
    """Epochs that are over there, such as 0.5 in the middle of the first one."""
    means: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]


class RunList:
    """Reads the runs of a store in pages."""

    def __init__(self, store: RunStore) -> None:
        self._store, self._connection = store, store.connection

    @property
    def version(self) -> int:
        """A number that changes when another process, or another connection of this one, has written."""
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def count(self, order: Order) -> int:
        """How many runs there are."""
        where, values = _where(order.text)
        return int(self._connection.execute(f"SELECT count(*) FROM runs{where}", values).fetchone()[0])  # noqa: S608  # ours

    def page(self, order: Order, start: int, count: int) -> list[RunLine]:
        """``count`` runs from place ``start`` on."""
        where, values = _where(order.text)
        rows = self._connection.execute(
            f"SELECT {', '.join(_COLUMNS)} FROM runs{where} ORDER BY {_sorted_by(order)} LIMIT ? OFFSET ?",  # noqa: S608  # ours
            (*values, count, start),
        )
        return [self._as_it_is(_line(row)) for row in rows]

    def place(self, order: Order, run: str) -> int | None:
        """At which place a run stands, from 0; None where the order leaves it out."""
        where, values = _where(order.text)
        numbered = f"SELECT id, row_number() OVER (ORDER BY {_sorted_by(order)}) AS place FROM runs{where}"  # noqa: S608  # ours
        row = self._connection.execute(f"SELECT place FROM ({numbered}) WHERE id = ?", (*values, run)).fetchone()  # noqa: S608  # ours
        return row[0] - 1 if row else None

    def _as_it_is(self, line: RunLine) -> RunLine:
        """A run that should be going on, but whose process is gone, was interrupted."""
        is_settled = line.status != "running" or time.time() - line.started < SETTLING_SECONDS
        if is_settled or is_alive(self._store.run_folder(line.id)):
            return line
        return replace(line, status=INTERRUPTED)

    def curve(self, run: str, part: Literal["train", "validation"], key: str) -> tuple[list[int], list[float]]:
        """The epochs of a run and what a measure was in them, at most about `MOST_POINTS`."""
        last = self._connection.execute("SELECT max(epoch) FROM epochs WHERE run = ?", (run,)).fetchone()[0] or 0
        step = max(1, last // MOST_POINTS)
        rows = self._connection.execute(_CURVE.format(part=part), (step, last, last, run))
        measured = ((epoch, json.loads(measures).get(key)) for epoch, measures in rows)
        found = [(epoch, float(value)) for epoch, value in measured if value is not None]
        return [epoch for epoch, _ in found], [value for _, value in found]

    def losses(self, run: str) -> LossCurve:
        """The loss of a run over its batches, thinned; empty where it was not written down."""
        (size,) = self._connection.execute("SELECT epoch_batches FROM runs WHERE id = ?", (run,)).fetchone() or (0,)
        rows = self._connection.execute(
            "SELECT first + count / 2.0, mean, low, high FROM batches WHERE run = ? AND mean NOTNULL ORDER BY first",
            (run,),
        ).fetchall()
        middles, means, lows, highs = zip(*rows, strict=True) if rows else ((), (), (), ())
        return LossCurve(tuple(middle / max(1, size) for middle in middles), means, lows, highs)

    def measures(self, run: str) -> list[str]:
        """The keys of what was measured in a run's epochs, such as ``loss``."""
        row = self._connection.execute("SELECT train FROM epochs WHERE run = ? LIMIT 1", (run,)).fetchone()
        return list(json.loads(row[0])) if row else []


_CURVE = """
WITH RECURSIVE wanted (epoch) AS (SELECT 1 UNION SELECT min(epoch + ?, ?) FROM wanted WHERE epoch < ?)
SELECT epochs.epoch, {part} FROM wanted CROSS JOIN epochs ON epochs.run = ? AND epochs.epoch = wanted.epoch
"""
"""Finds each epoch that is wanted instead of passing over all of them."""


def _where(text: str) -> tuple[str, tuple[str, ...]]:
    """The condition for every word of ``text`` to occur somewhere, and its values."""
    words = [word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") for word in text.split()]
    if not words:
        return "", ()
    one = "(" + " OR ".join(f"{column} LIKE ? ESCAPE '\\'" for column in SEARCHED) + ")"
    values = tuple(f"%{word}%" for word in words for _ in SEARCHED)
    return " WHERE " + " AND ".join([one] * len(words)), values


def _sorted_by(order: Order) -> str:
    if order.key not in SORT_KEYS:
        raise ValueError(f"runs are not sorted by {order.key}")
    way = "DESC" if order.descending else "ASC"
    text = " COLLATE NOCASE" if order.key in ("name", "data", "status", "tags", "notes") else ""
    return f"{order.key}{text} {way}, started DESC, id"


def _line(row: tuple[Any, ...] | sqlite3.Row) -> RunLine:
    found: dict[str, Any] = dict(zip(_COLUMNS, row, strict=True))
    return RunLine(**found | {"environment": json.loads(found["environment"]), "error": found["error"] or ""})
