"""What a hyperparameter search tries: which fields, over which ranges, by which method, and for how long.

A `Search` is part of the project. Each of its fields names a declared field by a path (`nnstudio.spec.searched.places`
lists those of a project) and says over what it ranges.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from nnstudio.spec.errors import SpecError
from nnstudio.spec.params import Declared, Param

Value = bool | int | float | str
"""What a declared field may hold; of a field that chooses a kind, the key of it: ``"adam"``."""

Values = Mapping[str, Value]
"""What a trial tries, by the paths of the fields."""


@dataclass(frozen=True, slots=True)
class Interval(Declared):
    """All numbers from ``low`` to ``high``, both included; with ``log`` every power of ten is as likely: 10^-u.

    A grid takes ``points`` of them, evenly spaced (on the log scale, where there is one). ``whole`` belongs to the
    field, not to the user: it counts something. Raises `SpecError` where no number is between them.
    """

    title = "Range"

    low: Annotated[float, Param("From", "The smallest value that is tried.")] = 0.0
    high: Annotated[float, Param("To", "The largest value that is tried.")] = 1.0
    log: Annotated[bool, Param("Log scale", "Try every power of ten as often; the range must be above 0.")] = False
    whole: Annotated[bool, Param("Whole numbers", "The field counts something.")] = False
    points: Annotated[int, Param("Grid points", "How many values a grid search takes.", low=2, high=1_000)] = 5

    def __post_init__(self) -> None:
        Declared.__post_init__(self)
        if self.low >= self.high:
            raise SpecError(f"{self.title}: from must be smaller than to; {self.low:g} is not below {self.high:g}.")
        if self.log and self.low <= 0:
            raise SpecError(f"{self.title}: on a log scale from must be greater than 0, not {self.low:g}.")
        if self.whole and not (self.low.is_integer() and self.high.is_integer()):
            raise SpecError(f"{self.title}: from and to must be whole numbers.")

    def grid(self) -> tuple[Value, ...]:
        """The values that a grid takes, ascending; of few whole numbers fewer than ``points``."""
        if self.log:
            low, high = math.log(self.low), math.log(self.high)
            inner = [math.exp(low + (high - low) * step / (self.points - 1)) for step in range(1, self.points - 1)]
        else:
            span = self.high - self.low
            inner = [self.low + span * step / (self.points - 1) for step in range(1, self.points - 1)]
        values = [self.low, *inner, self.high]
        return tuple(dict.fromkeys(round(value) for value in values)) if self.whole else tuple(values)


@dataclass(frozen=True, slots=True)
class Choices:
    """A few values, in their order; raises `SpecError` where there is none, or one twice."""

    values: tuple[Value, ...]

    def __post_init__(self) -> None:
        if not self.values:
            raise SpecError("There is nothing to choose from.", "", "Name at least one value.")
        if len(set(self.values)) < len(self.values):
            raise SpecError("Each value can be chosen once only.")
        if not all(math.isfinite(value) for value in self.values if isinstance(value, float)):
            raise SpecError("Only finite numbers can be chosen from.")

    def grid(self) -> tuple[Value, ...]:
        return self.values


Span = Interval | Choices
"""Over what a field ranges."""


@dataclass(frozen=True, slots=True)
class SearchedField:
    """A declared field that is searched: the path that names it, and over what it ranges."""

    path: str
    span: Span


def threads_each(threads: int, at_once: int) -> int:
    """How many of the preferred ``threads`` a trial has beside others; 0: it is measured for each trial alone."""
    return max(1, threads // at_once) if at_once > 1 else threads


Method = Literal["tpe", "random", "grid"]
Objective = Literal["loss", "score"]


@dataclass(frozen=True, slots=True)
class Search(Declared):
    """Which fields are searched, how, and for how long; without ``fields`` nothing is searched yet.

    The other fields are declared: a form shows them as they are. 0 in ``trials`` or ``minutes`` sets no limit of that
    kind; where neither is set, a grid ends when it is done, and any other search when it is stopped.
    """

    title = "Search"

    fields: tuple[SearchedField, ...] = ()
    method: Annotated[
        Method,
        Param(
            "Method",
            "TPE learns from the trials so far; random draws anew each time; a grid tries every combination.",
            labels=("TPE (learns from trials)", "Random", "Grid"),
        ),
    ] = "tpe"
    objective: Annotated[
        Objective,
        Param(
            "Judged by",
            "What a trial is judged by, on the validation rows, in its best epoch. The test rows are never looked at.",
            labels=("Validation loss (lowest)", "Validation score"),
        ),
    ] = "loss"
    trials: Annotated[int, Param("Trials", "How many are tried; 0 sets no limit.", low=0, high=1_000_000)] = 50
    minutes: Annotated[
        float,
        Param(
            "Time",
            "No trial begins or goes on after it; one that is under way then does not count. 0 sets no limit.",
            low=0,
            high=10**6,
            unit="min",
        ),
    ] = 0.0
    prune: Annotated[
        bool, Param("Prune", "Ends a trial that is worse than the median of the others at the same epoch.")
    ] = True
    at_once: Annotated[
        int,
        Param(
            "At a time",
            "Trials that run side by side: each has one thread, or its share of those in Preferences.",
            low=1,
            high=64,
            unit="trials",
        ),
    ] = 1
    seed: Annotated[
        int, Param("Search seed", "The same seed tries the same values, one trial at a time.", low=0, high=2**31 - 1)
    ] = 0

    def __post_init__(self) -> None:
        Declared.__post_init__(self)
        if len({field.path for field in self.fields}) < len(self.fields):
            raise SpecError("Search: each field can be searched once only.")

    def span(self, path: str) -> Span | None:
        """Over what the field of ``path`` ranges; None where it is not searched."""
        return next((field.span for field in self.fields if field.path == path), None)

    def with_span(self, path: str, span: Span) -> Search:
        """The same search with a field more, at the end, or with another range of one that is there."""
        if self.span(path) is None:
            return replace(self, fields=(*self.fields, SearchedField(path, span)))
        changed = (replace(field, span=span) if field.path == path else field for field in self.fields)
        return replace(self, fields=tuple(changed))

    def without(self, path: str) -> Search:
        """The same search without a field."""
        return replace(self, fields=tuple(field for field in self.fields if field.path != path))

    @property
    def planned(self) -> int:
        """How many trials are made in all, 0 for no limit: a grid has no more than its combinations."""
        if self.method != "grid":
            return self.trials
        return min(self.trials or self.grid_size, self.grid_size)

    @property
    def grid_size(self) -> int:
        """How many combinations a grid of the fields has."""
        return math.prod(len(field.span.grid()) for field in self.fields)
