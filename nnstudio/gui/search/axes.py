"""The axes of parallel coordinates: where a value lies between the two ends of its field, from 0 to 1."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from nnstudio.session.live_search import LiveSearch, Trial
from nnstudio.session.sentences import number
from nnstudio.session.tried import Names, names_of, shown
from nnstudio.spec.project import Project
from nnstudio.spec.search import Choices, Interval, Span, Value
from nnstudio.spec.words import capitalised

SCORE = ""
"""The path of the axis for what trials are judged by."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis: its title, its ends (on the log scale their logarithms), or the values that are its stops."""

    path: str
    title: str
    low: float = 0.0
    high: float = 1.0
    log: bool = False
    stops: tuple[Value, ...] = ()
    turned: bool = False
    """The smallest value is above."""
    names: Names = field(default_factory=dict)
    """What stops are called."""

    def place(self, value: Value | None) -> float:
        """Where a value lies, 0 below and 1 above; NaN for none, and for one that has no place."""
        if value is None:
            return math.nan
        if self.stops:
            found = self.stops.index(value) if value in self.stops else math.nan
            return 0.5 if len(self.stops) == 1 and found == 0 else found / (len(self.stops) - 1 or 1)
        if isinstance(value, str) or (self.log and value <= 0) or not math.isfinite(value):
            return math.nan
        figure = math.log10(value) if self.log else float(value)
        share = min(1.0, max(0.0, (figure - self.low) / ((self.high - self.low) or 1.0)))
        return 1.0 - share if self.turned else share

    def told(self, value: Value | None) -> str:
        """A value in words."""
        return shown(value, self.names)

    def labels(self) -> list[tuple[float, str]]:
        """What stands beside the axis, and where."""
        if self.stops:
            return [(self.place(value), self.told(value)) for value in self.stops]
        ends = (10**self.low, 10**self.high) if self.log else (self.low, self.high)
        write = number if self.path == SCORE else lambda value: shown(float(value))
        low, high = reversed(ends) if self.turned else ends
        return [(0.0, write(low)), (1.0, write(high))]


def axes_of(search: LiveSearch, project: Project) -> list[Axis]:
    """An axis for each field that ``project`` searches, and last one for what trials are judged by."""
    started = search.started
    if started is None:
        return []
    trials = list(search.trials.values())
    names = names_of(project, started.fields)
    fields = [
        replace(_field_axis(path, title, project.search.span(path), trials), names=names.get(path, {}))
        for path, title in started.fields.items()
    ]
    score = _score_axis(started.objective, [trial.value for trial in trials if trial.is_judged])
    return [*fields, replace(score, turned=started.better == "lower")]  # the best is above


def _field_axis(path: str, title: str, span: Span | None, trials: Iterable[Trial]) -> Axis:
    if isinstance(span, Choices):
        return Axis(path, title, stops=span.values)
    if isinstance(span, Interval):
        low, high = (math.log10(span.low), math.log10(span.high)) if span.log else (span.low, span.high)
        return Axis(path, title, low, high, span.log)
    return Axis(path, title, stops=tuple(dict.fromkeys(trial.values[path] for trial in trials if path in trial.values)))


def _score_axis(objective: str, values: Sequence[float | None]) -> Axis:
    """From the least to the largest; on a log scale where one is a hundred times the other."""
    found = [value for value in values if value is not None and math.isfinite(value)]
    title = capitalised(objective)
    if not found:
        return Axis(SCORE, title)
    low, high = min(found), max(found)
    if low > 0 and high / low >= 100:
        return Axis(SCORE, title, math.log10(low), math.log10(high), log=True)
    return Axis(SCORE, title, low, high) if low < high else Axis(SCORE, title, low - 0.5, high + 0.5)
