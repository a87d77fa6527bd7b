"""Which rows train, which choose (validation), and which judge at the end (test)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.columns import Rows, codes
from nnstudio.data.splitting import lots
from nnstudio.data.splitting.order import cut_by_time, moments, stretches
from nnstudio.data.table import MappedTable
from nnstudio.spec.columns import Role
from nnstudio.spec.data import DataSpec
from nnstudio.spec.errors import DataError
from nnstudio.spec.parts import Part
from nnstudio.spec.splits import ColumnSplit, FileSplit, GroupSplit, RandomSplit, TimeSplit

Classes = NDArray[np.integer] | None

MAIN_FILE, VALIDATION_FILE, TEST_FILE = 0, 1, 2
"""What a row of joined files says it comes from."""

MOST_VALUES = 8
"""As many values of a column are named in a sentence."""


@dataclass(frozen=True, eq=False, slots=True)
class SplitRows:
    """Row numbers of each part, int64, ascending; no row is in two of them.

    Together they are all rows, but for a fold of a split by time, which leaves out the rows after its validation.
    """

    train: Rows
    validation: Rows
    test: Rows

    @property
    def by_part(self) -> Mapping[Part, Rows]:
        """The rows of each part by its name."""
        return {"train": self.train, "validation": self.validation, "test": self.test}


def deal(data: DataSpec, table: MappedTable, rows: Rows, classes: Classes, fold: int = 0) -> SplitRows:
    """Deal the examples of ``data`` out as its split says: positions in ``rows``.

    ``rows`` are the rows of ``table`` with a known target, ascending, and ``classes`` their class numbers, or None.
    ``fold`` 0 is the ordinary split; 1 and up are those of the cross-validation: test rows stay what they are, the part
    ``fold`` of all others validates, and the rest of them trains. Raises `DataError` where the split cannot be made.
    """
    _need_rows(len(rows))
    whole = _ordinary(data, table, rows, classes)
    if not len(whole.train):
        raise DataError("No row is left to train on.", "All of them validate or test.", "Change the split.")
    if not fold:
        return whole
    rest = np.sort(np.concatenate([whole.train, whole.validation]))
    train, validation = _fold(data, table, rows[rest], None if classes is None else classes[rest], fold)
    return SplitRows(rest[train], rest[validation], whole.test)


def _need_rows(n: int) -> None:
    if not n:
        raise DataError("There are no rows to learn from.")


def _ordinary(data: DataSpec, table: MappedTable, rows: Rows, classes: Classes) -> SplitRows:
    match data.split:
        case RandomSplit() as split:
            return split_rows(len(rows), split, classes if split.stratify else None)
        case GroupSplit() as split:
            groups = _groups(data, table, rows, 1 + (split.validation > 0) + (split.test > 0))
            return SplitRows(*lots.groups_by_share(groups, split.validation, split.test, split.seed, classes))
        case TimeSplit() as split:
            return SplitRows(*cut_by_time(moments(table, split.column, rows), split.validation, split.test))
        case ColumnSplit() as split:
            return _by_column(split, table, rows)
        case FileSplit() as split:
            return _by_file(split, table, rows, classes)
    raise DataError(f"“{data.split.title}” is not known here.", "A newer nnstudio made this project.")


def split_rows(n: int, split: RandomSplit, labels: Classes = None) -> SplitRows:
    """Deal ``n`` rows out by lot; ``labels`` are class numbers ``(n,)`` whose proportions every part shall have.

    Raises `DataError` where there are no rows.
    """
    _need_rows(n)
    return SplitRows(*lots.by_share(n, split.validation, split.test, split.seed, labels))


def _groups(data: DataSpec, table: MappedTable, rows: Rows, needed: int) -> NDArray[np.int64]:
    """The group of each row, numbers from 0 without a gap; a row without a group is one by itself."""
    column = next(iter(data.with_role(Role.GROUP)), None)
    if column is None:
        raise DataError(
            "It is not said which rows belong together.",
            "A split by groups needs a column whose role is “group”.",
            "Give a column that role, or choose another split.",
        )
    group = codes(table.column(column.name))[rows]
    alone = group < 0
    group[alone] = group.max(initial=-1) + 1 + np.arange(alone.sum())
    groups = np.unique(group, return_inverse=True)[1].astype(np.int64)
    if (count := int(groups.max()) + 1) < needed:
        raise DataError(
            f"“{column.name}” has too few groups to deal them out.",
            f"It has {count}, and {needed} parts need one each.",
            "Choose another column for the groups, another split, or fewer folds.",
        )
    return groups


def _by_column(split: ColumnSplit, table: MappedTable, rows: Rows) -> SplitRows:
    if split.column not in table.names:
        raise DataError(
            f"There is no column “{split.column}” to split by." if split.column else "No column to split by is chosen.",
            "",
            "Choose the column that says which row is for what.",
        )
    if split.validation and split.validation == split.test:
        raise DataError(f"“{split.test}” cannot mean both validation and test.", "", "Choose two different values.")
    found = table.labels(split.column)
    parts = [_with_value(found.names, found.codes[rows], value) for value in (split.validation, split.test)]
    if (split.validation or split.test) and not any(part.any() for part in parts):
        raise _no_value(split, found.sorted_names(rows))
    return SplitRows(*map(np.flatnonzero, (~(parts[0] | parts[1]), *parts)))


def _with_value(names: tuple[str, ...], codes: NDArray[np.int32], value: str) -> NDArray[np.bool_]:
    numbers = [number for number, name in enumerate(names) if name == value and value]
    return np.isin(codes, numbers)


def _no_value(split: ColumnSplit, values: tuple[str, ...]) -> DataError:
    asked = " or ".join(f"“{value}”" for value in (split.validation, split.test) if value)
    named = ", ".join(f"“{value}”" for value in values[:MOST_VALUES])
    return DataError(
        f"No row of the column “{split.column}” says {asked}.",
        f"It holds {named}{' …' if len(values) > MOST_VALUES else ''}." if values else "It is empty.",
        "Choose which of its values mean validation and test.",
    )


def _by_file(split: FileSplit, table: MappedTable, rows: Rows, classes: Classes) -> SplitRows:
    """Rows of separate files by their file; without one for validation a share of the main file validates."""
    file = np.full(len(rows), MAIN_FILE, np.int8) if table.file is None else table.file[rows]
    main, validation, test = (np.flatnonzero(file == number) for number in (MAIN_FILE, VALIDATION_FILE, TEST_FILE))
    if split.validation or not len(main):
        return SplitRows(main, validation, test)
    own = None if classes is None else classes[main]
    train, share, _ = lots.by_share(len(main), split.share, 0.0, split.seed, own)
    return SplitRows(main[train], main[share], test)


# ---- cross-validation ----


def _fold(data: DataSpec, table: MappedTable, rest: Rows, classes: Classes, fold: int) -> tuple[Rows, Rows]:
    """Training and validation of a fold: positions in ``rest``, the rows of ``table`` that are not for the test."""
    folds = data.split.folds
    if not 1 <= fold <= folds:
        raise DataError(f"There is no fold {fold}.", f"The split has {folds}.")
    if len(rest) < folds:
        raise DataError(
            f"{len(rest)} rows are too few for {folds} folds.", "Each needs a row of its own.", "Ask for fewer folds."
        )
    if isinstance(data.split, TimeSplit):
        return stretches(moments(table, data.split.column, rest), fold, folds)
    part = _folds(data, table, rest, classes)
    return np.flatnonzero(part != fold - 1), np.flatnonzero(part == fold - 1)


def _folds(data: DataSpec, table: MappedTable, rows: Rows, classes: Classes) -> NDArray[np.int64]:
    """The fold of each of ``rows``, from 0: by groups, by classes, or by lot alone."""
    split = data.split
    match split:
        case GroupSplit():
            return lots.groups_into_folds(_groups(data, table, rows, split.folds), split.folds, split.seed)
        case RandomSplit(stratify=False):
            return lots.into_folds(len(rows), split.folds, split.seed)
        case RandomSplit() | FileSplit():
            return lots.into_folds(len(rows), split.folds, split.seed, classes)
    return lots.into_folds(len(rows), split.folds, 0, classes)
