"""The ways in which one column becomes numbers, each with what it learned from the training rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.trust import finite, need
from nnstudio.spec.columns import Kind
from nnstudio.spec.facts import MISSING_CATEGORY, OTHER_CATEGORY, Shape

"""What the category of rare values is called among the encoded features."""


def affine(what: str, offset: float, scale: float) -> str:
    """How ``(what − offset) ÷ scale`` is written."""
    sign, size = ("−", offset) if offset >= 0 else ("+", -offset)
    shifted = what if offset == 0 else f"{what} {sign} {size:.4g}"
    if scale == 1:
        return shifted
    return f"({shifted}) ÷ {scale:.4g}" if offset else f"{shifted} ÷ {scale:.4g}"


@dataclass(frozen=True, slots=True)
class NumberFeature:
    """A column of numbers: ``(value - offset) / scale``, one number, and a second one with an ``indicator``.

    A missing value (NaN, an infinity, or one beyond float32) takes ``fill``. Where the ``method`` is ``log``, ``value``
    is ``sign(v) * log(1 + |v|)`` of the cell ``v``: a logarithm that takes any number and leaves 0 what it is. The
    indicator is 1 where the value was missing, else 0.
    """

    kind: ClassVar[Kind] = Kind.NUMBER
    name: str
    fill: float
    offset: float
    scale: float
    method: Literal["standard", "minmax", "robust", "log", "none"] = "standard"
    indicator: bool = False

    def __post_init__(self) -> None:
        need(self.method in _METHODS and finite(self.fill, self.offset, self.scale), f"“{self.name}”")
        need(self.scale > 0, f"“{self.name}”")

    @property
    def names(self) -> tuple[str, ...]:
        """What each encoded number is called."""
        return (self.name, f"{self.name} is missing") if self.indicator else (self.name,)

    def meanings(self, figures: bool) -> tuple[str, ...]:
        """How each encoded number comes about, in words or with its figures."""
        how = affine("sign × log(1 + |cell|)" if self.method == "log" else "cell", self.offset, self.scale)
        first = how if figures else _METHODS[self.method]
        return (first, "1 where the cell is missing") if self.indicator else (first,)


_METHODS = {
    "standard": "standardised: mean 0, deviation 1",
    "minmax": "scaled to between 0 (smallest) and 1 (largest)",
    "robust": "(cell − median) ÷ distance of the quartiles",
    "log": "logarithm, then standardised",
    "none": "the cell as it is",
}


@dataclass(frozen=True, slots=True)
class CategoryFeature:
    """A column of categories, as a number each (one-hot), as their place in the order, or as an index.

    ``categories`` are those of the training rows, numbers by size and text by code point. With ``other``, the rarer
    ones and those that no training row had share one place behind them. With ``missing``, a missing value is a category
    of its own, the last one; else it counts as ``fill``, the most frequent category.

    - ``one_hot``: 1 in the row's own place and 0 in the others; a category that is unknown is 0 in every place.
    - ``ordinal``: the place in the order, from 0 for the first to 1 for the last; an unknown one lies between, at 0.5.
    - ``index``: 1, 2, 3 …, the row of an embedding table; 0 is an unknown or (with ``missing``) a missing one.
    """

    kind: ClassVar[Kind] = Kind.CATEGORY
    name: str
    categories: tuple[str, ...]
    missing: bool
    fill: str
    code: Literal["one_hot", "ordinal", "index"] = "one_hot"
    other: bool = False

    def __post_init__(self) -> None:
        need(self.code in {"one_hot", "ordinal", "index"}, f"“{self.name}”")
        need(len(set(self.categories)) == len(self.categories), f"“{self.name}”")
        need(self.missing or self.fill in self.categories, f"“{self.name}”")

    @property
    def known(self) -> tuple[str, ...]:
        """What each place is for; a missing value has none among the indices, where it is 0."""
        other = (OTHER_CATEGORY,) if self.other else ()
        missing = (MISSING_CATEGORY,) if self.missing and self.code != "index" else ()
        return (*self.categories, *other, *missing)

    @property
    def entries(self) -> int:
        """How many rows an embedding table for this column has: one for each index, 0 among them."""
        return len(self.categories) + self.other + 1

    @property
    def names(self) -> tuple[str, ...]:
        """What each encoded number is called, such as ``sex = male``."""
        if self.code != "one_hot":
            return (self.name,)
        return tuple(f"{self.name} = {_shown(category)}" for category in self.known)

    def meanings(self, figures: bool) -> tuple[str, ...]:
        """How each encoded number comes about."""
        known = self.known
        if self.code == "index":
            return (f"row 0 to {len(known)} of an embedding table; 0 is unknown or missing",)
        if self.code == "ordinal":
            order = f": 0 is “{_shown(known[0])}”, 1 is “{_shown(known[-1])}”" if figures and known else ""
            return (f"place among {len(known)} in order, 0 to 1{order}",)
        return tuple(f"1 where it is {self._word(category)}" for category in known)

    def _word(self, category: str) -> str:
        return {MISSING_CATEGORY: "missing", OTHER_CATEGORY: "any other"}.get(category, f"“{_shown(category)}”")

    def places(self, values: Sequence[str]) -> NDArray[np.int64]:
        """The place of each of ``values`` among ``known``, and last of a missing one; -1 where it has none."""
        place = {category: at for at, category in enumerate(self.categories)}
        unknown = len(self.categories) if self.other else -1
        missing = -1 if self.code == "index" else len(self.known) - 1
        without = missing if self.missing else place[self.fill]
        return np.array([*(place.get(value, unknown) for value in values), without], np.int64)

    def coded(self, places: NDArray[np.int64]) -> NDArray[np.float32]:
        """The one number for each of ``places``, where the code is ordinal or index."""
        if self.code == "index":
            return (places + 1).astype(np.float32)
        last = max(1, len(self.known) - 1)
        return np.where(places < 0, 0.5, places / last).astype(np.float32)


LONGEST_SHOWN = 200
"""Letters of a category that a name shows; a cell may hold a book."""


def _shown(category: str) -> str:
    return category if len(category) <= LONGEST_SHOWN else f"{category[:LONGEST_SHOWN]}…"


DATE_PARTS = ("elapsed", "year", "month", "day", "weekday", "hour")
"""What may be taken from a date, in this order."""

LAST_DAY = 2.0**63 / 86_400e6
"""Days since the start of 1970 that 64 bits of microseconds can count."""


@dataclass(frozen=True, slots=True)
class DateFeature:
    """A column of dates: some of `DATE_PARTS`, a number each, or two for those that come round again.

    ``elapsed`` is ``(days - days_mean) / days_std`` with days since the start of 1970, and the year likewise. Month,
    day, weekday and time of day go from 0 (January, the 1st, Monday, midnight) to 1 (December, the 31st, Sunday, the
    next midnight); with ``cyclic`` they are the sine and cosine of their share of a full turn. A missing date is 0 (the
    mean, the centre of the circle), or 0.5 where a part goes from 0 to 1.
    """

    kind: ClassVar[Kind] = Kind.DATE
    name: str
    parts: tuple[str, ...]
    cyclic: bool
    days_mean: float
    days_std: float
    year_mean: float
    year_std: float

    def __post_init__(self) -> None:
        known = tuple(part for part in DATE_PARTS if part in self.parts)
        need(bool(known) and known == self.parts, f"“{self.name}”")
        need(finite(self.days_mean, self.days_std, self.year_mean, self.year_std), f"“{self.name}”")
        need(abs(self.days_mean) < LAST_DAY and self.days_std > 0 and self.year_std > 0, f"“{self.name}”")

    @property
    def names(self) -> tuple[str, ...]:
        """What each encoded number is called, such as ``date: month, sine``."""
        return tuple(f"{self.name}: {name}" for part in self.parts for name in self._numbers(part))

    def meanings(self, figures: bool) -> tuple[str, ...]:
        """How each encoded number comes about, in words or with its figures."""
        return tuple(meaning for part in self.parts for meaning in self._meanings(part, figures))

    def turns(self, part: str) -> bool:
        """Whether ``part`` is given as a point on a circle."""
        return self.cyclic and part in _ROUND

    def _numbers(self, part: str) -> tuple[str, ...]:
        word = _ROUND.get(part, part)
        return (f"{word}, sine", f"{word}, cosine") if self.turns(part) else (word,)

    def _meanings(self, part: str, figures: bool) -> tuple[str, ...]:
        if part in _ROUND:
            word = _ROUND[part]
            return (f"sine of the {word}", f"cosine of the {word}") if self.cyclic else (f"{word}, from 0 to 1",)
        if part == "year":
            return (affine("year", self.year_mean, self.year_std) if figures else "year, standardised",)
        if not figures:
            return ("days, standardised",)
        middle = np.datetime64("1970-01-01") + round(self.days_mean)
        return (f"days since {middle} ÷ {self.days_std:.4g}",)


_ROUND = {"month": "month", "day": "day of the month", "weekday": "weekday", "hour": "time of day"}
"""The parts that come round again, in words."""

CHANNELS = {"grey": 1, "rgb": 3, "rgba": 4}


@dataclass(frozen=True, slots=True)
class ImageFeature:
    """A picture: each channel ``(level / (levels - 1) - mean) / std``, shape ``(channels, height, width)``.

    A channel has 256 or 65,536 ``levels``. ``method`` says where ``mean`` and ``std`` of each channel come from.
    """

    kind: ClassVar[Kind] = Kind.IMAGE
    name: str
    width: int
    height: int
    colour: Literal["grey", "rgb", "rgba"]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    levels: int = 256
    method: Literal["standard", "unit", "symmetric", "imagenet", "none"] = "standard"

    def __post_init__(self) -> None:
        need(self.width > 0 and self.height > 0 and self.colour in CHANNELS, f"“{self.name}”")
        need(self.levels in {256, 65_536}, f"“{self.name}”")
        need(self.method in {"standard", "unit", "symmetric", "imagenet", "none"}, f"“{self.name}”")
        need(len(self.mean) == len(self.std) == CHANNELS[self.colour], f"“{self.name}”")
        need(finite(*self.mean, *self.std) and min(self.std) > 0, f"“{self.name}”")

    @property
    def shape(self) -> Shape:
        return len(self.mean), self.height, self.width

    @property
    def names(self) -> tuple[str, ...]:
        """Nothing: pixels have no names."""
        return ()

    def meanings(self, figures: bool) -> tuple[str, ...]:
        """How the levels of each channel become numbers; with figures only."""
        if not figures:
            return ()
        words = ("grey",) if self.colour == "grey" else ("red", "green", "blue", "transparency")
        level = "level" if self.method == "none" else f"level ÷ {self.levels - 1:,}"
        offsets = zip(words, self.mean, self.std, strict=False)
        return tuple(f"{word}: {level if self.method == 'none' else affine(level, *at)}" for word, *at in offsets)

    def table(self) -> NDArray[np.float32]:
        """What each level of each channel becomes: float32 ``(channels, levels)``."""
        mean, std = np.array(self.mean)[:, None], np.array(self.std)[:, None]
        encoded: NDArray[np.float32] = ((np.arange(self.levels) / (self.levels - 1) - mean) / std).astype(np.float32)
        return encoded


Feature = NumberFeature | CategoryFeature | DateFeature | ImageFeature
