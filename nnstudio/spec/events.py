"""What long work says while it goes on, and what can be said to it: plain values that cross a pipe.

A job yields events. Commands lie in an `Inbox` and are acknowledged at the next batch boundary.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Literal

from nnstudio.spec.errors import StudioError
from nnstudio.spec.facts import DataFacts, Preview, Rows, SeenTensor, ShownExamples, SourceFacts
from nnstudio.spec.rebuilt import Rebuilt
from nnstudio.spec.scores import Evaluation

Measures = Mapping[str, float]
"""Loss and metrics by key: ``{"loss": 0.12, "accuracy": 0.97}``."""


Layout = Literal["contiguous", "channels_last"]
"""How pictures and kernels lie in memory: channel by channel, or with the channels of a pixel side by side."""


@dataclass(frozen=True, slots=True)
class NumericPlan:
    """Everything but the seed that decides the bits of a run; fixed when it starts, and stored with it.

    A recorded step has the bits of an eager one: where it turns out that a step cannot be recorded, ``eager_because``
    says why, in a clause.
    """

    threads: int = 1
    device: str = "cpu"
    step: Literal["eager", "recorded"] = "recorded"
    eager_because: str = ""
    fused: bool = True
    layout: Layout = "contiguous"
    precision: Literal["float32"] = "float32"


@dataclass(frozen=True, slots=True)
class EngineReady:
    """The engine process has loaded PyTorch and can train at once; ``device`` names what a kernel ran on."""

    torch: str
    device: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Previewed:
    """The head of a source was read; the rest follows, or waits until it is asked for."""

    preview: Preview


@dataclass(frozen=True, slots=True)
class Reading:
    """How far a source is read: ``done`` of ``total`` bytes or pictures; told a few times a second."""

    done: int
    total: int
    unit: Literal["bytes", "pictures", "rows"]
    seconds_left: float


@dataclass(frozen=True, slots=True)
class SourceOpened:
    """A table or image folder was read into the cache."""

    facts: SourceFacts


@dataclass(frozen=True, slots=True)
class DataDescribed:
    """What a network has to fit for the data spec that was asked about."""

    facts: DataFacts


@dataclass(frozen=True, slots=True)
class ExamplesShown:
    """Some examples were encoded to look at."""

    examples: ShownExamples


@dataclass(frozen=True, slots=True)
class WeightsShown:
    """What the tensors of a layer hold, in the order of the ``state_dict``."""

    tensors: tuple[SeenTensor, ...]


@dataclass(frozen=True, slots=True)
class PartsListed:
    """Which part of the split every row of the source belongs to.

    ``path`` is a cached Arrow file with one column ``part``: ``train``, ``validation``, ``test`` or nothing.
    """

    path: str


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


@dataclass(frozen=True, slots=True)
class FoldsStopped:
    """The cross-validation was stopped in ``fold``: no run follows, and nothing is kept."""

    fold: int
    folds: int


@dataclass(frozen=True, slots=True)
class WeightsLoaded:
    """Which tensors of the weights file went into the network, by their names in the network."""

    path: str
    matched: tuple[str, ...]
    fresh: tuple[str, ...]
    """Tensors of the network that the file had no match for; they start fresh."""
    unused: tuple[str, ...] = ()
    """Tensors of the file that the network has no place for."""


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


@dataclass(frozen=True, slots=True)
class Progress:
    """Where training is, at most about thirty times a second; ``epoch`` counts from 1, ``loss`` is the mean so far."""

    epoch: int
    batch: int
    loss: float
    samples_per_second: float
    seconds_left: float


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
    """The numeric plan is another from the end of ``epoch`` on: measured anew, or the step could not be recorded."""

    epoch: int
    plan: NumericPlan


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


@dataclass(frozen=True, slots=True)
class ModelOpened:
    """A weights file was read: its project (JSON; empty for others' files), the shapes and ``dtypes`` of its tensors.

    ``kind`` says what file it is, in words to stand behind “This is”; ``notes`` are sentences on it; ``rebuilt`` is the
    network that others' weights seem to be of.
    """

    path: str
    sha256: str
    project: str
    tensors: Mapping[str, tuple[int, ...]]
    metrics: Mapping[str, float] = field(default_factory=dict)
    kind: str = ""
    notes: tuple[str, ...] = ()
    dtypes: Mapping[str, str] = field(default_factory=dict)
    rebuilt: Rebuilt | None = None


@dataclass(frozen=True, slots=True)
class TensorListed:
    """A tensor of a weights file; the ``dtype``, such as ``float32``, is empty where it cannot be told."""

    name: str
    shape: tuple[int, ...]
    dtype: str


@dataclass(frozen=True, slots=True)
class WeightsInspected:
    """What a weights file is.

    ``kind`` says it in words to stand behind “This is”; ``notes`` are sentences on it. One that cannot be used says why
    in ``refused``, and in ``wants`` what it would run. ``rebuilt`` is the network that it seems to hold.
    """

    path: str
    sha256: str
    kind: str
    tensors: tuple[TensorListed, ...]
    notes: tuple[str, ...] = ()
    refused: str = ""
    wants: tuple[str, ...] = ()
    rebuilt: Rebuilt | None = None


@dataclass(frozen=True, slots=True)
class Predicted:
    """A model was applied to a table; ``preview`` is the result's cached Arrow file, ``out`` where it was written."""

    rows: int
    columns: tuple[str, ...]
    preview: str
    out: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evaluating:
    """How far a network is with the rows that it is judged on; told a few times a second."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A network was judged."""

    evaluation: Evaluation


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
class Saved:
    """A file was written and read back."""

    path: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The job ended with an error; what was open stays as it was."""

    error: StudioError


Event = (
    EngineReady
    | Previewed
    | Reading
    | SourceOpened
    | DataDescribed
    | ExamplesShown
    | WeightsShown
    | PartsListed
    | FoldStarted
    | FoldDone
    | FoldsStopped
    | WeightsLoaded
    | RunStarted
    | Progress
    | EpochDone
    | PlanChanged
    | CheckpointSaved
    | DiskFull
    | Paused
    | Resumed
    | RunFinished
    | RunsInterrupted
    | ModelOpened
    | WeightsInspected
    | Predicted
    | Evaluating
    | Evaluated
    | RepeatStarted
    | RepeatDone
    | RepeatsStopped
    | Fitting
    | FitDone
    | RatesTried
    | Saved
    | Failed
)


@dataclass(frozen=True, slots=True)
class Pause:
    """Rest at the next batch boundary."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on."""


@dataclass(frozen=True, slots=True)
class Stop:
    """End at the next batch boundary and keep what was learned."""


Command = Pause | Resume | Stop

Inbox = SimpleQueue[Command]
"""Where commands wait: ``empty()`` costs nothing in a loop, ``get()`` waits without turning."""
