"""The gradients that are told while a network trains are those that its batches leave, recorded or not."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pytest
import torch

from nnstudio.engine import gradients
from nnstudio.engine.gradients import norms_of
from nnstudio.engine.slow_motion import SlowMotion
from nnstudio.engine.watching import Wish, watch
from nnstudio.spec.events import GradientsSeen
from nnstudio.spec.layers import Dropout, Linear, ReLU
from nnstudio.spec.optimizers import SGD, Adam, Optimizer
from nnstudio.spec.project import Project
from tests.engine.experiments import ONE_THREAD, all_of, examples, experiment, learned, run, same_weights

LAYERS = Linear(8), ReLU(), Dropout(0.2), Linear(3)


@pytest.fixture(autouse=True)
def at_every_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gradients, "PAUSE", 0.0)


def seen(project: Project, step: Literal["eager", "recorded"] = "eager") -> list[GradientsSeen]:
    return all_of(GradientsSeen, run(project, examples(), plan=replace(ONE_THREAD, step=step)))


@pytest.mark.parametrize("optimizer", [SGD(lr=0.1), Adam()])
def test_recorded_steps_tell_the_same_as_eager_ones(optimizer: Optimizer) -> None:
    project = experiment(*LAYERS, optimizer=optimizer, epochs=6, patience=0)
    eager, recorded = seen(project), seen(project, "recorded")
    assert [each.epoch for each in eager] == [1, 2, 3, 4, 5, 6]
    assert recorded == eager
    assert set(eager[0].norms) == {"0", "3"}


def test_they_are_those_of_the_last_batch_of_the_epoch() -> None:
    project = experiment(*LAYERS, patience=0)
    slow = SlowMotion(project, examples())
    last = watch(slow, Wish(slow.batches - 1), (), (), lambda: True)
    assert last is not None
    told = {each.prefix: pytest.approx(each.gradient, rel=1e-5) for each in last.passed if each.gradient is not None}
    assert seen(project)[0].norms == told


def test_looking_changes_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    project = experiment(*LAYERS, patience=0)
    watched = learned(project, examples())
    monkeypatch.setattr(gradients, "PAUSE", 1e9)
    assert same_weights(learned(project, examples()), watched)


def test_a_locked_layer_is_left_out() -> None:
    project = experiment(*LAYERS)
    first, *rest = project.model.rows
    locked = replace(project, model=replace(project.model, rows=(replace(first, locked=True), *rest)))
    assert [set(each.norms) for each in seen(locked)] == [{"3"}] * 3


def test_without_gradients_there_is_nothing_to_tell() -> None:
    assert norms_of([("0", torch.nn.Linear(2, 2))], {}) == {}
