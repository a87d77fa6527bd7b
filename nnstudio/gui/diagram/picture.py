"""What a diagram consists of, in points from its upper left corner."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from nnstudio.spec.layers import Shape
from nnstudio.spec.layers.base import size


class Point(NamedTuple):
    """A place in the diagram."""

    x: float
    y: float


class Rect(NamedTuple):
    """A part of the diagram."""

    x: float
    y: float
    width: float
    height: float

    def holds(self, point: Point) -> bool:
        return 0 <= point.x - self.x <= self.width and 0 <= point.y - self.y <= self.height

    def meets(self, other: Rect) -> bool:
        """Whether both have anything in common."""
        across = self.x <= other.x + other.width and other.x <= self.x + self.width
        return across and self.y <= other.y + other.height and other.y <= self.y + self.height


Sign = Literal["add", "concat", "multiply"]
Role = Literal["layer", "end", "frame", "joint"]


@dataclass(frozen=True, slots=True)
class Box:
    """Something with words in it: a layer, an end of the network, the frame of a block, where branches join.

    ``badge`` stands at the right of a frame's title; ``is_bad`` says that the layer cannot work.
    """

    role: Role
    rect: Rect
    row_id: str = ""
    title: str = ""
    about: str = ""
    figures: str = ""
    family: str = ""
    badge: str = ""
    is_bad: bool = False
    sign: Sign = "add"


@dataclass(frozen=True, slots=True)
class Edge:
    """A way that numbers take, with their shape beside its last part; ``arrow`` says that something is at its end."""

    points: tuple[Point, ...]
    shape: Shape | None = None
    labelled: bool = False
    arrow: bool = True
    known: bool = True

    @property
    def label(self) -> str:
        if not self.labelled:
            return ""
        return size(self.shape) if self.shape is not None else "?"

    @property
    def extent(self) -> Rect:
        """The part of the diagram that it takes, its label included."""
        across, down = [point.x for point in self.points], [point.y for point in self.points]
        return Rect(min(across), min(down), max(across) - min(across) + 120, max(down) - min(down))


@dataclass(frozen=True)
class Picture:
    """A whole diagram; frames stand before what they hold."""

    width: float = 0
    height: float = 0
    boxes: tuple[Box, ...] = ()
    edges: tuple[Edge, ...] = ()

    def at(self, point: Point) -> Box | None:
        """The innermost box of a row at a point."""
        return next((box for box in reversed(self.boxes) if box.row_id and box.rect.holds(point)), None)

    def of(self, row_id: str) -> Box | None:
        """The box of a row."""
        return self._by_row.get(row_id)

    @cached_property
    def rows(self) -> tuple[str, ...]:
        """The rows that are drawn, in their order."""
        return tuple(self._by_row)

    @cached_property
    def _by_row(self) -> dict[str, Box]:
        return {box.row_id: box for box in self.boxes if box.row_id and box.role in ("layer", "frame")}
