"""What can be asked of networks and weights files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nnstudio.spec.inputs import Cell
from nnstudio.spec.layers import Shape
from nnstudio.spec.model import Model
from nnstudio.spec.parts import JudgedPart, Part
from nnstudio.spec.project import Project
from nnstudio.spec.sources import Source


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
class OpenModel:
    """Look into a weights file safely: yields `ModelOpened`.

    ``input_shape`` is that of an example, where data is open: a network that is rebuilt should take it.
    """

    path: str
    input_shape: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class InspectWeights:
    """Say what a weights file is, also where it cannot be used: yields `WeightsInspected`.

    Where another file is named in ``against``, what changed from that to this one is said, too.
    """

    path: str
    input_shape: tuple[int, ...] | None = None
    against: str = ""


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
    """Apply a model file to a table or image folder; ``out`` may be empty (show only).

    Yields `Reading` … while every row is checked, `PredictedFirst` where there are many, `Predicting` … `Predicted`;
    `Stop` ends it early, with `PredictingStopped`. With ``detect`` only the path of ``source`` counts, and it is found
    out how that is read. The answers stand beside the ``inputs``, classes with their ``probabilities``, or not.
    """

    model: str
    source: Source
    out: str = ""
    detect: bool = False
    inputs: bool = True
    probabilities: bool = True


@dataclass(frozen=True, slots=True)
class DescribeModel:
    """Say what a model asks of one example: yields `ModelDescribed`.

    ``source`` is where the data lie that it was trained on, if they were moved.
    """

    model: str
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class AskModel:
    """Answer examples that somebody made up: yields `ModelAnswered`.

    ``rows`` have a cell for each input of the model; where an example is a window, as many of them as it is long.
    """

    model: str
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class AskPicture:
    """Answer the picture in a file: yields `ExampleTaken`."""

    model: str
    path: str


@dataclass(frozen=True, slots=True)
class TakeExample:
    """Answer the example with that ``number`` (from 1) of a part of the split: yields `ExampleTaken`.

    With ``mistaken`` it is the next one from there that the network gets wrong (of values, those are ordered by how
    far it is off, the furthest first); after the last one comes the first. ``source`` is as for `DescribeModel`.
    """

    model: str
    part: Part
    number: int
    mistaken: bool = False
    source: Source | None = None


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
class PrintCode:
    """Print the code that trains ``project``, for a script at ``out``: yields `CodePrinted`, and writes nothing.

    ``model`` is the model file of a run of this very project, whose plan is followed; empty where there is none.
    """

    project: Project
    out: str
    model: str = ""


@dataclass(frozen=True, slots=True)
class WriteCode:
    """Write that code to where it is printed for (``.py`` or ``.ipynb``), and what it reads: yields `Exported`."""

    code: PrintCode


@dataclass(frozen=True, slots=True)
class ExportModel:
    """Write the model file ``model`` in other forms: a path for each kind of `nnstudio.spec.exports` that is wanted.

    Yields `Exporting` … `Exported` or `ExportFailed` of one kind after another; `Stop` ends it early.
    """

    model: str
    outs: Mapping[str, str]
