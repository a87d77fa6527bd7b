"""What is said while data is read, described and looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nnstudio.spec.facts import DataFacts, Preview, ShownExamples, SourceFacts


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
class PartsListed:
    """Which part of the split every row of the source belongs to.

    ``path`` is a cached Arrow file with one column ``part``: ``train``, ``validation``, ``test`` or nothing.
    """

    path: str


DataEvent = Previewed | Reading | SourceOpened | DataDescribed | ExamplesShown | PartsListed
