"""Plots as values: the templates draw them as SVG, with words beside it that no stretching touches.

Points lie in a square of `SIDE` by `SIDE`, from its upper left corner, which is stretched to the room that there is:
lines keep their width, and words are HTML.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nnstudio.spec.words import signed

SIDE = 1_000.0
MOST_POINTS = 600
"""Points of one line; of more the lowest and the highest of each stretch are drawn, so that no peak is lost."""
MOST_DOTS = 1_500
TICKS = 5

Look = Literal["line", "dashes", "dots", "bars"]
Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Series:
    """Points that belong together; the ``role`` gives their colour. Bars have a ``width`` each, around x."""

    name: str
    x: Numbers
    y: Numbers
    role: str = "train"
    look: Look = "line"
    width: float = 0.0


@dataclass(frozen=True, slots=True)
class Tick:
    """A number beside an axis, at a share of its length in percent."""

    percent: float
    words: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A dashed line down the plot with a word at it."""

    percent: float
    words: str


@dataclass(frozen=True, eq=False)
class Axis:
    """What numbers go along a side; of a ``log`` axis the logarithms of base ten do."""

    title: str
    low: float
    high: float
    log: bool = False
    whole: bool = False

    def place(self, values: Numbers) -> Numbers:
        """Where ``values`` lie along it, from 0 to 1."""
        return (self._scaled(np.asarray(values, np.float64)) - self._ends[0]) / (self._ends[1] - self._ends[0])

    def _scaled(self, values: Numbers) -> Numbers:
        return np.log10(values) if self.log else values

    @cached_property
    def _ends(self) -> tuple[float, float]:
        low, high = (math.log10(end) if self.log else float(end) for end in (self.low, self.high))
        around = max(0.5, 1e-6 * abs(low))  # half is nothing beside a number that is large enough
        return (low, high) if high > low else (low - around, high + around)

    @cached_property
    def ticks(self) -> list[Tick]:
        values = _powers(*self._ends) if self.log else _round_numbers(*self._ends, whole=self.whole)
        places = self.place(np.array(values)) if values else ()
        return [Tick(round(100 * float(at), 2), _written(value)) for at, value in zip(places, values, strict=True)]


@dataclass(frozen=True, eq=False)
class Plot:
    """A plot with its axes; ``note`` says below it what is to be seen."""

    title: str
    x: Axis
    y: Axis
    series: tuple[Series, ...]
    marks: tuple[Mark, ...] = ()
    note: str = ""
    is_square: bool = False

    @property
    def legend(self) -> list[Series]:
        """The series that have a name."""
        return [series for series in self.series if series.name]

    def path(self, series: Series) -> str:
        """What the SVG draws of a series."""
        x, y = SIDE * self.x.place(series.x), SIDE * (1 - self.y.place(series.y))
        if series.look == "bars":
            reach = SIDE * series.width / 2 / ((self.x.high - self.x.low) or 1.0)
            return "".join(_bars(x, y, reach, SIDE * (1 - float(self.y.place(np.zeros(1))[0]))))
        if series.look == "dots":
            return "".join(f"M{_short(across)} {_short(down)}h0" for across, down in _finite(x, y, MOST_DOTS))
        return "".join(_line(x, y))


def axis(title: str, values: Iterable[Numbers], *, zero: bool = False, whole: bool = False, log: bool = False) -> Axis:
    """An axis that all finite ``values`` lie on; with ``zero`` it begins there."""
    found = [one[np.isfinite(one)] for one in values]
    finite = np.concatenate([one for one in found if len(one)] or [np.array([0.0, 1.0])])
    low, high = float(finite.min()), float(finite.max())
    if log and low > 0 and high > 300 * low:
        return Axis(f"{title}, logarithmic", low, high, log=True)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    return Axis(title, low, high, whole=whole)


# ---- ticks ----


def _round_numbers(low: float, high: float, *, whole: bool) -> list[float]:
    """About `TICKS` numbers with few digits between the ends."""
    step = _step((high - low) / TICKS)
    if whole:
        step = max(1.0, round(step))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [float(f"{number * step:.12g}") for number in range(first, last + 1)]


def _step(rough: float) -> float:
    """1, 2 or 5 times a power of ten, near ``rough``."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next((times * power for times in (1, 2, 5) if times * power >= rough * 0.99), 10 * power)


def _powers(low: float, high: float) -> list[float]:
    """Powers of ten between the ends, which are logarithms."""
    first, last = math.ceil(low - 1e-9), math.floor(high + 1e-9)
    every = max(1, (last - first) // TICKS)
    return [10.0**power for power in range(first, last + 1, every)]


def _written(value: float) -> str:
    if value and not 1e-3 <= abs(value) < 1e6:
        return signed(f"{value:.3g}").replace("e−0", "e−").replace("e+0", "e").replace("e+", "e")
    return signed(f"{value:,.10g}")


# ---- paths ----


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _line(x: Numbers, y: Numbers) -> Iterator[str]:
    """Line to line, with gaps where a number is not finite."""
    places = thinned(y, MOST_POINTS)
    pen = "M"
    for across, down in zip(x[places].tolist(), y[places].tolist(), strict=True):
        if math.isfinite(across) and math.isfinite(down):
            yield f"{pen}{_short(across)} {_short(down)}"
            pen = "L"
        else:
            pen = "M"


def _bars(x: Numbers, y: Numbers, reach: float, ground: float) -> Iterator[str]:
    for middle, top in zip(x.tolist(), y.tolist(), strict=True):
        if ground > top:
            left, right = _short(middle - 0.92 * reach), _short(middle + 0.92 * reach)
            yield f"M{left} {_short(ground)}V{_short(top)}H{right}V{_short(ground)}Z"


def _finite(x: Numbers, y: Numbers, most: int) -> Iterator[tuple[float, float]]:
    there = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    if len(there) > most:
        there = there[np.linspace(0, len(there) - 1, most).astype(np.int64)]
    yield from zip(x[there].tolist(), y[there].tolist(), strict=True)


def thinned(y: Numbers, most: int) -> NDArray[np.int64]:
    """At most about so many places of ``y`` ``(N,)``: of each stretch its lowest and its highest, and both ends."""
    if len(y) <= most:
        return np.arange(len(y))
    edges = np.linspace(0, len(y), most // 2 + 1).astype(np.int64)
    filled = np.where(np.isfinite(y), y, np.inf), np.where(np.isfinite(y), y, -np.inf)
    stretches = list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))
    lowest = [start + int(filled[0][start:end].argmin()) for start, end in stretches]
    highest = [start + int(filled[1][start:end].argmax()) for start, end in stretches]
    chosen: NDArray[np.int64] = np.unique(np.array([0, *lowest, *highest, len(y) - 1]))
    return chosen


# ---- small ones ----


def spark(counts: Sequence[int], width: float = 96.0, height: float = 24.0) -> str:
    """A histogram as the path of a small SVG; a bin with any row is seen."""
    most = max(counts, default=0) or 1
    step = width / max(1, len(counts))
    parts = []
    for place, count in enumerate(counts):
        if count:
            top = height - max(1.0, height * count / most)
            left, right = place * step + 0.5, (place + 1) * step - 0.5
            parts.append(f"M{_short(left)} {_short(height)}V{_short(top)}H{_short(right)}V{_short(height)}Z")
    return "".join(parts)


def shares(counts: Sequence[int]) -> list[float]:
    """Each count in percent of all."""
    total = sum(counts) or 1
    return [round(100 * count / total, 2) for count in counts]


def array(values: Iterable[Any]) -> Numbers:
    """Numbers to draw; what is None is not drawn."""
    return np.array([np.nan if value is None else value for value in values], np.float64)
