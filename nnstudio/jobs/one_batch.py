"""Learning by heart, as a check before long training: one batch first, then all training rows."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.examples import Examples
from nnstudio.engine.order import Order
from nnstudio.engine.train import train
from nnstudio.jobs.given import encoded_for, examples_of
from nnstudio.session.one_batch import contradiction, hindrance, is_fitted, unregularised
from nnstudio.spec.errors import NotFiniteError
from nnstudio.spec.events import EpochDone, Event, FitDone, FitStage, Fitting, Inbox, RunFinished, RunStarted
from nnstudio.spec.metrics import metrics_for
from nnstudio.spec.project import Project, data_to_train_on
from nnstudio.spec.requests import FitBatch

MOST_EPOCHS: dict[FitStage, int] = {"batch": 2_000, "all": 500}
MOST_SECONDS: dict[FitStage, float] = {"batch": 20.0, "all": 120.0}


def fit_batch(request: FitBatch, inbox: Inbox) -> Iterator[Event]:
    """Learn the first batch of the first epoch by heart, and where that succeeds all training rows.

    Dropout, weight decay, label smoothing, schedules and early stopping are left out, and nothing is recorded.
    """
    project = request.project
    data = data_to_train_on(project)
    examples = examples_of(encoded_for(project))
    batches = replace(data.batches, balance="none")
    order = Order(len(examples.train), None, project.training.seed, batches)(1).numpy()
    first = examples.train[order[: batches.size]]
    stages: tuple[tuple[FitStage, NDArray[np.int64], int], ...] = (
        ("batch", first, len(first)),
        ("all", examples.train, batches.size),
    )
    for stage, rows, size in stages:
        done = yield from _learn(stage, project, _only(examples, rows), size, inbox)
        if done is None:
            return
        yield done
        if not done.fitted:
            return


def _only(examples: Examples, rows: NDArray[np.int64]) -> Examples:
    """The same examples with these training rows alone, and nothing to validate or test on."""
    none = np.empty(0, np.int64)
    return replace(examples, train=rows, validation=none, test=none, weights=None)


def _learn(
    stage: FitStage, project: Project, examples: Examples, size: int, inbox: Inbox
) -> Generator[Event, None, FitDone | None]:
    """One stage; gives how it ended, or None after a Stop."""
    plain = unregularised(project, MOST_EPOCHS[stage], size)
    facts, rows = examples.facts, len(examples.train)
    key, deadline = metrics_for(facts.task)[0].key, time.monotonic() + MOST_SECONDS[stage]
    losses: list[float] = []
    told, started = Fitting(stage, rows, 0, 0.0, 0.0), None
    with closing(train(plain, examples, inbox=inbox, run="")) as events:
        try:
            for event in events:
                match event:
                    case RunStarted():
                        started = event
                    case EpochDone():
                        loss = event.train["loss"]
                        losses.append(loss)
                        told = Fitting(stage, rows, event.epoch, loss, event.train.get(key, 1 - loss))
                        yield told
                        if is_fitted(facts.task, loss, told.score) or time.monotonic() > deadline:
                            break
                    case RunFinished(outcome="stopped"):
                        return None
        except NotFiniteError as error:
            return _ended(told, fitted=False, why=error.what, remedy=error.remedy.partition(". ")[0])
    if is_fitted(facts.task, told.loss, told.score):
        return _ended(told, fitted=True)
    assert started is not None
    clashing = contradictions(examples)
    answers = rows * facts.answers
    why = contradiction(clashing) if clashing else hindrance(losses, started.trainable, started.parameters, answers)
    return _ended(told, False, *why)


def _ended(told: Fitting, fitted: bool, why: str = "", remedy: str = "") -> FitDone:
    return FitDone(told.stage, told.rows, told.epoch, told.loss, told.score, fitted, why, remedy)


def contradictions(examples: Examples) -> int:
    """How many training rows are the same as an earlier one to the network, bit for bit, but have another answer."""
    x = np.ascontiguousarray(examples.x[examples.train]).reshape(len(examples.train), -1)
    y = examples.y[examples.train].reshape(len(examples.train), -1)
    _, first, group = np.unique(x.view(f"V{x.strides[0]}").ravel(), return_index=True, return_inverse=True)
    return int((y != y[first[group]]).any(axis=1).sum())
