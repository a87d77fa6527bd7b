"""The layer that cannot take what it gets: what would make it fit."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from nnstudio.session import edits
from nnstudio.session.finding import Finding, Fix
from nnstudio.session.mistakes.stacks import change, insert_before, remove
from nnstudio.spec.errors import ShapeError, SpecError
from nnstudio.spec.layers import LAYERS, Branches, Conv2d, Flatten, LayerKind, Linear, Permute, Reshape, Shape
from nnstudio.spec.layers.conversion import converted
from nnstudio.spec.layers.convolution import Conv, Convolution
from nnstudio.spec.layers.pooling import Pool
from nnstudio.spec.layers.recurrent import Recurrent
from nnstudio.spec.layers.reshaping import Unflatten
from nnstudio.spec.layers.sliding import Window, alike, said, spread
from nnstudio.spec.model import new_row
from nnstudio.spec.nesting import replaced
from nnstudio.spec.params import Sides
from nnstudio.spec.project import Project
from nnstudio.spec.shapes import Step

SMALLEST_PICTURE = 4
"""Pixels a side; fewer numbers in a row are hardly a picture."""


def impossible(step: Step) -> Finding:
    """What is said of a layer that cannot work, with the first remedy after which it can."""
    problem = step.problem or SpecError("This layer cannot work.")
    return Finding(problem, row_id=step.row.id, fix=next(_remedies(step), None))


def _remedies(step: Step) -> Iterator[Fix]:
    shape, kind = step.before or (), step.row.kind
    if isinstance(kind, Branches):
        yield from _joined(step, kind)
    elif shape:
        yield from _fitted(step, kind, shape)


def _fitted(step: Step, kind: LayerKind, shape: Shape) -> Iterator[Fix]:
    """Another layer in its place, one before it, or other settings."""
    for other in _other_sides(kind):
        if fits(other, shape):
            yield change(f"Use {other.title}", step.row.id, other)
    for between in map(_allowed, _between(kind, shape)):
        if between and fits(between, shape) and fits(kind, between.out_shape(shape)):
            yield insert_before(step.row.id, between)
    for title, settings in _settings(kind, shape):
        changed = _allowed(partial(replace, kind, **settings))  # type: ignore[type-var]  # every kind is a dataclass
        if changed and fits(changed, shape):
            yield change(title, step.row.id, changed)
    if isinstance(kind, Pool) and len(shape) == kind.sides + 1:
        yield remove("Remove the pooling", step.row.id)


def _allowed(make: Callable[[], LayerKind]) -> LayerKind | None:
    """What ``make`` makes, where its settings are within their bounds."""
    try:
        return make()
    except SpecError:
        return None


def fits(kind: LayerKind, shape: Shape) -> bool:
    """Whether a layer can take an input of ``shape``."""
    try:
        kind.out_shape(shape)
    except ShapeError:
        return False
    return True


def _other_sides(kind: LayerKind) -> Iterator[LayerKind]:
    """The same layer for sequences, pictures or volumes."""
    stem = re.sub(r"\dd$", "", kind.key)
    for key, other in LAYERS.kinds.items():
        if kind.key not in (key, stem) and re.sub(r"\dd$", "", key) == stem:
            yield converted(kind, other)


def _between(kind: LayerKind, shape: Shape) -> Iterator[Callable[[], LayerKind]]:
    """What could stand before the layer so that it gets what it needs."""
    if isinstance(kind, (Linear, Unflatten)):
        yield Flatten
    elif kind.family in ("recurrent", "attention"):
        if len(shape) == 3 and shape[0] == 1:
            yield partial(Reshape, shape[1], 0, shape[2])
        if len(shape) == 1 and isinstance(kind, Recurrent):
            yield partial(Reshape, shape[0], 0, 1)
    elif len(shape) == 3:
        yield Permute
    elif len(shape) == 2:
        yield partial(Reshape, 1, *shape)
    elif len(shape) == 1:
        yield from (_picture(channels, shape[0]) for channels in (1, 3) if _is_square(shape[0] / channels))


def _is_square(numbers: float) -> bool:
    side = math.isqrt(int(numbers))
    return side**2 == numbers and side >= SMALLEST_PICTURE


def _picture(channels: int, numbers: int) -> Callable[[], LayerKind]:
    side = math.isqrt(numbers // channels)
    return partial(Reshape, channels, side, side)


def _settings(kind: LayerKind, shape: Shape) -> Iterator[tuple[str, dict[str, Any]]]:
    """Settings with which the layer might take its input."""
    for name, title in (("groups", "groups"), ("num_heads", "heads"), ("nhead", "heads")):
        if wanted := getattr(kind, name, 0):
            side = shape[0] if name == "groups" else shape[-1]
            whole = math.gcd(side, kind.out_channels) if isinstance(kind, Convolution) else side
            parts = _divisor(whole, wanted)
            yield f"{parts} {title if parts > 1 else title.removesuffix('s')}", {name: parts}
    if isinstance(kind, Conv):
        yield "Use a border of zeros", {"padding_mode": "zeros"}
        padding = _enough(kind, shape)
        yield f"Padding {said(padding)}", {"padding": padding, "padding_mode": "zeros"}
    if isinstance(kind, Pool):
        pairs = zip(spread(kind.padding, kind.sides), spread(kind.kernel_size, kind.sides), strict=True)
        padding = alike([min(padding, kernel // 2) for padding, kernel in pairs])
        if padding != kind.padding:
            yield f"Padding {said(padding)}", {"padding": padding}
    if getattr(kind, "output_padding", 0):
        yield "No extra edge", {"output_padding": 0}
    if isinstance(kind, Reshape):
        yield "Compute the last side", {"last": 0}


def _enough(kind: Conv, shape: Shape) -> Sides:
    """A padding with which the window fits: the one that there is, where that is enough."""
    sides = shape[1:] if len(shape) == kind.sides + 1 else (1,) * kind.sides
    reach = Window(kind.kernel_size, 1, 0, kind.dilation).reach(kind.sides)
    rule = zip(spread(kind.padding, kind.sides), reach, sides, strict=True)
    return alike([max(padding, -(-(window - side) // 2)) for padding, window, side in rule])


def _divisor(number: int, most: int) -> int:
    """The largest number up to ``most`` that divides ``number``."""
    return next(parts for parts in range(min(number, most), 0, -1) if number % parts == 0)


# branches that do not fit each other


def _joined(block: Step, kind: Branches) -> Iterator[Fix]:
    """Other channels at the end of a branch, or a convolution on the way around."""
    if kind.join == "concat" or not block.before:
        return
    shapes = [steps[-1].after if steps else block.before for steps in block.inner]
    wanted = next((shape for steps, shape in zip(block.inner, shapes, strict=True) if steps), None)
    if wanted is None:
        return
    for number, (steps, shape) in enumerate(zip(block.inner, shapes, strict=True)):
        if shape == wanted:
            continue
        if steps:
            yield from _as_many(steps[-1], wanted)
        else:
            yield from _way_around(block, number, wanted)
        return


def _as_many(last: Step, wanted: Shape) -> Iterator[Fix]:
    kind = last.row.kind
    changed: LayerKind | None = None
    if isinstance(kind, Convolution):
        changed = _allowed(partial(replace, kind, out_channels=wanted[0]))
    elif isinstance(kind, Linear):
        changed = _allowed(partial(replace, kind, out_features=wanted[0]))
    if changed and last.before and fits(changed, last.before) and changed.out_shape(last.before) == wanted:
        words = "channels" if isinstance(kind, Convolution) else "outputs"
        yield change(f"Give {wanted[0]} {words}", last.row.id, changed)


def _way_around(block: Step, branch: int, wanted: Shape) -> Iterator[Fix]:
    """A layer in an empty branch that gives what the others give."""
    before = block.before or ()
    is_picture = len(before) == len(wanted) == 3
    stride = max(1, round(before[1] / wanted[1])) if is_picture else 1
    kind = _allowed(partial(Conv2d, wanted[0], 1, stride, 0) if is_picture else partial(Linear, wanted[0]))
    if kind and fits(kind, before) and kind.out_shape(before) == wanted:
        yield Fix(f"Add {kind.title} to branch {branch + 1}", _filling(block.row.id, branch, kind))


def _filling(row_id: str, branch: int, kind: LayerKind) -> Callable[[Project], Project]:
    def fill(project: Project) -> Project:
        row = project.model.row(row_id)
        stacks = (*row.branches[:branch], (new_row(kind),), *row.branches[branch + 1 :])
        return edits.with_rows(project, replaced(project.model.rows, row_id, [replace(row, branches=stacks)]))

    return fill
