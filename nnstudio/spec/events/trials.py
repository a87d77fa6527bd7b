"""What is said while networks are trained to learn about training: folds, repeats, rates, learning by heart, a step."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from nnstudio.spec.baselines import Baseline
from nnstudio.spec.events.running import Measures
from nnstudio.spec.watched import WatchedStep


@dataclass(frozen=True, slots=True)
class FoldStarted:
    """A network of the cross-validation begins; ``fold`` counts from 1."""

    fold: int
    folds: int


@dataclass(frozen=True, slots=True)
class FoldDone:
    """What the network of one fold scored on the rows that it was not trained on."""

    fold: int
    folds: int
    measures: Measures
    baseline: Measures = field(default_factory=dict)
    """What always giving one answer scores on the same rows."""


@dataclass(frozen=True, slots=True)
class FoldsStopped:
    """The cross-validation was stopped in ``fold``: no run follows, and nothing is kept."""

    fold: int
    folds: int


@dataclass(frozen=True, slots=True)
class RepeatStarted:
    """A run with another seed begins; ``number`` counts from 1."""

    number: int
    count: int
    seed: int


@dataclass(frozen=True, slots=True)
class RepeatDone:
    """What the run with one seed scored, with its best weights; ``run`` is its identity among the runs."""

    number: int
    count: int
    seed: int
    run: str
    validation: Measures
    test: Measures
    baseline: Baseline = field(default_factory=Baseline)


@dataclass(frozen=True, slots=True)
class RepeatsStopped:
    """The repetition was stopped in run ``number``; the runs before it are kept."""

    number: int
    count: int


@dataclass(frozen=True, slots=True)
class RatesTried:
    """The learning rates that were tried so far, and their losses; at the end with a suggestion, if there is one."""

    rates: tuple[float, ...]
    losses: tuple[float, ...]
    suggested: float | None = None
    done: bool = False


FitStage = Literal["batch", "all"]
"""What is learned by heart: the rows of one batch, then all training rows."""


@dataclass(frozen=True, slots=True)
class Fitting:
    """How far learning by heart is: the loss and the score (accuracy, or R²) of the rows after so many epochs."""

    stage: FitStage
    rows: int
    epoch: int
    loss: float
    score: float


@dataclass(frozen=True, slots=True)
class FitDone:
    """A stage is over: whether its rows are known by heart, and if not, what seems to prevent it and what to do."""

    stage: FitStage
    rows: int
    epochs: int
    loss: float
    score: float
    fitted: bool
    why: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class StepWatched:
    """A step of training in slow motion."""

    watched: WatchedStep


TrialEvent = (
    FoldStarted
    | FoldDone
    | FoldsStopped
    | RepeatStarted
    | RepeatDone
    | RepeatsStopped
    | RatesTried
    | Fitting
    | FitDone
    | StepWatched
)
