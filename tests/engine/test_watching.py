"""A step in slow motion is the step of a run, and its numbers add up as a student adds them up."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch

from nnstudio.engine.examples import Balance, Examples
from nnstudio.engine.slow_motion import SlowMotion
from nnstudio.engine.watching import Wish, watch
from nnstudio.session.stepping import step_formula
from nnstudio.spec.data import Batches
from nnstudio.spec.layers import BatchNorm1d, Conv1d, Dropout, Flatten, LayerKind, Linear, LogSoftmax, ReLU, Tanh
from nnstudio.spec.losses import BCE, L1, MSE, NLL, BCEWithLogits, CrossEntropy, Huber, Loss
from nnstudio.spec.optimizers import SGD, Adagrad, Adam, AdamW, Optimizer, RMSprop
from nnstudio.spec.project import Project
from nnstudio.spec.schedules import Exponential, OneCycle, Plateau
from nnstudio.spec.tasks import Task
from nnstudio.spec.watched import MovedWeight, WatchedStep
from tests.engine.experiments import examples, experiment, learned

NAMES = ("a", "b", "c", "d")


def watched(project: Project, steps: int = 0, *, given: Examples | None = None, **wish: object) -> WatchedStep:
    run = SlowMotion(project, given or examples(task_of(project)))
    found = watch(run, Wish(steps, **wish), NAMES, ("target",), lambda: True)  # type: ignore[arg-type]  # names fields
    assert found is not None
    return found


def task_of(project: Project) -> Task:
    assert project.data is not None
    return project.data.task


def layer_id(project: Project, place: int = 0) -> str:
    return project.model.rows[place].id


# ---- The steps are those of a run ----

CASES: dict[str, dict[str, Any]] = {
    "plain": {},
    "momentum": {"optimizer": SGD(lr=0.1)},
    "each epoch": {"schedule": Exponential()},
    "each batch": {"schedule": OneCycle()},
    "by the loss": {"schedule": Plateau(patience=0, gamma=0.1), "optimizer": SGD(lr=0.5)},
    "clipped": {"clip": 0.1, "optimizer": SGD(lr=0.1)},
    "gathered": {"accumulate": 3},
    "averaged": {"ema": 0.9},
}


@pytest.mark.parametrize("settings", CASES.values(), ids=CASES)
def test_so_many_steps_end_in_the_weights_of_a_run(settings: dict[str, Any]) -> None:
    project = experiment(Linear(8), BatchNorm1d(), ReLU(), Dropout(), Linear(3), patience=0, **settings)
    given = examples()
    run = SlowMotion(project, given)
    with torch.random.fork_rng():
        assert run.go_to(3 * run.batches, lambda: True)
    after = learned(project, given)
    assert all(torch.equal(tensor, after[name]) for name, tensor in run.module.state_dict().items())


def test_looking_changes_nothing_and_going_back_gives_the_same() -> None:
    project = experiment(Linear(8), Dropout(), ReLU(), Linear(3))
    run = SlowMotion(project, examples())
    torch.manual_seed(5)
    drawn = torch.get_rng_state()

    def look(steps: int) -> WatchedStep | None:
        return watch(run, Wish(steps, layer=layer_id(project)), NAMES, (), lambda: True)

    first = [look(steps) for steps in (0, 0, 1, 7, 8)]
    assert first[0] == first[1]
    assert [look(steps) for steps in (8, 7, 1, 0)] == [first[4], first[3], first[2], first[0]]
    assert torch.equal(torch.get_rng_state(), drawn)


def test_nobody_waits_for_steps_that_are_not_wanted_any_more() -> None:
    run = SlowMotion(experiment(), examples())
    assert watch(run, Wish(5), NAMES, (), lambda: False) is None
    assert run.position == 0


def test_where_the_step_is_in_its_epoch() -> None:
    found = watched(experiment(), 6)
    assert (found.epoch, found.batch, found.batches, len(found.rows)) == (2, 2, 5, 8)


# ---- Forward ----


def test_the_batch_is_followed_layer_by_layer() -> None:
    project = experiment(Linear(8), Tanh(), Linear(3))
    found = watched(project, place=2)
    assert [(each.prefix, each.shape, each.dtype) for each in found.passed] == [
        ("0", (8, 8), "float32"),
        ("1", (8, 8), "float32"),
        ("2", (8, 3), "float32"),
    ]
    linear, tanh = found.passed[:2]
    assert tanh.values == pytest.approx([math.tanh(value) for value in linear.values], abs=1e-6)
    assert found.passed[-1].values == pytest.approx([term.output for term in found.answers])


def test_a_neuron_is_the_weighted_sum_of_its_inputs() -> None:
    project = experiment(Linear(8), ReLU(), Linear(3))
    found = watched(project, layer=layer_id(project), unit=3)
    assert found.layer is not None
    neuron = found.layer.neuron
    assert neuron is not None
    assert {term.name: pytest.approx(term.x) for term in neuron.terms} == dict(zip(NAMES, found.inputs, strict=True))
    total = sum(term.x * term.weight for term in neuron.terms) + neuron.others + neuron.bias
    assert total == pytest.approx(neuron.output, abs=1e-6)
    assert neuron.output == found.passed[0].values[3]


def test_without_a_wish_the_neuron_that_gives_most_is_shown_and_what_is_not_listed_is_summed_up() -> None:
    project = experiment(Linear(20), ReLU(), Linear(3))
    found = watched(project, layer=layer_id(project, 2))
    assert found.layer is not None
    neuron = found.layer.neuron
    assert neuron is not None
    assert neuron.output == max(found.passed[2].values)
    assert (neuron.inputs, len(neuron.terms)) == (20, 6)
    total = sum(term.x * term.weight for term in neuron.terms) + neuron.others + neuron.bias
    assert total == pytest.approx(neuron.output, abs=1e-6)


def test_an_activation_has_a_curve_through_its_numbers() -> None:
    project = experiment(Linear(8), Tanh(), Linear(3))
    layer = watched(project, layer=layer_id(project, 1)).layer
    assert layer is not None
    assert [y for _, y in layer.curve] == pytest.approx([math.tanh(x) for x, _ in layer.curve], abs=1e-6)
    assert layer.outputs == pytest.approx([math.tanh(x) for x in layer.inputs], abs=1e-6)
    assert (layer.neuron, layer.moved, layer.gradients) == (None, (), ())


def test_dropout_drops_in_training_alone() -> None:
    project = experiment(Linear(200), Dropout(0.5), Linear(3))
    training, judged = watched(project), watched(project, in_training=False)
    assert 0.4 < training.passed[1].zeros < 0.6
    kept = [(x, y) for x, y in zip(training.passed[0].values, training.passed[1].values, strict=True) if y]
    assert [y for _, y in kept] == pytest.approx([2 * x for x, _ in kept])
    assert judged.passed[1].values == judged.passed[0].values
    assert (training.in_training, judged.in_training) == (True, False)
    assert training.gradient == judged.gradient  # which is that of training in both


def test_a_network_of_other_layers_is_followed_too() -> None:
    project = experiment(Conv1d(4, 2), ReLU(), Flatten(), Linear(3))
    given = examples(shape=(2, 6))
    found = watched(project, given=given, layer=layer_id(project))
    assert found.layer is not None
    assert found.layer.neuron is None
    assert next(moved.name.partition("[")[0] for moved in found.layer.moved) in ("0.weight", "0.bias")
    assert found.passed[0].shape == (8, 4, 7)


# ---- Loss ----


LOSSES: dict[str, tuple[Loss, LayerKind | None, Task]] = {
    "cross-entropy": (CrossEntropy(), None, Task.MULTICLASS),
    "smoothed": (CrossEntropy(0.2), None, Task.MULTICLASS),
    "nll": (NLL(), LogSoftmax(), Task.MULTICLASS),
    "bce": (BCEWithLogits(), None, Task.BINARY),
    "mse": (MSE(), None, Task.REGRESSION),
    "l1": (L1(), None, Task.REGRESSION),
    "of an input": (MSE(), None, Task.RECONSTRUCTION),
}


@pytest.mark.parametrize(("loss", "last", "task"), LOSSES.values(), ids=LOSSES)
def test_the_loss_of_a_row_is_what_its_lines_add_up_to(loss: Loss, last: LayerKind | None, task: Task) -> None:
    outputs = {Task.MULTICLASS: 3, Task.RECONSTRUCTION: 4}.get(task, 1)
    layers = (Linear(outputs), *([last] if last else []))
    found = watched(experiment(*layers, task=task, loss=loss), place=1)
    parts = [term.part for term in found.answers if term.part is not None]
    assert len(parts) == outputs
    whole = sum(parts) if task.is_classification else sum(parts) / outputs
    assert whole == pytest.approx(found.row_loss, rel=1e-5)


def test_targets_of_classes_are_one_hot_and_probabilities_add_up_to_one() -> None:
    terms = watched(experiment(Linear(3))).answers
    assert [term.name for term in terms] == ["class 0", "class 1", "class 2"]
    assert sorted(term.target for term in terms) == [0, 0, 1]
    assert sum(term.probability or 0 for term in terms) == pytest.approx(1, abs=1e-6)


def test_the_loss_of_the_batch_is_the_mean_over_its_rows() -> None:
    project = experiment(Linear(3))
    rows = [watched(project, place=place) for place in range(8)]
    assert sum(each.row_loss for each in rows) / 8 == pytest.approx(rows[0].loss, rel=1e-5)


def test_a_loss_that_is_no_sum_says_its_value_alone() -> None:
    found = watched(experiment(Linear(1), task=Task.REGRESSION, loss=Huber()))
    assert [term.part for term in found.answers] == [None]
    assert found.scales == (20.0,)


def test_a_single_probability_is_that_of_yes() -> None:
    from nnstudio.spec.layers import Sigmoid  # noqa: PLC0415  # used here alone

    found = watched(experiment(Linear(1), Sigmoid(), task=Task.BINARY, loss=BCE()))
    assert [(term.name, term.part is not None) for term in found.answers] == [("class 1", True)]


@pytest.mark.parametrize("balance", ["weights", "sampling"])
def test_balanced_batches_are_watched_as_they_are_learned(balance: Balance) -> None:
    project = experiment(Linear(3))
    assert project.data is not None
    project = replace(project, data=replace(project.data, batches=Batches(8, balance=balance)))
    assert watched(project, 3).loss_after > 0


# ---- Backward and step ----


def test_the_step_makes_the_loss_of_its_own_batch_smaller() -> None:
    found = watched(experiment(Linear(3), optimizer=SGD(lr=0.1)))
    assert found.loss_after < found.loss
    assert found.has_stepped


def test_while_gradients_are_gathered_no_weight_moves() -> None:
    project = experiment(Linear(3), accumulate=2)
    first, second = (watched(project, steps, layer=layer_id(project)) for steps in (0, 1))
    assert not first.has_stepped
    assert first.loss_after == first.loss
    assert first.layer is not None
    assert all(moved.before == moved.after for moved in first.layer.moved)
    assert second.has_stepped


def test_the_gradient_of_a_layer_is_as_long_as_that_of_all_its_weights() -> None:
    found = watched(experiment(Linear(8), ReLU(), Linear(3)))
    assert [each.gradient is None for each in found.passed] == [False, True, False]
    squares = sum((each.gradient or 0) ** 2 for each in found.passed)
    assert math.sqrt(squares) == pytest.approx(found.gradient, rel=1e-6)


def test_a_locked_layer_has_no_gradient_and_does_not_move() -> None:
    project = experiment(Linear(8), ReLU(), Linear(3))
    first, *rest = project.model.rows
    locked = replace(project, model=replace(project.model, rows=(replace(first, locked=True), *rest)))
    found = watched(locked, layer=first.id)
    assert found.passed[0].gradient is None
    assert found.layer is not None
    assert (found.layer.moved, found.layer.gradients) == ((), ())


Formula = Callable[[MovedWeight, float, int], float]


def _sgd(weight: MovedWeight, lr: float, _step: int) -> float:
    (buffer,) = weight.buffers
    assert buffer.name == "momentum_buffer"
    assert buffer.after == pytest.approx(0.9 * buffer.before + weight.gradient + 0.01 * weight.before, rel=1e-4)
    return weight.before - lr * buffer.after


def _adam(weight: MovedWeight, lr: float, step: int) -> float:
    mean, spread = weight.buffers
    assert (mean.name, spread.name) == ("exp_avg", "exp_avg_sq")
    assert mean.after == pytest.approx(0.9 * mean.before + 0.1 * weight.gradient, rel=1e-4)
    assert spread.after == pytest.approx(0.999 * spread.before + 0.001 * weight.gradient**2, rel=1e-4)
    size = math.sqrt(spread.after / (1 - 0.999**step)) + 1e-8
    return weight.before - lr * mean.after / (1 - 0.9**step) / size


def _adamw(weight: MovedWeight, lr: float, step: int) -> float:
    return _adam(replace(weight, before=weight.before * (1 - lr * 0.01)), lr, step)


def _rmsprop(weight: MovedWeight, lr: float, _step: int) -> float:
    (known,) = weight.buffers
    assert known.name == "square_avg"
    assert known.after == pytest.approx(0.99 * known.before + 0.01 * weight.gradient**2, rel=1e-4)
    return weight.before - lr * weight.gradient / (math.sqrt(known.after) + 1e-8)


def _adagrad(weight: MovedWeight, lr: float, _step: int) -> float:
    (known,) = weight.buffers
    assert known.name == "sum"
    assert known.after == pytest.approx(known.before + weight.gradient**2, rel=1e-4)
    return weight.before - lr * weight.gradient / (math.sqrt(known.after) + 1e-10)


FORMULAS: dict[str, tuple[Optimizer, Formula]] = {
    "sgd": (SGD(lr=0.1, momentum=0.9, weight_decay=0.01), _sgd),
    "adam": (Adam(lr=0.1), _adam),
    "adamw": (AdamW(lr=0.1), _adamw),
    "rmsprop": (RMSprop(lr=0.1), _rmsprop),
    "adagrad": (Adagrad(lr=0.1), _adagrad),
}


@pytest.mark.parametrize(("optimizer", "formula"), FORMULAS.values(), ids=FORMULAS)
def test_a_weight_moves_by_the_formula_that_is_shown(optimizer: Optimizer, formula: Formula) -> None:
    project = experiment(Linear(3), optimizer=optimizer)
    for steps in (0, 4):
        layer = watched(project, steps, layer=layer_id(project)).layer
        assert layer is not None
        assert layer.moved
        for weight in layer.moved:
            assert weight.after == pytest.approx(formula(weight, 0.1, steps + 1), rel=1e-4)
            names = {buffer.name for buffer in weight.buffers}
            assert all(name in step_formula(optimizer, 0.1, steps + 1) for name in names)
