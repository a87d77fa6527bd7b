"""SqueezeNet: Iandola et al., “SqueezeNet: AlexNet-level accuracy with 50x fewer parameters” (2016).

Names and poolings, which round up, are those of the networks that are published for PyTorch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from nnstudio.spec.layers import AdaptiveAvgPool2d, Branches, Conv2d, Dropout, Flatten, MaxPool2d, ReLU
from nnstudio.spec.model import Row, block, new_row
from nnstudio.spec.networks.listing import listed

Version = Literal["1.0", "1.1"]

_POOL = "pool"
_PLANS: Mapping[Version, Sequence[int | str]] = {
    "1.0": (_POOL, 16, 16, 32, _POOL, 32, 48, 48, 64, _POOL, 64),
    "1.1": (_POOL, 16, 16, _POOL, 32, 32, _POOL, 48, 48, 64, 64),
}
"""What follows the first convolution: poolings, and fire modules by their squeezed channels, of which four times as
many come from each of their two windows.
"""


def squeezenet(version: Version = "1.1", classes: int | None = 1000) -> tuple[Row, ...]:
    """SqueezeNet for pictures; without ``classes`` it ends with the features ``(512, H, W)``."""
    first = Conv2d(96, 7, 2, 0) if version == "1.0" else Conv2d(64, 3, 2, 0)
    rows = [new_row(first, "features.0"), new_row(ReLU(), "features.1")]
    for place, part in enumerate(_PLANS[version], 2):
        name = f"features.{place}"
        rows += [new_row(MaxPool2d(3, ceil_mode=True), name)] if isinstance(part, str) else _fire(name, part)
    if classes is None:
        return tuple(rows)
    head = (Dropout(), Conv2d(classes, 1, padding=0), ReLU(), AdaptiveAvgPool2d(1))
    return (*rows, *listed("classifier", head), new_row(Flatten(), "flatten"))


def _fire(name: str, squeezed: int) -> list[Row]:
    """Fewer channels, then windows of two sizes side by side."""
    return [
        new_row(Conv2d(squeezed, 1, padding=0), f"{name}.squeeze"),
        new_row(ReLU(), f"{name}.squeeze_activation"),
        block(
            Branches("concat"),
            _expand(f"{name}.expand1x1", Conv2d(4 * squeezed, 1, padding=0)),
            _expand(f"{name}.expand3x3", Conv2d(4 * squeezed)),
            name=name,
        ),
    ]


def _expand(name: str, convolution: Conv2d) -> tuple[Row, Row]:
    return new_row(convolution, name), new_row(ReLU(), f"{name}_activation")
