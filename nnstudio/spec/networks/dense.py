"""Networks of linear layers: for rows of numbers, and (laid out in a row) for anything else."""

from __future__ import annotations

import math
from collections.abc import Sequence

from nnstudio.spec.facts import Shape
from nnstudio.spec.layers import Dropout, Flatten, LayerKind, Linear, ReLU
from nnstudio.spec.model import Row, new_row

WIDEST = 256
HALVINGS = 3
"""So many layers lead from the input of an autoencoder to its bottleneck, each half as wide as the one before."""

NARROWEST = 2


def linear(shape: Shape, outputs: int) -> tuple[Row, ...]:
    """One linear layer: linear regression, or with the loss for classes logistic regression."""
    return (*_flat(shape), new_row(Linear(outputs)))


def mlp(shape: Shape, widths: Sequence[int], outputs: int, dropout: float = 0.0) -> tuple[Row, ...]:
    """Hidden layers of these widths with ReLU, and an output layer."""
    return (*_flat(shape), *hidden(widths, dropout), new_row(Linear(outputs)))


def hidden(widths: Sequence[int], dropout: float = 0.0) -> tuple[Row, ...]:
    """Linear layers of these widths, each with ReLU behind it, and with dropout where there is any."""
    each: list[LayerKind] = []
    for width in widths:
        each += [Linear(width), ReLU(), *([Dropout(dropout)] if dropout else [])]
    return tuple(map(new_row, each))


def widths_for(rows: int) -> tuple[int, ...]:
    """Hidden sizes that grow with the training rows: about a weight for every few of them, in two layers."""
    if rows < 1_000:
        return (32, 16)
    return (64, 32) if rows < 20_000 else (128, 64)


def autoencoder(shape: Shape, outputs: int) -> tuple[Row, ...]:
    """Layers that get narrower up to a bottleneck, and wider again up to the input."""
    *narrower, bottleneck = _halved(math.prod(shape))
    return (
        *_flat(shape),
        *hidden(narrower),
        new_row(Linear(bottleneck), "bottleneck"),
        *hidden(narrower[::-1]),
        new_row(Linear(outputs)),
    )


def _flat(shape: Shape) -> tuple[Row, ...]:
    return (new_row(Flatten()),) if len(shape) > 1 else ()


def _halved(inputs: int) -> list[int]:
    """Half as many as ``inputs``, half as many again …, as long as there is something to halve."""
    first = max(1, min(WIDEST, inputs // 2))
    return [first, *(width for half in range(1, HALVINGS) if (width := first >> half) >= NARROWEST)]
