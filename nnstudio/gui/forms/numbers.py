"""How numbers are written in fields, and where the arrow keys take them."""

from __future__ import annotations

import math

from nnstudio.spec.params import Field


def written(value: float) -> str:
    """A number as one would type it: ``0.001``, ``1e-5``, ``100``; no digit is lost."""
    short = f"{value:g}" if float(f"{value:g}") == value and abs(value) < 1e6 else repr(value)
    return short.replace("e-0", "e-").replace("e+0", "e")


def stepped_value(field: Field, value: float, steps: int) -> int | float:
    """``value`` some steps on: one by one for whole numbers, in twentieths inside 0 to 1, else 1, 2, 5, 10."""
    low, high = field.param.low, field.param.high
    if field.type is int:
        stepped: float = int(value) + steps
    elif low is not None and high is not None and high - low <= 1:
        stepped = round(value + 0.05 * steps, 6)
    else:
        stepped = _on_the_ladder(value, steps)
    stepped = stepped if low is None else max(stepped, low)
    stepped = stepped if high is None else min(stepped, high)
    return int(stepped) if field.type is int else stepped


def _on_the_ladder(value: float, steps: int) -> float:
    """The neighbour of a positive ``value`` on 1, 2, 5, 10 …; zero lies below a hundred-thousandth."""
    smallest = 1e-5
    if value <= 0:
        return smallest if steps > 0 else value
    exponent = math.floor(math.log10(value) + 1e-9)
    rungs = [float(f"{digit}e{exponent + shift}") for shift in (-1, 0, 1) for digit in (1, 2, 5)]
    if steps > 0:
        return next(rung for rung in rungs if rung > value * 1.000001)
    below = next(rung for rung in reversed(rungs) if rung < value * 0.999999)
    return below if below >= smallest * 0.5 else 0.0
