"""What a network answers: classes, values, or its own input, and what turns them back into the target's own words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from nnstudio.data.trust import finite, need


@dataclass(frozen=True, slots=True)
class ClassTarget:
    """Classes by number: int64 ``(N,)``. Where there are two, the second is the positive one (the yes)."""

    key: ClassVar[str] = "classes"
    scales: ClassVar[tuple[float, ...]] = (1.0,)
    name: str
    classes: tuple[str, ...]

    def __post_init__(self) -> None:
        need(len(set(self.classes)) == len(self.classes) > 1, f"“{self.name}”")

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that are predicted."""
        return (self.name,)

    @property
    def positive(self) -> str:
        """The class that a yes-or-no network says yes to."""
        return self.classes[1]


@dataclass(frozen=True, slots=True)
class ValueTarget:
    """One number or several: ``(value - offset) / scale`` each, float32 ``(N, T)``.

    Offsets and scales are mean and deviation of the training rows, or 0 and 1 where values are learned in their own
    unit; ``means`` are those of the training rows all the same.
    """

    key: ClassVar[str] = "values"
    classes: ClassVar[tuple[str, ...]] = ()
    names: tuple[str, ...]
    offsets: tuple[float, ...]
    scales: tuple[float, ...]
    means: tuple[float, ...]

    def __post_init__(self) -> None:
        need(0 < len(self.names) == len(self.offsets) == len(self.scales) == len(self.means), "its answer")
        need(finite(*self.offsets, *self.scales, *self.means) and min(self.scales) > 0, f"“{self.name}”")

    @property
    def name(self) -> str:
        """All columns that are predicted, in one line."""
        return ", ".join(self.names)


@dataclass(frozen=True, slots=True)
class InputTarget:
    """The input itself, in a row: float32 ``(N, prod(input_shape))``, as encoded."""

    key: ClassVar[str] = "input"
    name: ClassVar[str] = "input"
    names: ClassVar[tuple[str, ...]] = ()
    classes: ClassVar[tuple[str, ...]] = ()
    scales: ClassVar[tuple[float, ...]] = (1.0,)


Target = ClassTarget | ValueTarget | InputTarget
