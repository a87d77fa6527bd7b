"""An example that somebody makes up to see what a network says: pure values, and the words on them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from nnstudio.spec.events import ExampleTaken
from nnstudio.spec.facts import MISSING_CATEGORY, OTHER_CATEGORY
from nnstudio.spec.inputs import Cell, ChoiceInput, DateInput, Input, ModelForm, NumberInput, PictureInput

STOPS = 100
"""Values along which a what-if curve is drawn, and for whole numbers and categories at most so many."""

Cells = tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """The cells of an example, a row for each step, for the inputs of a ``form``.

    ``focus`` is the step and the input that the user is at. ``taken`` is the example of the data that the cells came
    from, as long as they are its.
    """

    form: ModelForm
    cells: Cells
    focus: tuple[int, int] = (0, 0)
    taken: ExampleTaken | None = None

    @property
    def focused(self) -> Input:
        """The input that the user is at."""
        return self.form.inputs[self.focus[1]]

    @property
    def focused_cell(self) -> Cell:
        """What it holds."""
        step, at = self.focus
        return self.cells[step][at] if self.cells else None


def typical(form: ModelForm) -> Asked:
    """A row of medians and most frequent categories, where it is no picture."""
    row = () if form.picture else tuple(_typical(each) for each in form.inputs)
    last = max(0, form.steps - 1)
    return Asked(form, (row,) * form.steps if row else (), (last, 0))


def _typical(asked: Input) -> Cell:
    return None if isinstance(asked, PictureInput) else asked.typical


def with_cell(asked: Asked, step: int, at: int, cell: Cell) -> Asked:
    """The example with another value of one input; the user is at it."""
    row = (*asked.cells[step][:at], cell, *asked.cells[step][at + 1 :])
    cells = (*asked.cells[:step], row, *asked.cells[step + 1 :])
    return replace(asked, cells=cells, focus=(step, at), taken=asked.taken if cells == asked.cells else None)


def with_taken(asked: Asked, taken: ExampleTaken) -> Asked:
    """An example of the data in the place of what was made up."""
    return replace(asked, cells=taken.cells, taken=taken)


# ---- what if ----


@dataclass(frozen=True, slots=True)
class Sweep:
    """Values of the focused input, where each stands on an axis, and the rows that ask for them all at once."""

    values: tuple[Cell, ...]
    places: tuple[float, ...]
    rows: Cells


def sweep(asked: Asked) -> Sweep:
    """The example again and again, with the focused input going over its range."""
    step, at = asked.focus
    values = _values(asked.focused, asked.focused_cell)
    rows: list[tuple[Cell, ...]] = []
    for value in values:
        rows += with_cell(asked, step, at, value).cells
    places = tuple(place_of(asked.focused, value) or 0.0 for value in values)
    return Sweep(values, places, tuple(rows))


def _values(asked: Input, now: Cell) -> tuple[Cell, ...]:
    match asked:
        case NumberInput():
            low, high = _stretched(asked.low, asked.high, now)
            if asked.is_whole and high - low < STOPS:
                return tuple(float(value) for value in range(math.floor(low), math.ceil(high) + 1))
            return _spread(low, high)
        case DateInput():
            first, last = days_of(asked.low), days_of(asked.high)
            low, high = _stretched(first or 0.0, last or 0.0, days_of(now))
            return tuple(moment_of(days) for days in _spread(low, high))
        case ChoiceInput():
            return offered(asked)[:STOPS]
    return ()


def _spread(low: float, high: float) -> tuple[float, ...]:
    return tuple(low + (high - low) * stop / (STOPS - 1) for stop in range(STOPS))


def _stretched(low: float, high: float, now: Cell) -> tuple[float, float]:
    """The range, and with it the present value; never of no width."""
    if isinstance(now, float | int):
        low, high = min(low, now), max(high, now)
    return (low - 1, high + 1) if low == high else (low, high)


def offered(asked: ChoiceInput) -> tuple[Cell, ...]:
    """What may be chosen: the categories, another one where that has a place, and none at all likewise."""
    return (*asked.categories, *((OTHER_CATEGORY,) if asked.other else ()), *((None,) if asked.missing else ()))


def cell_words(cell: Cell) -> str:
    """A cell as it is shown."""
    match cell:
        case None:
            return MISSING_CATEGORY
        case str():
            return "another value" if cell == OTHER_CATEGORY else cell or "(blank)"
    return f"{cell:.6g}"


def read_cell(asked: Input, text: str) -> Cell | ValueError:
    """The cell that typed ``text`` means for an input, or why it means none; nothing typed is a missing one."""
    text = text.strip()
    match asked:
        case _ if not text:
            return None
        case ChoiceInput():
            return next((cell for cell in offered(asked) if cell_words(cell) == text), text)
        case DateInput():
            return text if days_of(text) is not None else ValueError(text)
    return _read_number(text.replace("−", "-"))


def _read_number(text: str) -> float | ValueError:
    """A finite number; a single comma is that of its decimals."""
    try:
        value = float(text.replace(",", "." if text.count(",") == 1 and "." not in text else ""))
    except ValueError as error:
        return error
    return value if math.isfinite(value) else ValueError(text)


def place_of(asked: Input, cell: Cell) -> float | None:
    """Where a cell stands on an axis: a number as it is, a date in days, a category by its place; None if nowhere."""
    match asked, cell:
        case ChoiceInput(), _:
            choices = offered(asked)
            return float(choices.index(cell)) if cell in choices else None
        case DateInput(), _:
            return days_of(cell)
        case NumberInput(), float() | int():
            return float(cell)
    return None


_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  # clocks without a zone, as tables hold them


def days_of(cell: Cell) -> float | None:
    """Days since the start of 1970 of a moment in ISO 8601; None where it is none."""
    try:
        moment = datetime.fromisoformat(str(cell)).replace(tzinfo=None)
    except ValueError:
        return None
    return (moment - _EPOCH) / timedelta(days=1)


def moment_of(days: float) -> str:
    """The moment in ISO 8601, to the minute; the day alone at its start."""
    moment = _EPOCH + timedelta(minutes=round(days * 1440))
    return f"{moment:%Y-%m-%d}" if moment.hour == moment.minute == 0 else f"{moment:%Y-%m-%d %H:%M}"
