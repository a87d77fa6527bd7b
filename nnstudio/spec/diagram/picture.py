"""What a diagram consists of, in points from its upper left corner."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Literal, NamedTuple, Protocol

from nnstudio.spec.layers import Shape
from nnstudio.spec.layers.base import size

MARGIN = 24.0
GAP = 34.0
"""Between two boxes, so that a shape fits beside the arrow."""


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
    def beside(self) -> Point:
        """Where the label stands: beside the middle of the longest part that goes down."""
        parts = [(start, end) for start, end in pairwise(self.points) if start.x == end.x]
        start, end = max(parts, key=lambda part: abs(part[1].y - part[0].y))
        longest = abs(end.y - start.y)
        return Point(start.x, (start.y + end.y) / 2 if longest < 100 else start.y + 20)

    @property
    def extent(self) -> Rect:
        """The part of the diagram that it takes, its label included."""
        across, down = [point.x for point in self.points], [point.y for point in self.points]
        return Rect(min(across), min(down), max(across) - min(across) + 120, max(down) - min(down))


Drawn = Iterator[Box | Edge]


class Part(Protocol):
    """Something that is entered at the middle of its top and left at the middle of its bottom."""

    @property
    def width(self) -> float: ...
    @property
    def height(self) -> float: ...
    @property
    def before(self) -> Shape | None:
        """What goes in; None where that is not known."""
        ...

    @property
    def rows(self) -> tuple[str, ...]:
        """The rows that it draws, in their order."""
        ...

    def drawn(self, middle: float, top: float, shown: Rect) -> Drawn:
        """What of it is in ``shown``, and some of its surroundings; frames come before what they hold."""
        ...


@dataclass(frozen=True)
class Picture:
    """A whole diagram: parts one below the other, of which only what is looked at is worked out."""

    parts: tuple[Part, ...] = ()

    @cached_property
    def width(self) -> float:
        return max((part.width for part in self.parts), default=0.0) + 2 * MARGIN

    @cached_property
    def height(self) -> float:
        return self._tops[-1] - GAP + MARGIN if self.parts else 0.0

    @cached_property
    def rows(self) -> tuple[str, ...]:
        """The rows that are drawn, in their order."""
        return tuple(row_id for part in self.parts for row_id in part.rows)

    @property
    def whole(self) -> Rect:
        """All of it."""
        return Rect(0, 0, self.width, self.height)

    def within(self, shown: Rect) -> tuple[list[Box], list[Edge]]:
        """The boxes and the ways in a part of the diagram."""
        drawn = list(stacked(self.parts, self.width / 2, MARGIN, shown))
        boxes = [one for one in drawn if isinstance(one, Box) and one.rect.meets(shown)]
        return boxes, [one for one in drawn if isinstance(one, Edge) and one.extent.meets(shown)]

    def at(self, point: Point) -> Box | None:
        """The innermost box of a row at a point."""
        boxes, _ = self.within(Rect(point.x, point.y, 0, 0))
        return next((box for box in reversed(boxes) if box.row_id), None)

    def of(self, row_id: str) -> Box | None:
        """The box of a row."""
        for part, top in zip(self.parts, self._tops, strict=False):
            if row_id in part.rows:
                drawn = part.drawn(self.width / 2, top, Rect(0, top, self.width, part.height))
                boxes = (one for one in drawn if isinstance(one, Box) and one.role in ("layer", "frame"))
                return next(box for box in boxes if box.row_id == row_id)
        return None

    @cached_property
    def _tops(self) -> list[float]:
        """Where each part begins, and where one behind the last would."""
        return list(accumulate((part.height + GAP for part in self.parts), initial=MARGIN))


def stacked(parts: Sequence[Part], middle: float, top: float, shown: Rect) -> Drawn:
    """Parts one below the other, with the shape that each gets beside the way to it."""
    for number, part in enumerate(parts):
        if top > shown.y + shown.height:
            return
        bottom = top + part.height
        if bottom + GAP >= shown.y:
            yield from part.drawn(middle, top, shown)
            if number < len(parts) - 1:
                below = parts[number + 1].before
                ends = Point(middle, bottom), Point(middle, bottom + GAP)
                yield Edge(ends, below, labelled=True, known=below is not None)
        top = bottom + GAP
