"""What cannot be trained is refused before anything starts; what goes wrong later ends in a sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from nnstudio.engine.examples import Examples
from nnstudio.engine.step import EagerStep
from nnstudio.engine.trained import Trained
from nnstudio.spec.errors import NotFiniteError, OutOfMemory, ShapeError, StudioError, TrainingError
from nnstudio.spec.events import EpochDone, Event, NumericPlan, RunStarted
from nnstudio.spec.layers import BatchNorm1d, Conv2d, Embedding, Flatten, Linear, ReLU, Sigmoid
from nnstudio.spec.losses import BCE, MSE, NLL
from nnstudio.spec.model import Model
from nnstudio.spec.optimizers import SGD
from nnstudio.spec.project import Project
from nnstudio.spec.tasks import Task
from tests.engine.experiments import all_of, events_of, examples, experiment, learned, run, same_weights

Change = Callable[[Examples], Examples]


def unchanged(given: Examples) -> Examples:
    return given


@pytest.mark.parametrize(
    ("project", "change", "error", "sentence"),
    [
        (experiment(Conv2d(3)), unchanged, ShapeError, "Convolution 2d needs pictures"),
        (experiment(Linear(2)), unchanged, ShapeError, "The network gives 2 numbers .* needs 3 "),
        (experiment(loss=MSE()), unchanged, TrainingError, "Mean squared error does not fit the task"),
        (experiment(loss=NLL()), unchanged, TrainingError, "needs Log-softmax as the last layer"),
        (replace(experiment(), model=Model()), unchanged, ShapeError, "The network gives 4 numbers"),
        (replace(experiment(), data=None), unchanged, TrainingError, "No data are open"),
        (experiment(), lambda e: replace(e, train=e.train[:0]), TrainingError, "No row is left to train on"),
        (experiment(), lambda e: replace(e, x=e.x[:, :3]), TrainingError, r"One example is \(3,\), not \(4,\)"),
        (experiment(), lambda e: replace(e, y=e.y + 1), TrainingError, "hold the class number 3"),
        (experiment(), lambda e: replace(e, y=e.y - 1), TrainingError, "hold the class number -1"),
        (
            experiment(Embedding(5, 2), Flatten(), Linear(3)),
            lambda e: replace(e, x=np.full_like(e.x, 5)),
            TrainingError,
            "Embedding looks up whole numbers from 0 to 4. The inputs lie between 5 and 5",
        ),
        (experiment(Embedding(5, 2), Flatten(), Linear(3)), unchanged, TrainingError, "The inputs lie between -"),
        (
            experiment(Embedding(5, 2), Flatten(), Linear(3)),
            lambda e: replace(e, x=np.full_like(e.x, 0.5)),
            TrainingError,
            "no whole numbers",
        ),
        (
            experiment(BatchNorm1d(), Linear(3), size=1),
            unchanged,
            TrainingError,
            "one row at a time.* batch size of 2 or more",
        ),
        (
            experiment(BatchNorm1d(), Linear(3)),
            lambda e: replace(e, train=e.train[:1]),
            TrainingError,
            "one row at a time.* Train on more rows",
        ),
    ],
)
def test_a_problem_is_named_before_anything_starts(
    project: Project, change: Change, error: type[StudioError], sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        next(events_of(project, change(examples())))


def test_probabilities_need_a_sigmoid() -> None:
    without = experiment(Linear(1), task=Task.BINARY, loss=BCE())
    with pytest.raises(TrainingError, match="needs Sigmoid as the last layer"):
        next(events_of(without, examples(Task.BINARY)))
    run(experiment(Linear(1), Sigmoid(), task=Task.BINARY, loss=BCE()), examples(Task.BINARY))


@pytest.mark.parametrize("device", ["cuda", "mps"])
def test_a_device_that_is_not_there_is_refused(device: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnstudio.engine.plan.works", frozenset[str]().__contains__)
    with pytest.raises(TrainingError, match=r"cannot be used\. .* Set the device to automatic or to CPU"):
        next(events_of(experiment(device=device), examples(), plan=None))
    with pytest.raises(TrainingError, match="cannot be used"):
        next(events_of(experiment(), examples(), plan=NumericPlan(device=device)))


# ---- Numbers that are none ----


def exploding() -> Project:
    """Steps that are too large, and become larger."""
    return experiment(
        Linear(8), ReLU(), Linear(1), task=Task.REGRESSION, optimizer=SGD(lr=1.0, momentum=0.99), epochs=200
    )


def test_a_loss_that_explodes_ends_the_run_and_keeps_the_best_weights() -> None:
    given, trained = examples(Task.REGRESSION), Trained()
    project, events = exploding(), list[Event]()
    with pytest.raises(NotFiniteError) as raised:
        events.extend(events_of(project, given, trained=trained))
    assert "in epoch" in raised.value.what
    assert "learning rate of 1 " in raised.value.why
    assert "Choose a smaller learning rate" in raised.value.remedy
    best = min(all_of(EpochDone, events), key=lambda event: event.validation["loss"])
    assert trained.best_epoch == best.epoch
    upto_best = replace(project, training=replace(project.training, epochs=best.epoch))
    assert same_weights(trained.best, learned(upto_best, given))


def test_a_loss_that_explodes_within_an_epoch_is_noticed_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnstudio.engine.pace.INTERVAL", 0.0)
    monkeypatch.setattr(
        EagerStep, "__call__", lambda *batch: (torch.tensor(float("nan")), torch.zeros(len(batch[1]), 3))
    )
    events = events_of(experiment(), examples())
    assert isinstance(next(events), RunStarted)
    with pytest.raises(NotFiniteError, match="became not a number in epoch 1"):
        next(events)


def test_data_with_holes_are_told_from_steps_that_are_too_large() -> None:
    given = examples()
    given.x[given.train[0], 0] = np.nan
    with pytest.raises(NotFiniteError, match="The data hold values that are not finite numbers"):
        run(experiment(), given)


# ---- Memory ----


@pytest.mark.parametrize("ask_for", [torch.empty, np.empty], ids=["PyTorch", "NumPy"])
def test_memory_that_runs_out_is_a_sentence(ask_for: Callable[[int], object], monkeypatch: pytest.MonkeyPatch) -> None:
    def step(_: EagerStep, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        ask_for(2**50)
        return x.sum(), y

    monkeypatch.setattr(EagerStep, "__call__", step)
    with pytest.raises(OutOfMemory, match=r"Memory ran out\. .* smaller batch size") as raised:
        run(experiment(), examples())
    assert "Traceback" in raised.value.details


def test_any_other_error_stays_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def step(_: EagerStep, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        raise RuntimeError("a defect", x, y)

    monkeypatch.setattr(EagerStep, "__call__", step)
    with pytest.raises(RuntimeError, match="a defect"):
        run(experiment(), examples())
