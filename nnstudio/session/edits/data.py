"""Edits of the data: what columns are for, how rows are dealt out, where the file lies."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

from nnstudio.data.suggest import default_spec
from nnstudio.session.agreement import on_file, with_layout, with_roles, with_split
from nnstudio.session.edits.training import follow_loss
from nnstudio.spec.columns import Column, ColumnEncoding, Kind, Role
from nnstudio.spec.data import Batches, DataSpec
from nnstudio.spec.errors import DataError
from nnstudio.spec.facts import SourceFacts
from nnstudio.spec.layouts import Layout
from nnstudio.spec.project import Project
from nnstudio.spec.sources import Source
from nnstudio.spec.splits import Split
from nnstudio.spec.tasks import Task


def open_source(project: Project, found: SourceFacts) -> Project:
    """Use what was found in a file: its columns as they seem to be meant, dealt out by the default split."""
    return set_data(project, default_spec(found))


def set_data(project: Project, data: DataSpec) -> Project:
    return follow_loss(project, replace(project, data=data))


def set_target(project: Project, found: SourceFacts, name: str) -> Project:
    """Predict the column ``name``, by the task that it suggests; the column that was predicted becomes a feature.

    Raises `DataError` when there is no such column.
    """
    return _predict(project, (name,), found.column(name).suggested_task)


def set_targets(project: Project, found: SourceFacts, names: Collection[str]) -> Project:
    """Predict several columns of numbers at once, by regression; one alone is predicted by the task that it suggests.

    Those that were predicted become features. Raises `DataError` when a column is missing, or is not of numbers.
    """
    chosen = [found.column(name) for name in names]
    if len(chosen) == 1:
        return set_target(project, found, chosen[0].name)
    for profile in chosen:
        if not profile.is_numeric:
            raise DataError(
                "Only numbers can be predicted together.",
                f"“{profile.name}” does not hold numbers.",
                "Choose columns of numbers, or one column alone.",
            )
    return _predict(project, names, Task.REGRESSION if chosen else data_of(project).task)


def _predict(project: Project, names: Collection[str], task: Task) -> Project:
    data = data_of(project)

    def role(column: Column) -> Role:
        if column.name in names:
            return Role.TARGET
        return Role.FEATURE if column.role is Role.TARGET else column.role

    columns = tuple(replace(column, role=role(column)) for column in data.columns)
    return set_data(project, replace(data, columns=columns, task=task))


def set_used(project: Project, names: Collection[str], used: bool) -> Project:
    """Let the network see some columns, or not; the target stays the target."""
    targets = {column.name for column in data_of(project).targets}
    return set_role(project, set(names) - targets, Role.FEATURE if used else Role.IGNORE)


def set_role(project: Project, names: Collection[str], role: Role) -> Project:
    """Use some columns for ``role``; only one at a time is the group or the weight: the one before is ignored then.

    The task stays: `set_target` and `set_targets` choose it, too.
    """
    return set_data(project, with_roles(data_of(project), names, role))


def set_kind(project: Project, names: Collection[str], kind: Kind) -> Project:
    """Say how the values of some columns are to be understood."""
    return _with_columns(project, names, lambda column: replace(column, kind=kind))


def set_encoding(project: Project, names: Collection[str], encoding: ColumnEncoding | None) -> Project:
    """Say how some columns become numbers, where their kind allows it; None is the usual way of each kind."""

    def changed(column: Column) -> Column:
        fits = encoding is None or column.kind in encoding.kinds
        return replace(column, encoding=encoding) if fits else column

    return _with_columns(project, names, changed)


def _with_columns(project: Project, names: Collection[str], change: Callable[[Column], Column]) -> Project:
    data = data_of(project)
    columns = tuple(change(column) if column.name in names else column for column in data.columns)
    return set_data(project, replace(data, columns=columns))


def set_task(project: Project, task: Task) -> Project:
    """Ask another question; of several targets only a regression keeps more than the first."""
    data = data_of(project)
    if task.is_classification and len(data.targets) > 1:
        data = with_roles(data, {column.name for column in data.targets[1:]}, Role.FEATURE)
    return set_data(project, replace(data, task=task))


def set_split(project: Project, split: Split) -> Project:
    """Deal the rows out otherwise; a column that says which row is for what is no feature any more."""
    return set_data(project, with_split(data_of(project), split))


def set_layout(project: Project, layout: Layout) -> Project:
    """Make examples of the rows otherwise; windows over rows need a split by time, where it was random."""
    return set_data(project, with_layout(data_of(project), layout))


def keep_repeats(project: Project, kept: bool) -> Project:
    """Let rows count that are the same as an earlier one, or leave them out."""
    return set_data(project, replace(data_of(project), keep_repeats=kept))


def set_source(project: Project, source: Source) -> Project:
    """Read the data otherwise, or from elsewhere; what the columns are for stays."""
    return set_data(project, replace(data_of(project), source=source))


def relocate(project: Project, path: str) -> Project:
    """The file was moved to ``path``; all else stays."""
    source: Any = data_of(project).source  # every kind of source is a dataclass with a path
    return set_source(project, replace(source, path=path))


def accept_file(project: Project, found: SourceFacts) -> Project:
    """Go on with the file as it is now: columns that went are gone, and new ones are ignored."""
    return set_data(project, on_file(data_of(project), found))


def set_batches(project: Project, batches: Batches) -> Project:
    return set_data(project, replace(data_of(project), batches=batches))


def set_parts(project: Project, parts: int) -> Project:
    """Batches of one in so many ``parts`` of the rows, of which as many more are gathered for a step: less memory."""
    batches, training = data_of(project).batches, project.training
    smaller = set_batches(project, replace(batches, size=-(-batches.size // parts)))
    return replace(smaller, training=replace(training, accumulate=training.accumulate * parts))


def data_of(project: Project) -> DataSpec:
    """The data of a project that has some; asking one that has none is a defect of the caller."""
    if project.data is None:
        raise ValueError("this project has no data yet")
    return project.data
