"""How a column of dates becomes numbers, as pandas expressions."""

from __future__ import annotations

from collections.abc import Iterator

from nnstudio.data.columns import NO_MOMENT, Rows
from nnstudio.data.encoding.encoders import DateFeature
from nnstudio.data.table import MappedTable
from nnstudio.spec.code.text import value

DAYS = '({} - pd.Timestamp("1970-01-01")) / pd.Timedelta(days=1)'
"""Days since the start of 1970, as the engine counts them."""

_STEPS = {
    "month": ("({}.dt.month - 1)", 11, 12),
    "day": ("({}.dt.day - 1)", 30, 31),
    "weekday": ("{}.dt.day_of_week", 6, 7),
    "hour": ("({0} - {0}.dt.normalize()) / pd.Timedelta(hours=1)", 24, 24),
}
"""How far a moment is within its round, from 0; the last step of a round; and how many make a full turn."""


def date_expressions(feature: DateFeature, table: MappedTable, rows: Rows) -> Iterator[str]:
    """One expression for each number of ``feature``, as it is in ``rows``."""
    is_missing = bool((table.moments(feature.name)[rows] == NO_MOMENT).any())
    for part in feature.parts:
        for text, stand_in in _numbers(feature, part, f"table[{value(feature.name)}]"):
            yield f"({text}).fillna({stand_in!r})" if is_missing else text


def _numbers(feature: DateFeature, part: str, date: str) -> Iterator[tuple[str, float]]:
    """The numbers of a part of a date, each with what stands in where the date is missing."""
    if part == "elapsed":
        yield _standardised(DAYS.format(date), feature.days_mean, feature.days_std), 0.0
    elif part == "year":
        yield _standardised(f"{date}.dt.year", feature.year_mean, feature.year_std), 0.0
    else:
        step, last, turn = _STEPS[part]
        if feature.turns(part):
            yield from ((f"np.{wave}({step.format(date)} * (2 * np.pi / {turn}))", 0.0) for wave in ("sin", "cos"))
        else:
            yield f"{step.format(date)} / {last}", 0.5


def _standardised(text: str, mean: float, deviation: float) -> str:
    return f"({text} - {mean!r}) / {deviation!r}" if mean >= 0 else f"({text} + {-mean!r}) / {deviation!r}"
