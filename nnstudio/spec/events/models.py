"""What is said of trained networks and of their weights: opened, looked at, judged, used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from nnstudio.spec.errors import StudioError
from nnstudio.spec.facts import SeenTensor
from nnstudio.spec.inputs import Cell, ModelForm
from nnstudio.spec.printed import Part
from nnstudio.spec.rebuilt import Rebuilt
from nnstudio.spec.scores import Evaluation


@dataclass(frozen=True, slots=True)
class WeightsShown:
    """What the tensors of a layer hold, in the order of the ``state_dict``."""

    tensors: tuple[SeenTensor, ...]


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


Change = Literal["same", "changed", "shape", "new", "missing"]
"""``same`` to the bit, changed, of another shape, only in the one file, or only in the other."""


@dataclass(frozen=True, slots=True)
class TensorCompared:
    """What became of a tensor from one file to another: ``moved`` is how far, in its length before."""

    name: str
    change: Change
    moved: float = 0.0


@dataclass(frozen=True, slots=True)
class WeightsInspected:
    """What a weights file is.

    ``kind`` says it in words to stand behind “This is”; ``notes`` are sentences on it. One that cannot be used says why
    in ``refused``, and in ``wants`` what it would run. ``rebuilt`` is the network that it seems to hold. What became
    of the tensors of another file, where one was named, is in ``compared``.
    """

    path: str
    sha256: str
    kind: str
    tensors: tuple[TensorListed, ...]
    notes: tuple[str, ...] = ()
    refused: str = ""
    wants: tuple[str, ...] = ()
    rebuilt: Rebuilt | None = None
    compared: tuple[TensorCompared, ...] = ()


@dataclass(frozen=True, slots=True)
class PredictedFirst:
    """The first rows of a long table, while the others are still to be looked at: a cached Arrow file.

    ``added`` are those of its columns that the model answers.
    """

    preview: str
    added: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Predicting:
    """How many rows are predicted and written, how fast, and how long the others take; told a few times a second."""

    done: int
    total: int
    seconds_left: float
    rows_per_second: float


@dataclass(frozen=True, slots=True)
class PredictingStopped:
    """A prediction was given up; nothing was written."""


@dataclass(frozen=True, slots=True)
class Predicted:
    """A model was applied to a table; ``out`` is where that was written.

    ``preview`` is a cached Arrow file of the result's first rows, or of all where they are few. ``added`` are those of
    the ``columns`` that the model answers. ``read_whole`` says that the source could not be read piece by piece.
    """

    rows: int
    columns: tuple[str, ...]
    preview: str
    out: str = ""
    warnings: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    read_whole: bool = False


@dataclass(frozen=True, slots=True)
class ModelDescribed:
    """What a model asks of one example."""

    form: ModelForm


Answer = tuple[float, ...]
"""The probability of each class; a value for each target; or how far the network is from giving its input again."""


@dataclass(frozen=True, slots=True)
class ModelAnswered:
    """What a network says to examples that somebody made up, in their order."""

    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class ExampleTaken:
    """An example of a file, and what a network says to it.

    Its ``cells`` are those of each of its rows, in the order of the form's inputs; of a picture ``preview`` is a cached
    Arrow file with that alone, as the network sees it. One of a known part has a ``number`` (from 1) of ``total``
    there, a ``row`` in the file (from 1) and the ``truth``: a class, or values.
    """

    answer: Answer
    cells: tuple[tuple[Cell, ...], ...] = ()
    preview: str = ""
    number: int = 0
    total: int = 0
    row: int = 0
    truth: tuple[Cell, ...] = ()
    is_mistake: bool = False
    """``number`` and ``total`` count those that the network gets wrong; of values all, the furthest off first."""


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
class Exporting:
    """What an export is about, in words to stand before an ellipsis, such as “Checking against PyTorch”."""

    kind: str
    doing: str


@dataclass(frozen=True, slots=True)
class Exported:
    """A model was written in another form, with the files ``beside`` that belong to it.

    ``sentence`` says what it is good for and how it was checked. ``difference`` is the largest between what the file
    gives and what PyTorch gives, over ``rows`` examples; None where nothing was compared.
    """

    kind: str
    path: str
    sentence: str
    beside: tuple[str, ...] = ()
    difference: float | None = None
    rows: int = 0


@dataclass(frozen=True, slots=True)
class ExportFailed:
    """A model could not be written in one form; the others that were asked for are gone on with."""

    kind: str
    error: StudioError


@dataclass(frozen=True, slots=True)
class CodePrinted:
    """The code that trains a project: what it says of itself, a sentence a line, and its parts.

    Where not all of it can be printed, ``problem`` says why, and the parts are those that can.
    """

    about: tuple[str, ...]
    parts: tuple[Part, ...]
    problem: str = ""


ModelEvent = (
    WeightsShown
    | WeightsLoaded
    | ModelOpened
    | WeightsInspected
    | PredictedFirst
    | Predicting
    | PredictingStopped
    | Predicted
    | ModelDescribed
    | ModelAnswered
    | ExampleTaken
    | Evaluating
    | Evaluated
    | Exporting
    | Exported
    | ExportFailed
    | CodePrinted
)
