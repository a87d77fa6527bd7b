"""What stands out in curves is said once it is true, with figures that are those of the run, and edits that help."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Literal

import pytest

from nnstudio.session.coach import Reading, reading
from nnstudio.session.live import LiveRun
from nnstudio.spec.baselines import Baseline
from nnstudio.spec.errors import NotFiniteError, TrainingError
from nnstudio.spec.events import EpochDone, Failed, NumericPlan, RunFinished, RunStarted
from nnstudio.spec.facts import Rows
from nnstudio.spec.layers import Dropout, Linear, ReLU
from nnstudio.spec.model import Model, stack
from nnstudio.spec.optimizers import SGD, Adam
from nnstudio.spec.project import Project
from nnstudio.spec.shapes import walk
from nnstudio.spec.tasks import Task
from nnstudio.spec.training import Training
from tests.session.examples import data_of_task, kinds_of

PROJECT = Project(model=Model(stack((Linear(8), ReLU(), Linear(3)))), training=Training(optimizer=SGD(lr=0.01)))
FALLS = [1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1]
RISES = [1.0, 0.9, 0.85, 0.9, 0.95, 1.0, 1.05, 1.1, 1.15, 1.2]
Outcome = Literal["completed", "stopped", "early"]


def run_of(
    train: Sequence[float],
    validation: Sequence[float] = (),
    *,
    project: Project = PROJECT,
    outcome: Outcome | None = None,
) -> LiveRun:
    run = LiveRun()
    run.start(project)
    best = float("inf")
    for number, (loss, judged) in enumerate(zip_longest(train, validation), start=1):
        watched = loss if judged is None else judged
        is_best, best = watched < best, min(best, watched)
        run.receive([EpochDone(number, {"loss": loss}, {} if judged is None else {"loss": judged}, 0.1, is_best)])
    if outcome:
        epochs, found = len(train), run.history.best_epoch
        run.receive([RunFinished("r", outcome, epochs, found, {}, {}, {}, 1.0, 1.0, "b.pth", "l.pth")])
    return run


def read(run: LiveRun) -> Reading | None:
    assert run.project is not None
    return reading(run, walk(run.project.model, (4,)))


def manner(run: LiveRun) -> str | None:
    found = read(run)
    return found.manner if found else None


def test_overfitting_is_named_with_its_figures_and_remedies() -> None:
    found = read(run_of(FALLS, RISES))
    assert found is not None
    assert (found.manner, found.what) == ("overfits", "The network overfits.")
    assert found.why == (
        "In the last 7 epochs the training loss fell by 75% while the validation loss rose by 35%: "
        "it learns the training rows by heart."
    )
    dropout, decay = found.fixes
    assert kinds_of(dropout.apply(PROJECT)) == [Linear(8), ReLU(), Dropout(0.3), Linear(3)]
    assert decay.title == "Weight decay 0.01"
    assert decay.apply(PROJECT).training.optimizer == SGD(lr=0.01, weight_decay=0.01)


@pytest.mark.parametrize(("decay", "wanted"), [(0.001, [0.01]), (0.02, [0.1]), (0.1, [])])
def test_more_decay_is_offered_up_to_a_limit(decay: float, wanted: list[float]) -> None:
    project = replace(PROJECT, training=Training(optimizer=Adam(weight_decay=decay)))
    found = read(run_of(FALLS, RISES, project=project))
    assert found is not None
    titles = [fix.title for fix in found.fixes if fix.title.startswith("Weight")]
    assert titles == [f"Weight decay {value:g}" for value in wanted]


@pytest.mark.parametrize(
    ("train", "validation"),
    [
        (FALLS[:4], RISES[:4]),  # too early
        (FALLS, FALLS),  # both fall
        (FALLS, [1.0, 0.5, *([0.51] * 8)]),  # hardly any rise
        (FALLS, [1.0, 0.01, *([0.012] * 8)]),  # a rise of next to nothing
        ([1.0, 0.9, *([0.88] * 8)], [1.0, 0.8, *([0.9] * 8)]),  # the training loss stays
        (FALLS, ()),  # nobody watches
    ],
)
def test_what_is_no_overfitting_is_not_called_so(train: list[float], validation: list[float]) -> None:
    assert manner(run_of(train, validation)) is None


def test_a_loss_that_rises_asks_for_smaller_steps() -> None:
    found = read(run_of([1.0, 1.2, 1.5, 2.0, 2.5, 3.0]))
    assert found is not None
    assert found.manner == "bursts"
    (slower,) = found.fixes
    assert slower.title == "Learning rate 0.001"
    assert slower.apply(PROJECT).training.optimizer.lr == 0.001


def test_a_loss_that_hardly_falls_asks_for_larger_steps() -> None:
    found = read(run_of([1.0 - 0.001 * epoch for epoch in range(12)]))
    assert found is not None
    assert (found.manner, [fix.title for fix in found.fixes]) == ("stalls", ["Learning rate 0.1"])
    fast = replace(PROJECT, training=Training(optimizer=SGD(lr=0.5)))
    again = read(run_of([1.0] * 12, project=fast))
    assert again is not None
    assert (again.manner, again.fixes) == ("stalls", ())  # ten times as fast would be no advice


def test_a_run_that_was_still_learning_is_worth_more_epochs() -> None:
    found = read(run_of(FALLS, FALLS, outcome="completed"))
    assert found is not None
    assert found.manner == "still falls"
    (more,) = found.fixes
    assert (more.title, more.apply(PROJECT).training.epochs) == ("20 epochs", 20)
    assert manner(run_of(FALLS, outcome="completed")) == "still falls"


@pytest.mark.parametrize("outcome", ["early", "stopped", None])
def test_only_a_run_that_came_to_its_end_is_called_too_short(outcome: Outcome | None) -> None:
    assert manner(run_of(FALLS, FALLS, outcome=outcome)) is None


def test_a_run_that_has_settled_needs_no_advice() -> None:
    assert manner(run_of([1.0, 0.5, *([0.3] * 10)], [1.0, 0.5, *([0.31] * 10)], outcome="completed")) is None


def judged(balanced: float, rate: float = 0.1) -> LiveRun:
    """A classification that is over, with so much balanced accuracy at its best."""
    data = data_of_task(Task.MULTICLASS)
    run = LiveRun()
    run.start(replace(PROJECT, data=data, training=Training(optimizer=SGD(lr=rate))))
    known = {"accuracy": 0.5, "balanced_accuracy": 1 / 3}
    baseline = Baseline("“cat”", known, known, known)
    run.receive([RunStarted("r", NumericPlan(), 5, 4, Rows(40, 5, 5), 51, 51, baseline)])
    for epoch in range(1, 6):
        measures = {"loss": 1.0, "accuracy": 0.4, "balanced_accuracy": balanced}
        run.receive([EpochDone(epoch, {"loss": 1.0 / epoch}, measures, 0.1, epoch == 2)])
    run.receive([RunFinished("r", "early", 5, 2, {}, {}, {}, 1.0, 1.0, "b.pth", "l.pth")])
    return run


def test_who_answers_no_better_than_without_looking_has_learned_nothing() -> None:
    found = read(judged(1 / 3))
    assert found is not None
    assert (found.manner, found.what) == ("no better", "It learned nothing yet.")
    assert found.why.startswith("Balanced accuracy 0.333, and always answering “cat” gives 0.333.")
    assert [fix.title for fix in found.fixes] == ["Learning rate 0.01"]
    usual = read(judged(0.2, rate=0.01))
    assert usual is not None
    assert usual.fixes == ()
    assert read(judged(0.4)) is None


@pytest.mark.parametrize(("rate", "wanted"), [(100, "0.01"), (0.5, "0.05")])
def test_a_loss_that_is_no_number_any_more_has_a_remedy_of_one_click(rate: float, wanted: str) -> None:
    run = run_of([], project=replace(PROJECT, training=Training(optimizer=SGD(lr=rate))))
    run.receive([Failed(NotFiniteError("The loss became NaN.", "", "Choose a smaller learning rate."))])
    found = read(run)
    assert found is not None
    slower, clip = found.fixes
    assert slower.title == f"Learning rate {wanted}"
    assert clip.apply(PROJECT).training.clip == 1.0
    assert f"With a learning rate of {rate:g}" in found.why


def test_of_a_run_that_failed_otherwise_its_error_says_enough() -> None:
    run = run_of([1.0, 1.2, 1.5, 2.0, 2.5, 3.0])
    run.receive([Failed(NotFiniteError("The loss became NaN.", "", "Fill or leave out such rows."))])
    assert read(run) is None
    run.receive([Failed(TrainingError("There is nothing to train."))])
    assert read(run) is None
    assert reading(LiveRun(), None) is None
