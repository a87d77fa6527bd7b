"""A loss that is no number any more is traced back to where that began; the weights in front of it are kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from nnstudio.engine import origin
from nnstudio.engine.build import build
from nnstudio.engine.examples import Examples
from nnstudio.engine.recovery import Content
from nnstudio.engine.trained import Trained, all_finite
from nnstudio.spec.errors import NotFiniteError
from nnstudio.spec.events import EpochDone, Event
from nnstudio.spec.layers import BatchNorm1d, Linear, ReLU, Tanh
from nnstudio.spec.losses import L1, PoissonNLL
from nnstudio.spec.model import Model
from nnstudio.spec.optimizers import SGD
from nnstudio.spec.project import Project
from nnstudio.spec.tasks import Task
from tests.engine.experiments import all_of, events_of, examples, experiment, rows_of, same_weights
from tests.engine.test_recovery import Patient, followed, keeper  # noqa: F401  # a fixture
from tests.engine.test_refusals import exploding


def failed(project: Project, given: Examples) -> tuple[NotFiniteError, Trained, list[Event]]:
    trained, events = Trained(), list[Event]()
    with pytest.raises(NotFiniteError) as raised:
        events.extend(events_of(project, given, trained=trained))
    assert all_finite(trained.last.values())
    return raised.value, trained, events


def regression(*layers: Any, **training: Any) -> Project:
    return experiment(*layers, task=Task.REGRESSION, **training)


def test_steps_that_are_too_large_are_traced_to_a_layer() -> None:
    error, trained, events = failed(exploding(), examples(Task.REGRESSION))
    assert error.what.startswith("The loss became")
    assert "With a learning rate of 1 the steps were too large." in error.why
    assert "smaller learning rate, or clip the gradient" in error.remedy
    assert error.row_id in {"row 0", "row 1", "row 2"} or "in the loss" in error.why
    assert trained.best_epoch == min(all_of(EpochDone, events), key=lambda done: done.validation["loss"]).epoch


def test_a_layer_that_gives_what_is_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that divides by what may be zero: in the first batch already, before any step."""
    monkeypatch.setattr(nn.ReLU, "forward", lambda _, x: x / x.clamp_min(0))
    error, trained, _ = failed(experiment(Linear(8), ReLU(), Linear(3)), examples())
    assert error.row_id == "row 1"
    assert "It began in “ReLU” (1)" in error.why
    assert error.remedy.startswith("No step had been made")
    first = build(Model(rows_of(Linear(8), ReLU(), Linear(3))), (4,), 0)
    assert same_weights(trained.last, first.state_dict())


def test_running_statistics_are_those_from_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nn.ReLU, "forward", lambda _, x: x / x.clamp_min(0))
    layers = (Linear(8), ReLU(), BatchNorm1d(), Linear(3))
    error, trained, _ = failed(experiment(*layers), examples())
    assert error.row_id == "row 1"
    assert same_weights(trained.last, build(Model(rows_of(*layers)), (4,), 0).state_dict())


def test_a_gradient_that_is_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """The slope of a root at zero is infinite, times zero: not a number."""
    monkeypatch.setattr(nn.Tanh, "forward", lambda _, x: x + (x * 0).sqrt())
    error, _, _ = failed(experiment(Linear(8), Tanh(), Linear(3)), examples())
    assert error.row_id == "row 1"
    assert "on the way back, in “Tanh” (1)" in error.why


def test_the_gradient_of_a_weight_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    class Spoil(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, weight: Tensor) -> Tensor:
            del ctx
            return weight.clone()

        @staticmethod
        def backward(ctx: Any, *gradients: Tensor) -> Tensor:
            del ctx
            return gradients[0] * float("nan")

    def spoilt(layer: nn.Linear, x: Tensor) -> Tensor:
        weight: Any = Spoil.apply(layer.weight) if layer.out_features == 8 else layer.weight  # type: ignore[no-untyped-call]
        return nn.functional.linear(x, weight, layer.bias)

    monkeypatch.setattr(nn.Linear, "forward", spoilt)
    error, _, _ = failed(experiment(Linear(8), ReLU(), Linear(3)), examples())
    assert error.row_id == "row 0"
    assert "on the way back" in error.why


def test_a_loss_of_finite_numbers_that_is_none() -> None:
    """Of an expected count of exp(200)."""
    given = examples(Task.REGRESSION)
    given = replace(given, x=given.x * 1_000, y=np.ones_like(given.y))
    error, _, _ = failed(regression(Linear(1), loss=PoissonNLL()), given)
    assert error.row_id == ""
    assert "It began in the loss: the network gave finite numbers" in error.why
    assert "Poisson negative log-likelihood" in error.why


def test_a_step_that_spoils_the_weights() -> None:
    given = examples(Task.REGRESSION)
    given = replace(given, x=given.x * 1e37)
    error, trained, _ = failed(regression(Linear(1), loss=L1(), optimizer=SGD(lr=100.0)), given)
    assert "It began in the step" in error.why
    assert error.row_id == "row 0"
    assert trained.best_epoch == 0


def test_targets_that_are_no_numbers() -> None:
    given = examples(Task.REGRESSION)
    given.y[given.train[3]] = np.inf
    error, _, _ = failed(regression(Linear(1)), given)
    assert (error.why, error.remedy) == (
        "The data hold values that are not finite numbers.",
        "Fill or leave out such rows.",
    )


def test_without_validation_rows_the_last_step_is_looked_at_too() -> None:
    given = examples(Task.REGRESSION)
    given = replace(given, x=given.x * 1e37, validation=given.validation[:0], train=given.train[:8])
    error, trained, events = failed(regression(Linear(1), loss=L1(), optimizer=SGD(lr=100.0), epochs=1), given)
    assert error.what == "The weights became infinite, or not a number, in epoch 1."
    assert all_of(EpochDone, events) == []
    assert all_finite(trained.best.values())


def test_it_is_searched_from_the_last_checkpoint(keeper: Patient, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    from_the_start, _, _ = failed(exploding(), examples(Task.REGRESSION))
    kept: list[object] = []
    original = Patient.kept

    def noted(self: Patient) -> Content | None:
        kept.append(original(self))
        return original(self)

    monkeypatch.setattr(Patient, "kept", noted)
    with pytest.raises(NotFiniteError) as raised:
        followed(exploding(), examples(Task.REGRESSION), keeper)
    assert raised.value.why == from_the_start.why
    assert raised.value.row_id == from_the_start.row_id
    assert kept[0] is not None


@pytest.mark.parametrize(
    "hidden",
    [
        lambda patch: patch.setattr(origin, "MOST_SECONDS", -1.0),
        lambda patch: patch.setattr(origin.Watcher, "__call__", lambda self, *batch: self._learner.step(*batch)),
    ],
    ids=["it takes too long", "it does not happen again"],
)
def test_what_is_not_found_is_still_a_sentence(
    hidden: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden(monkeypatch)
    trained = Trained()
    with pytest.raises(NotFiniteError) as raised:
        list(events_of(exploding(), examples(Task.REGRESSION), trained=trained))
    assert raised.value.why == "With a learning rate of 1 the steps were too large."
    assert trained.best_epoch > 0
