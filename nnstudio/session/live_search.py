"""The search that is going on (or went last), as the window shows it: built up from events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

from nnstudio.session.listeners import Listeners
from nnstudio.spec.errors import StudioError
from nnstudio.spec.events import (
    DiskFull,
    Event,
    Failed,
    ImportanceFound,
    Paused,
    Resumed,
    SearchFinished,
    SearchStarted,
    TrialDone,
    TrialOutcome,
    TrialProgress,
    TrialStarted,
)
from nnstudio.spec.search import Values


class SearchStatus(StrEnum):
    """Where a search is."""

    IDLE = "idle"
    STARTING = "starting"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FINISHED = "finished"
    FAILED = "failed"

    @property
    def is_busy(self) -> bool:
        """A search is under way, so that no other can start."""
        return self in BUSY


BUSY = (SearchStatus.STARTING, SearchStatus.RUNNING, SearchStatus.PAUSED, SearchStatus.STOPPING)


@dataclass(frozen=True, slots=True)
class Trial:
    """One trial as far as it is; ``value`` is what it is judged by, after ``epoch`` or in its best epoch."""

    number: int
    values: Values
    state: TrialOutcome | Literal["running"] = "running"
    value: float | None = None
    epoch: int = 0
    epochs: int = 0
    seconds: float = 0.0
    run: str = ""
    error: str = ""
    same_as: int = 0

    @property
    def is_judged(self) -> bool:
        """Whether its value can be held against that of others."""
        return self.state == "completed" and self.value is not None


class LiveSearch:
    """Follows one search at a time. ``changed()`` is told once for each bundle of events."""

    def __init__(self) -> None:
        self.changed: Listeners[[]] = Listeners()
        self._reset(SearchStatus.IDLE)

    def _reset(self, status: SearchStatus) -> None:
        self.status = status
        self.started: SearchStarted | None = None
        self.finished: SearchFinished | None = None
        self.error: StudioError | None = None
        self.trials: dict[int, Trial] = {}
        """By their numbers, in the order in which they began."""
        self.importance: Mapping[str, float] = {}
        self.best: Trial | None = None

    def start(self) -> None:
        """A search was asked for."""
        self._reset(SearchStatus.STARTING)
        self.changed.tell()

    def stopping(self) -> None:
        """A stop was asked for; it is acknowledged by the end of the search."""
        self.status = SearchStatus.STOPPING
        self.changed.tell()

    def clear(self) -> None:
        """Forget the last search: another project was opened."""
        self._reset(SearchStatus.IDLE)
        self.changed.tell()

    @property
    def done(self) -> int:
        """How many trials are over."""
        return sum(trial.state not in ("running", "stopped") for trial in self.trials.values())

    @property
    def higher_is_better(self) -> bool:
        return self.started is not None and self.started.better == "higher"

    def receive(self, events: Sequence[Event]) -> None:
        """Take in a bundle of events, in their order."""
        for event in events:
            self._take(event)
        self.changed.tell()

    def _take(self, event: Event) -> None:
        match event:
            case SearchStarted():
                self._begin(event)
            case TrialStarted() | TrialProgress() | TrialDone():
                self._take_trial(event)
            case ImportanceFound():
                self.importance = event.importance
            case Paused() | DiskFull() | Resumed():
                self._go_on(SearchStatus.RUNNING if isinstance(event, Resumed) else SearchStatus.PAUSED)
            case SearchFinished() | Failed():
                self._end(event)
            case _:
                raise ValueError(f"a search does not send {type(event).__name__}")

    def _begin(self, event: SearchStarted) -> None:
        self.started = event
        self._go_on(SearchStatus.RUNNING)
        for done in event.done:
            self._take_trial(done)

    def _take_trial(self, event: TrialStarted | TrialProgress | TrialDone) -> None:
        trial = self.trials[event.number] = _followed(self.trials.get(event.number), event)
        if isinstance(event, TrialDone) and event.best:
            self.best = trial

    def _end(self, event: SearchFinished | Failed) -> None:
        if isinstance(event, Failed):
            self.error, self.status = event.error, SearchStatus.FAILED
            return
        self.finished, self.importance = event, event.importance or self.importance
        self.status = SearchStatus.FINISHED if event.outcome == "completed" else SearchStatus.STOPPED
        if event.best is not None:
            self.best = self.trials.get(event.best.number, _over(event.best, None))

    def _go_on(self, status: SearchStatus) -> None:
        """Take on ``status``, unless a stop was asked for: only the end of the search answers that."""
        if self.status is not SearchStatus.STOPPING:
            self.status = status


def _followed(before: Trial | None, event: TrialStarted | TrialProgress | TrialDone) -> Trial:
    """A trial after what was told of it."""
    match event:
        case TrialStarted():
            return Trial(event.number, event.values)
        case TrialProgress():
            trial = before or Trial(event.number, {})
            return replace(trial, value=event.value, epoch=event.epoch, epochs=event.epochs)
        case TrialDone():
            return _over(event, before)


def _over(done: TrialDone, before: Trial | None) -> Trial:
    return Trial(
        done.number,
        done.values,
        done.outcome,
        done.value,
        done.epochs,
        before.epochs if before and before.epochs else done.epochs,
        done.seconds,
        done.run,
        done.error,
        done.same_as,
    )
