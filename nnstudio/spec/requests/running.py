"""What can be asked of runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nnstudio.spec.events import NumericPlan
from nnstudio.spec.project import Project


@dataclass(frozen=True, slots=True)
class TrainProject:
    """Train and record a run: yields `RunStarted` … `RunFinished`; a ``plan`` is followed, else it is measured.

    Of a plan that is measured so many ``threads`` may be fixed, where it is for the processor; 0 measures them, too.
    """

    project: Project
    plan: NumericPlan | None = None
    name: str = ""
    threads: int = 0


@dataclass(frozen=True, slots=True)
class ListInterrupted:
    """Look for runs whose process ended before them: yields `RunsInterrupted`."""


@dataclass(frozen=True, slots=True)
class DiscardRun:
    """Give an interrupted run up for good: yields `RunsInterrupted` with those that are left."""

    run: str


@dataclass(frozen=True, slots=True)
class ResumeRun:
    """Go on with an interrupted run, by default the newest: yields what `TrainProject` does."""

    run: str = ""


Weights = Literal["last", "best"]
"""Those that a run ended with, or those of its best epoch."""


@dataclass(frozen=True, slots=True)
class ContinueRun:
    """Train a run that has ended (by default the newest) for more epochs, as a run of its own that knows where from.

    From its ``last`` weights it goes on to the bits that a longer run would have had; from its ``best`` ones with an
    optimiser that begins anew. Yields what `TrainProject` does.
    """

    run: str = ""
    epochs: int = 10
    weights: Weights = "last"
