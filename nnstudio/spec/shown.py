"""The value of a declared field as a form shows it."""

from __future__ import annotations

from nnstudio.spec.params import Field
from nnstudio.spec.words import NOTHING

Number = int | float | tuple[int, ...]
"""What a field of numbers can hold: one, or one for each side."""

BETWEEN = " × "


def typed(value: Number) -> str:
    """A number as one would type it: ``0.001``, ``1e-5``, ``100``, ``1 × 7``; no digit is lost."""
    if isinstance(value, tuple):
        return BETWEEN.join(map(str, value))
    short = f"{value:g}" if float(f"{value:g}") == value and abs(value) < 1e6 else repr(value)
    return short.replace("e-0", "e-").replace("e+0", "e")


def shown(field: Field, value: object) -> str:
    """What a form shows where ``field`` holds ``value``, and its unit: ``32 rows``, ``10 %``, ``Cross-entropy``."""
    if field.choices:
        return dict(zip(field.choices, field.param.labels or field.choices, strict=True))[str(value)]
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and field.param.share:
        return f"{typed(round(100 * value, 4))} %"
    if isinstance(value, (int, float, tuple)):
        return f"{typed(value)} {field.param.unit}".rstrip()
    return str(value) or NOTHING
