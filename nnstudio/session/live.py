"""The run that is going on (or went last), as the window shows it: built up from events."""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
from enum import StrEnum

from nnstudio.session.batch_history import BatchHistory
from nnstudio.session.gradient_history import GradientHistory
from nnstudio.session.listeners import Listeners
from nnstudio.spec.errors import StudioError
from nnstudio.spec.events import (
    BatchLosses,
    CheckpointSaved,
    ComputedOnce,
    DiskFull,
    EpochDone,
    Event,
    Failed,
    FoldDone,
    FoldsStopped,
    FoldStarted,
    GradientsSeen,
    Measures,
    NumericPlan,
    Paused,
    PlanChanged,
    Progress,
    RatesChanged,
    Resumed,
    RunFinished,
    RunStarted,
    WeightsLoaded,
)
from nnstudio.spec.project import Project

Columns = dict[str, "array[float]"]
"""Measures by name, a figure for each epoch."""


class Status(StrEnum):
    """Where a run is."""

    IDLE = "idle"
    STARTING = "starting"
    TRAINING = "training"
    PAUSED = "paused"
    STOPPING = "stopping"
    FINISHED = "finished"
    FAILED = "failed"

    @property
    def is_busy(self) -> bool:
        """A run is under way, so that no other can start."""
        return self in (Status.STARTING, Status.TRAINING, Status.PAUSED, Status.STOPPING)


class History:
    """The figures of each finished epoch as columns for a plot: ``train["loss"][i]`` is that of ``epochs[i]``.

    A measure that an epoch lacks is NaN there. A figure takes eight bytes, so that a run of any length is remembered.
    """

    def __init__(self) -> None:
        self.epochs = array("q")
        self.train: Columns = {}
        self.validation: Columns = {}
        self.best_epoch = 0

    def add(self, done: EpochDone) -> None:
        self._fill(self.train, done.train)
        self._fill(self.validation, done.validation)
        self.epochs.append(done.epoch)
        if done.best:
            self.best_epoch = done.epoch

    def _fill(self, columns: Columns, measures: Measures) -> None:
        for key, value in measures.items():
            if key not in columns:
                columns[key] = array("d", [math.nan]) * len(self.epochs)
            columns[key].append(value)
        for key, column in columns.items():
            if key not in measures:
                column.append(math.nan)

    @staticmethod
    def last(columns: Mapping[str, Sequence[float]], key: str) -> float | None:
        """The newest figure of a column, or None."""
        return columns[key][-1] if columns.get(key) else None


class LiveRun:
    """Follows one run at a time. ``changed()`` is told once for each bundle of events."""

    def __init__(self) -> None:
        self.changed: Listeners[[]] = Listeners()
        self.project: Project | None = None
        self._reset(Status.IDLE)

    def _reset(self, status: Status) -> None:
        self.status = status
        self.history = History()
        self.batches = BatchHistory()
        self.gradients = GradientHistory()
        self.started: RunStarted | None = None
        self.plan: NumericPlan | None = None
        self.changes: list[RatesChanged] = []
        """Other rates that were asked for while it went on, in their order."""
        self.weights: WeightsLoaded | None = None
        self.progress: Progress | None = None
        self.passed: ComputedOnce | None = None
        """How far the rows have passed what is frozen, before the first epoch."""
        self.checkpoint: CheckpointSaved | None = None
        self.finished: RunFinished | None = None
        self.error: StudioError | None = None
        self.fold: FoldStarted | None = None
        """The fold of a cross-validation that is trained now; None before, behind and without one."""
        self.folds: list[FoldDone] = []

    @property
    def can_stop(self) -> bool:
        """Whether it goes on, and was not asked to end yet."""
        return self.status.is_busy and self.status is not Status.STOPPING

    def start(self, project: Project) -> None:
        """A run of ``project`` was asked for."""
        self._reset(Status.STARTING)
        self.project = project
        self.changed.tell()

    def stopping(self) -> None:
        """A stop was asked for; it is acknowledged by the end of the run."""
        self.status = Status.STOPPING
        self.changed.tell()

    def clear(self) -> None:
        """Forget the last run: another project was opened."""
        self._reset(Status.IDLE)
        self.project = None
        self.changed.tell()

    def receive(self, events: Sequence[Event]) -> None:
        """Take in a bundle of events, in their order."""
        for event in events:
            self._take(event)
        self.changed.tell()

    def _take(self, event: Event) -> None:
        match event:
            case RunStarted():
                self.started, self.plan = event, event.plan
                self._go_on(Status.TRAINING)
                self.fold = self.progress = self.passed = None
            case FoldStarted() | FoldDone() | FoldsStopped():
                self._take_fold(event)
            case WeightsLoaded():
                self.weights = event
            case Progress() | ComputedOnce():
                self._take_progress(event)
            case EpochDone() | BatchLosses() | GradientsSeen():
                self._take_figures(event)
            case PlanChanged() | RatesChanged():
                self._take_change(event)
            case CheckpointSaved():
                self.checkpoint = event
            case Paused() | DiskFull() | Resumed():
                self._go_on(Status.TRAINING if isinstance(event, Resumed) else Status.PAUSED)
            case RunFinished() | Failed():
                self._end(event)
            case _:
                raise ValueError(f"a run does not send {type(event).__name__}")

    def _take_progress(self, event: Progress | ComputedOnce) -> None:
        if isinstance(event, Progress):
            self.progress = event
        else:
            self.passed = event

    def _take_change(self, event: PlanChanged | RatesChanged) -> None:
        if isinstance(event, PlanChanged):
            self.plan = event.plan
        else:
            self.changes.append(event)

    def _end(self, event: RunFinished | Failed) -> None:
        if isinstance(event, Failed):
            self.error, self.status = event.error, Status.FAILED
        else:
            self.finished, self.status = event, Status.FINISHED

    def _take_figures(self, event: EpochDone | BatchLosses | GradientsSeen) -> None:
        match event:
            case EpochDone():
                self.history.add(event)
            case BatchLosses():
                self.batches.take(event)
            case GradientsSeen():
                self.gradients.take(event)

    def _take_fold(self, event: FoldStarted | FoldDone | FoldsStopped) -> None:
        match event:
            case FoldStarted():
                self.fold, self.progress = event, None
                self._go_on(Status.TRAINING)
            case FoldDone():
                self.folds.append(event)
            case FoldsStopped():
                self._reset(Status.IDLE)

    def _go_on(self, status: Status) -> None:
        """Take on ``status``, unless a stop was asked for: only the end of the run answers that."""
        if self.status is not Status.STOPPING:
            self.status = status
