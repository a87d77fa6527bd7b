"""What a network answers does not depend on who else is asked, and judging it leaves no trace."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from nnstudio.engine import predict as module_under_test
from nnstudio.engine.build import build
from nnstudio.engine.predict import evaluate, outputs, predict, rows_at_once
from nnstudio.spec.layers import (
    BatchNorm1d,
    Conv2d,
    Dropout,
    Flatten,
    LayerKind,
    Linear,
    LogSoftmax,
    MaxPool2d,
    ReLU,
    Sigmoid,
)
from nnstudio.spec.losses import BCE, MSE, NLL, BCEWithLogits, CrossEntropy, Loss
from nnstudio.spec.model import Model
from nnstudio.spec.tasks import Task
from tests.engine.experiments import examples, rows_of


def network(*layers: LayerKind, shape: tuple[int, ...] = (4,)) -> torch.nn.Sequential:
    return build(Model(rows_of(*layers)), shape, 3)


@pytest.mark.parametrize(
    ("loss", "layers"),
    [
        (CrossEntropy(), [Linear(3)]),
        (NLL(), [Linear(3), LogSoftmax()]),
        (CrossEntropy(), [Linear(2)]),
        (BCEWithLogits(), [Linear(1)]),
        (BCE(), [Linear(1), Sigmoid()]),
    ],
    ids=lambda value: value.key if isinstance(value, Loss) else str(len(value)) + str(value[0].out_features),
)
def test_every_loss_leads_to_probabilities_of_all_classes(loss: Loss, layers: list[Any]) -> None:
    given = examples()
    answers = predict(network(*layers), loss, given.x)
    assert answers.shape == (60, max(layers[0].out_features, 2))
    assert answers.dtype == np.float32
    assert np.allclose(answers.sum(1), 1, atol=1e-6)
    assert (answers >= 0).all()


def test_the_second_of_two_answers_is_yes() -> None:
    module = network(Linear(1))
    raw = outputs(module, examples().x)
    no, yes = predict(module, BCEWithLogits(), examples().x).T
    assert np.array_equal(yes > no, raw[:, 0] > 0)


def test_values_are_answered_as_they_are() -> None:
    module, given = network(Linear(1)), examples(Task.REGRESSION)
    assert np.array_equal(predict(module, MSE(), given.x), outputs(module, given.x))


def test_an_answer_does_not_depend_on_the_other_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    module = network(Linear(8), BatchNorm1d(), ReLU(), Dropout(0.5), Linear(3))
    module.train()
    module(torch.randn(20, 4))
    together = outputs(module, examples().x)
    assert not module.training
    monkeypatch.setattr(module_under_test, "ACTIVATION_BYTES", 1)
    alone = outputs(module, examples().x)
    assert np.allclose(together, alone, atol=1e-6)


@pytest.mark.parametrize("rows", [0, 1, 60])
def test_any_number_of_rows_is_answered(rows: int) -> None:
    module = network(Conv2d(4), ReLU(), Flatten(), Linear(3), shape=(1, 4, 4))
    assert outputs(module, examples(shape=(1, 4, 4)).x[:rows]).shape == (rows, 3)


def test_as_many_rows_pass_as_the_widest_layer_allows() -> None:
    module = network(Conv2d(16), ReLU(), MaxPool2d(), Flatten(), Linear(10), shape=(1, 28, 28))
    rows = rows_at_once(module, torch.zeros(1, 1, 28, 28))
    assert rows == module_under_test.ACTIVATION_BYTES // (16 * 28 * 28 * 4)


def test_judging_draws_no_random_number_and_changes_no_weight() -> None:
    module, given = network(Linear(8), BatchNorm1d(), Dropout(0.5), Linear(3)), examples()
    before, state = torch.get_rng_state(), {name: tensor.clone() for name, tensor in module.state_dict().items()}
    measures = evaluate(module, CrossEntropy(), given, given.test)
    assert set(measures) == {"loss", "accuracy", "balanced_accuracy"}
    assert torch.equal(before, torch.get_rng_state())
    assert all(torch.equal(tensor, state[name]) for name, tensor in module.state_dict().items())
    assert evaluate(module, CrossEntropy(), given, given.test) == measures


def test_no_rows_have_no_measures() -> None:
    given = examples()
    assert evaluate(network(Linear(3)), CrossEntropy(), given, given.test[:0]) == {}


def test_where_rows_lie_in_memory_does_not_matter() -> None:
    """Rows of a large file come in many lots, each at a place of its own."""
    x = np.random.default_rng(0).normal(size=(500, 10)).astype(np.float32)
    module = network(Linear(1), shape=(10,))
    given = outputs(module, x, 25)
    for shift in range(1, 16):
        memory = np.empty(x.size + shift, np.float32)
        moved = memory[shift:].reshape(x.shape)
        moved[:] = x
        assert np.array_equal(outputs(module, moved, 25), given), shift
