"""Learn from the training rows how each column becomes numbers."""

from __future__ import annotations

from collections.abc import Callable
from heapq import nlargest

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.columns import DAY, NO_MOMENT, Labels, Rows
from nnstudio.data.encoding.encoders import DATE_PARTS, CategoryFeature, DateFeature, Feature, NumberFeature
from nnstudio.data.encoding.fit_pictures import fit_pictures, sketch_pictures
from nnstudio.data.spread import divisor, mean_and_std, median
from nnstudio.data.table import MappedTable
from nnstudio.spec.columns import CategoryEncoding, Column, DateEncoding, NumberEncoding, PictureEncoding
from nnstudio.spec.errors import DataError

Fit = Callable[[Column, MappedTable, Rows], Feature]

UNKNOWN = "This kind of encoding is not known here."


def fit_feature(column: Column, table: MappedTable, train: Rows) -> Feature:
    """How one feature becomes numbers; ``train`` are row numbers of ``table``. Raises `DataError`."""
    match column.encoded:
        case NumberEncoding() as how:
            return fit_number(column.name, table.numbers(column.name)[train], how)
        case CategoryEncoding() as how:
            return fit_category(column.name, table, train, how)
        case DateEncoding() as how:
            return fit_date(column.name, table.moments(column.name)[train], how)
        case PictureEncoding() as how:
            return fit_pictures(column.name, table, train, how.scale)
    raise DataError(f"“{column.name}” cannot be used as {column.kind.label}.", UNKNOWN)


def sketch_feature(column: Column, table: MappedTable, train: Rows) -> Feature:
    """As `fit_feature`, but with made-up figures: enough to know names and shapes, and quicker."""
    match column.encoded:
        case NumberEncoding() as how:
            return NumberFeature(column.name, 0.0, 0.0, 1.0, how.scale, how.indicator)
        case DateEncoding() as how:
            return DateFeature(column.name, _parts(column.name, how), how.cyclic, 0.0, 1.0, 0.0, 1.0)
        case PictureEncoding() as how:
            return sketch_pictures(column.name, table, how.scale)
    return fit_feature(column, table, train)


# ---- numbers ----

STANDARD = NumberEncoding()


def fit_number(name: str, values: NDArray[np.float64], how: NumberEncoding = STANDARD) -> NumberFeature:
    """What stands in for NaN in ``values`` ``(N,)``, and how they are brought to a common size."""
    missing = np.isnan(values)
    if missing.any():
        fill = _fill(values[~missing], how)
        values = np.where(missing, fill, values)
    else:
        fill = _fill(values, how)
    return NumberFeature(name, fill, *_scaled(values, how.scale), how.scale, how.indicator)


def _fill(present: NDArray[np.float64], how: NumberEncoding) -> float:
    """What stands in for a missing value; 0 where all are missing. Of equally frequent ones it is the smallest."""
    if how.missing == "constant":
        return how.constant
    if not len(present):
        return 0.0
    match how.missing:
        case "mean":
            return float(present.mean())
        case "most_frequent":
            values, counts = np.unique(present, return_counts=True)
            return float(values[counts.argmax()])
    return median(present)


def _scaled(values: NDArray[np.float64], method: str) -> tuple[float, float]:
    """Offset and scale for ``values`` without gaps."""
    match method:
        case "minmax":
            low, high = float(values.min()), float(values.max())
            return low, divisor(high - low)
        case "robust":
            lower, middle, upper = np.percentile(values, [25, 50, 75]).tolist()
            return middle, divisor(upper - lower, mean_and_std(values)[1])
        case "log":
            return mean_and_std(signed_log(values))
        case "none":
            return 0.0, 1.0
    return mean_and_std(values)


def signed_log(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """``sign(v) * log(1 + |v|)``, for any number."""
    logs: NDArray[np.float64] = np.copysign(np.log1p(np.abs(values)), values)
    return logs


# ---- categories ----


def fit_category(name: str, table: MappedTable, train: Rows, how: CategoryEncoding) -> CategoryFeature:
    """The categories of the training rows, the most frequent ones where not all are kept, and what is missing."""
    found = table.labels(name, None) if how.most else table.labels(name)
    counts = found.counts(train)
    often = _often(found, counts[:-1])
    order: Callable[[str], object] = float if found.numeric else str
    categories = sorted(often, key=order)  # type: ignore[arg-type]  # numbers and texts can be sorted
    other = 0 < how.most < len(categories)
    if other:
        kept = frozenset(nlargest(how.most, categories, key=often.__getitem__))
        categories = [category for category in categories if category in kept]
    fill = max(categories, key=often.__getitem__, default="")
    alone = how.missing == "own" and (how.code == "index" or bool(counts[-1]))
    return CategoryFeature(name, tuple(categories), alone or not categories, fill, how.code, other)


def _often(found: Labels, counts: NDArray[np.int64]) -> dict[str, int]:
    """How often each name occurs that does; two values may have one name."""
    often: dict[str, int] = {}
    occurs = np.flatnonzero(counts)
    for at, count in zip(occurs.tolist(), counts[occurs].tolist(), strict=True):
        name = found.names[at]
        often[name] = often.get(name, 0) + count
    return often


# ---- dates ----


def fit_date(name: str, times: NDArray[np.int64], how: DateEncoding) -> DateFeature:
    """Mean and deviation of days and years; ``times`` ``(N,)`` are microseconds, or `NO_MOMENT`."""
    parts = _parts(name, how)
    present = times[times != NO_MOMENT]
    if not len(present):
        return DateFeature(name, parts, how.cyclic, 0.0, 1.0, 0.0, 1.0)
    days = mean_and_std(present / DAY) if "elapsed" in parts else (0.0, 1.0)
    years = mean_and_std(years_of(present).astype(np.float64)) if "year" in parts else (0.0, 1.0)
    return DateFeature(name, parts, how.cyclic, *days, *years)


def years_of(times: NDArray[np.int64]) -> NDArray[np.int64]:
    """The year of each moment, microseconds since the start of 1970."""
    return times.view("datetime64[us]").astype("datetime64[Y]").astype(np.int64) + 1970


def _parts(name: str, how: DateEncoding) -> tuple[str, ...]:
    parts = tuple(part for part in DATE_PARTS if getattr(how, part))
    if not parts:
        raise DataError(f"Nothing of the date “{name}” is used.", "", "Choose at least one part of it, or ignore it.")
    return parts
