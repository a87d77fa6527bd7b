"""Rows of a table become the array that a network takes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.columns import LARGEST, numbers
from nnstudio.data.encoders import CategoryFeature, Feature, ImageFeature, NumberFeature
from nnstudio.data.encoding import Encoding
from nnstudio.data.fit import Rows
from nnstudio.data.table import MappedTable, image_chunk

BLOCK = 16_384
"""Rows that are encoded at a time: so many rows of the result stay in the processor's cache, 8 times as fast."""

Block = NDArray[np.float32]
Write = Callable[[Block, int, Rows], None]
"""Fills its columns of a block from the rows that are counted from a row of the table."""


def fill(encoding: Encoding, table: MappedTable, rows: Rows) -> NDArray[np.float32]:
    """Encode ``rows`` (ascending) of ``table``: float32, C-contiguous, ``(len(rows), *encoding.input_shape)``."""
    return _fill_images(encoding.image, table, rows) if encoding.image else _fill_table(encoding, table, rows)


def filled_cells(feature: Feature, table: MappedTable, rows: Rows) -> int:
    """How many of ``rows`` lack a value for which something else stands in."""
    if isinstance(feature, NumberFeature):
        return int(np.isnan(table.numbers(feature.name)[rows]).sum())
    if isinstance(feature, CategoryFeature) and not feature.missing:
        return int(table.labels(feature.name).counts(rows)[-1])
    return 0


def _fill_table(encoding: Encoding, table: MappedTable, rows: Rows) -> NDArray[np.float32]:
    x = np.zeros((len(rows), *encoding.input_shape), np.float32)
    writers = _writers(encoding, table)
    for start in range(0, table.rows, BLOCK):
        first, last = np.searchsorted(rows, [start, start + BLOCK])
        for write in writers if last > first else ():
            write(x[first:last], start, rows[first:last] - start)
    return x


def _writers(encoding: Encoding, table: MappedTable) -> list[Write]:
    writers: list[Write] = []
    at = 0
    for feature in encoding.features:
        if isinstance(feature, NumberFeature):
            writers.append(_number_writer(feature, table, at))
        if isinstance(feature, CategoryFeature):
            writers.append(_category_writer(feature, table, at))
        at += len(feature.names)
    return writers


def _number_writer(feature: NumberFeature, table: MappedTable, at: int) -> Write:
    column = table.column(feature.name)

    def write(block: Block, start: int, rows: Rows) -> None:
        values = numbers(column.slice(start, BLOCK), feature.name)[rows]  # a copy, changed in place
        values[np.isnan(values)] = feature.fill
        values -= feature.mean
        values /= feature.std
        block[:, at] = np.clip(values, -LARGEST, LARGEST, out=values)

    return write


def _category_writer(feature: CategoryFeature, table: MappedTable, at: int) -> Write:
    found = table.labels(feature.name)
    places = feature.places(found.names)

    def write(block: Block, start: int, rows: Rows) -> None:
        place = places[found.codes[start : start + BLOCK][rows]]
        known = np.flatnonzero(place >= 0)
        block[known, at + place[known]] = 1.0

    return write


def _fill_images(feature: ImageFeature, table: MappedTable, rows: Rows) -> NDArray[np.float32]:
    x = np.empty((len(rows), *feature.shape), np.float32)
    levels = feature.levels()
    start = 0
    for chunk in table.column(feature.name).chunks:
        first, last = np.searchsorted(rows, [start, start + len(chunk)])
        pictures = image_chunk(chunk)[rows[first:last] - start]
        for channel, level in enumerate(levels):
            x[first:last, channel] = level[pictures[..., channel]]
        start += len(chunk)
    return x
