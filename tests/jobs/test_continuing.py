"""A run that has ended is trained for longer: a run of its own, with the whole curve, from window and terminal."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue

import pytest

from nnstudio.__main__ import main
from nnstudio.engine.checkpoint import load_model
from nnstudio.engine.frozen import same_bits
from nnstudio.jobs.runner import answer
from nnstudio.resources import resource
from nnstudio.runs import course
from nnstudio.runs.course import ENDING, Course, Origin
from nnstudio.runs.listing import Order, RunList
from nnstudio.runs.store import RunStore
from nnstudio.spec.errors import DataError, FileError, SpecError, StudioError
from nnstudio.spec.events import EpochDone, Failed, RunFinished, RunStarted
from nnstudio.spec.project import Project
from nnstudio.spec.requests import ContinueRun, Evaluate, TrainProject
from nnstudio.spec.sources import TableSource
from tests.jobs.test_training import PLAN, ask, figures, finished, suggested


@pytest.fixture
def iris(tmp_path: Path) -> Project:
    """The iris project, for two epochs."""
    path = tmp_path / "iris.csv"
    path.write_bytes(resource("samples/iris.csv").read_bytes())
    return suggested(TableSource(str(path)), epochs=2)


def lasting(project: Project, epochs: int) -> Project:
    return replace(project, training=replace(project.training, epochs=epochs))


def trained(project: Project) -> RunFinished:
    return finished(ask(TrainProject(project, PLAN, "iris")))


def refusal(request: ContinueRun) -> StudioError:
    event = list(answer(request, SimpleQueue()))[-1]
    assert isinstance(event, Failed)
    return event.error


def same_files(one: str, other: str) -> bool:
    first, second = (load_model(Path(path)).state for path in (one, other))
    return first.keys() == second.keys() and all(same_bits(first[name], second[name]) for name in first)


def test_two_and_three_epochs_are_five_in_every_bit_and_figure(iris: Project) -> None:
    whole = ask(TrainProject(lasting(iris, 5), PLAN, "whole"))
    short = trained(iris)
    events = ask(ContinueRun(short.run, 3))
    end = finished(events)
    assert figures(events) == figures(whole), "the curve comes whole, from its first epoch"
    assert same_files(end.last_weights, finished(whole).last_weights)
    assert same_files(end.best_weights, finished(whole).best_weights)
    assert end.run != short.run
    with closing(RunStore()) as store:
        assert store.run(end.run).project == lasting(iris, 5)
        assert [done.epoch for done in store.epochs(end.run)] == [1, 2, 3, 4, 5]
        assert Course(store).origin(end.run) == Origin(short.run, 2, "last")
        assert Course(store).origin(short.run) is None
        assert store.run(short.run).result == short, "the run that it goes on from stays as it is"
        names = {line.name: line.epochs for line in RunList(store).page(Order(), 0, 9)}
    assert names == {"whole": 5, "iris": 2, "iris · longer": 5}


def test_the_newest_that_ended_goes_on_and_again(iris: Project) -> None:
    trained(iris)
    first = finished(ask(ContinueRun(epochs=1)))
    second = finished(ask(ContinueRun(epochs=1)))
    assert (first.epochs, second.epochs) == (3, 4)
    with closing(RunStore()) as store:
        assert Course(store).origin(second.run) == Origin(first.run, 3, "last")
        assert store.run(second.run).name == "iris · longer"


def test_from_the_best_weights_the_curve_goes_on_behind_their_epoch(iris: Project) -> None:
    short = trained(lasting(iris, 4))
    events = ask(ContinueRun(short.run, 2, "best"))
    end = finished(events)
    assert end.epochs == short.best_epoch + 2
    told = [event for event in events if isinstance(event, EpochDone)]
    assert [done.epoch for done in told] == list(range(1, end.epochs + 1))
    (started,) = (event for event in events if isinstance(event, RunStarted))
    assert started.epochs == end.epochs


def test_what_comes_of_it_can_be_judged(iris: Project) -> None:
    trained(iris)
    end = finished(ask(ContinueRun(epochs=1)))
    assert ask(Evaluate(end.best_weights, resamples=10))


def test_other_data_and_other_numbers_are_refused_and_no_run_begins(iris: Project) -> None:
    short = trained(iris)
    assert isinstance(refusal(ContinueRun(short.run, 0)), SpecError)
    assert isinstance(refusal(ContinueRun("nothing", 1)), FileError)
    assert iris.data is not None
    path = Path(iris.data.source.path)
    path.write_text(path.read_text() + "1,2,3,4,setosa\n")
    assert isinstance(refusal(ContinueRun(short.run, 1)), DataError)
    with closing(RunStore()) as store:
        assert [run.id for run in store.runs()] == [short.run]


def test_without_a_run_there_is_nothing_to_train_for_longer() -> None:
    assert "None has come to an end yet" in str(refusal(ContinueRun()))


def test_endings_of_the_newest_runs_are_kept_and_go_with_them(iris: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(course, "MOST_ENDINGS", 2)
    runs = [trained(lasting(iris, 1)).run for _ in range(3)]
    assert "kept of the 2 newest" in str(refusal(ContinueRun(runs[0], 1)))
    monkeypatch.setattr(course, "MOST_BYTES", 1)
    runs.append(trained(lasting(iris, 1)).run)
    with closing(RunStore()) as store:
        kept = [run for run in runs if (store.run_folder(run) / ENDING).exists()]
        assert kept == [runs[3]], "the newest is kept however large it is"
        assert Course(store).newest_ending() == runs[3]
        store.delete([runs[3]])
        with pytest.raises(FileError):
            Course(store).newest_ending()


def test_in_the_terminal(iris: Project, capsys: pytest.CaptureFixture[str]) -> None:
    short = trained(iris)
    assert main(["resume", short.run, "--more", "2", "--json"]) == 0
    said = capsys.readouterr()
    result = json.loads(said.out)
    assert (result["epochs"], result["run"] == short.run) == (4, False)
    assert "goes on after epoch 2 as if it had not ended there, to epoch 4." in said.err
    assert main(["resume", "--more", "1", "--from", "best"]) == 0
    assert "with an optimiser that begins anew" in capsys.readouterr().err
    assert main(["resume", "--from", "best"]) != 0
    assert "Give --more with it" in capsys.readouterr().err
