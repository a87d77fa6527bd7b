"""Learn from the training pictures how the levels of each channel become numbers."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from nnstudio.data.encoding.encoders import CHANNELS, ImageFeature
from nnstudio.data.table import MappedTable, image_chunk
from nnstudio.spec.errors import DataError

Scale = Literal["standard", "unit", "symmetric", "imagenet", "none"]

IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Mean and deviation of red, green and blue over ImageNet's training pictures, from 0 to 1, which the networks that
torchvision publishes were trained with (its documentation states them for each set of weights)."""


def fit_pictures(name: str, table: MappedTable, train: NDArray[np.int64], scale: Scale) -> ImageFeature:
    """How the pictures of a column become numbers; raises `DataError` where it holds none."""
    sketch = sketch_pictures(name, table, scale)
    if scale != "standard":
        return sketch
    mean, std = _mean_and_std(_level_counts(sketch, table, train))
    return ImageFeature(name, sketch.width, sketch.height, sketch.colour, mean, std, sketch.levels)


def sketch_pictures(name: str, table: MappedTable, scale: Scale) -> ImageFeature:
    """The same without looking at a single picture: where they are to be standardised, with mean 0 and deviation 1."""
    height, width, channels, levels = _layout(name, table.column(name).type)
    colour: Any = next((colour for colour, count in CHANNELS.items() if count == channels), None)
    if colour is None:
        raise DataError(
            f"“{name}” cannot be used as pictures.",
            f"They have {channels:,} channels; grey has one, colour three, and colour with transparency four.",
            "Ignore the column, or arrange the array as (pictures, height, width, channels).",
        )
    mean, std = _constants(scale, channels, levels)
    return ImageFeature(name, width, height, colour, mean, std, levels, scale)


def _layout(name: str, column_type: Any) -> tuple[int, int, int, int]:
    """Height, width, channels and levels of the pictures in a column of that Arrow type."""
    if not isinstance(column_type, pa.FixedShapeTensorType) or len(column_type.shape) != 3:
        raise DataError(
            f"“{name}” cannot be used as a picture.", "It holds no pictures.", "Choose what it really holds."
        )
    height, width, channels = column_type.shape
    return height, width, channels, 65_536 if column_type.value_type == pa.uint16() else 256


def _constants(scale: Scale, channels: int, levels: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    match scale:
        case "symmetric":
            mean, std = (0.5,) * channels, (0.5,) * channels
        case "imagenet" if channels == 1:  # a network for colour would see the grey three times: their average
            mean, std = (round(sum(IMAGENET_MEAN) / 3, 3),), (round(sum(IMAGENET_STD) / 3, 3),)
        case "imagenet":  # transparency, which ImageNet has not, goes from 0 to 1
            mean, std = (*IMAGENET_MEAN, 0.0)[:channels], (*IMAGENET_STD, 1.0)[:channels]
        case "none":
            mean, std = (0.0,) * channels, (1 / (levels - 1),) * channels
        case _:
            mean, std = (0.0,) * channels, (1.0,) * channels
    return mean, std


def _level_counts(feature: ImageFeature, table: MappedTable, train: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many pixels of the training pictures have each level: ``(channels, levels)``."""
    counts = np.zeros((len(feature.mean), feature.levels), np.int64)
    chosen = np.zeros(table.rows, np.bool_)
    chosen[train] = True
    start = 0
    for chunk in table.column(feature.name).chunks:
        pictures = image_chunk(chunk)[chosen[start : start + len(chunk)]]
        for channel in range(len(counts)):
            counts[channel] += np.bincount(pictures[..., channel].ravel(), minlength=feature.levels)
        start += len(chunk)
    return counts


def _mean_and_std(counts: NDArray[np.int64]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and deviation of each channel, exact; the deviation is 1 where all pixels have one level."""
    share = counts / counts.sum(axis=1, keepdims=True)
    level = np.arange(counts.shape[1]) / (counts.shape[1] - 1)
    mean = share @ level
    std = np.sqrt((share * (level - mean[:, None]) ** 2).sum(axis=1))
    std[(counts > 0).sum(axis=1) == 1] = 1.0
    return tuple(mean.tolist()), tuple(std.tolist())
