"""What must hold between columns, split and layout of a data spec, restored after an edit of any of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from nnstudio.spec.columns import Column, Role
from nnstudio.spec.data import DataSpec
from nnstudio.spec.facts import SourceFacts
from nnstudio.spec.layouts import Layout, WindowLayout
from nnstudio.spec.splits import ColumnSplit, GroupSplit, RandomSplit, ShareSplit, Split, TimeSplit

SINGLE = frozenset({Role.GROUP, Role.WEIGHT})
"""Roles that one column can have at a time."""


def with_roles(data: DataSpec, names: Collection[str], role: Role) -> DataSpec:
    """Use the columns ``names`` for ``role``; where only one can have it the first of them gets it, others lose it.

    A group column lets a random split become a split by groups, and the last one takes that back.
    """
    given = [column.name for column in data.columns if column.name in names]
    given = given[:1] if role in SINGLE else given

    def changed(column: Column) -> Column:
        if column.name in given:
            return replace(column, role=role)
        loses = bool(given) and role in SINGLE and column.role is role
        return replace(column, role=Role.IGNORE) if loses else column

    data = replace(data, columns=tuple(map(changed, data.columns)))
    has_group = bool(data.with_role(Role.GROUP))
    if role is Role.GROUP and has_group and isinstance(data.split, RandomSplit):
        return replace(data, split=_by_groups(data.split))
    if not has_group and isinstance(data.split, GroupSplit):
        return replace(data, split=_at_random(data.split))
    return data


def with_split(data: DataSpec, split: Split) -> DataSpec:
    """Deal the rows out by ``split``; the column that says which row is for what is no feature any more."""
    named = split.column if isinstance(split, ColumnSplit) else ""
    columns = tuple(
        replace(column, role=Role.IGNORE) if column.name == named and column.role is Role.FEATURE else column
        for column in data.columns
    )
    return replace(data, columns=columns, split=split)


def with_layout(data: DataSpec, layout: Layout) -> DataSpec:
    """Make examples by ``layout``; windows need rows in order, so that a random split becomes one by time."""
    split = data.split
    if isinstance(layout, WindowLayout) and isinstance(split, (RandomSplit, TimeSplit)):
        split = TimeSplit(split.validation, split.test, layout.order, split.folds)
    return replace(data, layout=layout, split=split)


def on_file(data: DataSpec, found: SourceFacts) -> DataSpec:
    """``data`` on the file as it is now: columns that went are gone, new ones are ignored, nothing names a lost one.

    A column that held numbers and holds words now is understood as it seems to be meant.
    """
    before = {column.name: column for column in data.columns}
    columns = tuple(
        _still_meant(before[seems.name], seems, found) if seems.name in before else replace(seems, role=Role.IGNORE)
        for seems in found.suggested
    )
    data = replace(data, source=found.source, fingerprint=found.fingerprint, columns=columns)
    return _without_lost_names(data)


def _still_meant(column: Column, seems: Column, found: SourceFacts) -> Column:
    was_number = any(kind.key == "number" for kind in (column.encoded,))
    return replace(column, kind=seems.kind) if was_number and not found.column(column.name).is_numeric else column


def _without_lost_names(data: DataSpec) -> DataSpec:
    names = {"", *(column.name for column in data.columns)}
    split, layout = data.split, data.layout
    if isinstance(layout, WindowLayout) and layout.order not in names:
        layout = replace(layout, order="")
    if isinstance(split, TimeSplit) and split.column not in names:
        split = replace(split, column="")
    if isinstance(split, ColumnSplit) and split.column not in names:
        split = RandomSplit(folds=split.folds)
    if isinstance(split, GroupSplit) and not data.with_role(Role.GROUP):
        split = _at_random(split)
    return replace(data, split=split, layout=layout)


def _by_groups(split: RandomSplit) -> GroupSplit:
    return GroupSplit(split.validation, split.test, split.seed, split.folds)


def _at_random(split: GroupSplit) -> RandomSplit:
    return RandomSplit(split.validation, split.test, seed=split.seed, folds=split.folds)


def shares_of(split: Split) -> tuple[float, float]:
    """The shares of validation and test of a split by shares, else the usual ones."""
    usual = RandomSplit()
    return (split.validation, split.test) if isinstance(split, ShareSplit) else (usual.validation, usual.test)
