"""How the columns of a table become numbers, as pandas expressions with what the encoders learned."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa

from nnstudio.data.columns import is_number, is_text
from nnstudio.data.encoding.encoders import CategoryFeature, Feature, NumberFeature
from nnstudio.data.table import MappedTable
from nnstudio.spec.code.text import value


class Unprintable(Exception):
    """Something has no short form in pandas; the exception says what, in a clause."""


def key_of(table: MappedTable, name: str) -> Callable[[str], str]:
    """How a value of a column, by its name, is written in code."""
    column = table.column(name)
    if is_number(column):
        return lambda label: value(float(label) if "." in label or "e" in label else int(label))
    if pa.types.is_boolean(column.type):
        return str
    if is_text(column):
        return value
    raise Unprintable(f"“{name}” holds dates")


def expression(feature: Feature, table: MappedTable) -> Iterator[str]:
    """One expression for each number or block of numbers of ``feature``; raises `Unprintable`."""
    match feature:
        case NumberFeature():
            yield _number(feature, table)
            if feature.indicator:
                yield f"{_cell(feature.name)}.isna()"
        case CategoryFeature(code="one_hot"):
            yield _one_hot(feature, table)
        case CategoryFeature():
            yield _places(feature, table)
        case _:
            raise Unprintable(f"“{feature.name}” is a {feature.kind}")


def _cell(name: str) -> str:
    return f"table[{value(name)}]"


def _number(feature: NumberFeature, table: MappedTable) -> str:
    column = table.column(feature.name)
    text = _cell(feature.name)
    if pa.types.is_boolean(column.type) or not (is_number(column) or pa.types.is_null(column.type)):
        if column.null_count or not pa.types.is_boolean(column.type):
            raise Unprintable(f"“{feature.name}” is not stored as numbers")
        text = f"{text}.astype(float)"
    if np.isnan(table.numbers(feature.name)).any():
        text = f"{text}.fillna({feature.fill!r})"
    if feature.method == "log":
        text = f"np.copysign(np.log1p({text}.abs()), {text})"
    if not feature.offset and feature.scale == 1:
        return text
    shifted = f"({text} - {feature.offset!r})" if feature.offset >= 0 else f"({text} + {-feature.offset!r})"
    return f"{shifted} / {feature.scale!r}"


def _one_hot(feature: CategoryFeature, table: MappedTable) -> str:
    if feature.other:
        raise Unprintable(f"the rare values of “{feature.name}” share a place")
    key = key_of(table, feature.name)
    categories = ", ".join(map(key, feature.categories))
    missing = ", dummy_na=True" if feature.missing else ""
    return f"pd.get_dummies(pd.Categorical({_filled(feature, table)}, [{categories}]){missing})"


def _filled(feature: CategoryFeature, table: MappedTable) -> str:
    """The cells, with the most frequent value where they are missing and that is no category of its own."""
    if feature.missing or not table.column(feature.name).null_count:
        return _cell(feature.name)
    return f"{_cell(feature.name)}.fillna({key_of(table, feature.name)(feature.fill)})"


def _places(feature: CategoryFeature, table: MappedTable) -> str:
    """The place in the order, or the index in an embedding table."""
    if feature.other or (feature.missing and feature.code == "ordinal"):
        raise Unprintable(f"“{feature.name}” has a place for what is rare or missing")
    key, first = key_of(table, feature.name), int(feature.code == "index")
    places = ", ".join(f"{key(category)}: {at}" for at, category in enumerate(feature.categories, first))
    found = f"{_filled(feature, table)}.map({{{places}}})"
    if feature.code == "index":
        return f"{found}.fillna(0)"
    last = max(1, len(feature.categories) - 1)
    return f"{found}.fillna({last / 2!r}) / {last}"
