"""A trial that is under way: what it said so far, and what is remembered of it when it is over."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from nnstudio.runs.searches import TrialRun
from nnstudio.spec.errors import StudioError
from nnstudio.spec.events import (
    EpochDone,
    Event,
    Failed,
    NumericPlan,
    PlanChanged,
    RunFinished,
    RunStarted,
    TrialDone,
    TrialOutcome,
)
from nnstudio.spec.project import Project
from nnstudio.spec.search import Value
from nnstudio.spec.searched.objective import Judged


@dataclass(slots=True)
class UnderWay:
    """A trial of a search; ``best`` is what it is judged by in the epoch whose weights are its best."""

    search: str
    number: int
    values: Mapping[str, Value]
    project: Project
    run: str
    judged: Judged
    started: float = field(default_factory=time.time)
    since: float = field(default_factory=time.monotonic)
    epochs: list[EpochDone] = field(default_factory=list)
    plan: NumericPlan | None = None
    parameters: int = 0
    pruned: bool = False
    best: float | None = None
    finished: RunFinished | None = None
    error: StudioError | None = None

    def hear(self, event: Event) -> None:
        """Take in what training said."""
        match event:
            case RunStarted():
                self.plan, self.parameters = event.plan, event.parameters
            case PlanChanged():
                self.plan = event.plan
            case EpochDone():
                self.epochs.append(event)
                if event.best:
                    self.best = self.value_of(event)
            case RunFinished():
                self.finished = event
            case Failed():
                self.error = event.error

    def value_of(self, epoch: EpochDone) -> float:
        """What the trial is judged by after an epoch; not a number where that was not measured."""
        return epoch.validation.get(self.judged.key, math.nan)

    @property
    def outcome(self) -> TrialOutcome:
        """How it ended; a stop that came too late to be heard changes nothing."""
        if self.finished is None or self.best is None or not math.isfinite(self.best):
            return "stopped" if self.finished and self.finished.outcome == "stopped" and not self.pruned else "failed"
        if self.finished.outcome == "stopped":
            return "pruned" if self.pruned else "stopped"
        return "completed"

    def done(self, best: bool) -> TrialDone:
        """The event that tells of its end; ``best``: none before it was better."""
        outcome = self.outcome
        return TrialDone(
            self.search,
            self.number,
            outcome,
            self.values,
            self.best if outcome in ("completed", "pruned") else None,
            self.run if outcome != "stopped" and self.plan else "",
            len(self.epochs),
            time.monotonic() - self.since,
            self._sentence() if outcome == "failed" else "",
            best=best,
        )

    def _sentence(self) -> str:
        return str(self.error) if self.error else "It ended before an epoch could be judged."

    def as_run(self, name: str) -> TrialRun | None:
        """The run that it was; None where training never began."""
        if not self.plan:
            return None
        project, title = self.project, f"{name} · trial {self.number}" if name else f"trial {self.number}"
        finished = self.finished if self.outcome != "failed" else None
        return TrialRun(project, title, self.started, self.plan, self.parameters, self.epochs, finished)
