"""How much each column says about the target on its own, over a sample of the training rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from nnstudio.data.columns import codes, is_number, numbers
from nnstudio.data.table import MappedTable
from nnstudio.data.targets import Known
from nnstudio.spec.data import DataSpec
from nnstudio.spec.facts import Relation

MOST_ROWS = 20_000
"""Training rows that are looked at."""

MOST_COLUMNS = 2_000
"""Of more columns than these nothing is said: it would take seconds."""

MOST_BINS = 20
ROWS_OF_A_BIN = 20
"""Numbers are cut into bins of at least so many rows, so that chance explains little."""

FEWEST_ROWS = 10
"""From fewer rows nobody can tell whether a column gives the target away."""

EQUAL = 1e-9
"""What is left unexplained where a column is the target in another unit."""


@dataclass(frozen=True, eq=False, slots=True)
class _Groups:
    """Which group each row belongs to, int64 ``(N,)`` from 0 to ``count`` - 1."""

    of: NDArray[np.int64]
    count: int


def relations(data: DataSpec, table: MappedTable, train: NDArray[np.int64], known: Known) -> tuple[Relation, ...]:
    """How strongly each feature column of ``data`` goes with the target; ``train`` are positions in ``known.rows``.

    At most `MOST_ROWS` of them are looked at, evenly spaced. For classes the strength is the share by which the Gini
    impurity falls (Goodman and Kruskal's tau), for values the share of the variance that the means of groups or a
    straight line explain (the mean of all targets); each is corrected for what as many groups explain by chance.
    Pictures are left out, and nothing is said where the input itself is the target.
    """
    names = [column.name for column in data.features]
    if not known.names or not len(train) or len(names) > MOST_COLUMNS:
        return ()
    if len(train) > MOST_ROWS:
        train = train[np.linspace(0, len(train) - 1, MOST_ROWS).astype(np.int64)]
    target = _target(known, train)
    rows = pa.array(known.rows[train])
    columns = ((name, table.column(name)) for name in names)
    flat = ((name, column) for name, column in columns if not isinstance(column.type, pa.FixedShapeTensorType))
    return tuple(_relation(name, column.take(rows), target) for name, column in flat)


Answers = _Groups | list[NDArray[np.float64]]
"""The classes, or the values of each target that varies, mean 0 and deviation 1."""


def _target(known: Known, train: NDArray[np.int64]) -> Answers:
    if known.class_numbers is not None:
        return _groups(known.class_numbers[train])
    return [scaled for values in known.columns[train].T if (scaled := _standardised(values)) is not None]


def _standardised(values: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Mean 0 and deviation 1, or None where all are equal."""
    largest = float(np.abs(values).max()) or 1.0
    from_mean = values / largest - (values / largest).mean()
    deviation = float(np.sqrt((from_mean * from_mean).mean()))
    return from_mean / deviation if deviation > EQUAL * EQUAL else None


def _relation(name: str, column: Any, target: Answers) -> Relation:
    values = _values(column)
    exact = _groups(codes(column) if values is None else values)
    if exact.count < 2:
        return Relation(name, 0.0)
    groups = exact if values is None or exact.count <= MOST_BINS else _binned(values)
    line = None if values is None else _standardised(np.where(np.isnan(values), _mean(values), values))
    if isinstance(target, _Groups):
        strength = _corrected(_impurity_explained(groups, target), len(groups.of), groups.count)
        return Relation(name, strength, _is_one_to_one(exact, target))
    strengths = [max(_by_groups(groups, answers), _by_line(line, answers)) for answers in target]
    is_same = any(_is_same(exact, line, answers) for answers in target)
    return Relation(name, float(np.mean(strengths)) if strengths else 0.0, is_same)


# columns as groups and as numbers


def _values(column: Any) -> NDArray[np.float64] | None:
    """Numbers and dates as float64, NaN where they are missing; None for words."""
    if pa.types.is_timestamp(column.type):
        column = pc.cast(column, pa.int64(), safe=False)
    return numbers(column, "") if is_number(column) else None


def _groups(values: NDArray[Any]) -> _Groups:
    """Equal values are a group; so are all that are missing."""
    different, of = np.unique(values, return_inverse=True)
    return _Groups(of.astype(np.int64, copy=False), len(different))


def _binned(values: NDArray[np.float64]) -> _Groups:
    """About equally many rows in each of at most `MOST_BINS` bins, and the missing ones in one of their own."""
    present = values[~np.isnan(values)]
    bins = int(np.clip(len(present) // ROWS_OF_A_BIN, 2, MOST_BINS))
    edges = np.quantile(present, np.arange(1, bins) / bins)
    places = np.searchsorted(edges, values, side="right")
    return _groups(np.where(np.isnan(values), -1, places))


def _mean(values: NDArray[np.float64]) -> float:
    return float(np.nanmean(values))


# how much is explained


def _impurity_explained(groups: _Groups, classes: _Groups) -> float:
    """By which share the Gini impurity of ``classes`` falls where the group is known."""
    if classes.count < 2:
        return 0.0
    sizes = np.bincount(groups.of)
    shares = np.bincount(classes.of) / len(classes.of)
    pairs, counts = np.unique(groups.of * classes.count + classes.of, return_counts=True)
    inside = (counts.astype(np.float64) ** 2 / sizes[pairs // classes.count]).sum() / len(groups.of)
    alike = float((shares**2).sum())
    return float(inside - alike) / (1 - alike)


def _by_groups(groups: _Groups, answers: NDArray[np.float64]) -> float:
    """The share of the variance of ``answers`` (mean 0, deviation 1) that the groups' means explain, corrected."""
    sums = np.bincount(groups.of, answers)
    explained = float((sums * sums / np.bincount(groups.of)).sum()) / len(answers)
    return _corrected(explained, len(answers), groups.count)


def _by_line(line: NDArray[np.float64] | None, answers: NDArray[np.float64]) -> float:
    """The share that a straight line explains, corrected; both have mean 0 and deviation 1."""
    return 0.0 if line is None else _corrected(_straightness(line, answers), len(answers), 2)


def _straightness(line: NDArray[np.float64], answers: NDArray[np.float64]) -> float:
    return float((line * answers).mean()) ** 2


def _corrected(explained: float, rows: int, groups: int) -> float:
    """What is explained beyond what so many groups explain by chance (epsilon squared); 0 where nobody could tell."""
    left = rows - groups
    return 0.0 if left < 1 else min(1.0, max(0.0, 1 - (1 - explained) * (rows - 1) / left))


# columns that give the target away


def _is_same(exact: _Groups, line: NDArray[np.float64] | None, answers: NDArray[np.float64]) -> bool:
    if len(answers) < FEWEST_ROWS:
        return False
    if line is not None and _straightness(line, answers) > 1 - EQUAL:
        return True
    return _is_one_to_one(exact, _groups(answers))


def _is_one_to_one(exact: _Groups, target: _Groups) -> bool:
    """Whether each value goes with one answer and each answer with one value, and both repeat often enough to tell."""
    rows = len(exact.of)
    if exact.count != target.count or exact.count < 2 or rows < max(FEWEST_ROWS, 2 * exact.count):
        return False
    return len(np.unique(exact.of * target.count + target.of)) == exact.count
