"""Examples that nobody has seen, as encoded data look: to compare two programs beyond the rows that there are."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.encoding.encoders import CategoryFeature, DateFeature, Feature, ImageFeature, NumberFeature
from nnstudio.data.encoding.fitted import Encoding


def drawn(encoding: Encoding, count: int, seed: int = 0) -> NDArray[np.float32]:
    """``count`` random examples, float32 ``(count, *encoding.input_shape)``.

    Every number is one that `encode` could give: a place of a category is one that it has, a pixel one of its levels.
    """
    draw = np.random.default_rng(seed)
    width = len(encoding.names) or prod(encoding.input_shape)
    rows = count * prod(encoding.input_shape) // width
    columns = [_numbers(feature, rows, draw) for feature in encoding.seen]
    return np.concatenate(columns, 1, dtype=np.float32).reshape(count, *encoding.input_shape)


def _numbers(feature: Feature, rows: int, draw: np.random.Generator) -> NDArray[np.floating[Any]]:
    """The numbers of one column ``(rows, numbers)``."""
    match feature:
        case ImageFeature():
            levels = draw.integers(0, feature.levels, (rows, *feature.shape))
            channels = [table[levels[:, at]] for at, table in enumerate(feature.table())]
            return np.stack(channels, 1).reshape(rows, -1)
        case CategoryFeature(code="one_hot"):
            place: NDArray[np.int64] = draw.integers(-1, len(feature.names), rows)
            return np.equal(place[:, None], np.arange(len(feature.names))).astype(np.float64)
        case CategoryFeature():
            coded = feature.coded(draw.integers(-1, max(1, len(feature.known)), rows))
            return coded[:, None].astype(np.float64)
        case NumberFeature(indicator=True):
            return np.stack((draw.standard_normal(rows), draw.integers(0, 2, rows)), 1)
        case DateFeature() if not feature.cyclic:
            return draw.uniform(0, 1, (rows, len(feature.names)))
    return draw.standard_normal((rows, len(feature.names)))
