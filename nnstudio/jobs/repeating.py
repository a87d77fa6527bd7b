"""The same project with several seeds: how much of a score is luck."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from nnstudio.jobs.training import train_project
from nnstudio.spec.events import (
    Event,
    Inbox,
    NumericPlan,
    Progress,
    RepeatDone,
    RepeatsStopped,
    RepeatStarted,
    RunFinished,
    RunStarted,
)
from nnstudio.spec.params import write_fields
from nnstudio.spec.project import Project, data_to_train_on
from nnstudio.spec.requests import RepeatProject, TrainProject

MOST_SEED = 2**31 - 1


def repeat_project(request: RepeatProject, inbox: Inbox) -> Iterator[Event]:
    """Train with one seed after another; every run is recorded like any other, and follows the plan of the first.

    The rows stay dealt out as they are: what differs is where the weights start and in which order rows come.
    """
    project = without_folds(request.project)
    plan: NumericPlan | None = None
    for number in range(1, request.count + 1):
        seed = (project.training.seed + number - 1) % (MOST_SEED + 1)
        yield RepeatStarted(number, request.count, seed)
        seeded = replace(project, training=replace(project.training, seed=seed))
        for event in train_project(TrainProject(seeded, plan, _name(request.name, seed)), inbox):
            if isinstance(event, RunStarted):
                plan = event.plan
            elif isinstance(event, Progress):
                yield event
            elif isinstance(event, RunFinished):
                if event.outcome == "stopped":
                    yield RepeatsStopped(number, request.count)
                    return
                yield RepeatDone(number, request.count, seed, event.run, event.validation, event.test, event.baseline)


def _name(name: str, seed: int) -> str:
    return f"{name} · seed {seed}" if name else f"seed {seed}"


def without_folds(project: Project) -> Project:
    """The project without its cross-validation, which would be repeated as well."""
    data = data_to_train_on(project)
    split = data.split
    if not split.folds:
        return project
    plain = type(split)(**write_fields(split) | {"folds": 0})
    return replace(project, data=replace(data, split=plain))
