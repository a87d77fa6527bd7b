"""What happened to a run on its way: other rates while it went on."""

from __future__ import annotations

from collections.abc import Sequence

from nnstudio.runs.store import RunStore
from nnstudio.spec.events import RatesChanged


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
