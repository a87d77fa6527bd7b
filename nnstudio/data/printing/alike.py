"""Whether pandas reads a column as it was read here, to the last bit."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from nnstudio.data.columns import NO_MOMENT, is_date, is_text
from nnstudio.data.table import MappedTable

WAYS_TO_SPELL: tuple[dict[str, Any], ...] = (
    {},
    {"dayfirst": True},
    {"format": "ISO8601"},
    {"format": "mixed"},
    {"format": "mixed", "dayfirst": True},
)


def read_moments(cells: pd.Series[Any], settings: Mapping[str, Any]) -> pd.Series[Any] | None:
    """Words as dates; None where pandas cannot read them so, or warns."""
    try:
        found: pd.Series[Any] = silently(partial(pd.to_datetime, cells, **settings))
    except (ValueError, TypeError, OverflowError):  # what pandas raises for what is no date, too
        return None
    return found


def same_moments(found: pd.Series[Any] | None, times: Any) -> bool:
    """Whether dates are those of ``times``, microseconds since the start of 1970."""
    if found is None or found.dtype.kind != "M" or getattr(found.dtype, "tz", None) is not None:
        return False
    return np.array_equal(found.to_numpy("datetime64[us]").view(np.int64), times)


def same_column(found: pd.Series[Any], table: MappedTable, name: str) -> bool:
    """Whether pandas holds the same cells, to the last bit."""
    column = table.column(name)
    if found.dtype.kind == "M":
        return same_moments(found, table.moments(name))
    if is_text(column):
        known = column.to_pandas().astype("str")
        return bool(found.dtype == known.dtype and found.reset_index(drop=True).equals(known))
    if pa.types.is_boolean(column.type):
        return found.dtype in (bool, object) and _same_numbers(found, table, name)
    return not is_date(column) and found.dtype.kind in "iuf" and _same_numbers(found, table, name)


def _same_numbers(found: pd.Series[Any], table: MappedTable, name: str) -> bool:
    try:
        numbers = found.to_numpy(np.float64, na_value=np.nan)
    except (ValueError, TypeError):  # words among truth values
        return False
    return np.array_equal(numbers, table.numbers(name), equal_nan=True)


assert np.datetime64("NaT").view(np.int64) == NO_MOMENT


def silently(read: Callable[[], Any]) -> Any:
    """What ``read`` gives; a warning of it is a ValueError: a script should not warn."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        found = read()
    if told:
        raise ValueError(str(told[0].message))
    return found
