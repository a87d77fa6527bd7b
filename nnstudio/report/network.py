"""The network in a report: its picture, and its layers in a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nnstudio.spec.diagram.layout import picture_of
from nnstudio.spec.diagram.picture import Box, Edge, Picture, Point
from nnstudio.spec.layers.base import size
from nnstudio.spec.shapes import Step, Walk

MOST_DRAWN = 600
"""Layers of a network that is drawn: the picture of a longer one would say nothing, and make the file large."""
MOST_LISTED = 1_000
BOLD, SMALL = 7.4, 6.1
"""Pixels that are counted for a letter of a title, and of what stands below it."""
ARROW = 5.0


@dataclass(frozen=True, slots=True)
class LayerLine:
    """A layer as the table has it; ``depth`` says in how many blocks it stands."""

    number: str
    depth: int
    title: str
    kind: str
    family: str
    settings: str
    explanation: str
    before: str
    after: str
    parameters: int
    trainable: int
    notes: tuple[str, ...] = ()


def layer_lines(walked: Walk) -> list[LayerLine]:
    """Every layer, those in blocks below them; of repetitions the first stands for all."""
    return list(_lines(walked.steps, "", 0))


def kinds_of(lines: Sequence[LayerLine]) -> list[LayerLine]:
    """The first layer of each kind."""
    found: dict[str, LayerLine] = {}
    for line in lines:
        found.setdefault(line.kind, line)
    return list(found.values())


def _lines(steps: Sequence[Step], prefix: str, depth: int) -> Iterator[LayerLine]:
    for place, step in enumerate(steps):
        row, number = step.row, f"{prefix}{place}"
        yield LayerLine(
            number,
            depth,
            row.title,
            row.kind.title,
            row.kind.family,
            row.kind.summary(),
            row.kind.explanation(),
            size(step.before) if step.before else "?",
            size(step.after) if step.after else "?",
            step.count,
            step.trainable,
            tuple(_notes(step)),
        )
        stacks = step.inner[:1] if step.is_repeat else step.inner
        for branch, inner in enumerate(stacks):
            yield from _lines(inner, f"{number}.{branch}.", depth + 1)


def _notes(step: Step) -> Iterator[str]:
    """What is not usual about a layer."""
    row = step.row
    if row.locked and row.thaw:
        yield f"locked until epoch {row.thaw:,}"
    elif step.locked:
        yield "locked"
    if row.locked_parameters and not step.locked:
        yield f"locked: {', '.join(row.locked_parameters)}"
    if row.rate != 1:
        yield f"{row.rate:g} × the learning rate"
    if row.initialisation is not None:
        yield f"starts with {row.initialisation.wording()}"


# ---- the picture ----


@dataclass(frozen=True, slots=True)
class Words:
    """Words in the picture, cut to their room; ``whole`` is what they were."""

    x: float
    y: float
    text: str
    whole: str
    look: str = "title"
    anchor: str = "start"


@dataclass(frozen=True, slots=True)
class DrawnBox:
    """A box with its words; ``signs`` is the path of the sign in a joint."""

    box: Box
    words: tuple[Words, ...] = ()
    signs: str = ""


@dataclass(frozen=True, slots=True)
class DrawnEdge:
    """A way: its path, that of its arrow, and the shape beside it."""

    path: str
    arrow: str
    known: bool
    label: Words | None


@dataclass(frozen=True, slots=True)
class Drawing:
    """The picture of a network, in points."""

    width: int
    height: int
    boxes: tuple[DrawnBox, ...]
    edges: tuple[DrawnEdge, ...]


def drawing_of(walked: Walk) -> Drawing | None:
    """The picture that the window shows as well; None where the network is too long to be drawn."""
    picture = picture_of(walked)
    if len(picture.rows) > MOST_DRAWN:
        return None
    return _drawn(picture)


def _drawn(picture: Picture) -> Drawing:
    boxes, edges = picture.within(picture.whole)
    frames = [_framed(box) for box in boxes if box.role == "frame"]
    others = [_BOXES[box.role](box) for box in boxes if box.role != "frame"]
    ways = tuple(map(_way, edges))
    return Drawing(round(picture.width), round(picture.height), (*frames, *others), ways)


def _layered(box: Box) -> DrawnBox:
    left, right, top = box.rect.x + 18, box.rect.x + box.rect.width - 10, box.rect.y
    room = right - left
    figures = [Words(right, top + 36, box.figures, "", "small", "end")] if box.figures else []
    below = room - (SMALL * len(box.figures) + 8 if box.figures else 0)
    words = (
        Words(left, top + 19, cut(box.title, room / BOLD), box.title),
        Words(left, top + 36, cut(box.about, below / SMALL), box.about, "small"),
        *figures,
    )
    return DrawnBox(box, words)


def _ended(box: Box) -> DrawnBox:
    middle = Point(box.rect.x + box.rect.width / 2, box.rect.y + box.rect.height / 2 + 4.5)
    return DrawnBox(box, (Words(middle.x, middle.y, box.title, box.title, anchor="middle"),))


def _framed(box: Box) -> DrawnBox:
    left, right, y = box.rect.x + 12, box.rect.x + box.rect.width - 12, box.rect.y + 18
    beside = " · ".join(filter(None, (box.badge, box.figures)))
    room = (right - left - SMALL * len(beside) - 8) / BOLD
    words = Words(left, y, cut(box.title, room), box.title), Words(right, y, beside, "", "small", "end")
    return DrawnBox(box, words)


def _joined(box: Box) -> DrawnBox:
    x, y, reach = box.rect.x + box.rect.width / 2, box.rect.y + box.rect.height / 2, box.rect.width / 4.4
    slant = reach * 0.7071
    signs = {
        "add": f"M{x - reach:g} {y:g}H{x + reach:g}M{x:g} {y - reach:g}V{y + reach:g}",
        "concat": f"M{x - 3.5:g} {y - reach:g}V{y + reach:g}M{x + 3.5:g} {y - reach:g}V{y + reach:g}",
        "multiply": f"M{x - slant:g} {y - slant:g}L{x + slant:g} {y + slant:g}"
        f"M{x - slant:g} {y + slant:g}L{x + slant:g} {y - slant:g}",
    }
    return DrawnBox(box, (), signs[box.sign])


_BOXES = {"layer": _layered, "end": _ended, "joint": _joined}


def _way(edge: Edge) -> DrawnEdge:
    path = "M" + "L".join(f"{point.x:g} {point.y:g}" for point in edge.points)
    label = None
    if edge.label:
        x, y = edge.beside
        label = Words(x + 6, y + 4, edge.label, "", "small")
    return DrawnEdge(path, _arrow(*edge.points[-2:]) if edge.arrow else "", edge.known, label)


def _arrow(start: Point, end: Point) -> str:
    length = abs(end.x - start.x) + abs(end.y - start.y) or 1.0  # ways go across or down
    along, down = (end.x - start.x) / length * ARROW, (end.y - start.y) / length * ARROW
    back_x, back_y, aside_x, aside_y = end.x - 1.5 * along, end.y - 1.5 * down, -0.7 * down, 0.7 * along
    return f"M{end.x:g} {end.y:g}L{back_x + aside_x:g} {back_y + aside_y:g}L{back_x - aside_x:g} {back_y - aside_y:g}Z"


def cut(text: str, letters: float) -> str:
    """As many letters as there is room for."""
    most = max(1, int(letters))
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
