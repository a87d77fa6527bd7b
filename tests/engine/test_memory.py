"""Where memory runs out a batch goes through in smaller parts, and the step stays the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from nnstudio.engine.examples import Examples
from nnstudio.engine.recovery import Restart, load_recovery
from nnstudio.engine.step import Update
from nnstudio.engine.train import train
from nnstudio.engine.trained import Trained
from nnstudio.spec.errors import OutOfMemory
from nnstudio.spec.events import CheckpointSaved, EpochDone, Event, Inbox, NumericPlan, PlanChanged, RunFinished
from nnstudio.spec.layers import BatchNorm1d, Linear, ReLU
from nnstudio.spec.project import Project
from tests.engine.experiments import all_of, examples, experiment, learned, run, same_weights, the
from tests.engine.test_recovery import Patient, followed, keeper  # noqa: F401  # a fixture

TOO_LARGE = "[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes"


def scarce(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """Memory for ``most`` rows at a time, while training."""
    original = nn.Linear.forward

    def forward(layer: nn.Linear, x: Tensor) -> Tensor:
        if layer.training and len(x) > most:
            raise RuntimeError(TOO_LARGE)
        return original(layer, x)

    monkeypatch.setattr(nn.Linear, "forward", forward)


def weighed() -> Examples:
    given = examples(rows=61)
    return replace(given, weights=np.linspace(0, 3, 61, dtype=np.float32))


@pytest.mark.parametrize("given", [examples(rows=61), weighed()], ids=["alike", "weighed"])
@pytest.mark.parametrize("training", [{}, {"accumulate": 3, "clip": 0.5}, {"ema": 0.9}], ids=str)
@pytest.mark.parametrize(("most", "parts"), [(4, 2), (3, 4), (1, 8)])
def test_the_step_is_the_same_in_parts(
    most: int, parts: int, training: dict[str, Any], given: Examples, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = experiment(epochs=2, **training)
    whole = learned(project, given)
    scarce(monkeypatch, most)
    trained = Trained()
    events = run(project, given, trained=trained)
    told = all_of(PlanChanged, events)[-1].plan
    assert (told.parts, told.step, told.eager_because) == (parts, "eager", "memory ran out")
    assert len(all_of(EpochDone, events)) == 2
    assert the(RunFinished, events).outcome == "completed"
    if training.get("accumulate", 1) == 1:  # else what was gathered before the batch that failed is dropped
        for name, tensor in whole.items():
            torch.testing.assert_close(trained.last[name], tensor, atol=1e-4, rtol=1e-3)


def test_a_batch_norm_compares_two_rows_at_least(monkeypatch: pytest.MonkeyPatch) -> None:
    project = experiment(Linear(8), BatchNorm1d(), ReLU(), Linear(3))
    scarce(monkeypatch, 2)
    assert all_of(PlanChanged, run(project, examples(rows=62)))[-1].plan.parts == 4
    scarce(monkeypatch, 1)
    with pytest.raises(OutOfMemory, match="smaller network"):
        run(project, examples(rows=62))


def test_memory_for_not_even_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    scarce(monkeypatch, 0)
    with pytest.raises(OutOfMemory, match=r"Memory ran out\."):
        run(experiment(), examples())


def test_the_optimiser_may_be_what_needs_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    original, failing = Update.finish, [True]

    def finish(update: Update) -> None:
        if failing and failing.pop():
            raise MemoryError
        original(update)

    whole = learned(experiment(epochs=1), examples())
    monkeypatch.setattr(Update, "finish", finish)
    trained = Trained()
    assert the(PlanChanged, run(experiment(epochs=1), examples(), trained=trained)).plan.parts == 2
    for name, tensor in whole.items():
        torch.testing.assert_close(trained.last[name], tensor, atol=1e-4, rtol=1e-3)


def test_a_run_in_parts_is_resumed_in_parts(keeper: Patient, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    project, given = experiment(epochs=3), examples()
    with monkeypatch.context() as patch:
        scarce(patch, 3)
        events, trained = followed(project, given, keeper)
    plan = all_of(PlanChanged, events)[-1].plan
    assert plan.parts == 4
    told = all_of(CheckpointSaved, events)
    for kept, at in list(zip(keeper.copies, told, strict=True))[::4]:
        again = resumed(project, given, plan, Restart(load_recovery(kept)))
        assert same_weights(again.last, trained.last), at


def resumed(project: Project, given: Examples, plan: NumericPlan, restart: Restart) -> Trained:
    trained = Trained()
    events: list[Event] = list(
        train(project, given, inbox=Inbox(), run="run", plan=plan, trained=trained, go_on_from=restart)
    )
    assert all_of(PlanChanged, events) == []
    return trained
