"""What the rows of the database mean: runs, epochs and losses as values, and back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from nnstudio.spec.baselines import Baseline
from nnstudio.spec.events import BatchLosses, EpochDone, NumericPlan, RunFinished
from nnstudio.spec.files import project_from_json
from nnstudio.spec.project import Project

RunStatus = Literal["running", "completed", "stopped", "early", "failed", "abandoned"]

SELECT = "SELECT id, name, started, status, project, fingerprint, version, plan, result, error FROM runs"


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run as it is remembered. ``started`` is in seconds since 1970, UTC."""

    id: str
    name: str
    started: float
    status: RunStatus
    project: Project
    fingerprint: str
    version: str
    plan: NumericPlan | None
    result: RunFinished | None
    error: str


def epoch_row(done: EpochDone) -> tuple[object, ...]:
    """The columns of an epoch."""
    train, validation = json.dumps(dict(done.train)), json.dumps(dict(done.validation))
    return done.epoch, train, validation, done.seconds, done.best, done.learning_rate


def loss_rows(told: BatchLosses) -> Iterator[tuple[float, ...]]:
    """First batch, number of batches, mean, least and largest loss of every point."""
    firsts = range(told.first * told.width, told.batches, told.width)
    for first, *losses in zip(firsts, told.means, told.lows, told.highs, strict=True):
        yield first, min(told.width, told.batches - first), *losses


def record_of(row: Sequence[Any]) -> RunRecord:
    """What a row that `SELECT` finds says."""
    run, name, started, status, project, fingerprint, version, plan, result, error = row
    return RunRecord(
        run,
        name,
        started,
        status,
        project_from_json(project),
        fingerprint,
        version,
        NumericPlan(**json.loads(plan)) if plan else None,
        _finished(json.loads(result)) if result else None,
        error or "",
    )


def _finished(result: dict[str, Any]) -> RunFinished:
    lists = {name: tuple(result.get(name, ())) for name in ("frozen", "thawed")}  # there were runs without the second
    return RunFinished(**result | lists | {"baseline": Baseline.read(result.get("baseline", {}))})
