"""The way of a run: what it goes on from, other rates while it went on, and whether another can go on from its end."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nnstudio.runs.store import RunStore
from nnstudio.spec.errors import FileError
from nnstudio.spec.events import RatesChanged
from nnstudio.spec.requests import Weights

ENDING = "ending.ckpt"
"""All that a run knew in the end, in its folder: what it takes to train it for longer. It goes with the run."""
MOST_ENDINGS = 20
"""As many runs, the newest, can be trained for longer …"""
MOST_BYTES = 2 * 2**30
"""… while what is kept for it takes no more than this; that of the newest is kept however large it is."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The run that another one goes on from, behind which epoch, and with which of its weights."""

    run: str
    epoch: int
    weights: Weights


class Course:
    """Reads and writes that in a store."""

    def __init__(self, store: RunStore) -> None:
        self._store, self._connection = store, store.connection

    def changes(self, run: str) -> tuple[RatesChanged, ...]:
        """The changes of the learning rate and weight decay of a run, in order."""
        rows = self._connection.execute(
            "SELECT epoch, batch, learning_rate, weight_decay FROM changes WHERE run = ? ORDER BY number", (run,)
        )
        return tuple(RatesChanged(*row) for row in rows)

    def set_changes(self, run: str, changes: Sequence[RatesChanged]) -> None:
        """Let these be all the changes of a run."""
        rows = [
            (run, number, change.epoch, change.batch, change.learning_rate, change.weight_decay)
            for number, change in enumerate(changes, start=1)
        ]
        with self._store.transaction():
            self._connection.execute("DELETE FROM changes WHERE run = ?", (run,))
            self._connection.executemany("INSERT INTO changes VALUES (?, ?, ?, ?, ?, ?)", rows)

    def origin(self, run: str) -> Origin | None:
        """What a run goes on from; None for one that began by itself."""
        row = self._connection.execute("SELECT origin, epoch, weights FROM origins WHERE run = ?", (run,)).fetchone()
        return Origin(*row) if row else None

    def set_origin(self, run: str, origin: Origin) -> None:
        row = (run, origin.run, origin.epoch, origin.weights)
        self._connection.execute("INSERT INTO origins VALUES (?, ?, ?, ?)", row)

    def ending(self, run: str) -> Path:
        """The file with the end of a run, if that was kept; raises `FileError` where it was not."""
        path = self._store.run_folder(run) / ENDING
        if not path.exists():
            raise FileError(
                "This run cannot be trained for longer.",
                f"What its optimiser knew in the end is kept of the {MOST_ENDINGS} newest runs that came to one.",
                "Let a new run start from its weights.",
            )
        return path

    def newest_ending(self) -> str:
        """The run that ended last of those that can be trained for longer; raises `FileError` where there is none."""
        row = self._connection.execute("SELECT run FROM endings ORDER BY ended DESC LIMIT 1").fetchone()
        if row is None:
            raise FileError("No run can be trained for longer.", "None has come to an end yet.")
        return str(row[0])

    def keep_ending(self, run: str) -> None:
        """The end of a run was written; older ones, beyond what is allowed, go."""
        size = self.ending(run).stat().st_size
        self._connection.execute("INSERT OR REPLACE INTO endings VALUES (?, ?, ?)", (run, time.time(), size))
        rows = self._connection.execute("SELECT run, bytes FROM endings ORDER BY ended DESC, run").fetchall()
        total = 0
        for place, (each, size) in enumerate(rows):
            total += size
            if place and (place >= MOST_ENDINGS or total > MOST_BYTES):
                (self._store.run_folder(each) / ENDING).unlink(missing_ok=True)
                self._connection.execute("DELETE FROM endings WHERE run = ?", (each,))
