"""The likeliest order of layers in files that have lost it: safetensors keeps tensors by their names' alphabet.

There ``bn1`` comes before ``conv1``, ``classifier`` before ``features``, and ``layers.10`` before ``layers.2``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from nnstudio.engine.rebuilding.units import Shapes, Takes, Unit, Unknown, units_of

NUMBERS = re.compile(r"\d+")

RANKS: dict[Takes, int] = {"lookup": 0, "slide": 1, "paint": 1, "steps": 2, "table": 3, "flat": 3}
"""What usually comes before what; norms and slopes stand behind the layer that they belong to."""

FOLLOWING: tuple[Takes, ...] = ("norm", "scale")


def has_lost_order(shapes: Shapes) -> bool:
    """Whether the layers of a file stand in the order of the alphabet, which is another one than that of numbers."""
    modules = [unit.module for unit in units_of(shapes)]
    by_words = len({NUMBERS.sub("", module) for module in modules}) > 1
    return modules == sorted(modules) and (by_words or modules != sorted(modules, key=_natural))


def in_likely_order(shapes: Shapes) -> Shapes:
    """The same tensors, the layers in the order in which they likely follow each other."""
    units = sorted(units_of(shapes), key=lambda unit: _natural(unit.module))
    known = [unit for unit in units if isinstance(unit, Unit)]
    leading = sorted((unit for unit in known if unit.takes not in FOLLOWING), key=lambda unit: RANKS[unit.takes])
    order: list[Unit | Unknown] = [*leading]
    for unit in known:
        if unit.takes in FOLLOWING:
            order.insert(_behind(unit, order), unit)
    order += [unit for unit in units if isinstance(unit, Unknown)]
    names = [name for unit in order for name in unit.tensors]
    return {name: shapes[name] for name in (*names, *(shapes.keys() - set(names)))}


def _natural(module: str) -> tuple[tuple[int, str, int], ...]:
    """A name so that 10 comes behind 2."""
    parts = re.findall(r"\d+|\D+", module)
    return tuple((1, "", int(part)) if part.isdigit() else (0, part, 0) for part in parts)


def _behind(unit: Unit, order: Sequence[Unit | Unknown]) -> int:
    """The place behind the layer that a norm belongs to: one of its width, with its numbers, and without one yet."""
    fitting = [
        place
        for place, one in enumerate(order)
        if isinstance(one, Unit) and _gives(one) == unit.width and not _is_followed(order, place)
    ]
    alike = (place for place in fitting if _numbers(order[place].module) == _numbers(unit.module))
    return next(alike, fitting[0] if fitting else len(order) - 1) + 1


def _is_followed(order: Sequence[Unit | Unknown], place: int) -> bool:
    behind = order[place + 1] if place + 1 < len(order) else None
    return isinstance(behind, Unit) and behind.takes in FOLLOWING


def _gives(unit: Unit) -> int:
    """How many channels or features come out; 0 where that is not known."""
    kind = unit.kind
    found = next((getattr(kind, name) for name in ("out_channels", "out_features") if hasattr(kind, name)), 0)
    return int(found)


def _numbers(module: str) -> list[str]:
    return NUMBERS.findall(module)
