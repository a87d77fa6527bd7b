"""What a trained network asks of one example, for a form to be made of it, and what it has seen of its answers."""

from __future__ import annotations

from dataclasses import dataclass

from nnstudio.spec.tasks import Task

Cell = float | str | None
"""A number; a category, or a date in ISO 8601; None where it is missing."""


@dataclass(frozen=True, slots=True)
class NumberInput:
    """A number. ``low`` to ``high`` is what training rows hold; ``typical`` is the median.

    A missing one counts as ``fill``.
    """

    name: str
    low: float
    high: float
    typical: float
    mean: float
    quartiles: tuple[float, float, float]
    is_whole: bool
    fill: float


@dataclass(frozen=True, slots=True)
class ChoiceInput:
    """One of some categories, with how many training rows each has; ``typical`` is the most frequent one.

    With ``other`` any further category has a place of its own, and with ``missing`` a missing one; else that counts as
    ``fill``.
    """

    name: str
    categories: tuple[str, ...]
    counts: tuple[int, ...]
    typical: str
    other: bool
    missing: bool
    fill: str


@dataclass(frozen=True, slots=True)
class DateInput:
    """A moment in ISO 8601; ``low`` to ``high`` is what training rows hold, ``typical`` the median."""

    name: str
    low: str
    high: str
    typical: str


@dataclass(frozen=True, slots=True)
class PictureInput:
    """A picture, which is brought to so many pixels and ``channels``."""

    name: str
    width: int
    height: int
    channels: int


Input = NumberInput | ChoiceInput | DateInput | PictureInput


@dataclass(frozen=True, slots=True)
class SeenValues:
    """The values of a target in the training rows: 101 ``percentiles``, and ``counts`` in equal bins over them all."""

    name: str
    mean: float
    percentiles: tuple[float, ...]
    counts: tuple[int, ...]

    def share_below(self, value: float) -> float:
        """The share of training rows with a smaller value, to a per cent."""
        return sum(percentile < value for percentile in self.percentiles) / len(self.percentiles)


@dataclass(frozen=True, slots=True)
class ModelForm:
    """The inputs of the model file ``model``, for ``steps`` rows each, and what it answers.

    ``classes`` with their ``shares`` of the training rows; or values, as they were ``seen``; or, where both are empty,
    how far it is from its own input. ``parts`` says how many known rows there are to take, of the train, validation and
    test part. Unless ``is_measured`` the training rows are out of reach, and all figures are estimates.
    """

    model: str
    task: Task
    target: str
    inputs: tuple[Input, ...]
    steps: int = 1
    classes: tuple[str, ...] = ()
    shares: tuple[float, ...] = ()
    seen: tuple[SeenValues, ...] = ()
    parts: tuple[int, int, int] = (0, 0, 0)
    is_measured: bool = True
    why_not: str = ""
    """Why the training rows are out of reach."""

    @property
    def picture(self) -> PictureInput | None:
        """The picture that is asked for, or None where it is a row."""
        first = self.inputs[0]
        return first if isinstance(first, PictureInput) else None
