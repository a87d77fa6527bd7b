"""A run that has ended is trained for longer: from its end, as if it had never ended, or from its best weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue

import pytest

from nnstudio.engine import pace
from nnstudio.engine.longer import from_best, from_last
from nnstudio.engine.recovery import Content, Restart, load_recovery, save_recovery
from nnstudio.engine.thinned import Thinned, cut
from nnstudio.engine.train import train
from nnstudio.engine.trained import Trained
from nnstudio.spec.events import BatchLosses, ChangeRates, Command, EpochDone, Event, Progress, RunFinished, Stop
from nnstudio.spec.layers import BatchNorm1d, Dropout, Linear, ReLU
from nnstudio.spec.optimizers import OPTIMIZERS, SGD, Optimizer
from nnstudio.spec.project import Project
from nnstudio.spec.schedules import SCHEDULES, Cosine, OneCycle, Plateau, Schedule, WarmUp
from tests.engine.experiments import ONE_THREAD, all_of, examples, experiment, same_weights, the

BODY = (Linear(8), BatchNorm1d(), ReLU(), Dropout(0.3), Linear(3))
OVER_THE_RUN = (Cosine, WarmUp, OneCycle)


@pytest.fixture(autouse=True)
def progress_after_every_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "INTERVAL", -1.0)


def trained(
    project: Project, start: Content | None = None, says: dict[int, Command] | None = None
) -> tuple[list[Event], Trained]:
    """The events of a run, to which something may be said behind so many batches, and its weights."""
    inbox: SimpleQueue[Command] = SimpleQueue()
    kept, batches = Trained(), 0
    events: list[Event] = []
    restart = Restart(start) if start else None
    for event in train(project, examples(), inbox=inbox, run="r", plan=ONE_THREAD, trained=kept, go_on_from=restart):
        events.append(event)
        if isinstance(event, Progress):
            batches += 1
            if says and batches in says:
                inbox.put(says[batches])
    return events, kept


def ending(kept: Trained, folder: Path) -> Content:
    """What a run left, as it comes from a file."""
    assert kept.ending is not None
    save_recovery(folder / "state", kept.ending)
    return load_recovery(folder / "state")


def lasting(project: Project, epochs: int) -> Project:
    return replace(project, training=replace(project.training, epochs=epochs))


def curve(events: list[Event]) -> list[tuple[object, ...]]:
    return [(done.epoch, done.train, done.validation, done.learning_rate) for done in all_of(EpochDone, events)]


@pytest.mark.parametrize("kind", OPTIMIZERS.kinds.values(), ids=OPTIMIZERS.kinds)
def test_two_and_two_epochs_are_four(kind: type[Optimizer], tmp_path: Path) -> None:
    assert_same(experiment(*BODY, epochs=2, optimizer=kind()), tmp_path)


@pytest.mark.parametrize("kind", [kind for kind in SCHEDULES.kinds.values() if kind not in OVER_THE_RUN])
def test_two_and_two_epochs_are_four_under_a_schedule(kind: type[Schedule], tmp_path: Path) -> None:
    schedule = Plateau(patience=0) if kind is Plateau else kind()
    assert_same(experiment(*BODY, epochs=2, accumulate=2, schedule=schedule), tmp_path)


def assert_same(project: Project, folder: Path) -> None:
    whole, once = trained(lasting(project, 4))
    first, kept = trained(project)
    second, twice = trained(lasting(project, 4), from_last(ending(kept, folder), 15))
    assert same_weights(once.last, twice.last)
    assert same_weights(once.best, twice.best)
    assert curve(first) + curve(second) == curve(whole)
    one, other = the(RunFinished, whole), the(RunFinished, second)
    assert (one.epochs, one.best_epoch, one.test) == (other.epochs, other.best_epoch, other.test)
    assert all_of(BatchLosses, second)[-1].batches == all_of(BatchLosses, whole)[-1].batches


@pytest.mark.parametrize("kind", OVER_THE_RUN)
def test_a_schedule_over_the_whole_run_is_laid_out_anew(kind: type[Schedule], tmp_path: Path) -> None:
    project = experiment(*BODY, epochs=2, schedule=kind())
    whole, _ = trained(lasting(project, 4))
    _, kept = trained(project)
    second, _ = trained(lasting(project, 4), from_last(ending(kept, tmp_path), 15))
    rates = [[done.learning_rate for done in all_of(EpochDone, events)] for events in (whole, second)]
    assert rates[1] == rates[0][2:]


def test_it_is_laid_out_anew_with_the_rate_that_was_changed(tmp_path: Path) -> None:
    project = experiment(*BODY, epochs=2, schedule=Cosine())
    whole, _ = trained(lasting(project, 4))
    _, kept = trained(project, says={3: ChangeRates(0.01, 0.1)})
    second, _ = trained(lasting(project, 4), from_last(ending(kept, tmp_path), 15))
    rates = [[done.learning_rate for done in all_of(EpochDone, events)] for events in (whole, second)]
    assert rates[1] == pytest.approx([10 * rate for rate in rates[0][2:]])


@pytest.mark.parametrize("schedule", [Cosine(), Plateau()])
def test_a_run_that_was_stopped_within_an_epoch_goes_on_there(schedule: Schedule, tmp_path: Path) -> None:
    project = experiment(*BODY, epochs=4, schedule=schedule)
    whole, once = trained(project)
    stopped, kept = trained(project, says={8: Stop()})
    assert the(RunFinished, stopped).outcome == "stopped"
    rest, twice = trained(project, from_last(ending(kept, tmp_path), 15))
    assert same_weights(once.last, twice.last)
    assert curve(stopped) + curve(rest) == curve(whole)


def test_patience_that_ran_out_begins_anew(tmp_path: Path) -> None:
    project = experiment(*BODY, epochs=50, patience=2, optimizer=SGD(lr=1.0))
    early, kept = trained(project)
    end = the(RunFinished, early)
    assert end.outcome == "early"
    state = from_last(ending(kept, tmp_path), 2)
    more, _ = trained(lasting(project, end.epochs + 2), state)
    assert [done.epoch for done in all_of(EpochDone, more)] == [end.epochs + 1, end.epochs + 2]
    assert the(RunFinished, more).outcome == "completed"


def test_from_the_best_weights(tmp_path: Path) -> None:
    project = experiment(*BODY, epochs=50, patience=2, optimizer=SGD(lr=0.5), schedule=Plateau(patience=0))
    early, kept = trained(project)
    best, told = kept.best_epoch, all_of(EpochDone, early)
    assert 0 < best < len(told)
    state = from_best(ending(kept, tmp_path), told, ChangeRates(0.5, 0.0))
    assert same_weights(dict(state["module"]), kept.best)
    assert state["seconds"] == sum(done.seconds for done in told[:best])
    assert state["schedule"] == [done.validation["loss"] for done in told[:best]]
    longer = lasting(project, best + 3)
    more, again = trained(longer, state)
    assert all_of(EpochDone, more)[0].epoch == best + 1
    assert all_of(EpochDone, more)[0].learning_rate == told[best].learning_rate, "the schedule goes on from there"
    assert the(RunFinished, more).best_epoch >= best
    assert all_of(BatchLosses, more)[0].batches == best * 5
    assert same_weights(again.last, trained(longer, state)[1].last)


@pytest.mark.parametrize("batches", [0, 1, 5, 7, 10, 99])
def test_losses_are_cut(batches: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnstudio.engine.thinned.MOST_POINTS", 4)
    thinned = Thinned()
    thinned.add([float(number) for number in range(10)])
    other = Thinned()
    other.restore(cut(thinned.state(), batches))
    news = other.news(is_over=True)
    assert (news.batches if news else 0) == min(batches, 10)
