"""The run that a model file came from, and what of it is told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from nnstudio.runs.store import RunStore
from nnstudio.spec.events import EpochDone

MOST_EPOCHS = 2_000
"""Epochs of a run that are read to be drawn."""


def run_of(store: RunStore, weights: Path, sha256: str) -> str | None:
    """The run whose best weights those with ``sha256`` are, or in whose folder ``weights`` lies; else None."""
    row = store.connection.execute(
        "SELECT id FROM runs WHERE result LIKE ? ORDER BY started DESC LIMIT 1", (f'%"best_sha256": "{sha256}"%',)
    ).fetchone()
    if row is None and weights.parent.parent == store.folder / "runs":
        row = store.connection.execute("SELECT id FROM runs WHERE id = ?", (weights.parent.name,)).fetchone()
    return str(row[0]) if row else None


def environment_of(store: RunStore, run: str) -> Mapping[str, str]:
    """What a run was made with; empty where it was not written down."""
    (text,) = store.connection.execute("SELECT environment FROM runs WHERE id = ?", (run,)).fetchone()
    found: Mapping[str, str] = json.loads(text)
    return found


def some_epochs(store: RunStore, run: str, best: int, most: int = MOST_EPOCHS) -> tuple[EpochDone, ...]:
    """About ``most`` of a run's epochs, evenly chosen; the first, the ``best`` and the last are among them."""
    last = store.connection.execute("SELECT max(epoch) FROM epochs WHERE run = ?", (run,)).fetchone()[0] or 0
    rows = store.connection.execute(
        "SELECT epoch, train, validation, seconds, best, learning_rate FROM epochs"
        " WHERE run = ? AND (epoch % ? = 0 OR epoch IN (1, ?, ?)) ORDER BY epoch",
        (run, max(1, -(-last // most)), best, last),
    )
    return tuple(
        EpochDone(epoch, json.loads(train), json.loads(validation), seconds, bool(is_best), rate)
        for epoch, train, validation, seconds, is_best, rate in rows
    )
