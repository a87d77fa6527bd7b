"""What is to be predicted: which rows have it, what it says, and how it becomes numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import nlargest

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.answers import ClassTarget, InputTarget, Target, ValueTarget
from nnstudio.data.baselines import Parts, baseline_of_classes, baseline_of_values
from nnstudio.data.columns import LARGEST, MOST_LABELS, Labels, Rows, name_of
from nnstudio.data.duplicates import repeated_rows
from nnstudio.data.spread import mean_and_std
from nnstudio.data.table import MappedTable
from nnstudio.spec.baselines import Baseline
from nnstudio.spec.columns import CategoryEncoding, Column
from nnstudio.spec.data import DataSpec
from nnstudio.spec.errors import DataError
from nnstudio.spec.facts import OTHER_CATEGORY
from nnstudio.spec.layouts import WindowLayout
from nnstudio.spec.tasks import Task

Values = NDArray[np.int64] | NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class Known:
    """The rows of a table whose target is known.

    ``rows`` are their numbers in the table, ascending as they are read; ``dropped`` rows lack a target. ``classes`` are
    those of all of them (none for values). ``values`` are what they say: the class number, int64 ``(N,)``; the value in
    its own unit, float64 ``(N,)``; ``(N, T)`` where there are several targets, and ``(N, 0)`` where the input itself is
    the target.
    """

    names: tuple[str, ...]
    rows: Rows
    dropped: int
    classes: tuple[str, ...]
    values: Values
    repeated: int = 0
    """Rows that were left out since they are the same as an earlier one."""

    @property
    def name(self) -> str:
        """All columns to predict, in one line; ``input`` where there is none."""
        return ", ".join(self.names) or InputTarget.name

    @property
    def class_numbers(self) -> NDArray[np.int64] | None:
        """The class number of each row, or None where values are to be predicted."""
        return self.values.astype(np.int64, copy=False) if self.classes else None

    @property
    def columns(self) -> NDArray[np.float64]:
        """The values of each target, ``(N, T)``."""
        return self.values.astype(np.float64, copy=False).reshape(len(self.rows), len(self.names))

    def taken(self, places: Rows) -> Known:
        """What is known at these places, in their order."""
        return replace(self, rows=self.rows[places], values=self.values[places])

    def class_counts(self, rows: Rows) -> tuple[int, ...]:
        """How many of ``rows`` each class has; nothing without classes."""
        if not self.classes:
            return ()
        return tuple(map(int, np.bincount(self.values[rows], minlength=len(self.classes))))

    def fit(self, train: Rows, standardised: bool = True) -> Target:
        """How the target becomes numbers; ``train`` are positions in ``rows``.

        Values that are not ``standardised`` are learned in their own unit.
        """
        if self.classes:
            return ClassTarget(self.names[0], self.classes)
        if not self.names:
            return InputTarget()
        means, deviations = zip(*map(mean_and_std, self.columns[train].T), strict=True)
        if standardised:
            return ValueTarget(self.names, means, deviations, means)
        return ValueTarget(self.names, (0.0,) * len(means), (1.0,) * len(means), means)

    def encoded(self, target: Target, x: NDArray[np.float32]) -> NDArray[np.int64] | NDArray[np.float32]:
        """What a network learns to answer: class numbers, int64 ``(N,)``, or values, float32 ``(N, T)``.

        For a reconstruction the encoded examples ``x`` in rows, which share its memory.
        """
        if isinstance(target, ClassTarget):
            return self.values.astype(np.int64, copy=False)
        if isinstance(target, InputTarget):
            return x.reshape(len(x), -1)
        scaled = (self.columns - target.offsets) / target.scales
        return np.ascontiguousarray(scaled.clip(-LARGEST, LARGEST), np.float32)

    def baseline(self, parts: Parts) -> Baseline:
        """What always giving one answer scores; nothing is known here where the input itself is the target."""
        if self.class_numbers is not None:
            return baseline_of_classes(self.class_numbers, parts, self.classes)
        return baseline_of_values(self.columns, parts) if self.names else Baseline()


def read_target(data: DataSpec, table: MappedTable) -> Known:
    """What ``data`` predicts of ``table``, without repeated rows where those are left out; a series keeps all of them.

    Raises `DataError` where nothing could be learned from it.
    """
    known = _read(data, table)
    keeps = data.keep_repeats or isinstance(data.layout, WindowLayout)
    return known if keeps else _without_repeats(known, repeated_rows(table.arrow()))


def _without_repeats(known: Known, repeated: Rows) -> Known:
    first = ~np.isin(known.rows, repeated)
    return replace(known.taken(np.flatnonzero(first)), repeated=int((~first).sum()))


def _read(data: DataSpec, table: MappedTable) -> Known:
    if data.task is Task.RECONSTRUCTION:
        return Known((), np.arange(table.rows), 0, (), np.empty((table.rows, 0)))
    names = tuple(column.name for column in data.targets)
    if not names:
        raise DataError("Nothing is to be predicted yet.", "No column is the target.", "Choose the column to predict.")
    if not data.task.is_classification:
        return _read_values(names, table)
    if len(names) > 1:
        raise DataError(
            "Only one column of classes can be predicted at a time.",
            f"The targets are {', '.join(f'“{name}”' for name in names)}.",
            "Choose one of them, or regression where they are numbers.",
        )
    return _read_classes(data.targets[0], data.task, table)


def _read_classes(target: Column, task: Task, table: MappedTable) -> Known:
    """The classes of all rows; where only the most frequent ones are kept, the others are one class, the last."""
    name, most = target.name, target.encoding.most if isinstance(target.encoding, CategoryEncoding) else 0
    found = table.labels(name, None if most else MOST_LABELS)
    classes = found.sorted_names()
    if 0 < most < len(classes) - 1:
        classes = (*_most_frequent(found, classes, most), OTHER_CATEGORY)
    rows = _present(name, found.codes >= 0)
    if len(classes) < 2:
        raise _constant(name, classes[0])
    if task is Task.BINARY and len(classes) > 2:
        raise DataError(
            f"“{name}” is not a yes or no.", f"It has {len(classes):,} different values.", "Choose classification."
        )
    numbered = class_numbers(found.names, classes)
    return Known((name,), rows, table.rows - len(rows), classes, numbered[found.codes[rows]])


def _most_frequent(found: Labels, classes: tuple[str, ...], most: int) -> Iterator[str]:
    counts = Counter[str]()
    for label, count in zip(found.names, found.counts()[:-1].tolist(), strict=True):
        counts[label] += count
    named = [label for label in classes if label != OTHER_CATEGORY]
    kept = frozenset(nlargest(most, named, key=counts.__getitem__))
    return (label for label in classes if label in kept)


def class_numbers(names: Sequence[str], classes: Sequence[str]) -> NDArray[np.int64]:
    """The number of the class that each of ``names`` is, the class of all others, or -1 where there is none."""
    number = {label: position for position, label in enumerate(classes)}
    other = number.get(OTHER_CATEGORY, -1)
    return np.array([number.get(label, other) for label in names], np.int64)


def _read_values(names: tuple[str, ...], table: MappedTable) -> Known:
    """Rows that lack any of the targets are dropped."""
    columns = [table.numbers(name) for name in names]
    is_known = np.ones(table.rows, np.bool_)
    for name, values in zip(names, columns, strict=True):
        is_known &= ~np.isnan(values)
        _present(name, is_known)
    rows = np.flatnonzero(is_known).astype(np.int64, copy=False)
    known = [values[rows] for values in columns]
    for name, values in zip(names, known, strict=True):
        if values.min() == values.max():
            raise _constant(name, name_of(float(values[0])))
    values = known[0] if len(known) == 1 else np.stack(known, axis=1)
    return Known(names, rows, table.rows - len(rows), (), values)


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
