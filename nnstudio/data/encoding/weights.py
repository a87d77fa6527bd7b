"""How much each row counts in the loss."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.columns import Rows
from nnstudio.data.table import MappedTable
from nnstudio.spec.columns import Role
from nnstudio.spec.data import DataSpec
from nnstudio.spec.errors import DataError
from nnstudio.spec.words import counted


def read_weights(data: DataSpec, table: MappedTable, rows: Rows) -> NDArray[np.float32] | None:
    """The weight of each of ``rows``, float32 ``(N,)``, or None where no column has that role; raises `DataError`."""
    columns = data.with_role(Role.WEIGHT)
    if not columns:
        return None
    if len(columns) > 1:
        names = ", ".join(f"“{column.name}”" for column in columns)
        raise DataError("Only one column can weigh the rows.", f"These shall: {names}.", "Ignore all but one of them.")
    name = columns[0].name
    weights = table.numbers(name)[rows]
    if count := int(np.isnan(weights).sum()):
        raise DataError(
            f"{counted(count, 'row')} of the weight “{name}” {'is' if count == 1 else 'are'} missing.",
            "Every row needs a finite weight.",
            "Correct these cells, or ignore the column.",
        )
    if count := int((weights < 0).sum()):
        raise DataError(
            f"The weight “{name}” is negative in {counted(count, 'row')}.",
            "A row can count less or not at all, but not less than nothing.",
            "Choose another column for the weights, or ignore it.",
        )
    return weights.astype(np.float32)


def check_training_weights(weights: NDArray[np.float32] | None, train: Rows) -> None:
    """Raise `DataError` where no training row counts."""
    if weights is not None and not weights[train].any():
        raise DataError(
            "No training row counts.", "The weights of all of them are 0.", "Choose another weight, or another split."
        )
