"""What can be asked of files and their rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nnstudio.spec.data import DataSpec
from nnstudio.spec.parts import Part
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
    part: Part = "train"
    start: int = 0
    count: int = 32
    epoch: int = 0
    seed: int = 0
    standardised: bool = True


@dataclass(frozen=True, slots=True)
class ListParts:
    """Say which part of the split each row belongs to: yields `PartsListed`."""

    data: DataSpec


@dataclass(frozen=True, slots=True)
class ExportRows:
    """Write the rows of the source as CSV with a column ``part``, or only those of one ``part``: yields `Saved`."""

    data: DataSpec
    out: str
    part: Part | Literal[""] = ""
