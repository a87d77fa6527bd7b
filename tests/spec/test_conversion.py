"""A layer keeps its settings when it becomes one of another kind."""

from __future__ import annotations

import pytest

from nnstudio.spec.layers import AvgPool2d, Conv1d, Conv2d, Conv3d, LayerKind, LeakyReLU, MaxPool2d, ReLU
from nnstudio.spec.layers.conversion import converted


@pytest.mark.parametrize(
    ("kind", "other"),
    [
        (MaxPool2d(3, 2), AvgPool2d(3, 2)),
        (MaxPool2d((3, 1), 2), AvgPool2d((3, 1), 2)),
        (Conv2d(8, (1, 7), padding=(0, 3), bias=False), Conv1d(8, 7, padding=3, bias=False)),
        (Conv2d(8, (1, 7), padding=(0, 3)), Conv3d(8, 7, padding=3)),
        (LeakyReLU(0.3), ReLU()),
    ],
)
def test_what_both_kinds_have_stays(kind: LayerKind, other: LayerKind) -> None:
    assert converted(kind, type(other)) == other
