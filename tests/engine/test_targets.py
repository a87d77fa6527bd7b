"""Several values at once, and the input itself, as what a network is to answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.metrics import mean_absolute_error, r2_score

from nnstudio.engine.examples import Examples, Tensors
from nnstudio.engine.predict import outputs, predict
from nnstudio.engine.trained import Trained
from nnstudio.spec.errors import ShapeError, TrainingError
from nnstudio.spec.events import EpochDone, RunFinished
from nnstudio.spec.layers import Flatten, LayerKind, Linear, ReLU
from nnstudio.spec.losses import L1, MSE, CrossEntropy
from nnstudio.spec.optimizers import SGD, Adam
from nnstudio.spec.project import Project
from nnstudio.spec.tasks import Task
from tests.engine.experiments import all_of, examples, experiment, learned, run, same_weights, the
from tests.engine.test_train import by_hand

SCALES = (20.0, 0.5, 3.0)


def three_values(rows: int = 60) -> Examples:
    """Three targets of one input, in units of `SCALES`."""
    given = examples(Task.REGRESSION, rows)
    y = (given.x @ np.random.default_rng(2).standard_normal((4, 3)) / 2).astype(np.float32)
    return replace(given, y=y, facts=replace(given.facts, answers=3), target_scales=SCALES)


def regression(*layers: LayerKind, task: Task = Task.REGRESSION, **training: Any) -> Project:
    return experiment(*layers, task=task, **training)


@pytest.mark.parametrize("loss", [MSE(), L1()])
def test_several_values_are_learned_as_pytorch_learns_them(loss: MSE | L1) -> None:
    project, given = regression(Linear(8), ReLU(), Linear(3), loss=loss), three_values()
    assert same_weights(learned(project, given), by_hand(project, given).state_dict())


def test_several_values_are_judged_each_in_its_unit() -> None:
    project, given, trained = regression(Linear(3), epochs=4), three_values(), Trained()
    finished = the(RunFinished, run(project, given, trained=trained))
    module = by_hand(project, given)
    module.load_state_dict(trained.best)
    x, y = given.x[given.test], given.y[given.test]
    answers = predict(module, MSE(), x)
    assert answers.shape == (10, 3)
    assert finished.test["loss"] == pytest.approx(float(((answers - y) ** 2).mean()), rel=1e-5)
    assert finished.test["r2"] == pytest.approx(r2_score(y, answers), abs=1e-4)
    in_units = [scale * mean_absolute_error(y[:, place], answers[:, place]) for place, scale in enumerate(SCALES)]
    assert finished.test["mae"] == pytest.approx(np.mean(in_units), rel=1e-5)


def test_a_network_needs_an_output_for_each_value() -> None:
    with pytest.raises(ShapeError, match="needs 3"):
        run(regression(Linear(1)), three_values())


def test_targets_of_another_width_are_refused() -> None:
    given = three_values()
    with pytest.raises(TrainingError, match="The targets are not what the network was told"):
        run(regression(Linear(3)), replace(given, y=given.y[:, :2]))


# ---- the input itself ----


@pytest.mark.parametrize("shape", [(4,), (1, 3, 2), (5, 2)])
def test_a_reconstruction_is_learned_as_pytorch_learns_it(shape: tuple[int, ...]) -> None:
    given = examples(Task.RECONSTRUCTION, shape=shape)
    project = regression(Flatten(), Linear(3), Linear(int(np.prod(shape))), task=Task.RECONSTRUCTION)
    assert same_weights(learned(project, given), by_hand(project, given).state_dict())


def test_a_reconstruction_is_judged_on_all_its_numbers() -> None:
    given, trained = examples(Task.RECONSTRUCTION, shape=(2, 3)), Trained()
    project = regression(Flatten(), Linear(4), Linear(6), task=Task.RECONSTRUCTION, epochs=6)
    finished = the(RunFinished, run(project, given, trained=trained))
    module = by_hand(project, given)
    module.load_state_dict(trained.best)
    x = given.x[given.test]
    wrong = outputs(module, x) - x.reshape(10, 6)
    variance = ((x - x.mean(0)) ** 2).sum()
    assert finished.test == pytest.approx(
        {"loss": (wrong**2).mean(), "r2": 1 - (wrong**2).sum() / variance, "mae": np.abs(wrong).mean()}, rel=1e-4
    )


def test_the_target_of_a_reconstruction_takes_no_memory() -> None:
    tensors = Tensors(examples(Task.RECONSTRUCTION), MSE(), "cpu")
    assert tensors.y is None
    assert tensors.x.data_ptr() == tensors._examples.x.ctypes.data  # shared, not copied


def test_an_autoencoder_learns_to_give_its_input_back() -> None:
    draw = np.random.default_rng(3)
    given = examples(Task.RECONSTRUCTION, rows=300, shape=(6,))
    x = (draw.standard_normal((300, 2)) @ draw.standard_normal((2, 6))).astype(np.float32)  # two numbers say it all
    given = replace(given, x=x, y=x)
    project = regression(Linear(2), Linear(6), task=Task.RECONSTRUCTION, epochs=60, optimizer=Adam(lr=0.02))
    assert the(RunFinished, run(project, given)).test["r2"] > 0.98


def test_classes_are_no_answer_to_a_reconstruction() -> None:
    with pytest.raises(TrainingError, match="does not fit the task"):
        run(experiment(Linear(4), task=Task.RECONSTRUCTION, loss=CrossEntropy()), examples(Task.RECONSTRUCTION))


# ---- steps × features ----


def test_a_row_of_steps_is_learned_from() -> None:
    given = examples(shape=(5, 2))
    project = experiment(Flatten(), Linear(8), ReLU(), Linear(3), optimizer=SGD(lr=0.1), epochs=20)
    first, *_, last = all_of(EpochDone, run(project, given))
    assert last.train["loss"] < first.train["loss"]
    assert torch.equal(learned(project, given)["1.weight"], by_hand(project, given).state_dict()["1.weight"])
