"""What a family of known networks declares: how a file of it is found, and which networks it may hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from nnstudio.engine.rebuilding.units import Shapes
from nnstudio.spec.model import Row

SIDE = 224
"""Pixels a side of the pictures that most of these networks were made for."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A network that a file may hold: what it is called, and its rows with a head for so many classes, or none."""

    title: str
    rows: Callable[[int | None], tuple[Row, ...]]
    side: int = SIDE


@dataclass(frozen=True, slots=True)
class Family:
    """How a family is found: by tensors that all of it have, with their number of sides.

    The first of these sees the input; ``head`` is the weight of the last layer.
    """

    marks: Mapping[str, int]
    head: str
    members: Callable[[Shapes], Iterator[Candidate]]


def first(shapes: Shapes, name: str) -> int | None:
    """The first side of a tensor that may be missing, or have none."""
    return next(iter(shapes.get(name, ())), None)


def counted(shapes: Shapes, before: str) -> int:
    """How many modules of a list there are: those that are called ``before`` and a number."""
    named = (name[len(before) :].partition(".")[0] for name in shapes if name.startswith(before))
    return len({number for number in named if number.isdecimal()})
