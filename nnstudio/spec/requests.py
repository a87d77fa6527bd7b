"""What can be asked of the engine process: one plain value a job. The rooms that answer them live in ``jobs``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nnstudio.spec.data import DataSpec
from nnstudio.spec.events import NumericPlan
from nnstudio.spec.facts import SharedExamples
from nnstudio.spec.layers import Shape
from nnstudio.spec.model import Model
from nnstudio.spec.project import Project
from nnstudio.spec.scores import JudgedPart
from nnstudio.spec.sources import Source


@dataclass(frozen=True, slots=True)
class OpenSource:
    """Read a source into the cache and look at it: yields `Reading` … `SourceOpened`; `Stop` ends it early."""

    source: Source


@dataclass(frozen=True, slots=True)
class OpenPath:
    """Find out how a file or folder is to be read, yield `Previewed`, then do as `OpenSource` does."""

    path: str


@dataclass(frozen=True, slots=True)
class PreviewSource:
    """Read only the head of a source: yields `Previewed`; with ``detect`` its options are found out anew."""

    source: Source
    detect: bool = False


@dataclass(frozen=True, slots=True)
class DescribeData:
    """Say what a network has to fit: yields `DataDescribed`."""

    data: DataSpec


@dataclass(frozen=True, slots=True)
class ShowExamples:
    """Encode some examples to look at: yields `ExamplesShown`.

    Those of ``part`` from ``start`` on, ``count`` of them: in the order of the file, or, where ``epoch`` is not 0, in
    the order in which that epoch deals the training rows out for a training ``seed``. Target values are
    ``standardised`` as the loss wants it.
    """

    data: DataSpec
    part: Literal["train", "validation", "test"] = "train"
    start: int = 0
    count: int = 32
    epoch: int = 0
    seed: int = 0
    standardised: bool = True


@dataclass(frozen=True, slots=True)
class ShowWeights:
    """Look at the weights of one row of a network: yields `WeightsShown`.

    They are those that training starts with (fresh for ``seed``, or from the files that ``model`` names), or, where a
    ``file`` is named, what that weights file has for this network.
    """

    model: Model
    input_shape: tuple[int, ...]
    row_id: str
    seed: int = 0
    file: str = ""


@dataclass(frozen=True, slots=True)
class ListParts:
    """Say which part of the split each row belongs to: yields `PartsListed`."""

    data: DataSpec


@dataclass(frozen=True, slots=True)
class ExportRows:
    """Write the rows of the source as CSV with a column ``part``, or only those of one ``part``: yields `Saved`."""

    data: DataSpec
    out: str
    part: Literal["", "train", "validation", "test"] = ""


@dataclass(frozen=True, slots=True)
class TrainProject:
    """Train and record a run: yields `RunStarted` … `RunFinished`; a ``plan`` is followed, else it is measured."""

    project: Project
    plan: NumericPlan | None = None
    name: str = ""


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


@dataclass(frozen=True, slots=True)
class OpenModel:
    """Look into a weights file safely: yields `ModelOpened`.

    ``input_shape`` is that of an example, where data is open: a network that is rebuilt should take it.
    """

    path: str
    input_shape: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class InspectWeights:
    """Say what a weights file is, also where it cannot be used: yields `WeightsInspected`."""

    path: str
    input_shape: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class ConvertWeights:
    """Rebuild the network of somebody's weights and write both as a model file: yields `Saved`."""

    path: str
    out: str
    input_shape: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class RunModel:
    """Pass an array of examples, a ``.npy`` file, through a network in ``eval()``: yields `Saved`."""

    path: str
    inputs: str
    out: str


@dataclass(frozen=True, slots=True)
class SaveModel:
    """Copy the weights of a finished run to where the user wants them: yields `Saved`."""

    weights: str
    out: str
    state_dict_only: bool = False


@dataclass(frozen=True, slots=True)
class SaveLayers:
    """Write some layers of ``model``, with the weights that its start gives them, to a model file: yields `Saved`."""

    model: Model
    input_shape: Shape
    rows: tuple[str, ...]
    out: str


@dataclass(frozen=True, slots=True)
class PredictTable:
    """Apply a model file to a table or image folder: yields `Predicted`; ``out`` may be empty (show only).

    With ``detect`` only the path of ``source`` counts, and it is found out how that is read.
    """

    model: str
    source: Source
    out: str = ""
    detect: bool = False


@dataclass(frozen=True, slots=True)
class Evaluate:
    """Judge a model file on rows whose answers are known: yields `Evaluating` … `Evaluated`; `Stop` ends it early.

    The parts are those of the split that it was trained with. ``source`` is the other file where ``part`` is ``file``
    (with ``detect`` only its path counts); else where the data lie now, if they were moved.
    """

    model: str
    part: JudgedPart = "test"
    source: Source | None = None
    detect: bool = False
    resamples: int = 1_000
    seed: int = 0


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
class SearchProject:
    """Search what ``project.search`` says, each trial a run of its own; records the search under ``name``.

    Yields `SearchStarted`, then `TrialStarted`, `TrialProgress` … and `TrialDone` for each trial (several may be under
    way), `ImportanceFound` now and then, at last `SearchFinished`. `Pause`, `Resume` and `Stop` count for all of it:
    a stopped search can go on.
    """

    project: Project
    name: str = ""


@dataclass(frozen=True, slots=True)
class ContinueSearch:
    """Go on with a search that was stopped or interrupted (the newest, where none is named), or lengthen one.

    ``trials`` in all and ``minutes`` from now on stand in for its own where they are given, ``at_once``, too. Yields
    what `SearchProject` does, with the trials that are there in `SearchStarted`.
    """

    search: str = ""
    trials: int | None = None
    minutes: float | None = None
    at_once: int | None = None


@dataclass(frozen=True, slots=True)
class TrainTrial:
    """Train one trial of a search beside others, on one thread: yields what training yields.

    Where the trial is better than ``bound`` by ``objective`` (a key of its validation measures), its best weights are
    written to ``weights``, with ``encoding`` (JSON) and ``fingerprint`` of the data.
    """

    project: Project
    examples: SharedExamples
    run: str
    objective: str
    better: Literal["higher", "lower"]
    bound: float | None
    weights: str
    encoding: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class ShowSearch:
    """Look at a search as far as it is, without going on: yields `SearchStarted` and `SearchFinished`."""

    search: str


@dataclass(frozen=True, slots=True)
class ListSearches:
    """Say which searches are remembered: yields `SearchesListed`."""


@dataclass(frozen=True, slots=True)
class ExportScript:
    """Print PyTorch code that trains the network of the file ``model`` again, into ``out`` (``.py`` or ``.ipynb``).

    Yields `Saved` for it, and for every file that it needs and that was written beside it.
    """

    model: str
    out: str


@dataclass(frozen=True, slots=True)
class WarmUp:
    """Load what the first run would otherwise wait for: yields `EngineReady`."""


Request = (
    OpenSource
    | OpenPath
    | PreviewSource
    | DescribeData
    | ShowExamples
    | ShowWeights
    | ListParts
    | ExportRows
    | TrainProject
    | ListInterrupted
    | DiscardRun
    | ResumeRun
    | ContinueRun
    | OpenModel
    | InspectWeights
    | ConvertWeights
    | RunModel
    | SaveModel
    | SaveLayers
    | PredictTable
    | Evaluate
    | RepeatProject
    | FitBatch
    | TryRates
    | SearchProject
    | ContinueSearch
    | TrainTrial
    | ShowSearch
    | ListSearches
    | ExportScript
    | WarmUp
)
