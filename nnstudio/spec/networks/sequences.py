"""Networks that read an example step by step, ``(steps, features)``."""

from __future__ import annotations

from nnstudio.spec.layers import (
    GRU,
    LSTM,
    AdaptiveAvgPool1d,
    Conv1d,
    Flatten,
    Linear,
    Permute,
    PositionalEncoding,
    Repeat,
    TransformerEncoderLayer,
)
from nnstudio.spec.model import Row, block, new_row, stack

UNITS = 64
HEADS = 4
LAYERS = 2


def recurrent(kind: type[LSTM | GRU], outputs: int) -> tuple[Row, ...]:
    """What is remembered after the last step, and a linear layer on it."""
    return stack([kind(UNITS), Linear(outputs)])


def transformer(outputs: int) -> tuple[Row, ...]:
    """Each step as a vector, two encoder layers in which steps look at each other, and the mean over all steps."""
    return (
        new_row(Permute()),
        new_row(Conv1d(UNITS, 1, padding=0), "a vector for each step"),
        new_row(Permute()),
        new_row(PositionalEncoding()),
        block(Repeat(LAYERS), [TransformerEncoderLayer(HEADS, 2 * UNITS)], name="encoder"),
        new_row(Permute()),
        new_row(AdaptiveAvgPool1d(1), "mean over the steps"),
        new_row(Flatten()),
        new_row(Linear(outputs)),
    )
