"""What frozen layers at the front make of the rows is computed once; training goes on from there to the same end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from queue import SimpleQueue
from typing import Any

import pytest
import torch

from nnstudio.engine import front as module_of_front
from nnstudio.engine.examples import Examples
from nnstudio.engine.front import rows_in_front
from nnstudio.engine.train import train
from nnstudio.engine.trained import Trained
from nnstudio.spec.events import (
    Command,
    ComputedOnce,
    EpochDone,
    Event,
    NumericPlan,
    Pause,
    RunFinished,
    RunStarted,
    Stop,
)
from nnstudio.spec.freezing import front
from nnstudio.spec.layers import BatchNorm1d, Branches, Dropout, Linear, ReLU
from nnstudio.spec.model import Model, Row, block, new_row
from nnstudio.spec.project import Project
from nnstudio.spec.shapes import walk
from nnstudio.spec.tasks import Task
from tests.engine.experiments import all_of, examples, experiment, run, same_weights, the

ONCE = NumericPlan(threads=1, once=1)
EACH_EPOCH = NumericPlan(threads=1)
BODY = (Linear(16), BatchNorm1d(), Dropout(0.2), ReLU(), Linear(8), ReLU(), Linear(3))


def frozen(project: Project, *places: int, thaw: int = 0) -> Project:
    rows = tuple(
        replace(row, locked=place in places, thaw=thaw if place in places else 0)
        for place, row in enumerate(project.model.rows)
    )
    return replace(project, model=Model(rows))


def tuned(**training: Any) -> Project:
    """The body is frozen, the head learns."""
    return frozen(experiment(*BODY, **training), 0, 1, 2, 4)


# ---- which rows ----


def locked(row: Row, **changes: Any) -> Row:
    return replace(row, locked=True, **changes)


@pytest.mark.parametrize(
    ("rows", "count"),
    [
        ([new_row(Linear(4)), new_row(Linear(3))], 0),
        ([locked(new_row(Linear(4))), new_row(ReLU()), new_row(Linear(3))], 2),
        ([new_row(ReLU()), new_row(Linear(3))], 0),
        ([locked(new_row(Linear(4))), new_row(Dropout(0.5)), new_row(Linear(3))], 1),
        ([locked(new_row(Linear(4))), locked(new_row(Dropout(0.5))), new_row(Linear(3))], 2),
        ([locked(new_row(Linear(4)), thaw=2), new_row(Linear(3))], 0),
        ([replace(new_row(Linear(4)), locked_parameters=("weight", "bias")), new_row(Linear(3))], 0),
        ([locked(new_row(Linear(4))), new_row(BatchNorm1d()), new_row(Linear(3))], 1),
        ([locked(block(Branches(), [new_row(Linear(4))], [])), new_row(Linear(3))], 1),
        ([block(Branches(), [locked(new_row(Linear(4)))], [new_row(Linear(4))]), new_row(Linear(3))], 0),
    ],
)
def test_the_front_is_what_never_changes(rows: list[Row], count: int) -> None:
    assert front(Model(tuple(rows))) == count


@pytest.mark.parametrize(
    ("change", "count"),
    [
        (lambda project: project, 6),
        (lambda project: replace(project, training=replace(project.training, epochs=1)), 0),
        (lambda project: replace(project, training=replace(project.training, precision="bfloat16")), 0),
        (lambda project: replace(project, data=replace(project.data, task=Task.RECONSTRUCTION)), 0),
        (lambda project: frozen(project, 1), 0),
    ],
    ids=["frozen", "one epoch", "mixed precision", "reconstruction", "a norm alone"],
)
def test_when_it_pays_off(change: Callable[[Project], Project], count: int) -> None:
    project = change(tuned())
    assert rows_in_front(project, walk(project.model, (4,)), 60) == count


def test_what_takes_too_much_memory_is_passed_in_every_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    project = tuned()
    monkeypatch.setattr(module_of_front, "MOST_BYTES", 4 * 60 * 8)
    assert rows_in_front(project, walk(project.model, (4,)), 60) == 6
    assert rows_in_front(project, walk(project.model, (4,)), 61) == 0


# ---- training ----


def trained_by(project: Project, given: Examples, plan: NumericPlan | None) -> tuple[list[Event], Trained]:
    trained = Trained()
    return run(project, given, plan=plan, trained=trained), trained


@pytest.mark.parametrize("training", [{}, {"ema": 0.9}, {"accumulate": 2}], ids=["plain", "averaged", "accumulated"])
def test_the_end_is_that_of_passing_all_layers_in_every_epoch(training: dict[str, Any]) -> None:
    project, given = tuned(epochs=4, **training), examples()
    once, one = trained_by(project, given, ONCE)
    each, other = trained_by(project, given, EACH_EPOCH)
    for state, expected in ((one.last, other.last), (one.best, other.best)):
        assert state.keys() == expected.keys()
        assert all(torch.allclose(state[name], tensor, atol=1e-6) for name, tensor in expected.items())
    finished, told = the(RunFinished, once), the(RunFinished, each)
    assert finished.frozen_unchanged
    assert finished.frozen == told.frozen
    assert finished.test == pytest.approx(told.test, abs=1e-6)
    losses = [[done.validation["loss"] for done in all_of(EpochDone, events)] for events in (once, each)]
    assert losses[0] == pytest.approx(losses[1], abs=1e-6)


def test_a_plan_says_whether_it_is_done_and_a_run_without_one_does_it() -> None:
    project, given = tuned(), examples()
    assert [the(RunStarted, run(project, given, plan=plan)).plan.once for plan in (None, ONCE, EACH_EPOCH)] == [1, 1, 0]
    assert the(RunStarted, run(experiment(), given, plan=ONCE)).plan.once == 0


def test_the_same_plan_gives_the_same_bits() -> None:
    project, given = tuned(), examples()
    one, other = (trained_by(project, given, ONCE)[1] for _ in range(2))
    assert same_weights(one.last, other.last)


def waiting(*commands: Command) -> SimpleQueue[Command]:
    inbox: SimpleQueue[Command] = SimpleQueue()
    for command in commands:
        inbox.put(command)
    return inbox


def test_it_is_told_how_far_that_is_and_a_stop_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module_of_front, "TOLD_SECONDS", -1.0)
    monkeypatch.setattr(module_of_front, "rows_at_once", lambda *_: 25)
    told = all_of(ComputedOnce, run(tuned(), examples(), plan=ONCE))
    assert [(each.done, each.rows) for each in told] == [(25, 60), (50, 60), (60, 60)]
    events = list(train(tuned(), examples(), inbox=waiting(Pause(), Stop()), run="run", plan=ONCE))
    assert len(all_of(ComputedOnce, events)) == 1
    assert the(RunFinished, events).outcome == "stopped"
