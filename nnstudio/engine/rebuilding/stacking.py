"""Layers put one behind the other so that shapes fit, with proposals for what has no weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nnstudio.engine.rebuilding.adapting import ADAPT
from nnstudio.engine.rebuilding.growing import Growing, Misfit
from nnstudio.engine.rebuilding.policies import Policy
from nnstudio.engine.rebuilding.units import Shapes, Unit
from nnstudio.spec.errors import ShapeError, SpecError
from nnstudio.spec.layers import Shape
from nnstudio.spec.model import Row


@dataclass(frozen=True, slots=True)
class Stacked:
    """What came of putting layers together: the rows, how many units they hold, and why the next one did not fit.

    ``forced`` counts poolings that were put in only to make a shape fit.
    """

    rows: tuple[Row, ...]
    input_shape: Shape
    output: Shape
    units: int
    forced: int
    stopped: str


def stacked(units: Sequence[Unit], shapes: Shapes, input_shape: Shape, policy: Policy) -> Stacked:
    """As many of ``units`` as fit behind each other, the first on an example of ``input_shape``."""
    stack = Growing(shapes, input_shape, policy)
    placed, stopped = 0, ""
    for place, unit in enumerate(units):
        rows, shape = len(stack.rows), stack.shape
        following = units[place + 1] if place + 1 < len(units) else None
        try:
            stack.between(unit)
            ADAPT[unit.takes](stack, unit, following)
        except (Misfit, ShapeError, SpecError) as problem:
            stopped = str(problem) if isinstance(problem, Misfit) else problem.what
            del stack.rows[rows:]
            stack.shape = shape
            break
        stack.took(unit)
        placed += 1
    return Stacked(tuple(stack.rows), input_shape, stack.shape, placed, stack.forced, stopped)
