"""How numbers are written in fields, what typed text means, and where the arrow keys take them."""

from __future__ import annotations

import math
import re

from nnstudio.spec.params import Field
from nnstudio.spec.shown import Number, typed


def rounded(value: Number) -> str:
    """A number of more digits than one would type, for who only looks at it: ``0.0034618``."""
    if not isinstance(value, float) or abs(value) >= 1e6 or float(f"{value:.8g}") == value:
        return typed(value)
    return typed(float(f"{value:.5g}"))


def read_number(field: Field, text: str) -> Number | str:
    """What ``text`` means to ``field``, or the text where it means nothing; for ``1 × 7`` one may type ``1x7`` too."""
    parts = re.split(r"[×xX*,; ]+", text.strip().strip("()[]")) if field.sides > 1 else [text]
    numbers = [_read_one(field, part) for part in parts]
    if len(numbers) == 1 and not isinstance(numbers[0], str):
        return numbers[0]
    sides = tuple(number for number in numbers if isinstance(number, int))
    return text.strip() if len(sides) < len(parts) else field.settled(sides)


def _read_one(field: Field, text: str) -> int | float | str:
    try:
        number = float(text)
    except ValueError:
        return text.strip()
    if field.type is int and number.is_integer() and abs(number) < 2**53:
        return int(number)
    return number


def stepped_value(field: Field, value: Number, steps: int) -> Number:
    """``value`` some steps on: one by one for whole numbers, in twentieths inside 0 to 1, else 1, 2, 5, 10."""
    if isinstance(value, tuple):
        return tuple(int(_stepped(field, side, steps)) for side in value)
    return _stepped(field, value, steps)


def _stepped(field: Field, value: float, steps: int) -> int | float:
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
