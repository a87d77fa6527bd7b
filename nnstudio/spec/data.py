"""Where the examples come from, what each column means, and who gets to see which rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Literal

from nnstudio.spec.errors import SpecError
from nnstudio.spec.params import Declared, Param, Registry
from nnstudio.spec.tasks import Task


class Source(Declared):
    """A place on disk to read examples from: ``path`` is absolute in memory, in a file relative to its project."""

    __slots__ = ()
    path: str


SOURCES: Registry[Source] = Registry("source")

_PATH = Param("File", "Where the data lies.")


@SOURCES("table", "Table")
@dataclass(frozen=True, slots=True)
class TableSource(Source):
    """A table in a text file: one row an example, one column a property."""

    path: Annotated[str, _PATH] = ""


@SOURCES("image_folder", "Image folder")
@dataclass(frozen=True, slots=True)
class ImageFolderSource(Source):
    """A folder with one subfolder of pictures for each class."""

    path: Annotated[str, _PATH] = ""
    width: Annotated[int, Param("Width", "Pictures are resized to it.", low=1, high=4_096, unit="pixels")] = 32
    height: Annotated[int, Param("Height", "Pictures are resized to it.", low=1, high=4_096, unit="pixels")] = 32
    colour: Annotated[Literal["grey", "rgb"], Param("Colour", "Channels to keep.", labels=("Grey", "RGB"))] = "rgb"

    @property
    def channels(self) -> int:
        return 1 if self.colour == "grey" else 3


class Kind(StrEnum):
    """How the values of a column are to be understood."""

    NUMBER = "number"
    CATEGORY = "category"
    IMAGE = "image"


class Role(StrEnum):
    """What a column is used for."""

    FEATURE = "feature"
    TARGET = "target"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the data: what it is called, how it is understood, what it is used for."""

    name: str
    kind: Kind
    role: Role = Role.FEATURE


@dataclass(frozen=True, slots=True)
class Split(Declared):
    """Which share of the rows trains, which chooses (validation), and which judges at the end (test)."""

    title = "Split"

    validation: Annotated[float, Param("Validation", "Share of the rows that watches training.", low=0, high=0.9)] = 0.1
    test: Annotated[float, Param("Test", "Share of the rows that is kept for the end.", low=0, high=0.9)] = 0.1
    stratify: Annotated[bool, Param("Stratify", "Keep the proportions of the classes in every part.")] = True
    seed: Annotated[int, Param("Seed", "Another seed deals the rows out differently.", low=0, high=2**31 - 1)] = 0

    def __post_init__(self) -> None:
        Declared.__post_init__(self)
        if self.train < LEAST_TRAIN:
            raise SpecError(f"Split: at least {LEAST_TRAIN:.0%} of the rows must be left to train on.")

    @property
    def train(self) -> float:
        """Share of the rows that the network learns from."""
        return round(1.0 - self.validation - self.test, 6)


LEAST_TRAIN = 0.05


_BATCH_SIZE = Param("Batch size", "Rows between two updates of the weights.", low=1, high=1_048_576, unit="rows")


@dataclass(frozen=True, slots=True)
class Batches(Declared):
    """How the training rows are handed to the network."""

    title = "Batches"

    size: Annotated[int, _BATCH_SIZE] = 32
    shuffle: Annotated[bool, Param("Shuffle", "Deal the training rows out anew in every epoch.")] = True


@dataclass(frozen=True, slots=True)
class DataSpec:
    """The data of an experiment: a source, what its columns are for, and how its rows are dealt out.

    ``columns`` names every column of the source, in its order. ``task`` is always stated: what was inferred at opening
    is written down, so that a project means the same tomorrow. ``fingerprint`` is that of the file it was made for.
    """

    source: Source
    columns: tuple[Column, ...]
    task: Task
    split: Split = field(default_factory=Split)
    batches: Batches = field(default_factory=Batches)
    fingerprint: str = ""

    @property
    def target(self) -> Column | None:
        """The column to predict, or None while none is chosen."""
        return next((column for column in self.columns if column.role is Role.TARGET), None)

    @property
    def features(self) -> tuple[Column, ...]:
        """The columns that the network sees, in the order of the source."""
        return tuple(column for column in self.columns if column.role is Role.FEATURE)
