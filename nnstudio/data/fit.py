"""Learn from the training rows how each column becomes numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.encoders import CategoryFeature, Feature, ImageFeature, NumberFeature
from nnstudio.data.table import MappedTable, image_chunk
from nnstudio.spec.data import Column, ImageFolderSource, Kind, Source
from nnstudio.spec.errors import DataError

Rows = NDArray[np.int64]


def fit_feature(column: Column, table: MappedTable, train: Rows, source: Source) -> Feature:
    """How one feature becomes numbers; ``train`` are row numbers of ``table``."""
    match column.kind:
        case Kind.NUMBER:
            return fit_number(column.name, table.numbers(column.name)[train])
        case Kind.CATEGORY:
            return fit_category(column.name, table, train)
        case Kind.IMAGE if isinstance(source, ImageFolderSource):
            return _fit_image(column.name, table, train, source)
    raise DataError(f"“{column.name}” cannot be used as {column.kind}.", "This source holds no pictures.")


def sketch_feature(column: Column, table: MappedTable, train: Rows, source: Source) -> Feature:
    """As `fit_feature`, but with made-up means and deviations: enough to know names and shapes, and quicker."""
    match column.kind:
        case Kind.NUMBER:
            return NumberFeature(column.name, 0.0, 0.0, 1.0)
        case Kind.IMAGE if isinstance(source, ImageFolderSource):
            zeros, ones = (0.0,) * source.channels, (1.0,) * source.channels
            return ImageFeature(column.name, source.width, source.height, source.colour, zeros, ones)
    return fit_feature(column, table, train, source)


def fit_number(name: str, values: NDArray[np.float64]) -> NumberFeature:
    """Median, mean and deviation of ``values`` ``(N,)``, in which NaN is missing; 0, 0 and 1 where all are missing."""
    missing = np.isnan(values)
    present = values[~missing]
    fill = float(np.median(present)) if len(present) else 0.0
    return NumberFeature(name, fill, *mean_and_std(np.where(missing, fill, values)))


def mean_and_std(values: NDArray[np.float64]) -> tuple[float, float]:
    """Mean and population deviation; the deviation is 1 where all values are equal, or too close to tell apart."""
    low, high = float(values.min()), float(values.max())
    if low == high:
        return low, 1.0
    mean, std = float(values.mean()), float(values.std())
    return mean, std if std >= np.finfo(np.float32).tiny else 1.0


def fit_category(name: str, table: MappedTable, train: Rows) -> CategoryFeature:
    """The categories of the training rows, and what stands for a missing one."""
    found = table.labels(name)
    counts = found.counts(train)
    categories = found.sorted_names(train)
    often = dict.fromkeys(categories, 0)
    for value, count in zip(found.names, counts[:-1], strict=True):
        if count:
            often[value] += int(count)
    return CategoryFeature(name, categories, bool(counts[-1]), max(categories, key=often.__getitem__, default=""))


def _fit_image(name: str, table: MappedTable, train: Rows, source: ImageFolderSource) -> ImageFeature:
    """Mean and deviation of each channel, exact: counted over the 256 levels."""
    counts = np.zeros((source.channels, 256), np.int64)
    chosen = np.zeros(table.rows, np.bool_)
    chosen[train] = True
    start = 0
    for chunk in table.column(name).chunks:
        pictures = image_chunk(chunk)[chosen[start : start + len(chunk)]]
        for channel in range(source.channels):
            counts[channel] += np.bincount(pictures[..., channel].ravel(), minlength=256)
        start += len(chunk)
    share = counts / counts.sum(axis=1, keepdims=True)
    level = np.arange(256) / 255
    mean = share @ level
    std = np.sqrt((share * (level - mean[:, None]) ** 2).sum(axis=1))
    std[(counts > 0).sum(axis=1) == 1] = 1.0
    return ImageFeature(name, source.width, source.height, source.colour, tuple(mean.tolist()), tuple(std.tolist()))
