"""What can be tried: with several seeds, with one batch, with growing rates, one step at a time."""

from __future__ import annotations

from dataclasses import dataclass

from nnstudio.spec.project import Project


@dataclass(frozen=True, slots=True)
class RepeatProject:
    """Train a project with ``count`` seeds in a row, from that of the project on; each is a run of its own.

    Yields `RepeatStarted`, `Progress` …, `RepeatDone` for each; `Stop` ends it with `RepeatsStopped`.
    """

    project: Project
    count: int = 5
    name: str = ""


@dataclass(frozen=True, slots=True)
class FitBatch:
    """Learn the first batch by heart, then all training rows: yields `Fitting` …, `FitDone` for each; records nothing.

    `Stop` ends it after the epoch that is under way.
    """

    project: Project


@dataclass(frozen=True, slots=True)
class TryRates:
    """Try growing learning rates, a batch each: yields `RatesTried` …, the last one done; any command ends it early."""

    project: Project


@dataclass(frozen=True, slots=True)
class WatchStep:
    """Make the first ``steps`` steps of training, and watch the one behind them: yields `StepWatched`.

    They are those of a run of the project, from the same weights, or from those in ``file`` with an optimiser that
    knows nothing yet. ``place`` is which example of the batch is watched, ``layer`` the id of the row that is looked
    at, ``unit`` which of its neurons (-1: the one that gives most). ``in_training`` is the mode that is shown.
    """

    project: Project
    steps: int = 0
    place: int = 0
    layer: str = ""
    unit: int = -1
    in_training: bool = True
    file: str = ""
