"""AlexNet in one column: Krizhevsky, “One weird trick for parallelizing convolutional neural networks” (2014).

Names are those of the network that is published for PyTorch.
"""

from __future__ import annotations

from nnstudio.spec.layers import AdaptiveAvgPool2d, Conv2d, Dropout, Flatten, Linear, MaxPool2d, ReLU
from nnstudio.spec.model import Row, new_row
from nnstudio.spec.networks.listing import listed


def alexnet(classes: int | None = 1000, hidden: int = 4096) -> tuple[Row, ...]:
    """AlexNet for pictures of at least 63 × 63; without ``classes`` it ends with the features ``(256, H, W)``."""
    features = listed(
        "features",
        (
            *(Conv2d(64, 11, 4, 2), ReLU(), MaxPool2d(3)),
            *(Conv2d(192, 5, padding=2), ReLU(), MaxPool2d(3)),
            *(Conv2d(384), ReLU(), Conv2d(256), ReLU(), Conv2d(256), ReLU(), MaxPool2d(3)),
        ),
    )
    if classes is None:
        return features
    return (
        *features,
        new_row(AdaptiveAvgPool2d(6), "avgpool"),
        new_row(Flatten(), "flatten"),
        *listed(
            "classifier",
            (Dropout(), Linear(hidden), ReLU(), Dropout(), Linear(hidden), ReLU(), Linear(classes)),
        ),
    )
