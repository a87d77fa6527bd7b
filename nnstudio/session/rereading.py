"""What becomes of a project when the same file is read in another way."""

from __future__ import annotations

from dataclasses import replace

from nnstudio.data.suggest import default_spec
from nnstudio.session.agreement import on_file
from nnstudio.session.edits import data_of, set_data
from nnstudio.spec.columns import Column, Role
from nnstudio.spec.data import DataSpec
from nnstudio.spec.facts import SourceFacts
from nnstudio.spec.project import Project
from nnstudio.spec.tasks import Task


def read_otherwise(project: Project, found: SourceFacts, before: SourceFacts | None = None) -> Project:
    """Go on with ``found``: its columns are understood anew, and those that keep their names keep what they are for.

    ``before`` is what the reading before had found: a kind that the user chose against it stays chosen.
    """
    data, fresh = data_of(project), default_spec(found)
    kept = {column.name: column for column in data.columns}
    targets = {column.name for column in data.targets} & {column.name for column in fresh.columns}
    guessed = {column.name: column for column in before.suggested} if before else {}

    def column_of(seems: Column) -> Column:
        old = kept.get(seems.name)
        if old is None:
            is_taken = bool(targets) and seems.role is Role.TARGET
            return replace(seems, role=Role.FEATURE) if is_taken else seems
        is_chosen = seems.name in guessed and guessed[seems.name].kind is not old.kind
        kind = old.kind if is_chosen else seems.kind
        role = seems.role if seems.role is Role.TARGET and not targets else old.role
        return replace(old, kind=kind, role=role)

    columns = tuple(map(column_of, fresh.columns))
    task = _task(data, found, before) if targets else fresh.task
    read = replace(data, columns=columns, task=task, split=data.split if targets else fresh.split)
    return set_data(project, on_file(read, found))


def _task(data: DataSpec, found: SourceFacts, before: SourceFacts | None) -> Task:
    """The task that was chosen, or that the target suggests now where it was not chosen."""
    target = data.target
    names = {profile.name for profile in found.columns}
    if target is None or target.name not in names or len(data.targets) > 1 or data.task is Task.RECONSTRUCTION:
        return data.task
    suggested = found.column(target.name).suggested_task
    if before is None or target.name not in {profile.name for profile in before.columns}:
        return suggested
    was_chosen = before.column(target.name).suggested_task is not data.task
    is_possible = found.column(target.name).is_numeric or data.task.is_classification
    return data.task if was_chosen and is_possible else suggested
