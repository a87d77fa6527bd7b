"""Small experiments that the tests of this room share."""

from __future__ import annotations

import math

from nnstudio.session.document import State
from nnstudio.spec.columns import Column, Kind, Role
from nnstudio.spec.data import Batches, DataSpec
from nnstudio.spec.facts import ColumnProfile, DataFacts, Rows, Shape, SourceFacts
from nnstudio.spec.layers import LayerKind
from nnstudio.spec.losses import Loss, suggest_loss
from nnstudio.spec.model import Model, Row
from nnstudio.spec.project import Project
from nnstudio.spec.sources import TableSource
from nnstudio.spec.tasks import Task
from nnstudio.spec.training import Training

COLUMNS = (
    Column("length", Kind.NUMBER),
    Column("width", Kind.NUMBER),
    Column("id", Kind.NUMBER, Role.IGNORE),
    Column("species", Kind.CATEGORY, Role.TARGET),
)
CLASSES = {Task.BINARY: 2, Task.MULTICLASS: 3, Task.REGRESSION: 0, Task.RECONSTRUCTION: 0}


def data_of_task(task: Task, batch: int = 32) -> DataSpec:
    """A table whose last column is to be predicted."""
    return DataSpec(TableSource("flowers.csv"), COLUMNS, task, batches=Batches(batch), fingerprint="f1")


def stack(*kinds: LayerKind) -> Model:
    """A model of these kinds, whose rows are called a, b, c and so on."""
    return Model(tuple(Row(identity, kind) for identity, kind in zip("abcdefgh", kinds, strict=False)))


def project_of(task: Task, *kinds: LayerKind, loss: Loss | None = None, batch: int = 32) -> Project:
    """A project with a table and these layers; the loss is the one for the task, unless given."""
    chosen = loss or suggest_loss(task, kinds[-1] if kinds else None, None)
    return Project(data_of_task(task, batch), stack(*kinds), Training(loss=chosen))


def facts_of(task: Task, shape: Shape = (2,), train: int = 120, classes: int | None = None) -> DataFacts:
    """What the table asks of a network."""
    count = CLASSES[task] if classes is None else classes
    names = tuple(f"class {n}" for n in range(count))
    answers = math.prod(shape) if task is Task.RECONSTRUCTION else 1
    return DataFacts(task, shape, Rows(train, 15, 15), "species", classes=names, answers=answers)


def state_of(project: Project, facts: DataFacts) -> State:
    """The state once the engine has described the data of ``project``."""
    return State(project, facts=facts, described=project.data)


def found_in(project_data: DataSpec) -> SourceFacts:
    """What opening the table of ``project_data`` finds."""
    profiles = (
        ColumnProfile("length", Kind.NUMBER, 0, 90, is_numeric=True),
        ColumnProfile("width", Kind.INTEGER, 1, 5, is_whole=True, is_numeric=True),
        ColumnProfile("id", Kind.IDENTIFIER, 0, 150, is_whole=True, is_numeric=True),
        ColumnProfile("species", Kind.CATEGORY, 0, CLASSES[project_data.task] or 3),
    )
    task = project_data.task
    return SourceFacts(project_data.source, "f1", "cache.arrow", 150, profiles, project_data.columns, task)


def kinds_of(project: Project) -> list[LayerKind]:
    """The kinds of the stack, first to last."""
    return [row.kind for row in project.model.rows]
