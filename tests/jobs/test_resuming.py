"""Runs that ended with their process are found and go on, from the terminal too."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue

import pytest

from nnstudio.__main__ import main
from nnstudio.engine import recovery
from nnstudio.jobs.runner import answer
from nnstudio.resources import resource
from nnstudio.runs.alive import alive
from nnstudio.runs.course import ENDING, Course
from nnstudio.runs.listing import RunList
from nnstudio.runs.store import RECOVERY, RunStore
from nnstudio.spec.errors import DataError, FileError, StudioError, TrainingError
from nnstudio.spec.events import (
    ChangeRates,
    CheckpointSaved,
    DiskFull,
    EpochDone,
    Event,
    Failed,
    Inbox,
    RatesChanged,
    Resumed,
    RunFinished,
    RunsInterrupted,
    RunStarted,
)
from nnstudio.spec.files import save_project
from nnstudio.spec.project import Project
from nnstudio.spec.requests import DiscardRun, ListInterrupted, Request, ResumeRun, TrainProject
from nnstudio.spec.sources import TableSource
from tests.jobs.test_training import PLAN, ask, figures, finished, suggested

ROOT = Path(__file__).resolve().parents[2]
MEGABYTE = 2**20


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkpoint is due at the end of every epoch."""
    monkeypatch.setattr(recovery, "SHARE", 1e9)


@pytest.fixture
def iris(tmp_path: Path) -> Project:
    path = tmp_path / "iris.csv"
    path.write_bytes(resource("samples/iris.csv").read_bytes())
    return suggested(TableSource(str(path)))


def interrupt(project: Project, epochs: int) -> str:
    """Begin a run and leave it as a process does that is killed behind so many epochs."""
    events = answer(TrainProject(project, PLAN, "iris"), SimpleQueue())
    saved = (event for event in events if isinstance(event, CheckpointSaved))
    assert [next(saved).epoch for _ in range(epochs)][-1] == epochs
    return keep_as_it_is(events)


def keep_as_it_is(events: Iterator[Event]) -> str:
    """End a run as a killed process leaves it: with its newest checkpoint; gives its identity."""
    with closing(RunStore()) as store:
        run = store.runs()[0]
        kept = (store.run_folder(run.id) / RECOVERY).read_bytes()
        events.close()  # type: ignore[attr-defined]  # gives the lock back, as the end of the process does
        store.connection.execute("UPDATE runs SET status = 'running' WHERE id = ?", (run.id,))
        (store.run_folder(run.id) / RECOVERY).write_bytes(kept)
    return run.id


def listed() -> list[tuple[str, str, int, int]]:
    (event,) = ask(ListInterrupted())
    assert isinstance(event, RunsInterrupted)
    return [(found.run, found.name, found.done, found.epochs) for found in event.runs]


def refusal(request: Request) -> StudioError:
    (event,) = answer(request, SimpleQueue())
    assert isinstance(event, Failed)
    return event.error


def test_a_run_goes_on_to_the_end_that_it_would_have_had(iris: Project) -> None:
    whole = ask(TrainProject(iris, PLAN))
    with closing(RunStore()) as store:
        losses = RunList(store).losses(finished(whole).run)
        store.connection.execute("DELETE FROM runs")
    (started,) = (event for event in whole if isinstance(event, RunStarted))
    assert len(losses.means) == 5 * started.batches
    run = interrupt(iris, 3)
    assert listed() == [(run, "iris", 3, 5)]
    events = ask(ResumeRun())
    assert figures(events) == figures(whole)
    assert finished(events).run == run
    assert listed() == []
    with closing(RunStore()) as store:
        assert [done.epoch for done in store.epochs(run)] == [1, 2, 3, 4, 5]
        assert RunList(store).losses(run) == losses
        assert store.run(run).status == finished(events).outcome
        assert not (store.run_folder(run) / RECOVERY).exists()


def test_rates_that_were_changed_behind_the_checkpoint_are_changed_again(iris: Project) -> None:
    """Killed behind a change that no checkpoint knows: the database does."""
    wish = ChangeRates(0.05, 0.01)

    def trained(until: int) -> list[Event]:
        inbox: Inbox = SimpleQueue()
        events = answer(TrainProject(iris, PLAN), inbox)
        told: list[Event] = []
        for event in events:
            told.append(event)
            if isinstance(event, CheckpointSaved) and event.epoch == 2:
                inbox.put(wish)
            if isinstance(event, EpochDone) and event.epoch == until:
                break
        else:
            return told
        keep_as_it_is(events)
        return told

    whole = trained(until=99)
    made = [event for event in whole if isinstance(event, RatesChanged)]
    assert made == [RatesChanged(3, 1, 0.05, 0.01)]
    trained(until=3)
    with closing(RunStore()) as store:
        run = store.interrupted()[0].id
        assert Course(store).changes(run) == tuple(made)
    again = ask(ResumeRun(run))
    assert [event for event in again if isinstance(event, RatesChanged)] == made
    assert figures(again) == figures(whole)
    with closing(RunStore()) as store:
        assert Course(store).changes(run) == tuple(made)


def test_a_run_that_somebody_trains_is_not_offered(iris: Project) -> None:
    run = interrupt(iris, 2)
    with closing(RunStore()) as store, alive(store.run_folder(run)):
        assert listed() == []
        assert isinstance(refusal(ResumeRun(run)), FileError)
        with pytest.raises(TrainingError, match="under way already"), alive(store.run_folder(run)):
            pass
    assert [name for name, *_ in listed()] == [run]


def test_a_finished_run_leaves_nothing_to_go_on_from(iris: Project) -> None:
    events = ask(TrainProject(iris, PLAN))
    assert len([event for event in events if isinstance(event, CheckpointSaved)]) == 5
    assert listed() == []
    assert "No run was interrupted" in str(refusal(ResumeRun()))
    assert "no interrupted run “elsewhere”" in str(refusal(ResumeRun("elsewhere")))


def test_what_a_killed_process_left_is_tidied_up(iris: Project) -> None:
    end = finished(ask(TrainProject(iris, PLAN)))
    run = interrupt(replace(iris, training=replace(iris.training, seed=1)), 2)
    with closing(RunStore()) as store:
        ended, going = store.run_folder(end.run), store.run_folder(run)
    for path in (ended / RECOVERY, ended / ".best.pth.x.partial", going / ".recovery.ckpt.y.partial"):
        path.write_bytes(b"half")
    assert [name for name, *_ in listed()] == [run]
    assert {path.name for path in ended.iterdir()} == {"best.pth", "last.pth", ENDING, "running.lock"}
    assert {path.name for path in going.iterdir()} == {RECOVERY, "running.lock"}


def test_a_run_that_nobody_hears_any_more_can_go_on(iris: Project) -> None:
    """As where its engine is a thread of the window, which is closed."""
    events = answer(TrainProject(iris, PLAN, "iris"), SimpleQueue())
    next(event for event in events if isinstance(event, CheckpointSaved) and event.epoch == 2)
    events.close()
    ((run, *_),) = listed()
    assert figures(ask(ResumeRun(run))) == figures(ask(TrainProject(iris, PLAN)))


def test_a_run_is_given_up(iris: Project) -> None:
    run = interrupt(iris, 2)
    assert ask(DiscardRun(run)) == [RunsInterrupted(())]
    with closing(RunStore()) as store:
        assert store.run(run).status == "abandoned"


def test_changed_data_leave_the_run_as_it_is(iris: Project) -> None:
    run = interrupt(iris, 2)
    assert iris.data is not None
    path = Path(iris.data.source.path)
    path.write_text(path.read_text() + "1,2,3,4,setosa\n")
    assert isinstance(refusal(ResumeRun()), DataError)
    assert [name for name, *_ in listed()] == [run]


def test_the_terminal_resumes(iris: Project, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    run = interrupt(iris, 3)
    assert main(["resume", "--out", str(tmp_path / "model.pth"), "--json"]) == 0
    said = capsys.readouterr()
    assert "was interrupted: its process ended after 3 of 5 epochs" in said.err
    assert run in said.out
    assert (tmp_path / "model.pth").exists()
    assert main(["resume"]) != 0
    assert "No run was interrupted." in capsys.readouterr().err
    assert main(["resume", "nothing"]) != 0
    assert "There is no interrupted run “nothing”. No run can go on." in capsys.readouterr().err


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the runs are forked")
@pytest.mark.timeout(300)
def test_runs_survive_being_killed(tmp_path: Path) -> None:
    """A few kills of the benchmark, which compares every bit."""
    command = [sys.executable, str(ROOT / "tests/bench/kills.py"), "--kills", "4", "--epochs", "300", "--seed", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("4 kills")


@pytest.fixture
def small_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A disk of four megabytes, on which the runs lie."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["/bin/mount", "-t", "tmpfs", "-o", f"size={4 * MEGABYTE}", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    monkeypatch.setenv("NNSTUDIO_DATA", str(folder))
    yield folder
    subprocess.run(["/bin/umount", "--lazy", str(folder)], check=True)


@pytest.mark.skipif(sys.platform != "linux", reason="the small disk is one of Linux")
def test_training_waits_for_room_on_the_disk(small_disk: Path, iris: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnstudio.engine.remote.RETRY_SECONDS", 0.01)
    whole = ask(TrainProject(iris, PLAN))
    long = replace(iris, training=replace(iris.training, epochs=5))
    ballast = small_disk / "ballast"
    events: list[Event] = []
    for event in answer(TrainProject(long, PLAN), SimpleQueue()):
        events.append(event)
        if isinstance(event, EpochDone) and event.epoch == 2:
            fill(ballast)
        if isinstance(event, DiskFull):
            ballast.unlink()
    assert [type(event) for event in events if isinstance(event, DiskFull | Resumed)] == [DiskFull, Resumed]
    assert isinstance(events[-1], RunFinished)
    assert figures(events) == figures(whole)


def fill(path: Path) -> None:
    """Take all the room that there is."""
    with path.open("wb", buffering=0) as file:
        size = MEGABYTE
        while size:
            try:
                file.write(bytes(size))
            except OSError:
                size //= 2


def test_a_project_that_was_never_saved_can_be_resumed(iris: Project, tmp_path: Path) -> None:
    save_project(iris, tmp_path / "iris.nnstudio")
    run = interrupt(iris, 1)
    (event,) = ask(ListInterrupted())
    assert isinstance(event, RunsInterrupted)
    assert event.runs[0].run == run
    assert str(tmp_path) in event.runs[0].project, "its paths are absolute"
