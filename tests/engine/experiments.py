"""Small experiments that the tests of this room train."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from queue import SimpleQueue
from typing import Any, TypeVar

import numpy as np
from torch import Tensor

from nnstudio.engine.examples import Examples
from nnstudio.engine.frozen import same_bits
from nnstudio.engine.train import train
from nnstudio.engine.trained import Trained
from nnstudio.spec.data import Batches, DataSpec
from nnstudio.spec.events import Event, NumericPlan
from nnstudio.spec.facts import DataFacts, Rows
from nnstudio.spec.layers import LayerKind, Linear, ReLU
from nnstudio.spec.losses import suggest_loss
from nnstudio.spec.model import Model, Row
from nnstudio.spec.project import Project
from nnstudio.spec.sources import TableSource
from nnstudio.spec.tasks import Task
from nnstudio.spec.training import Training

ONE_THREAD = NumericPlan(threads=1)
CLASSES = {Task.BINARY: 2, Task.MULTICLASS: 3, Task.REGRESSION: 0, Task.RECONSTRUCTION: 0}
E = TypeVar("E")


def examples(
    task: Task = Task.MULTICLASS, rows: int = 60, shape: tuple[int, ...] = (4,), parts: tuple[int, int] = (10, 10)
) -> Examples:
    """Rows that a network can learn something from; ``parts`` of them validate and test."""
    draw = np.random.default_rng(7)
    x = draw.standard_normal((rows, *shape), dtype=np.float32)
    scores = x.reshape(rows, -1) @ draw.standard_normal((int(np.prod(shape)), max(CLASSES[task], 1)), dtype=np.float32)
    order = draw.permutation(rows)
    validation, test, rest = np.split(order, np.cumsum(parts))
    names = tuple(f"class {index}" for index in range(CLASSES[task]))
    again = task is Task.RECONSTRUCTION
    answers = int(np.prod(shape)) if again else 1
    facts = DataFacts(task, shape, Rows(len(rest), *parts), "target", classes=names, answers=answers)
    y = x.reshape(rows, -1) if again else scores.argmax(1) if task.is_classification else scores / scores.std()
    return Examples(x, y, rest, validation, test, facts, target_scales=(20.0,))


def experiment(
    *layers: LayerKind, task: Task = Task.MULTICLASS, size: int = 8, shuffle: bool = True, **training: Any
) -> Project:
    """A project of ``layers`` (a small suggestion without any) whose loss suits the task and the last layer."""
    outputs = 4 if task is Task.RECONSTRUCTION else max(CLASSES[task], 1)
    stack = layers or (Linear(8), ReLU(), Linear(outputs))
    last = next((kind.out_features for kind in reversed(stack) if isinstance(kind, Linear)), None)
    settings: dict[str, Any] = {"loss": suggest_loss(task, stack[-1], last), "epochs": 3} | training
    data = DataSpec(TableSource(), (), task, batches=Batches(size, shuffle))
    return Project(data, Model(rows_of(*stack)), Training(**settings))


def rows_of(*layers: LayerKind, prefix: str = "row") -> tuple[Row, ...]:
    return tuple(Row(f"{prefix} {index}", kind) for index, kind in enumerate(layers))


def events_of(
    project: Project, given: Examples, *, plan: NumericPlan | None = ONE_THREAD, trained: Trained | None = None
) -> Generator[Event, None, None]:
    return train(project, given, inbox=SimpleQueue(), run="run", plan=plan, trained=trained)


def run(
    project: Project, given: Examples, *, plan: NumericPlan | None = ONE_THREAD, trained: Trained | None = None
) -> list[Event]:
    return list(events_of(project, given, plan=plan, trained=trained))


def the(kind: type[E], events: Sequence[Event]) -> E:
    """The one event of ``kind``."""
    (event,) = (event for event in events if isinstance(event, kind))
    return event


def all_of(kind: type[E], events: Sequence[Event]) -> list[E]:
    return [event for event in events if isinstance(event, kind)]


def learned(project: Project, given: Examples) -> dict[str, Tensor]:
    """The last weights of a run."""
    trained = Trained()
    run(project, given, trained=trained)
    return trained.last


def same_weights(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    """Whether two states agree in every name and bit."""
    return one.keys() == other.keys() and all(same_bits(tensor, other[name]) for name, tensor in one.items())
