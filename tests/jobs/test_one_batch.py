"""Learning by heart: one batch, then all rows, or a sentence on what prevents it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue

import numpy as np
import pytest

from nnstudio.engine.examples import Examples
from nnstudio.jobs import one_batch
from nnstudio.jobs.one_batch import contradictions, fit_batch
from nnstudio.resources import resource
from nnstudio.runs.store import RunStore
from nnstudio.session import edits
from nnstudio.session.one_batch import hindrance
from nnstudio.spec.events import Event, FitDone, Fitting, Inbox, Stop
from nnstudio.spec.files import load_project
from nnstudio.spec.layers import Dropout
from nnstudio.spec.optimizers import SGD, Adam, Optimizer
from nnstudio.spec.project import Project
from nnstudio.spec.requests import FitBatch
from nnstudio.spec.sources import TableSource
from tests.jobs.test_training import suggested


@pytest.fixture
def iris() -> Project:
    return load_project(resource("samples/iris.nnstudio"))


def fit(project: Project, inbox: Inbox | None = None) -> list[Event]:
    return list(fit_batch(FitBatch(project), inbox or SimpleQueue()))


def ends(events: list[Event]) -> list[FitDone]:
    return [event for event in events if isinstance(event, FitDone)]


def using(project: Project, optimizer: Optimizer) -> Project:
    return edits.set_training(project, replace(project.training, optimizer=optimizer))


def test_a_batch_is_learned_by_heart_and_then_all_rows_are_tried(iris: Project) -> None:
    events = fit(iris)
    batch, everything = ends(events)
    assert (batch.stage, batch.rows, batch.fitted, batch.score) == ("batch", 16, True, 1.0)
    assert batch.loss <= 0.05
    assert (everything.stage, everything.rows) == ("all", 120)
    steps = [event for event in events if isinstance(event, Fitting) and event.stage == "batch"]
    assert [step.epoch for step in steps] == list(range(1, batch.epochs + 1))
    with closing(RunStore()) as store:
        assert store.runs() == []


def test_dropout_and_decay_do_not_stand_in_the_way(iris: Project) -> None:
    hindered, _ = edits.add_layer(using(iris, Adam(lr=0.003, weight_decay=1.0)), Dropout(0.9), 2)
    assert ends(fit(hindered))[0].fitted


def test_values_are_learned_by_heart_too() -> None:
    project = load_project(resource("samples/diabetes.nnstudio"))
    batch = ends(fit(project))[0]
    assert batch.fitted
    assert batch.score >= 0.99


def test_steps_that_are_too_small_are_named(iris: Project) -> None:
    (batch,) = ends(fit(using(iris, SGD(lr=1e-9, momentum=0))))
    assert not batch.fitted
    assert batch.why.startswith("The loss stays at")
    assert "the learning rate may be too small" in batch.remedy


def test_steps_that_are_too_large_are_named(iris: Project) -> None:
    (batch,) = ends(fit(using(iris, SGD(lr=100))))
    assert not batch.fitted
    assert "smaller learning rate" in batch.remedy


@pytest.mark.parametrize(
    ("losses", "trainable", "why"),
    [
        ([1.0, 1.2, 1.5], 100, "The loss rises: the steps are too large."),
        ([1.0, 0.8, 0.4], 100, "The loss is still falling: time ran out."),
        ([1.0, 0.5, 0.5], 51, "Only 51 of 100 parameters may change."),
        ([1.0, 0.5, 0.5], 100, "The network has 100 parameters for 160 answers."),
    ],
)
def test_what_prevents_it_is_told_from_the_losses_and_the_network(
    losses: list[float], trainable: int, why: str
) -> None:
    assert hindrance(losses, trainable, 100, 160)[0] == why


def test_rows_that_contradict_each_other_are_named(tmp_path: Path) -> None:
    path = tmp_path / "same.csv"
    path.write_text("size,colour,answer\n" + "1,red,yes\n1,red,no\n2,blue,no\n3,red,yes\n" * 10)
    project = suggested(TableSource(str(path)))
    (batch,) = ends(fit(project))
    assert not batch.fitted
    assert "look the same to the network" in batch.why


def test_a_stop_ends_it_without_a_verdict(iris: Project) -> None:
    inbox: Inbox = SimpleQueue()
    events = []
    for event in fit_batch(FitBatch(iris), inbox):
        events.append(event)
        inbox.put(Stop())
    assert not ends(events)


def test_time_that_runs_out_is_said(iris: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(one_batch.MOST_SECONDS, "batch", 0.0)
    (batch,) = ends(fit(iris))
    assert (batch.epochs, batch.fitted) == (1, False)


def test_contradictions_are_counted() -> None:
    x = np.array([[0, 1], [0, 1], [2, 3], [0, 1], [2, 3]], np.float32)
    none = np.empty(0, np.int64)
    for y, count in ((np.array([0, 0, 1, 1, 1]), 1), (np.array([[0.5], [0.5], [1], [0.5], [2]], np.float32), 1)):
        examples = Examples(x, y, np.arange(5), none, none, facts=None)  # type: ignore[arg-type]  # not looked at
        assert contradictions(examples) == count
