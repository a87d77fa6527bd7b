"""The column to predict: which rows have it, what it says, and how it becomes numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.columns import LARGEST, name_of
from nnstudio.data.encoders import ClassTarget, Target, ValueTarget
from nnstudio.data.fit import Rows, mean_and_std
from nnstudio.data.table import MappedTable
from nnstudio.spec.data import DataSpec
from nnstudio.spec.errors import DataError
from nnstudio.spec.tasks import Task


@dataclass(frozen=True, eq=False, slots=True)
class Known:
    """The rows of a table whose target is known.

    ``rows`` are their numbers in the table, ascending; ``dropped`` rows have no target. ``classes`` are those of all of
    them (none for regression), and ``values`` the class number (int64) or the value in its own unit (float64).
    """

    name: str
    rows: Rows
    dropped: int
    classes: tuple[str, ...]
    values: NDArray[np.int64] | NDArray[np.float64]

    @property
    def class_numbers(self) -> NDArray[np.int64] | None:
        """The class number of each row, or None for regression."""
        return self.values.astype(np.int64, copy=False) if self.classes else None

    def fit(self, train: Rows) -> Target:
        """How the target becomes numbers; ``train`` are positions in ``rows``."""
        if self.classes:
            return ClassTarget(self.name, self.classes)
        return ValueTarget(self.name, *mean_and_std(self.values[train].astype(np.float64, copy=False)))

    def encoded(self, target: Target) -> NDArray[np.int64] | NDArray[np.float32]:
        """What a network learns to answer: int64 ``(N,)`` class numbers, or float32 ``(N, 1)``."""
        if isinstance(target, ClassTarget):
            return self.values.astype(np.int64, copy=False)
        scaled = (self.values - target.offset) / target.scale
        return scaled.clip(-LARGEST, LARGEST).astype(np.float32)[:, None]

    def baseline(self, train: Rows, judged: Rows) -> tuple[float, str]:
        """What always giving the commonest answer of ``train`` scores on ``judged``, and that answer in words.

        The share of hits for classes, else the mean absolute error of the mean, in the target's unit.
        """
        if self.classes:
            answer = int(np.bincount(self.values[train]).argmax())
            return float((self.values[judged] == answer).mean()), self.classes[answer]
        mean = float(self.values[train].mean())
        return float(np.abs(self.values[judged] - mean).mean()), f"{mean:.4g}"


def read_target(data: DataSpec, table: MappedTable) -> Known:
    """The target of ``data`` in ``table``; raises `DataError` where nothing could be learned from it."""
    if data.target is None:
        raise DataError("Nothing is to be predicted yet.", "No column is the target.", "Choose the column to predict.")
    name = data.target.name
    return _read_classes(name, data.task, table) if data.task.is_classification else _read_values(name, table)


def _read_classes(name: str, task: Task, table: MappedTable) -> Known:
    found = table.labels(name)
    classes = found.sorted_names()
    rows = _present(name, found.codes >= 0)
    if len(classes) < 2:
        raise _constant(name, classes[0])
    if task is Task.BINARY and len(classes) > 2:
        raise DataError(
            f"“{name}” is not a yes or no.", f"It has {len(classes):,} different values.", "Choose classification."
        )
    number = {label: position for position, label in enumerate(classes)}
    numbered = np.array([number.get(label, -1) for label in found.names], np.int64)
    return Known(name, rows, table.rows - len(rows), classes, numbered[found.codes[rows]])


def _read_values(name: str, table: MappedTable) -> Known:
    values = table.numbers(name)
    rows = _present(name, ~np.isnan(values))
    known = values[rows]
    if known.min() == known.max():
        raise _constant(name, name_of(float(known[0])))
    return Known(name, rows, table.rows - len(rows), (), known)


def _present(name: str, is_known: NDArray[np.bool_]) -> Rows:
    rows = np.flatnonzero(is_known).astype(np.int64, copy=False)
    if not len(rows):
        raise DataError(f"The target “{name}” has no values.", "", "Choose another column to predict.")
    return rows


def _constant(name: str, value: str) -> DataError:
    return DataError(
        f"There is nothing to learn: the target “{name}” is always the same.",
        f"Every row says “{value}”.",
        "Choose another column to predict.",
    )
