"""What is said to a run is answered at the next batch boundary."""

from __future__ import annotations

from queue import SimpleQueue

import pytest

from nnstudio.engine import pace
from nnstudio.engine.examples import Examples
from nnstudio.engine.train import train
from nnstudio.engine.trained import Trained
from nnstudio.spec.events import (
    BatchLosses,
    Command,
    EpochDone,
    Event,
    Pause,
    Paused,
    Progress,
    Resume,
    Resumed,
    RunFinished,
    RunStarted,
    Stop,
)
from nnstudio.spec.project import Project
from tests.engine.experiments import ONE_THREAD, all_of, examples, experiment, learned, same_weights, the


@pytest.fixture(autouse=True)
def progress_after_every_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "INTERVAL", 0.0)


def told(project: Project, given: Examples, says: dict[int, list[Command]], trained: Trained) -> list[Event]:
    """The events of a run to which something is said after so many batches."""
    inbox: SimpleQueue[Command] = SimpleQueue()
    events: list[Event] = []
    batches = 0
    for event in train(project, given, inbox=inbox, run="run", plan=ONE_THREAD, trained=trained):
        events.append(event)
        batches += isinstance(event, Progress)
        for command in says.pop(batches, ()):
            inbox.put(command)
    return events


def names(events: list[Event]) -> list[str]:
    """What happened, in order; each `Progress` brings the losses of its batches, which are of no interest here."""
    return [type(event).__name__ for event in events if not isinstance(event, BatchLosses)]


def test_pause_and_resume_are_acknowledged_and_change_no_bit() -> None:
    project, given, trained = experiment(), examples(), Trained()
    events = told(project, given, {2: [Pause(), Resume()], 7: [Pause(), Resume()]}, trained)
    after_two = ["RunStarted", "Progress", "Progress", "Paused", "Resumed", "Progress"]
    assert names(events)[:6] == after_two
    assert names(events).count("Paused") == names(events).count("Resumed") == 2
    assert the(RunFinished, events).outcome == "completed"
    assert same_weights(trained.last, learned(project, given))


def test_commands_that_change_nothing_are_passed_over() -> None:
    says: dict[int, list[Command]] = {1: [Resume(), Pause(), Pause(), Resume(), Resume()]}
    events = told(experiment(), examples(), says, Trained())
    assert names(events)[:5] == ["RunStarted", "Progress", "Paused", "Resumed", "Progress"]


def test_a_paused_run_waits_for_the_next_command() -> None:
    inbox: SimpleQueue[Command] = SimpleQueue()
    events = train(experiment(), examples(), inbox=inbox, run="run", plan=ONE_THREAD)
    inbox.put(Pause())
    assert names([next(events) for _ in range(2)]) == ["RunStarted", "Paused"]
    inbox.put(Resume())
    assert isinstance(next(events), Resumed)
    events.close()


def test_resting_is_not_training(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    for module in ("pace", "run"):
        monkeypatch.setattr(f"nnstudio.engine.{module}.perf_counter", lambda: clock[0])
    inbox: SimpleQueue[Command] = SimpleQueue()
    inbox.put(Pause())
    seconds = []
    for event in train(experiment(epochs=1), examples(), inbox=inbox, run="run", plan=ONE_THREAD):
        clock[0] += 1000.0 if isinstance(event, Paused) else 1.0
        if isinstance(event, Paused):
            inbox.put(Resume())
        elif isinstance(event, (EpochDone, RunFinished)):
            seconds.append(event.seconds)
    assert seconds
    assert max(seconds) < 100


@pytest.mark.parametrize("commands", [[Stop()], [Pause(), Stop()], [Stop(), Pause(), Resume()]])
def test_stop_keeps_what_was_learned_and_reports_no_unfinished_epoch(commands: list[Command]) -> None:
    project, given, trained = experiment(epochs=50), examples(), Trained()
    events = told(project, given, {12: commands}, trained)
    finished = the(RunFinished, events)
    assert (finished.outcome, finished.epochs) == ("stopped", 2)
    assert [event.epoch for event in all_of(EpochDone, events)] == [1, 2]
    assert not all_of(Resumed, events)
    two = learned(experiment(epochs=2), given)
    assert not same_weights(trained.last, two)
    assert same_weights(trained.best, two)


def test_a_run_that_is_stopped_at_once_has_weights_and_no_figures() -> None:
    project, given, trained = experiment(), examples(), Trained()
    events = told(project, given, {0: [Stop()]}, trained)
    assert names(events) == ["RunStarted", "RunFinished"]
    finished = the(RunFinished, events)
    assert (finished.epochs, finished.best_epoch, finished.train, finished.validation) == (0, 0, {}, {})
    assert finished.test["loss"] > 0
    assert same_weights(trained.best, trained.last)


def test_two_runs_of_one_inbox_do_not_share_commands() -> None:
    inbox: SimpleQueue[Command] = SimpleQueue()
    inbox.put(Stop())
    first = list(train(experiment(), examples(), inbox=inbox, run="1", plan=ONE_THREAD))
    second = list(train(experiment(), examples(), inbox=inbox, run="2", plan=ONE_THREAD))
    assert [the(RunFinished, events).outcome for events in (first, second)] == ["stopped", "completed"]
    assert isinstance(second[0], RunStarted)
