"""A project is trained with several seeds; each run is kept like any other."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from queue import SimpleQueue

import pytest

from nnstudio.jobs.repeating import MOST_SEED, repeat_project
from nnstudio.resources import resource
from nnstudio.runs.store import RunStore
from nnstudio.session import edits
from nnstudio.spec.errors import SpecError
from nnstudio.spec.events import Event, Inbox, Progress, RepeatDone, RepeatsStopped, RepeatStarted, Stop
from nnstudio.spec.project import Project
from nnstudio.spec.requests import RepeatProject, TrainProject
from nnstudio.spec.sources import TableSource
from nnstudio.spec.splits import RandomSplit
from tests.jobs.test_training import PLAN, ask, finished, suggested

IRIS = TableSource(str(resource("samples/iris.csv")))


def done(events: list[Event]) -> list[RepeatDone]:
    return [event for event in events if isinstance(event, RepeatDone)]


def test_each_seed_is_a_run_of_its_own() -> None:
    project = suggested(IRIS, epochs=3)
    events = done(ask(RepeatProject(project, 3, "iris")))
    assert [(event.number, event.count, event.seed) for event in events] == [(1, 3, 0), (2, 3, 1), (3, 3, 2)]
    assert len({event.test["loss"] for event in events}) == 3, "another seed is another network"
    with closing(RunStore()) as store:
        records = [store.run(event.run) for event in events]
    assert [record.name for record in records] == ["iris · seed 0", "iris · seed 1", "iris · seed 2"]
    assert [record.project.training.seed for record in records] == [0, 1, 2]


def test_behind_the_largest_seed_comes_the_smallest() -> None:
    once = suggested(IRIS, epochs=1)
    project = replace(once, training=replace(once.training, seed=MOST_SEED))
    assert [event.seed for event in done(ask(RepeatProject(project, 2)))] == [MOST_SEED, 0]


def test_the_first_one_is_the_run_itself() -> None:
    project = suggested(IRIS, epochs=3)
    (event,) = done(ask(RepeatProject(project, 1)))
    run = finished(ask(TrainProject(project, PLAN)))
    assert event.test == run.test
    assert event.validation == run.validation


def test_folds_are_not_repeated() -> None:
    project = edits.set_split(suggested(IRIS, epochs=1), RandomSplit(0.1, 0.1, folds=3))
    events = ask(RepeatProject(project, 2))
    assert [type(event) for event in events if not isinstance(event, Progress)] == [RepeatStarted, RepeatDone] * 2


def test_a_stop_ends_it_and_the_runs_before_it_stay() -> None:
    inbox: Inbox = SimpleQueue()
    events: list[Event] = []
    for event in repeat_project(RepeatProject(suggested(IRIS, epochs=50), 4), inbox):
        events.append(event)
        if isinstance(event, RepeatDone):
            inbox.put(Stop())
    assert isinstance(events[-1], RepeatsStopped)
    assert events[-1].number == 2
    assert len(done(events)) == 1


def test_nothing_to_train_on_is_said() -> None:
    with pytest.raises(SpecError, match="no data"):
        ask(RepeatProject(Project()))
