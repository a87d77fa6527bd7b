"""The ways in which one column becomes numbers, each with what it learned from the training rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from nnstudio.spec.data import Kind
from nnstudio.spec.errors import ModelFileError
from nnstudio.spec.facts import MISSING_CATEGORY, Shape


def need(holds: bool, what: str) -> None:
    """Raise `ModelFileError` unless ``holds``: encodings come from strangers' files, too."""
    if not holds:
        raise ModelFileError("This model cannot be used.", f"What it says about {what} makes no sense.")


@dataclass(frozen=True, slots=True)
class NumberFeature:
    """A column of numbers: ``(value - mean) / std``, one number.

    A missing value (NaN, an infinity, or one beyond float32) takes ``fill``, the median of the training rows. ``mean``
    and ``std`` (population) are those of the filled training rows; ``std`` is 1 where they are all equal.
    """

    kind: ClassVar[Kind] = Kind.NUMBER
    name: str
    fill: float
    mean: float
    std: float

    def __post_init__(self) -> None:
        need(all(map(math.isfinite, (self.fill, self.mean, self.std))) and self.std > 0, f"“{self.name}”")

    @property
    def names(self) -> tuple[str, ...]:
        """What each encoded number is called."""
        return (self.name,)


@dataclass(frozen=True, slots=True)
class CategoryFeature:
    """A column of categories: one number each, 1 for the row's own and 0 for the others (one-hot).

    ``categories`` are those of the training rows, numbers by size and text by code point. Where a training row lacked
    the value, ``missing`` is a category of its own, the last one; else a missing value counts as ``fill``, the most
    frequent category. A category that no training row had is 0 in every place.
    """

    kind: ClassVar[Kind] = Kind.CATEGORY
    name: str
    categories: tuple[str, ...]
    missing: bool
    fill: str

    def __post_init__(self) -> None:
        need(len(set(self.categories)) == len(self.categories), f"“{self.name}”")
        need(self.missing or self.fill in self.categories, f"“{self.name}”")

    @property
    def names(self) -> tuple[str, ...]:
        """What each encoded number is called, such as ``sex = male``."""
        known = [*self.categories, MISSING_CATEGORY] if self.missing else self.categories
        return tuple(f"{self.name} = {category}" for category in known)

    def places(self, values: Sequence[str]) -> NDArray[np.int64]:
        """Which encoded number is 1 for each of ``values``, and last for a missing one; -1 where none is."""
        place = {category: at for at, category in enumerate(self.categories)}
        without = len(self.categories) if self.missing else place[self.fill]
        return np.array([*(place.get(value, -1) for value in values), without], np.int64)


@dataclass(frozen=True, slots=True)
class ImageFeature:
    """A picture: each channel ``(level / 255 - mean) / std``, shape ``(channels, height, width)``.

    ``mean`` and ``std`` are those of a channel's pixels in the training rows; ``std`` is 1 where they are all equal.
    """

    kind: ClassVar[Kind] = Kind.IMAGE
    name: str
    width: int
    height: int
    colour: Literal["grey", "rgb"]
    mean: tuple[float, ...]
    std: tuple[float, ...]

    def __post_init__(self) -> None:
        need(self.width > 0 and self.height > 0 and self.colour in {"grey", "rgb"}, f"“{self.name}”")
        need(len(self.mean) == len(self.std) == (1 if self.colour == "grey" else 3), f"“{self.name}”")
        need(all(map(math.isfinite, self.mean + self.std)) and min(self.std) > 0, f"“{self.name}”")

    @property
    def shape(self) -> Shape:
        return len(self.mean), self.height, self.width

    @property
    def names(self) -> tuple[str, ...]:
        """Nothing: pixels have no names."""
        return ()

    def levels(self) -> NDArray[np.float32]:
        """What each level of each channel becomes: float32 ``(channels, 256)``."""
        mean, std = np.array(self.mean)[:, None], np.array(self.std)[:, None]
        encoded: NDArray[np.float32] = ((np.arange(256) / 255 - mean) / std).astype(np.float32)
        return encoded


@dataclass(frozen=True, slots=True)
class ClassTarget:
    """Classes by number: int64 ``(N,)``. Where there are two, the second is the positive one (the yes)."""

    name: str
    classes: tuple[str, ...]
    offset: ClassVar[float] = 0.0
    scale: ClassVar[float] = 1.0

    def __post_init__(self) -> None:
        need(len(set(self.classes)) == len(self.classes) > 1, f"“{self.name}”")

    @property
    def positive(self) -> str:
        """The class that a yes-or-no network says yes to."""
        return self.classes[1]


@dataclass(frozen=True, slots=True)
class ValueTarget:
    """A number: ``(value - offset) / scale``, float32 ``(N, 1)``; mean and deviation are those of the training rows."""

    name: str
    offset: float
    scale: float
    classes: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        need(math.isfinite(self.offset) and math.isfinite(self.scale) and self.scale > 0, f"“{self.name}”")


Feature = NumberFeature | CategoryFeature | ImageFeature
Target = ClassTarget | ValueTarget
