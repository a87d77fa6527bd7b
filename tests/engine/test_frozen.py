"""What is locked keeps every bit, and that is proved rather than claimed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from nnstudio.engine.build import build
from nnstudio.engine.frozen import Frozen, same_bits
from nnstudio.engine.trained import Trained
from nnstudio.spec.errors import TrainingError
from nnstudio.spec.events import RunFinished, RunStarted
from nnstudio.spec.layers import BatchNorm1d, Dropout, Linear, ReLU
from nnstudio.spec.model import Model
from nnstudio.spec.optimizers import SGD, Adam, AdamW, Optimizer, RMSprop
from nnstudio.spec.project import Project
from tests.engine.experiments import examples, experiment, rows_of, run, the

MOVERS: list[Optimizer] = [
    SGD(lr=0.1, momentum=0.9, weight_decay=0.5),
    Adam(weight_decay=0.5),
    AdamW(lr=0.1, weight_decay=0.5),
    RMSprop(momentum=0.9, weight_decay=0.5),
]


def locked(project: Project, index: int, *parameters: str) -> Project:
    """The project with one row locked, or only ``parameters`` of it."""
    rows = list(project.model.rows)
    rows[index] = replace(rows[index], locked=not parameters, locked_parameters=parameters)
    return replace(project, model=replace(project.model, rows=tuple(rows)))


def start_of(project: Project) -> dict[str, Tensor]:
    return build(project.model, (4,), project.training.seed).state_dict()


def moved(project: Project, trained: Trained) -> set[str]:
    """The names of the tensors that training changed, in the last or in the best weights."""
    return {
        name
        for name, before in start_of(project).items()
        for state in (trained.last, trained.best)
        if not same_bits(before, state[name])
    }


@pytest.mark.parametrize("optimizer", MOVERS, ids=lambda optimizer: optimizer.key)
def test_no_optimiser_moves_a_locked_row(optimizer: Optimizer) -> None:
    project, trained = locked(experiment(optimizer=optimizer), 0), Trained()
    events = run(project, examples(), trained=trained)
    finished = the(RunFinished, events)
    assert (finished.frozen, finished.frozen_unchanged) == (("0.weight", "0.bias"), True)
    assert moved(project, trained) == {"2.weight", "2.bias"}
    started = the(RunStarted, events)
    assert (started.parameters, started.trainable) == (67, 27)


def test_a_single_parameter_can_be_locked() -> None:
    project, trained = locked(experiment(), 2, "bias", "no such thing"), Trained()
    finished = the(RunFinished, run(project, examples(), trained=trained))
    assert (finished.frozen, finished.frozen_unchanged) == (("2.bias",), True)
    assert moved(project, trained) == {"0.weight", "0.bias", "2.weight"}


def test_a_locked_batch_norm_keeps_its_statistics() -> None:
    project = locked(experiment(Linear(4), BatchNorm1d(), Linear(3)), 1)
    trained = Trained()
    finished = the(RunFinished, run(project, examples(), trained=trained))
    names = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")
    assert finished.frozen == tuple(f"1.{name}" for name in names)
    assert finished.frozen_unchanged is True
    assert moved(project, trained) == {"0.weight", "0.bias", "2.weight", "2.bias"}


def test_a_batch_norm_with_locked_parameters_follows_the_data() -> None:
    project = locked(experiment(Linear(4), BatchNorm1d(), Linear(3)), 1, "weight", "bias", "running_mean")
    trained = Trained()
    finished = the(RunFinished, run(project, examples(), trained=trained))
    assert finished.frozen == ("1.weight", "1.bias")
    assert {"1.running_mean", "1.running_var", "1.num_batches_tracked"} <= moved(project, trained)


def test_a_locked_dropout_lets_everything_pass() -> None:
    model = Model((*rows_of(ReLU()), replace(rows_of(Dropout(1.0))[0], locked=True)))
    module = build(model, (4,), 0)
    Frozen(module, model).train()
    assert module(torch.ones(1, 4)).tolist() == [[1.0] * 4]
    assert module.training


def test_locked_layers_between_free_ones_pass_the_gradient_on() -> None:
    layers: list[Any] = [Linear(4), ReLU(), Linear(4), ReLU(), Linear(3)]
    project, trained = locked(experiment(*layers), 2), Trained()
    run(project, examples(), trained=trained)
    assert moved(project, trained) == {"0.weight", "0.bias", "4.weight", "4.bias"}


def test_a_network_that_is_locked_whole_is_refused() -> None:
    project = locked(locked(experiment(), 0), 2)
    with pytest.raises(TrainingError, match="There is nothing to train"):
        run(project, examples())


def test_a_change_of_one_bit_is_found() -> None:
    project = locked(experiment(), 0)
    module = build(project.model, (4,), 0)
    frozen, state = Frozen(module, project.model), module.state_dict()
    assert frozen.unchanged(state) is True
    state["0.weight"].view(torch.int32)[3, 1] ^= 1
    assert frozen.unchanged(state) is False
    assert frozen.unchanged() is True


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (torch.tensor([1.0]), torch.tensor([1.0]), True),
        (torch.tensor(float("nan")), torch.tensor(float("nan")), True),
        (torch.tensor(0.0), torch.tensor(-0.0), False),
        (torch.ones(2), torch.ones(1, 2), False),
        (torch.ones(2), torch.ones(2, dtype=torch.float64), False),
        (torch.ones(2, 3), torch.ones(3, 2).T, True),
        (torch.ones(0), torch.ones(0), True),
    ],
)
def test_bits_are_compared_not_values(one: Tensor, other: Tensor, same: bool) -> None:
    assert same_bits(one, other) is same
