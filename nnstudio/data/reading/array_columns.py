"""Arrays as columns of a table: pictures where they have the shape of some, else a column for each number of a row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from nnstudio.data.reading.tidy import require_few_columns
from nnstudio.spec.errors import DataError

Values = NDArray[Any]

CHANNELS = frozenset({1, 3, 4})

LEAST_SIDE = 4
"""Pixels; arrays with less are rather steps of something than pictures."""

Named = tuple[str, Any]
"""A column by its name: an Arrow array."""


def example_columns(name: str, values: Values) -> tuple[list[Named], tuple[str, ...]]:
    """The examples as columns, with what was done to them: a picture, or ``column 1`` and so on for ``(N, …)``."""
    pictures = _pictures(values) if values.ndim in {3, 4} else None
    if pictures is None:
        return list(plain_columns(name if values.ndim == 1 else "column", values)), ()
    levels, notes = _levels(pictures)
    return [("image", pa.FixedShapeTensorArray.from_numpy_ndarray(np.ascontiguousarray(levels)))], notes


def target_columns(name: str, values: Values) -> tuple[list[Named], tuple[str, ...]]:
    """The targets as columns: one-hot rows as the class that they mean."""
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim == 2 and values.dtype.kind in "biuf" and _is_one_hot(values):
        return [(name, pa.array(values.argmax(axis=1)))], (
            "The targets were one-hot; each is the number of its class.",
        )
    return list(plain_columns(name, values)), ()


def _is_one_hot(values: Values) -> bool:
    is_one = values == 1
    return values.shape[1] > 1 and bool((is_one.sum(axis=1) == 1).all() and (is_one | (values == 0)).all())


def _pictures(values: Values) -> Values | None:
    """The array as ``(N, height, width, channels)`` where it has the shape and type of pictures."""
    if values.ndim == 3:
        values = values[..., None]
    elif values.shape[-1] not in CHANNELS and values.shape[1] in CHANNELS:
        values = np.moveaxis(values, 1, -1)
    is_shaped = values.shape[-1] in CHANNELS and min(values.shape[1:3]) >= LEAST_SIDE and values.shape[0] > 0
    return values if is_shaped and _has_levels(values) else None


def _has_levels(values: Values) -> bool:
    """Whether the numbers of an array may be brightnesses."""
    if values.dtype in {np.dtype(np.uint8), np.dtype(np.uint16), np.dtype(np.bool_)}:
        return True
    if values.dtype.kind not in "iuf":
        return False
    low, high = values.min(), values.max()
    return bool(low >= 0 and (high <= 1 if values.dtype.kind == "f" else high <= np.iinfo(np.uint16).max))


def _levels(pictures: Values) -> tuple[Values, tuple[str, ...]]:
    """Brightnesses as uint8 or uint16, and a note where they were other numbers."""
    if pictures.dtype.kind == "f":
        note = "The pictures had levels from 0 to 1; they were brought to 256 levels, 0 to 255."
        return np.rint(pictures * np.float32(255)).astype(np.uint8), (note,)
    if pictures.dtype.kind == "b":
        return pictures.astype(np.uint8) * np.uint8(255), ()
    if pictures.dtype.itemsize == 1 and pictures.dtype.kind == "u":
        return pictures, ()
    is_small = pictures.dtype != np.uint16 and pictures.max() <= np.iinfo(np.uint8).max
    return pictures.astype(np.uint8 if is_small else np.uint16), ()


def plain_columns(name: str, values: Values) -> Iterator[Named]:
    """An array ``(N, …)`` as columns: one called ``name`` for ``(N,)``, its fields, or ``name 1`` and so on.

    Raises `DataError` for complex numbers and whatever else no network learns from.
    """
    if values.dtype.names and values.ndim == 1:
        for field in values.dtype.names:
            yield from plain_columns(field, values[field])
    elif values.ndim == 1:
        yield name, _column(name, values)
    else:
        flat = values.reshape(len(values), -1)
        require_few_columns(flat.shape[1])
        for at in range(flat.shape[1]):
            yield f"{name} {at + 1}", _column(name, flat[:, at])


def _column(name: str, values: Values) -> Any:
    match values.dtype.kind:
        case "b" | "i" | "u":
            return pa.array(_plain(values))
        case "f":
            return pa.array(_plain(values.astype(np.float64) if values.dtype.itemsize > 8 else values))
        case "M":
            return pa.array(values.astype("datetime64[us]"))
        case "m":
            return pa.array(values.astype("timedelta64[us]"))
        case "U":
            return pa.array(values.tolist(), pa.large_string())
        case "S":
            return pa.array([text.decode("utf-8", "replace") for text in values.tolist()], pa.large_string())
        case "c":
            raise DataError(
                "The array holds complex numbers.",
                "A network of nnstudio computes with real numbers.",
                "Save the real and imaginary parts, or sizes and angles, as arrays of their own.",
            )
    raise DataError("The array holds neither numbers, text nor dates.", f"The type of “{name}” is {values.dtype}.")


def _plain(values: Values) -> Values:
    """The same numbers side by side, as this machine spells them."""
    return np.ascontiguousarray(values, values.dtype.newbyteorder("="))
