"""Rows and classes that do not count alike: what weights mean for the loss, and how balancing helps rare classes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import nn

from nnstudio.engine.build import make_loss
from nnstudio.engine.examples import Examples, row_weights
from nnstudio.engine.predict import evaluate, predict
from nnstudio.engine.trained import Trained
from nnstudio.spec.errors import TrainingError
from nnstudio.spec.events import EpochDone, RunFinished
from nnstudio.spec.facts import DataFacts, Rows
from nnstudio.spec.layers import Linear
from nnstudio.spec.losses import BCE, L1, MSE, NLL, BCEWithLogits, CrossEntropy, Loss
from nnstudio.spec.optimizers import SGD, Adam
from nnstudio.spec.project import Project
from nnstudio.spec.tasks import Task
from tests.engine.experiments import all_of, examples, experiment, learned, run, same_weights, the
from tests.engine.test_train import by_hand

weight_lists = st.lists(st.floats(0, 8, width=32), min_size=1, max_size=30).filter(lambda weights: sum(weights) > 0.01)


def balanced(project: Project, balance: str) -> Project:
    assert project.data is not None
    batches = replace(project.data.batches, balance=balance)  # type: ignore[arg-type]
    return replace(project, data=replace(project.data, batches=batches))


def weighted(given: Examples, weights: NDArray[Any]) -> Examples:
    return replace(given, weights=weights.astype(np.float32))


def repeated(given: Examples, times: NDArray[np.int64]) -> Examples:
    """The same examples, each training row as often as ``times`` says."""
    return replace(given, train=np.repeat(given.train, times[given.train]))


# ---- the loss ----


@pytest.mark.parametrize("kind", [CrossEntropy(), NLL()])
@given(st.lists(st.integers(0, 2), min_size=1, max_size=30), st.tuples(*[st.floats(0.125, 8, width=32)] * 3))
def test_class_weights_are_those_of_pytorch(kind: Loss, classes: list[int], by_class: tuple[float, ...]) -> None:
    y = torch.tensor(classes)
    output = torch.randn(len(y), 3).log_softmax(1)
    weight = torch.tensor(by_class)
    module = (nn.CrossEntropyLoss if isinstance(kind, CrossEntropy) else nn.NLLLoss)(weight=weight)
    ours = make_loss(kind, weighted=True)(output, y, weight[y])
    assert float(ours) == pytest.approx(float(module(output, y)), rel=1e-5)


@pytest.mark.parametrize("kind", [MSE(), L1(), BCEWithLogits(), BCE()])
@given(weight_lists)
def test_a_weighted_loss_is_the_weighted_mean_of_the_rows(kind: Loss, weights: list[float]) -> None:
    columns = 1 if isinstance(kind, (BCE, BCEWithLogits)) else 3
    output, y = torch.rand(len(weights), columns), torch.randint(0, 2, (len(weights), columns)).float()
    each = [float(make_loss(kind)(output[row : row + 1], y[row : row + 1])) for row in range(len(weights))]
    ours = make_loss(kind, weighted=True)(output, y, torch.tensor(weights))
    assert float(ours) == pytest.approx(np.average(each, weights=weights), rel=1e-4)


def test_a_batch_without_weight_teaches_nothing() -> None:
    output = torch.randn(4, 3, requires_grad=True)
    loss = make_loss(CrossEntropy(), weighted=True)(output, torch.zeros(4, dtype=torch.int64), torch.zeros(4))
    torch.autograd.backward(loss)
    assert float(loss.detach()) == 0.0
    assert output.grad is not None
    assert not output.grad.any()


def test_classes_weigh_the_same_in_all() -> None:
    given = examples(rows=90)
    weights = row_weights(given, "weights")
    assert weights is not None
    sums = np.bincount(given.y[given.train], weights=weights[given.train])
    assert sums == pytest.approx(np.full(3, len(given.train) / 3), rel=1e-5)
    own = weighted(given, np.arange(90))
    assert np.array_equal(row_weights(own, "weights"), weights * np.arange(90, dtype=np.float32))  # type: ignore[arg-type]
    assert row_weights(given, "none") is None
    assert row_weights(given, "sampling") is None


# ---- training ----


@pytest.mark.parametrize("task", [Task.MULTICLASS, Task.BINARY, Task.REGRESSION, Task.RECONSTRUCTION])
def test_a_weight_counts_like_so_many_rows(task: Task) -> None:
    """On batches of all rows; the figures of the epoch agree as well."""
    given = examples(task)
    times = np.random.default_rng(1).integers(0, 4, len(given.x))
    project = experiment(Linear({Task.MULTICLASS: 3, Task.RECONSTRUCTION: 4}.get(task, 1)), task=task, size=500)
    project = replace(project, training=replace(project.training, optimizer=SGD(lr=0.1)))
    heavy, often = weighted(given, times), repeated(given, times)
    one, other = (learned(project, each) for each in (heavy, often))
    for name, tensor in one.items():
        assert torch.allclose(tensor, other[name], atol=1e-5)
    losses = [[event.train["loss"] for event in all_of(EpochDone, run(project, each))] for each in (heavy, often)]
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)


def test_the_loss_of_an_epoch_is_the_weighted_mean_over_its_rows() -> None:
    project, plain = experiment(optimizer=SGD(lr=1e-30, momentum=0.0), size=7, epochs=1), examples()
    given = weighted(plain, np.random.default_rng(3).random(60))
    done = the(EpochDone, run(project, given))
    module = by_hand(project, plain)
    assert given.weights is not None
    for measures, rows in [(done.train, given.train), (done.validation, given.validation)]:
        each = [evaluate(module, CrossEntropy(), plain, rows[place : place + 1])["loss"] for place in range(len(rows))]
        assert measures["loss"] == pytest.approx(np.average(each, weights=given.weights[rows]), rel=1e-5)
        assert measures["accuracy"] == evaluate(module, CrossEntropy(), plain, rows)["accuracy"]


def test_equal_weights_are_no_weights() -> None:
    project, given = experiment(optimizer=SGD(lr=0.1)), examples()
    plain, equal = learned(project, given), learned(project, weighted(given, np.full(60, 0.5)))
    for name, tensor in plain.items():
        assert torch.allclose(tensor, equal[name], atol=1e-6)


@pytest.mark.parametrize("balance", ["weights", "sampling"])
def test_balanced_runs_are_the_same_every_time(balance: str) -> None:
    project, given = balanced(experiment(), balance), examples()
    first = learned(project, given)
    assert same_weights(first, learned(project, given))
    assert not same_weights(first, learned(experiment(), given))


def rare_yes(rows: int = 1_200) -> Examples:
    """One row in thirty is a yes, and the two overlap."""
    draw = np.random.default_rng(5)
    y = (np.arange(rows) % 30 == 0).astype(np.int64)
    x = draw.standard_normal((rows, 2)).astype(np.float32) + 1.5 * y[:, None].astype(np.float32)
    order = draw.permutation(rows)
    train, test = order[: rows // 2], order[rows // 2 :]
    facts = DataFacts(Task.BINARY, (2,), Rows(len(train), 0, len(test)), "rare", classes=("no", "yes"))
    return Examples(x, y, train, test[:0], test, facts)


def recalls(project: Project, given: Examples) -> list[float]:
    """The share of each class that is found among the test rows."""
    trained = Trained()
    run(project, given, trained=trained)
    module = by_hand(project, given)
    module.load_state_dict(trained.last)
    found = predict(module, project.training.loss, given.x[given.test]).argmax(1)
    y = given.y[given.test]
    return [float((found[y == label] == label).mean()) for label in (0, 1)]


@pytest.mark.parametrize("balance", ["weights", "sampling"])
@pytest.mark.parametrize("outputs", [1, 2])
def test_balancing_finds_rare_classes(balance: str, outputs: int) -> None:
    project = experiment(Linear(outputs), task=Task.BINARY, size=32, epochs=15, optimizer=Adam(lr=0.02))
    given = rare_yes()
    plain, helped = recalls(project, given), recalls(balanced(project, balance), given)
    assert plain[1] < 0.4
    assert helped[1] > 0.7
    assert np.mean(helped) > np.mean(plain) + 0.1


def test_class_weights_hold_for_the_validation_too() -> None:
    project, given = balanced(experiment(epochs=2), "weights"), examples()
    trained = Trained()
    finished = the(RunFinished, run(project, given, trained=trained))
    module = by_hand(experiment(), given)
    module.load_state_dict(trained.best)
    assert finished.validation == evaluate(module, CrossEntropy(), given, given.validation, "weights")
    assert finished.validation["loss"] != evaluate(module, CrossEntropy(), given, given.validation)["loss"]


# ---- refusals ----


@pytest.mark.parametrize(
    ("weights", "sentence"),
    [
        (np.full(60, np.nan), "A weight is missing, infinite or negative"),
        (np.linspace(-1, 1, 60), "A weight is missing, infinite or negative"),
        (np.zeros(60), "The training rows do not count"),
    ],
)
def test_weights_that_mean_nothing_are_refused(weights: NDArray[np.float64], sentence: str) -> None:
    with pytest.raises(TrainingError, match=sentence):
        run(experiment(), weighted(examples(), weights))


def test_a_part_without_weight_is_refused() -> None:
    given = examples()
    weights = np.ones(60)
    weights[given.validation] = 0
    with pytest.raises(TrainingError, match="The validation rows do not count"):
        run(experiment(), weighted(given, weights))


@pytest.mark.parametrize("balance", ["weights", "sampling"])
def test_values_have_no_classes_to_balance(balance: str) -> None:
    with pytest.raises(TrainingError, match="There are no classes to balance"):
        run(balanced(experiment(task=Task.REGRESSION), balance), examples(Task.REGRESSION))


def test_too_many_rows_to_draw_from_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnstudio.engine.preflight.MOST_DRAWN", 39)
    with pytest.raises(TrainingError, match="draws from at most 39 rows, and 40 are to be trained on"):
        run(balanced(experiment(), "sampling"), examples())
    run(balanced(experiment(epochs=1), "weights"), examples())
