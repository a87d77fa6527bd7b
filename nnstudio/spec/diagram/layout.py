"""Where everything of a diagram is: from the top to the bottom, with branches side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from nnstudio.spec.diagram.picture import GAP, Box, Drawn, Edge, Part, Picture, Point, Rect, stacked
from nnstudio.spec.layers import Branches, Repeat, Shape
from nnstudio.spec.layers.base import size
from nnstudio.spec.shapes import Step, Walk

BOX_WIDTH, BOX_HEIGHT = 190.0, 46.0
END_HEIGHT = 28.0
PADDING = 16.0
TITLE = 26.0
FAN = 12.0
"""How far a way goes down before it parts."""
JOINT = 13.0
"""Radius of the circle in which branches join."""
LETTER = 7.0
"""Pixels that are kept free for a letter of a shape."""


def picture_of(walked: Walk, like: Picture | None = None) -> Picture:
    """The diagram of a network, from its input to its output; parts of ``like`` are taken over where they are same."""
    known = {id(part.step): part for part in like.parts if isinstance(part, (_Layer, _Frame))} if like else {}
    parts = [known.get(id(step)) or _part(step) for step in walked.steps]
    output = f"Output {size(walked.output)}" if walked.output else "Output unknown"
    return Picture((_End(f"Input {size(walked.input_shape)}"), *parts, _End(output, walked.output)))


@dataclass(frozen=True)
class _End:
    """Where the network begins or ends."""

    words: str
    before: Shape | None = None

    @property
    def width(self) -> float:
        return max(BOX_WIDTH, LETTER * len(self.words) + 2 * PADDING)

    height = END_HEIGHT
    rows: tuple[str, ...] = ()

    def drawn(self, middle: float, top: float, shown: Rect) -> Drawn:
        del shown
        width = LETTER * len(self.words) + 2 * PADDING
        yield Box("end", Rect(middle - width / 2, top, width, self.height), title=self.words)


@dataclass(frozen=True)
class _Layer:
    """One layer that holds no others."""

    step: Step
    width = BOX_WIDTH
    height = BOX_HEIGHT

    @property
    def before(self) -> Shape | None:
        return self.step.before

    @property
    def rows(self) -> tuple[str, ...]:
        return (self.step.row.id,)

    def drawn(self, middle: float, top: float, shown: Rect) -> Drawn:
        del shown
        row, rect = self.step.row, Rect(middle - self.width / 2, top, self.width, self.height)
        about, figures = row.kind.summary(), f"{self.step.count:,}" if self.step.count else ""
        yield Box("layer", rect, row.id, row.title, about, figures, row.kind.family, is_bad=bool(self.step.problem))


@dataclass(frozen=True)
class _Stack:
    """Parts one below the other, with the shape that each gets beside the way to it."""

    parts: tuple[Part, ...]

    @cached_property
    def width(self) -> float:
        return max((part.width for part in self.parts), default=0.0)

    @cached_property
    def height(self) -> float:
        return sum(part.height for part in self.parts) + GAP * max(len(self.parts) - 1, 0)

    @cached_property
    def rows(self) -> tuple[str, ...]:
        return tuple(row_id for part in self.parts for row_id in part.rows)

    def drawn(self, middle: float, top: float, shown: Rect) -> Drawn:
        return stacked(self.parts, middle, top, shown)


@dataclass(frozen=True)
class _Frame:
    """A block: a frame with its title around what it holds."""

    step: Step
    inner: _Columns | _Stack

    @property
    def before(self) -> Shape | None:
        return self.step.before

    @cached_property
    def words(self) -> str:
        row = self.step.row
        about = row.kind.summary() if isinstance(row.kind, Branches) else ""
        return f"{row.title} · {about}" if about and row.title != about else row.title

    @property
    def badge(self) -> str:
        kind = self.step.row.kind
        return f"× {kind.count}" if isinstance(kind, Repeat) else ""

    @cached_property
    def width(self) -> float:
        title = LETTER * (len(self.words) + len(self.badge) + 6)
        return max(self.inner.width, title) + 2 * PADDING

    @cached_property
    def height(self) -> float:
        return TITLE + FAN + self.inner.height + FAN + PADDING / 2

    @cached_property
    def rows(self) -> tuple[str, ...]:
        return self.step.row.id, *self.inner.rows

    def drawn(self, middle: float, top: float, shown: Rect) -> Drawn:
        row, rect = self.step.row, Rect(middle - self.width / 2, top, self.width, self.height)
        figures = f"{self.step.count:,}" if self.step.count else ""
        bad = bool(self.step.problem)
        yield Box("frame", rect, row.id, self.words, "", figures, row.kind.family, self.badge, bad)
        start, inside = top + TITLE, top + TITLE + FAN
        end = inside + self.inner.height
        yield Edge((Point(middle, start), Point(middle, inside)), arrow=isinstance(self.inner, _Stack))
        yield from self.inner.drawn(middle, inside, shown)
        yield Edge((Point(middle, end), Point(middle, top + self.height)), arrow=False)


@dataclass(frozen=True)
class _Columns:
    """Branches side by side, which begin at one point and come together in one."""

    step: Step
    stacks: tuple[_Stack, ...]

    @cached_property
    def widths(self) -> tuple[float, ...]:
        """Wide enough for the shapes, which stand at the right of the middle."""
        label = 2 * (LETTER * len(size(self.step.before or ())) + PADDING)
        return tuple(max(stack.width, label) for stack in self.stacks)

    @cached_property
    def width(self) -> float:
        return sum(self.widths) + PADDING * (len(self.stacks) - 1)

    @cached_property
    def tallest(self) -> float:
        return max(stack.height for stack in self.stacks)

    @cached_property
    def height(self) -> float:
        return FAN + GAP + self.tallest + GAP + JOINT * 2

    @cached_property
    def rows(self) -> tuple[str, ...]:
        return tuple(row_id for stack in self.stacks for row_id in stack.rows)

    def drawn(self, middle: float, top: float, shown: Rect) -> Drawn:
        left = middle - self.width / 2
        joint = Point(middle, top + self.height - JOINT)
        for number, width in enumerate(self.widths):
            yield from self._column(number, Point(left + width / 2, top), joint, shown)
            left += width + PADDING
        yield self._joint(joint)

    def _column(self, number: int, at: Point, joint: Point, shown: Rect) -> Drawn:
        """The way from where the branches begin, through a branch, to the circle in which they join."""
        stack, x, begin, inside = self.stacks[number], at.x, at.y + FAN, at.y + FAN + GAP
        steps = self.step.inner[number] if number < len(self.step.inner) else ()
        given = steps[-1].after if steps else self.step.before
        way: tuple[Point, ...] = (Point(joint.x, at.y), Point(joint.x, begin), Point(x, begin))
        if stack.parts:
            known = self.step.before is not None
            yield Edge((*way, Point(x, inside)), self.step.before, labelled=True, known=known)
            yield from stack.drawn(x, inside, shown)
            way = (Point(x, inside + stack.height),)
        yield Edge((*way, *_into(x, joint)), given, labelled=True, known=given is not None)

    def _joint(self, centre: Point) -> Box:
        kind = self.step.row.kind
        assert isinstance(kind, Branches)
        rect = Rect(centre.x - JOINT, centre.y - JOINT, 2 * JOINT, 2 * JOINT)
        bad = bool(self.step.problem)
        return Box("joint", rect, self.step.row.id, kind.summary(), sign=kind.join, is_bad=bad)


def _into(x: float, joint: Point) -> tuple[Point, ...]:
    """The last part of a way into the circle: from above, or from the side that it comes from."""
    if abs(x - joint.x) < JOINT:
        return (
            Point(x, joint.y - JOINT - GAP / 2),
            Point(joint.x, joint.y - JOINT - GAP / 2),
            joint._replace(y=joint.y - JOINT),
        )
    return Point(x, joint.y), Point(joint.x + (JOINT if x > joint.x else -JOINT), joint.y)


def _part(step: Step) -> Part:
    row = step.row
    if not row.branches:
        return _Layer(step)
    stacks = tuple(_Stack(tuple(map(_part, steps))) for steps in _shown(step))
    inner = stacks[0] if isinstance(row.kind, Repeat) else _Columns(step, stacks)
    return _Frame(step, inner)


def _shown(step: Step) -> Sequence[Sequence[Step]]:
    """The stacks of a block that are drawn: every branch; of repetitions the first stands for all."""
    return step.inner[:1] if isinstance(step.row.kind, Repeat) else step.inner
