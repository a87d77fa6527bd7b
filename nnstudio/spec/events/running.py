"""What a run says from its start to its end, and which runs have not come to theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from nnstudio.spec.baselines import Baseline
from nnstudio.spec.events.plan import NumericPlan
from nnstudio.spec.facts import Rows

Measures = Mapping[str, float]
"""Loss and metrics by key: ``{"loss": 0.12, "accuracy": 0.97}``."""


@dataclass(frozen=True, slots=True)
class RunStarted:
    """Everything is read, encoded and built; the first batch is next."""

    run: str
    plan: NumericPlan
    epochs: int
    batches: int
    rows: Rows
    parameters: int
    trainable: int
    baseline: Baseline = field(default_factory=Baseline)


@dataclass(frozen=True, slots=True)
class ComputedOnce:
    """So many of the ``rows`` have passed the layers at the front that never change, before the first epoch begins."""

    done: int
    rows: int
    seconds_left: float


@dataclass(frozen=True, slots=True)
class Progress:
    """Where training is, at most about thirty times a second; ``epoch`` counts from 1, ``loss`` is the mean so far."""

    epoch: int
    batch: int
    loss: float
    samples_per_second: float
    seconds_left: float


@dataclass(frozen=True, slots=True)
class BatchLosses:
    """The loss over the batches of a run, thinned: from point ``first`` on, these take the place of what was told.

    A point stands for ``width`` batches, by the mean of their losses, the least and the largest. With these points, the
    first ``batches`` of the run are told; the last point may stand for fewer than the others.
    """

    width: int
    first: int
    batches: int
    means: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class GradientsSeen:
    """How long the gradient of each layer that trains was in the last batch of an epoch; told a few times a second.

    ``norms`` are 2-norms by the prefix of the layer in the ``state_dict``, over all of its parameters together.
    """

    epoch: int
    norms: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class EpochDone:
    """One epoch's figures: ``train`` while the weights still change, ``validation`` after the epoch in ``eval()``."""

    epoch: int
    train: Measures
    validation: Measures
    """Empty where there are no validation rows."""
    seconds: float
    best: bool
    """The lowest validation loss (training loss where there are no validation rows) so far."""
    learning_rate: float = 0.0
    """Where it stood when the epoch ended; that of the first group of parameters, where there are several."""


@dataclass(frozen=True, slots=True)
class PlanChanged:
    """The numeric plan is another from the end of ``epoch`` on: measured anew, or the step could not be recorded.

    Where memory ran out it is another within ``epoch`` already: batches go through in more parts.
    """

    epoch: int
    plan: NumericPlan


@dataclass(frozen=True, slots=True)
class RatesChanged:
    """Behind ``batch`` batches of ``epoch`` a run goes on with these rates instead (`ChangeRates`)."""

    epoch: int
    batch: int
    learning_rate: float
    weight_decay: float


@dataclass(frozen=True, slots=True)
class CheckpointSaved:
    """The run can go on from here whatever happens: behind ``epoch`` and ``batch`` batches of the next one."""

    epoch: int
    batch: int


@dataclass(frozen=True, slots=True)
class DiskFull:
    """Training rests because a file of the run could not be written; it goes on (`Resumed`) when there is room."""

    reason: str


@dataclass(frozen=True, slots=True)
class Paused:
    """Training rests at a batch boundary until a `Resume` or a `Stop`."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """Training goes on."""


@dataclass(frozen=True, slots=True)
class RunFinished:
    """How a run ended: after all of its epochs, by a Stop, or early, since the validation loss got no better.

    ``test`` is measured once, with the best weights, on rows that chose nothing. ``frozen`` names the tensors that were
    locked to the end, ``thawed`` those that trained from a later epoch on. ``frozen_unchanged`` says that every one of
    them had the same bits as before while it was locked (None: nothing was locked).
    """

    run: str
    outcome: Literal["completed", "stopped", "early"]
    epochs: int
    best_epoch: int
    train: Measures
    validation: Measures
    test: Measures
    seconds: float
    samples_per_second: float
    best_weights: str
    last_weights: str
    frozen: tuple[str, ...] = ()
    frozen_unchanged: bool | None = None
    best_sha256: str = ""
    thawed: tuple[str, ...] = ()
    baseline: Baseline = field(default_factory=Baseline)


@dataclass(frozen=True, slots=True)
class InterruptedRun:
    """A run whose process ended before it: ``done`` of ``epochs``.

    ``project`` is JSON; ``started`` is in seconds since 1970, UTC.
    """

    run: str
    name: str
    started: float
    done: int
    epochs: int
    project: str


@dataclass(frozen=True, slots=True)
class RunsInterrupted:
    """The runs that could go on, newest first."""

    runs: tuple[InterruptedRun, ...]


RunEvent = (
    RunStarted
    | ComputedOnce
    | Progress
    | BatchLosses
    | EpochDone
    | GradientsSeen
    | PlanChanged
    | RatesChanged
    | CheckpointSaved
    | DiskFull
    | Paused
    | Resumed
    | RunFinished
    | RunsInterrupted
)
