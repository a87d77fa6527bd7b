"""Rows of a table become the numbers that a network takes, column by column and block by block."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.columns import DAY, LARGEST, NO_MOMENT, Rows, is_complete, moments, taken
from nnstudio.data.cores import each
from nnstudio.data.encoding.encoders import CategoryFeature, DateFeature, Feature, ImageFeature, NumberFeature
from nnstudio.data.encoding.fit import signed_log, years_of
from nnstudio.data.table import MappedTable, image_chunk

BLOCK = 16_384
"""Rows that are encoded at a time: so many rows of the result stay in the processor's cache, 8 times as fast."""

Block = NDArray[np.float32]
Write = Callable[[Block, int, Rows], None]
"""Fills its columns of a block from the rows that are counted from a row of the table."""


def fill_rows(features: tuple[Feature, ...], table: MappedTable, rows: Rows) -> NDArray[np.float32]:
    """Encode ``rows`` (ascending) of ``table``: float32 ``(len(rows), numbers)``, C-contiguous."""
    x = np.zeros((len(rows), sum(len(feature.names) for feature in features)), np.float32)
    writers = _writers(features, table)

    def fill(start: int) -> None:
        first, last = np.searchsorted(rows, [start, start + BLOCK])
        for write in writers if last > first else ():
            write(x[first:last], start, rows[first:last] - start)

    each(fill, range(0, table.rows, BLOCK), table.rows)
    return x


def fill_pictures(feature: ImageFeature, table: MappedTable, rows: Rows, x: NDArray[np.float32]) -> None:
    """Encode the pictures of ``rows`` (ascending) into ``x``, float32 ``(len(rows), channels, height, width)``."""
    levels = feature.table()
    start = 0
    for chunk in table.column(feature.name).chunks:
        first, last = np.searchsorted(rows, [start, start + len(chunk)])
        pictures = image_chunk(chunk)[rows[first:last] - start]
        for channel, level in enumerate(levels):
            x[first:last, channel] = level[pictures[..., channel]]
        start += len(chunk)


def filled_cells(feature: Feature, table: MappedTable, rows: Rows) -> int:
    """How many of ``rows`` lack a value for which something else stands in."""
    match feature:
        case NumberFeature():
            if is_complete(table.column(feature.name)):
                return 0
            return int(np.count_nonzero(np.isnan(taken(table.numbers(feature.name), rows))))
        case DateFeature():
            return int(np.count_nonzero(taken(table.moments(feature.name), rows) == NO_MOMENT))
        case CategoryFeature(missing=False):
            return int(table.labels(feature.name, None).counts(rows)[-1])
    return 0


def _writers(features: tuple[Feature, ...], table: MappedTable) -> list[Write]:
    writers: list[Write] = []
    at = 0
    for feature in features:
        match feature:
            case NumberFeature():
                writers.append(_number_writer(feature, table, at))
            case CategoryFeature(code="one_hot"):
                writers.append(_one_hot_writer(feature, table, at))
            case CategoryFeature():
                writers.append(_code_writer(feature, table, at))
            case DateFeature():
                writers.append(_date_writer(feature, table, at))
        at += len(feature.names)
    return writers


def _number_writer(feature: NumberFeature, table: MappedTable, at: int) -> Write:
    def write(block: Block, start: int, rows: Rows) -> None:
        values = taken(table.numbers_from(feature.name, start, BLOCK), rows)
        missing = np.isnan(values)
        if missing.any():
            values = np.where(missing, feature.fill, values)
        if feature.method == "log":
            values = signed_log(values)
        block[:, at] = _scaled(values, feature.offset, feature.scale)
        if feature.indicator:
            block[:, at + 1] = missing

    return write


def _scaled(values: NDArray[np.float64], offset: float, scale: float) -> NDArray[np.float64]:
    """``(values - offset) / scale``, within what float32 can hold."""
    if offset or scale != 1:
        values = (values - offset) / scale
    return np.clip(values, -LARGEST, LARGEST)


def _one_hot_writer(feature: CategoryFeature, table: MappedTable, at: int) -> Write:
    found = table.labels(feature.name, None)
    places = feature.places(found.names)

    def write(block: Block, start: int, rows: Rows) -> None:
        place = places[taken(found.codes[start : start + BLOCK], rows)]
        known = np.flatnonzero(place >= 0)
        block[known, at + place[known]] = 1.0

    return write


def _code_writer(feature: CategoryFeature, table: MappedTable, at: int) -> Write:
    found = table.labels(feature.name, None)
    coded = feature.coded(feature.places(found.names))

    def write(block: Block, start: int, rows: Rows) -> None:
        block[:, at] = coded[taken(found.codes[start : start + BLOCK], rows)]

    return write


# ---- dates ----


def _date_writer(feature: DateFeature, table: MappedTable, at: int) -> Write:
    column = table.column(feature.name)

    def write(block: Block, start: int, rows: Rows) -> None:
        times = moments(column.slice(start, BLOCK), feature.name)[rows]
        missing = times == NO_MOMENT
        place = at
        for part in feature.parts:
            for values, stand_in in _date_numbers(feature, part, np.where(missing, 0, times)):
                values[missing] = stand_in
                block[:, place] = np.clip(values, -LARGEST, LARGEST)
                place += 1

    return write


def _date_numbers(feature: DateFeature, part: str, times: NDArray[np.int64]) -> list[tuple[NDArray[np.float64], float]]:
    """The numbers of a part of a date, each with what stands in where the date is missing."""
    if part == "elapsed":
        days: NDArray[np.float64] = (times.astype(np.float64) / DAY - feature.days_mean) / feature.days_std
        return [(days, 0.0)]
    if part == "year":
        years: NDArray[np.float64] = (years_of(times).astype(np.float64) - feature.year_mean) / feature.year_std
        return [(years, 0.0)]
    step, last, turn = _step(part, times)
    if not feature.turns(part):
        return [(step / last, 0.5)]
    angle = step * (2 * np.pi / turn)
    return [(np.sin(angle), 0.0), (np.cos(angle), 0.0)]


def _step(part: str, times: NDArray[np.int64]) -> tuple[NDArray[np.float64], int, int]:
    """How far each moment is within its round, from 0; the last step of a round; and how many make a full turn."""
    days = times // DAY
    match part:
        case "month":
            return (times.view("M8[us]").astype("M8[M]").astype(np.int64) % 12).astype(np.float64), 11, 12
        case "day":
            months = times.view("M8[us]").astype("M8[M]").astype("M8[D]").astype(np.int64)
            return (days - months).astype(np.float64), 30, 31
        case "weekday":
            return ((days + _THURSDAY) % 7).astype(np.float64), 6, 7
    return (times - days * DAY) / (DAY // 24), 24, 24


_THURSDAY = 3
"""The weekday of the first of January 1970, counted from Monday."""
