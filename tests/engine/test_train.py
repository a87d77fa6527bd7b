"""A run from its first event to its last, and the weights that come of it."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from nnstudio.engine import pace
from nnstudio.engine.build import make_loss, resolve
from nnstudio.engine.examples import Examples
from nnstudio.engine.predict import evaluate
from nnstudio.engine.trained import Trained
from nnstudio.spec.events import EpochDone, NumericPlan, Progress, RunFinished, RunStarted
from nnstudio.spec.facts import Rows
from nnstudio.spec.layers import (
    BatchNorm1d,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Flatten,
    Linear,
    LogSoftmax,
    MaxPool2d,
    ReLU,
    Sigmoid,
)
from nnstudio.spec.losses import BCE, L1, NLL, BCEWithLogits, CrossEntropy, Loss
from nnstudio.spec.optimizers import SGD, Adam, AdamW, Optimizer, RMSprop
from nnstudio.spec.project import Project
from nnstudio.spec.tasks import Task
from tests.engine.experiments import (
    ONE_THREAD,
    all_of,
    events_of,
    examples,
    experiment,
    learned,
    run,
    same_weights,
    the,
)

NETWORKS = {
    "plain": [Linear(8), ReLU(), Linear(3)],
    "dropout and batch norm": [Linear(8), BatchNorm1d(), ReLU(), Dropout(0.3), Linear(3)],
}
OPTIMIZERS_TRIED = [Adam(), AdamW(lr=0.01, weight_decay=0.1), SGD(weight_decay=0.01), RMSprop(momentum=0.5)]


def by_hand(
    project: Project, given: Examples, after_step: Callable[[nn.Module], object] = lambda _: None
) -> nn.Sequential:
    """The training loop that a PyTorch user writes for ``project``; ``after_step`` is done behind every step."""
    assert project.data is not None
    training, batches = project.training, project.data.batches
    torch.manual_seed(training.seed)
    shape, layers = given.facts.input_shape, []
    for row in project.model.rows:
        call = row.kind.call(shape)
        layers.append(resolve(call.name)(*call.args, **call.kwargs))
        shape = row.kind.out_shape(shape)
    module, loss_of = nn.Sequential(*layers), make_loss(training.loss)
    fused = {"fused": True} if training.optimizer.has_fused else {}
    optimizer = resolve(training.optimizer.torch_name)(module.parameters(), **training.optimizer.arguments(), **fused)
    y = torch.from_numpy(given.y)
    y = y if training.loss.counts_classes else y.float().reshape(len(y), -1)
    rows = TensorDataset(torch.from_numpy(given.x)[given.train], y[given.train])
    generator = torch.Generator()
    loader = DataLoader(rows, batches.size, shuffle=batches.shuffle, generator=generator)
    for epoch in range(1, training.epochs + 1):
        module.train()
        generator.manual_seed(training.seed * 1_000_003 + epoch)
        for batch_x, batch_y in loader:
            optimizer.zero_grad()
            torch.autograd.backward(loss_of(module(batch_x), batch_y))
            optimizer.step()
            after_step(module)
    return module


# ---- The same bits ----


@pytest.mark.parametrize("optimizer", OPTIMIZERS_TRIED, ids=lambda optimizer: optimizer.key)
@pytest.mark.parametrize("layers", NETWORKS.values(), ids=NETWORKS)
def test_a_hand_written_loop_gives_the_same_bits(layers: list[Any], optimizer: Optimizer) -> None:
    project, given = experiment(*layers, optimizer=optimizer, seed=5), examples()
    assert same_weights(learned(project, given), by_hand(project, given).state_dict())


@pytest.mark.parametrize(
    ("task", "loss", "layers"),
    [
        (Task.BINARY, BCEWithLogits(), [Linear(4), ReLU(), Linear(1)]),
        (Task.BINARY, BCE(), [Linear(4), ReLU(), Linear(1), Sigmoid()]),
        (Task.BINARY, CrossEntropy(), [Linear(2)]),
        (Task.REGRESSION, L1(), [Linear(4), ReLU(), Linear(1)]),
    ],
)
@pytest.mark.parametrize("shuffle", [True, False])
def test_every_task_gives_the_same_bits_as_by_hand(task: Task, loss: Loss, layers: list[Any], shuffle: bool) -> None:
    project, given = experiment(*layers, task=task, loss=loss, shuffle=shuffle), examples(task)
    assert same_weights(learned(project, given), by_hand(project, given).state_dict())


def test_pictures_give_the_same_bits_as_by_hand() -> None:
    layers = [Conv2d(4), BatchNorm2d(), ReLU(), MaxPool2d(), Flatten(), Linear(3)]
    project, given = experiment(*layers), examples(shape=(2, 6, 6))
    assert same_weights(learned(project, given), by_hand(project, given).state_dict())


def test_chunks_change_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    project, given = experiment(*NETWORKS["dropout and batch norm"]), examples()
    whole = run(project, given)
    monkeypatch.setattr("nnstudio.engine.feed.CHUNK_BATCHES", 2)
    in_parts = run(project, given)
    assert [(event.train, event.validation) for event in all_of(EpochDone, whole)] == [
        (event.train, event.validation) for event in all_of(EpochDone, in_parts)
    ]


def test_a_thread_gives_the_same_bits() -> None:
    project, given, weights = experiment(*NETWORKS["dropout and batch norm"]), examples(), dict[str, Tensor]()
    thread = threading.Thread(target=lambda: weights.update(learned(project, given)))
    thread.start()
    thread.join()
    assert same_weights(learned(project, given), weights)


def test_what_was_drawn_before_and_who_watches_change_nothing() -> None:
    project, given = experiment(*NETWORKS["dropout and batch norm"], seed=3), examples()
    without = replace(given, validation=given.validation[:0], test=given.test[:0])
    first = learned(project, given)
    torch.rand(3)
    assert same_weights(first, learned(project, given))
    assert same_weights(first, learned(project, without))
    assert not same_weights(first, learned(replace(project, training=replace(project.training, seed=4)), given))


# ---- Events ----


def test_the_events_of_a_run_come_in_order() -> None:
    project, given = experiment(), examples()
    started, *epochs, finished = run(project, given)
    assert started == RunStarted("run", ONE_THREAD, 3, 5, Rows(40, 10, 10), 4 * 8 + 8 + 8 * 3 + 3, 67)
    assert [event.epoch for event in all_of(EpochDone, epochs)] == [1, 2, 3]
    assert isinstance(finished, RunFinished)
    assert (finished.run, finished.outcome, finished.epochs) == ("run", "completed", 3)
    assert finished.seconds > 0
    assert finished.samples_per_second == pytest.approx(3 * 40 / finished.seconds)
    assert (finished.frozen, finished.frozen_unchanged) == ((), None)


def test_progress_tells_of_every_batch_when_it_is_always_due(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "INTERVAL", 0.0)
    project, given = experiment(epochs=2), examples()
    events = run(project, given)
    told = all_of(Progress, events)
    assert [(event.epoch, event.batch) for event in told] == [
        (epoch, batch) for epoch in (1, 2) for batch in range(1, 6)
    ]
    assert all(event.samples_per_second > 0 for event in told)
    assert told[-1].seconds_left == 0.0
    assert told[4].loss == all_of(EpochDone, events)[0].train["loss"]


def test_progress_is_rare() -> None:
    events = run(experiment(epochs=200), examples())
    assert len(all_of(Progress, events)) <= 1 + 30 * the(RunFinished, events).seconds


# ---- Measures ----


def test_the_loss_of_an_epoch_is_the_mean_over_its_rows() -> None:
    """Weights that do not move show it: the last batch is shorter than the others."""
    project, given = experiment(optimizer=SGD(lr=1e-30, momentum=0.0), size=7, epochs=1), examples()
    trained = Trained()
    done = the(EpochDone, run(project, given, trained=trained))
    module = by_hand(project, given)
    for measures, rows in [(done.train, given.train), (done.validation, given.validation)]:
        expected = evaluate(module, project.training.loss, given, rows)
        assert measures["loss"] == pytest.approx(expected["loss"], rel=1e-6)
        assert measures["accuracy"] == expected["accuracy"]


@pytest.mark.parametrize("task", Task)
def test_the_test_rows_judge_the_best_weights(task: Task) -> None:
    project, given, trained = experiment(task=task, optimizer=SGD(lr=0.1), epochs=6), examples(task), Trained()
    events = run(project, given, trained=trained)
    finished, epochs = the(RunFinished, events), all_of(EpochDone, events)
    best = min(epochs, key=lambda event: event.validation["loss"])
    assert (finished.best_epoch, finished.train, finished.validation) == (best.epoch, best.train, best.validation)
    assert trained.best_epoch == best.epoch
    module = by_hand(project, given)
    module.load_state_dict(trained.best)
    assert finished.test == evaluate(module, project.training.loss, given, given.test)
    assert finished.validation == evaluate(module, project.training.loss, given, given.validation)
    lowest = math.inf
    for event in epochs:
        assert event.best == (event.validation["loss"] < lowest)
        lowest = min(lowest, event.validation["loss"])


def test_best_and_last_weights_are_both_kept() -> None:
    project, given, trained = experiment(optimizer=SGD(lr=2.0), epochs=8, seed=1), examples(), Trained()
    run(project, given, trained=trained)
    assert trained.best_epoch < 8
    upto_best = replace(project, training=replace(project.training, epochs=trained.best_epoch))
    assert same_weights(trained.best, by_hand(upto_best, given).state_dict())
    assert same_weights(trained.last, by_hand(project, given).state_dict())


def test_without_validation_rows_the_training_loss_chooses() -> None:
    given = examples(parts=(0, 0))
    events = run(experiment(epochs=4), given)
    epochs, finished = all_of(EpochDone, events), the(RunFinished, events)
    assert all(event.validation == {} for event in epochs)
    assert finished.best_epoch == min(epochs, key=lambda event: event.train["loss"]).epoch
    assert finished.test == {}


def test_a_network_learns() -> None:
    events = run(experiment(epochs=60, optimizer=Adam(lr=0.02)), examples(rows=200))
    first, *_, last = all_of(EpochDone, events)
    assert last.validation["loss"] < first.validation["loss"] / 2
    assert the(RunFinished, events).test["accuracy"] > 0.8


def test_negative_log_likelihood_is_cross_entropy_in_two_steps() -> None:
    given = examples()
    nll = run(experiment(Linear(3), LogSoftmax(), loss=NLL()), given)
    cross_entropy = run(experiment(Linear(3), loss=CrossEntropy()), given)
    assert the(RunFinished, nll).test == pytest.approx(the(RunFinished, cross_entropy).test, rel=1e-4)


# ---- Odd batches ----


@pytest.mark.parametrize(
    ("layers", "rows", "batches"),
    [
        ([Linear(4), BatchNorm1d(), Linear(3)], 41, 5),
        ([Linear(4), BatchNorm1d(), Linear(3)], 42, 6),
        ([Linear(4), ReLU(), Linear(3)], 41, 6),
    ],
)
def test_a_last_batch_of_one_row_is_left_out_where_it_cannot_be_normalised(
    layers: list[Any], rows: int, batches: int
) -> None:
    started, *_ = run(experiment(*layers), examples(rows=rows + 20))
    assert isinstance(started, RunStarted)
    assert (started.batches, started.rows.train) == (batches, rows)


def test_a_locked_batch_norm_takes_single_rows() -> None:
    project, given = experiment(Linear(4), BatchNorm1d(), Linear(3)), examples(rows=61)
    rows = project.model.rows
    model = replace(project.model, rows=(rows[0], replace(rows[1], locked=True), rows[2]))
    started, *_ = run(replace(project, model=model), given)
    assert isinstance(started, RunStarted)
    assert started.batches == 6


def test_batch_norm_of_pictures_takes_single_ones() -> None:
    started, *_ = run(experiment(BatchNorm2d(), Flatten(), Linear(3)), examples(rows=61, shape=(1, 2, 2)))
    assert isinstance(started, RunStarted)
    assert started.batches == 6


def test_a_batch_may_be_larger_than_the_table() -> None:
    started, *_ = run(experiment(size=1_000_000), examples())
    assert isinstance(started, RunStarted)
    assert started.batches == 1


# ---- Surroundings ----


def test_the_number_of_threads_is_restored() -> None:
    torch.set_num_threads(1)
    events = events_of(experiment(), examples(), plan=NumericPlan(threads=2))
    next(events)
    assert torch.get_num_threads() == 2
    events.close()
    assert torch.get_num_threads() == 1


def test_the_examples_are_not_touched() -> None:
    given = examples(Task.REGRESSION)
    before = given.x.copy(), given.y.copy()
    given.x.flags.writeable = given.y.flags.writeable = False
    run(experiment(task=Task.REGRESSION), given)
    assert np.array_equal(given.x, before[0])
    assert np.array_equal(given.y, before[1])


def test_an_abandoned_run_leaves_its_weights() -> None:
    project, given, trained = experiment(), examples(), Trained()
    events = events_of(project, given, trained=trained)
    for event in events:
        if isinstance(event, EpochDone):
            break
    events.close()
    once = replace(project, training=replace(project.training, epochs=1))
    assert trained.best_epoch == 1
    assert same_weights(trained.last, by_hand(once, given).state_dict())
