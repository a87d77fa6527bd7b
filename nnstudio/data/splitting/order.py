"""Rows in order of time: what comes first, where time may be cut, and windows that grow along it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from nnstudio.data.columns import NO_MOMENT, Rows, is_date, is_number
from nnstudio.data.table import MappedTable
from nnstudio.spec.errors import DataError


def moments(table: MappedTable, column: str, rows: Rows) -> NDArray[np.int64]:
    """When each of ``rows`` was, as whole numbers from 0 that only say earlier, at once or later.

    An empty ``column`` means the order of the file. Rows without a time count as the earliest. Raises `DataError` where
    the column tells no order.
    """
    if not column:
        return np.arange(len(rows))
    if column in table.names:
        _refuse_words(table, column)
    values = times(table, column)[rows]
    missing = np.isnan(values)
    values = np.where(missing, -np.inf, values) if missing.any() else values
    return np.unique(values, return_inverse=True)[1].astype(np.int64)


def times(table: MappedTable, column: str) -> NDArray[np.float64]:
    """When each row was, float64 ``(rows,)``, NaN where that is missing; `DataError` where the column does not say."""
    if column not in table.names:
        raise DataError(f"There is no column “{column}” to tell earlier from later.", "", "Choose another order.")
    if is_date(table.column(column)):
        dates = table.moments(column)
        return np.where(dates == NO_MOMENT, np.nan, dates)
    return table.numbers(column)


def _refuse_words(table: MappedTable, name: str) -> None:
    column = table.column(name)
    if not (is_date(column) or is_number(column) or pa.types.is_boolean(column.type)):
        raise DataError(
            f"“{name}” does not tell earlier from later.",
            "It holds words, neither dates nor numbers.",
            "Choose a column of dates or numbers, or the order of the file.",
        )


def cut_by_time(moments: NDArray[np.int64], validation: float, test: float) -> tuple[Rows, Rows, Rows]:
    """As `cut`; raises `DataError` where no row is earlier than another, though a share is asked for."""
    n = len(moments)
    if n > 1 and (int(validation * n + 0.5) or int(test * n + 0.5)) and (moments == moments[0]).all():
        raise DataError(
            "Every row has the same time.", "None is earlier than another.", "Choose another order, or another split."
        )
    return cut(moments, validation, test)


def cut(moments: NDArray[Any], validation: float, test: float) -> tuple[Rows, Rows, Rows]:
    """Positions in ``moments`` ``(n,)`` for training, validation and test, each later than the one before.

    Rows of one moment stay together: a cut moves to the nearest change of the moment. Training keeps a moment, and so
    do validation and test, where a share is asked for and there are enough.
    """
    n = len(moments)
    order = np.argsort(moments, kind="stable")
    changes = np.flatnonzero(np.diff(moments[order])) + 1
    wanted = [int(share * n + 0.5) for share in (test, validation)]
    until_test = _nearest(changes, n - wanted[0], n) if wanted[0] else n
    earlier = changes[changes < until_test]
    until_validation = _nearest(earlier, n - sum(wanted), until_test) if wanted[1] else until_test
    parts = order[:until_validation], order[until_validation:until_test], order[until_test:]
    train, validating, testing = map(np.sort, parts)
    return train, validating, testing


def _nearest(changes: Rows, wanted: int, otherwise: int) -> int:
    return int(changes[np.abs(changes - wanted).argmin()]) if len(changes) else otherwise


def stretches(moments: NDArray[np.int64], fold: int, folds: int) -> tuple[Rows, Rows]:
    """What a fold (from 1) of a cross-validation along time trains and validates on: positions in ``moments``.

    Time is cut into one more stretches than folds, of about the same number of rows; the fold validates on stretch
    ``fold``, counted from 0, and trains on all before it. Raises `DataError` where there are too few moments.
    """
    n = len(moments)
    order = np.argsort(moments, kind="stable")
    changes = np.flatnonzero(np.diff(moments[order])) + 1
    if len(changes) < folds:
        raise DataError(
            f"Time cannot be cut into {folds + 1} stretches.",
            f"There are only {len(changes) + 1} different moments, and {folds} folds need one more than that many.",
            "Ask for fewer folds.",
        )
    cuts = _cuts(changes, n, folds)
    return np.sort(order[: cuts[fold - 1]]), np.sort(order[cuts[fold - 1] : cuts[fold]])


def _cuts(changes: Rows, n: int, folds: int) -> list[int]:
    """Where each stretch behind the first begins, and at last ``n``: changes of the moment, strictly ascending."""
    places = np.searchsorted(changes, np.arange(1, folds + 1) * n / (folds + 1))
    for number in range(folds):  # every cut takes a change of its own, and leaves one for each that follows
        least = places[number - 1] + 1 if number else 0
        places[number] = min(max(places[number], least), len(changes) - folds + number)
    return [*changes[places].tolist(), n]
