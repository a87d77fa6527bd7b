"""What can be asked of the engine process: one plain value a job. The rooms that answer them live in ``jobs``."""

from __future__ import annotations

from dataclasses import dataclass

from nnstudio.spec.data import DataSpec, Source
from nnstudio.spec.events import NumericPlan
from nnstudio.spec.project import Project


@dataclass(frozen=True, slots=True)
class OpenSource:
    """Read a table or image folder into the cache and look at it: yields `SourceOpened`."""

    source: Source


@dataclass(frozen=True, slots=True)
class OpenPath:
    """Find out how a file or folder is to be read, then do as `OpenSource` does."""

    path: str


@dataclass(frozen=True, slots=True)
class DescribeData:
    """Say what a network has to fit: yields `DataDescribed`."""

    data: DataSpec


@dataclass(frozen=True, slots=True)
class TrainProject:
    """Train and record a run: yields `RunStarted` … `RunFinished`; a ``plan`` is followed, else it is measured."""

    project: Project
    plan: NumericPlan | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class OpenModel:
    """Look into a weights file safely: yields `ModelOpened`."""

    path: str


@dataclass(frozen=True, slots=True)
class SaveModel:
    """Copy the weights of a finished run to where the user wants them: yields `Saved`."""

    weights: str
    out: str
    state_dict_only: bool = False


@dataclass(frozen=True, slots=True)
class PredictTable:
    """Apply a model file to a table or image folder: yields `Predicted`; ``out`` may be empty (show only)."""

    model: str
    source: Source
    out: str = ""


@dataclass(frozen=True, slots=True)
class WarmUp:
    """Load what the first run would otherwise wait for: yields `EngineReady`."""


Request = OpenSource | OpenPath | DescribeData | TrainProject | OpenModel | SaveModel | PredictTable | WarmUp
