"""Plain stacks: layers that stand one behind the other, in the order of the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from nnstudio.engine.foreign.refusals import quoted
from nnstudio.engine.rebuilding.policies import UNUSUAL, USUAL, Policy, inputs
from nnstudio.engine.rebuilding.stacking import Stacked, stacked
from nnstudio.engine.rebuilding.units import Shapes, Unit, Unknown, units_of
from nnstudio.spec.layers import Shape

MOST_TRIED = 20_000
"""Layers that are put into stacks in all, while strides, poolings and sizes are tried: a second or so."""


MOST_RUNS = 64
"""As often the layers of a file may not follow each other; what comes then is not looked at."""


@dataclass(frozen=True, slots=True)
class Plain:
    """The longest run of layers that fit behind each other, of ``units`` in the file, and the tensors ``used`` by it.

    ``broken`` says where runs end, and which layers are unknown.
    """

    stack: Stacked | None
    used: frozenset[str]
    units: int
    broken: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        return self.stack is not None and self.stack.units == self.units


def plain(shapes: Shapes, input_shape: Shape | None) -> Plain:
    """The longest run of layers in a file with tensors of these names and shapes.

    ``input_shape`` is that of an example, for the first layer of the file; where it is None or does not fit, a usual
    one is proposed.
    """
    units = units_of(shapes)
    best: tuple[Stacked, Sequence[Unit]] | None = None
    broken: list[str] = []
    place = runs = 0
    while place < len(units) and runs < MOST_RUNS:
        unit = units[place]
        if isinstance(unit, Unknown):
            broken.append(f"{quoted(unit.module)} cannot be rebuilt: {unit.why}.")
            place += 1
            continue
        run = _run(units, place)
        runs += 1
        made = _fitted(run, shapes, input_shape if place == 0 else None)
        if made.units < len(run):
            name = quoted(run[made.units].module)
            broken.append(f"{name} does not follow what stands before it in the file: {made.stopped}.")
        if made.units and (best is None or made.units > best[0].units):
            best = made, run[: made.units]
        place += max(1, made.units)
    used = frozenset(name for unit in (best[1] if best else ()) for name in unit.tensors)
    return Plain(best[0] if best else None, used, len(units), tuple(broken))


def _run(units: Sequence[Unit | Unknown], place: int) -> list[Unit]:
    """The units from a place up to the first that is unknown."""
    run: list[Unit] = []
    for unit in islice(units, place, None):
        if isinstance(unit, Unknown):
            break
        run.append(unit)
    return run


def _fitted(units: Sequence[Unit], shapes: Shapes, input_shape: Shape | None) -> Stacked:
    """The stack that holds most of ``units`` with least force, of all strides, poolings and sizes that are usual."""
    best: Stacked | None = None
    tried = 0
    for shape, policy in _ways(units, input_shape):
        if best and best.input_shape == input_shape != shape and best.units == len(units):
            break  # it fits the data, if with some force
        made = stacked(units, shapes, shape, policy)
        tried += made.units + 1
        if best is None or (made.units, -made.forced) > (best.units, -best.forced):
            best = made
        if (best.units == len(units) and not best.forced) or tried > MOST_TRIED:
            break
    assert best is not None
    return best


def _ways(units: Sequence[Unit], input_shape: Shape | None) -> Iterator[tuple[Shape, Policy]]:
    """Sizes of an example and policies, the likeliest first."""
    if input_shape:
        yield from ((input_shape, policy) for policy in (*USUAL, *UNUSUAL))
    lots = list(inputs(units))
    for sizes in lots:
        yield from ((shape, policy) for policy in USUAL for shape in sizes)
    for policy in UNUSUAL:
        yield from ((shape, policy) for sizes in lots for shape in sizes)
