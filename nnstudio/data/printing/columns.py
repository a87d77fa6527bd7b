"""How the columns of a table become numbers, as pandas expressions with what the encoders learned."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
import pyarrow as pa

from nnstudio.data.columns import Rows, is_date, is_number, is_text
from nnstudio.data.encoding.encoders import CategoryFeature, DateFeature, Feature, NumberFeature
from nnstudio.data.printing.dates import DAYS, date_expressions
from nnstudio.data.printing.given import Given, Unprintable
from nnstudio.data.table import MappedTable
from nnstudio.spec.code.lists import list_lines
from nnstudio.spec.code.text import value
from nnstudio.spec.facts import OTHER_CATEGORY


def key_of(table: MappedTable, name: str) -> Callable[[str], str]:
    """How a value of a column, by its name, is written in code."""
    column = table.column(name)
    if is_number(column):
        return lambda label: value(float(label) if "." in label or "e" in label else int(label))
    if pa.types.is_boolean(column.type):
        return str
    if is_date(column):
        return lambda label: f"pd.Timestamp({value(label)})"
    return value


def expressions(feature: Feature, given: Given) -> Iterator[str]:
    """One expression for each number or block of numbers of ``feature``, on several lines where that is long.

    Raises `Unprintable`.
    """
    table, rows = given.table, given.known.rows
    match feature:
        case NumberFeature():
            yield _number(feature, table, rows)
            if feature.indicator:
                yield f"{cell(feature.name)}.isna()"
        case CategoryFeature(code="one_hot"):
            yield _one_hot(feature, table, rows)
        case CategoryFeature(code="index"):
            yield _indices(feature, table, rows)
        case CategoryFeature():
            yield _places(feature, table, rows)
        case DateFeature():
            yield from date_expressions(feature, table, rows)
        case _:
            raise Unprintable(f"“{feature.name}” is a {feature.kind}")


def is_shifted_and_scaled(feature: Feature, given: Given) -> bool:
    """Whether it is a cell from which a number is subtracted and that another divides, and no more."""
    if not isinstance(feature, NumberFeature) or feature.method == "log" or feature.indicator:
        return False
    kind = given.table.column(feature.name).type
    is_exact = pa.types.is_integer(kind) or pa.types.is_float64(kind)
    return is_exact and not np.isnan(given.table.numbers(feature.name)[given.known.rows]).any()


def cell(name: str) -> str:
    """The column as code."""
    return f"table[{value(name)}]"


# ---- numbers ----


def _number(feature: NumberFeature, table: MappedTable, rows: Rows) -> str:
    text = _as_number(feature.name, table)
    if np.isnan(table.numbers(feature.name)[rows]).any():
        text = f"{text}.fillna({feature.fill!r})"
    if feature.method == "log":
        text = f"np.copysign(np.log1p({text}.abs()), {text})"
    if not feature.offset and feature.scale == 1:
        return text
    shifted = f"({text} - {feature.offset!r})" if feature.offset >= 0 else f"({text} + {-feature.offset!r})"
    return f"{shifted} / {feature.scale!r}" if feature.scale != 1 else shifted


def _as_number(name: str, table: MappedTable) -> str:
    column = table.column(name)
    if is_number(column):
        return cell(name)
    if is_date(column):
        return f"({DAYS.format(cell(name))})"
    if is_text(column):
        read = pd.to_numeric(column.to_pandas(), errors="coerce").to_numpy(np.float64)
        if not np.array_equal(read, table.numbers(name), equal_nan=True):
            raise Unprintable(f"“{name}” spells its numbers in an unusual way")
        return f"pd.to_numeric({cell(name)})"
    return f"{cell(name)}.astype(float)"


# ---- categories ----


def _one_hot(feature: CategoryFeature, table: MappedTable, rows: Rows) -> str:
    missing = ", dummy_na=True" if feature.missing else ""
    if not _has_unknown(feature, table, rows):
        return f"pd.get_dummies({_categories(feature, table, rows)}{missing})"
    kept = [*map(key_of(table, feature.name), feature.categories), *(["np.nan"] if feature.missing else [])]
    return "\n".join(list_lines(f"pd.get_dummies({_filled(feature, table, rows)}{missing})[[", kept, "]]"))


def _indices(feature: CategoryFeature, table: MappedTable, rows: Rows) -> str:
    if not _has_unknown(feature, table, rows):
        return f"{_categories(feature, table, rows)}.codes + 1"
    known = [*map(key_of(table, feature.name), feature.categories)]
    return "\n".join(list_lines("pd.Index([", known, f"]).get_indexer({_filled(feature, table, rows)}) + 1"))


def _has_unknown(feature: CategoryFeature, table: MappedTable, rows: Rows) -> bool:
    """Whether a row has a category that no training row had, and that has no place of its own."""
    found = table.labels(feature.name, None)
    codes = found.codes[rows]
    is_unknown = (feature.places(found.names)[codes] < 0) & (codes >= 0)
    return not feature.other and bool(is_unknown.any())


def _categories(feature: CategoryFeature, table: MappedTable, rows: Rows) -> str:
    """The cells as a Categorical of the categories that were learned, and of another one for rare values."""
    key = key_of(table, feature.name)
    call = "common_or_other" if feature.other else "pd.Categorical"
    if feature.other:
        _require_no_other(feature.name, table)
    return "\n".join(list_lines(f"{call}({_filled(feature, table, rows)}, [", [*map(key, feature.categories)], "])"))


def _require_no_other(name: str, table: MappedTable) -> None:
    if {OTHER_CATEGORY, "other"} & set(table.labels(name, None).names):
        raise Unprintable(f"“{name}” has a value that is called as its rare ones are")


def _filled(feature: CategoryFeature, table: MappedTable, rows: Rows) -> str:
    """The cells, with the most frequent value where they are missing and that is no category of its own."""
    if feature.missing or not (table.labels(feature.name, None).codes[rows] < 0).any():
        return cell(feature.name)
    return f"{cell(feature.name)}.fillna({key_of(table, feature.name)(feature.fill)})"


def _places(feature: CategoryFeature, table: MappedTable, rows: Rows) -> str:
    """The place in the order, from 0 to 1; unknown values lie in the middle."""
    last = max(1, len(feature.known) - 1)
    if feature.other:  # nothing is unknown
        codes = f"{_categories(feature, table, rows)}.codes"
        return f"{codes} % {last + 1} / {last}" if feature.missing else f"{codes} / {last}"
    key = key_of(table, feature.name)
    places = [f"{key(category)}: {at}" for at, category in enumerate(feature.categories)]
    if feature.missing:
        places.append(f"np.nan: {len(feature.categories)}")
    found = table.labels(feature.name, None)
    is_unknown = (feature.places(found.names)[found.codes[rows]] < 0).any()
    middle = f".fillna({last / 2!r})" if is_unknown else ""
    return f"{_filled(feature, table, rows)}.map({{{', '.join(places)}}}){middle} / {last}"
