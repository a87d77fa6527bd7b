"""VGG: Simonyan and Zisserman, “Very Deep Convolutional Networks for Large-Scale Image Recognition” (2015).

Names are those of the networks that are published for PyTorch.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from nnstudio.spec.layers import (
    AdaptiveAvgPool2d,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Flatten,
    LayerKind,
    Linear,
    MaxPool2d,
    ReLU,
)
from nnstudio.spec.model import Row, new_row
from nnstudio.spec.networks.listing import listed

DEPTHS: Mapping[int, tuple[int, ...]] = {
    11: (1, 1, 2, 2, 2),
    13: (2, 2, 2, 2, 2),
    16: (2, 2, 3, 3, 3),
    19: (2, 2, 4, 4, 4),
}
"""Convolutions before each pooling, by the number of layers with weights."""

WIDTHS = (64, 128, 256, 512, 512)
"""Channels of the convolutions before each pooling."""


def vgg(layers: int = 16, batch_norm: bool = False, classes: int | None = 1000, hidden: int = 4096) -> tuple[Row, ...]:
    """VGG-11, -13, -16 or -19 for pictures; without ``classes`` it ends with the features ``(512, H, W)``."""
    features = listed("features", list(_features(DEPTHS[layers], batch_norm)))
    if classes is None:
        return features
    classifier: Sequence[LayerKind] = (
        *(Linear(hidden), ReLU(), Dropout()),
        *(Linear(hidden), ReLU(), Dropout()),
        Linear(classes),
    )
    return (
        *features,
        new_row(AdaptiveAvgPool2d(7), "avgpool"),
        new_row(Flatten(), "flatten"),
        *listed("classifier", classifier),
    )


def _features(depths: Sequence[int], batch_norm: bool) -> Iterator[LayerKind]:
    for count, width in zip(depths, WIDTHS, strict=True):
        for _ in range(count):
            yield Conv2d(width)
            if batch_norm:
                yield BatchNorm2d()
            yield ReLU()
        yield MaxPool2d()
