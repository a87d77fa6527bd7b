"""Whole runs on real data: recorded, with weights that open, and the same bits wherever they are made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue

import pytest

from nnstudio.__main__ import main
from nnstudio.engine.checkpoint import load_model
from nnstudio.jobs.link import Link, ProcessLink, ThreadLink
from nnstudio.jobs.runner import answer
from nnstudio.jobs.training import plan_with
from nnstudio.resources import resource
from nnstudio.runs.store import LAST, RunStore
from nnstudio.session import edits
from nnstudio.session.suggest import suggest
from nnstudio.spec.errors import NotFiniteError, TrainingError
from nnstudio.spec.events import (
    DataDescribed,
    EpochDone,
    Event,
    ExportFailed,
    Failed,
    NumericPlan,
    Pause,
    Paused,
    Resume,
    Resumed,
    RunFinished,
    RunStarted,
    SourceOpened,
    Stop,
)
from nnstudio.spec.files import save_project
from nnstudio.spec.layers import BatchNorm1d
from nnstudio.spec.model import Weights
from nnstudio.spec.optimizers import SGD, AdamW
from nnstudio.spec.project import Project
from nnstudio.spec.requests import DescribeData, OpenSource, Request, SaveModel, TrainProject
from nnstudio.spec.sources import Source, TableSource

PLAN = NumericPlan(threads=1)


def ask(request: Request) -> list[Event]:
    events = list(answer(request, SimpleQueue()))
    for event in events:
        if isinstance(event, Failed | ExportFailed):
            raise event.error
    return events


def suggested(source: Source, epochs: int = 5) -> Project:
    """The project that the window suggests for ``source``."""
    *_, opened = ask(OpenSource(source))  # a slow machine is told how far it is before
    assert isinstance(opened, SourceOpened)
    project = edits.open_source(Project(), opened.facts)
    (described,) = ask(DescribeData(edits.data_of(project)))
    assert isinstance(described, DataDescribed)
    project = suggest(project, described.facts)
    return replace(project, training=replace(project.training, epochs=epochs))


@pytest.fixture
def iris() -> Project:
    return suggested(TableSource(str(resource("samples/iris.csv"))))


def finished(events: list[Event]) -> RunFinished:
    last = events[-1]
    assert isinstance(last, RunFinished), last
    return last


def figures(events: list[Event]) -> list[tuple[object, ...]]:
    """What has to be the same wherever a run is made: every epoch's measures and the last ones."""
    epochs = [
        (event.epoch, event.train, event.validation, event.best) for event in events if isinstance(event, EpochDone)
    ]
    end = finished(events)
    return [*epochs, (end.train, end.validation, end.test, end.best_epoch)]


def over(make_link: Callable[[], Link], request: Request) -> list[Event]:
    """The events of a job behind a link."""
    with closing(make_link()) as link:
        link.submit(request)
        events: list[Event] = []
        for bundle in bundles(link):
            events += bundle
    return events


def bundles(link: Link) -> Iterator[list[Event]]:
    while (bundle := link.receive()) is not None:
        yield bundle.events
        if bundle.done:
            return


def test_a_run_is_recorded_with_its_figures_and_weights(iris: Project) -> None:
    events = ask(TrainProject(iris, PLAN, "iris"))
    end = finished(events)
    with closing(RunStore()) as store:
        (record,) = store.runs()
        assert (record.id, record.name, record.status) == (end.run, "iris", "completed")
        assert record.project == iris
        assert record.plan == PLAN
        assert record.result == end
        assert store.epochs(end.run) == [event for event in events if isinstance(event, EpochDone)]
    best = load_model(Path(end.best_weights))
    assert best.sha256 == end.best_sha256
    assert best.metrics["test accuracy"] == end.test["accuracy"]
    assert Path(end.last_weights).parent == Path(end.best_weights).parent


def test_window_thread_and_terminal_give_the_same_bits(
    iris: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    request = TrainProject(iris, PLAN)
    runs = [over(ProcessLink, request), over(ThreadLink, request), ask(request)]
    assert figures(runs[0]) == figures(runs[1]) == figures(runs[2])

    path = tmp_path / "iris.nnstudio"
    save_project(iris, path)
    assert main(["train", str(path), "--threads", "1", "--out", str(tmp_path / "cli.pth")]) == 0
    capsys.readouterr()
    states = [load_model(Path(finished(events).best_weights)).state for events in runs]
    states.append(load_model(tmp_path / "cli.pth").state)
    for state in states[1:]:
        assert state.keys() == states[0].keys()
        assert all(tensor.equal(states[0][name]) for name, tensor in state.items())


def test_so_many_threads_as_are_asked_for_are_in_the_plan_of_a_run_on_the_processor(iris: Project) -> None:
    short = replace(iris, training=replace(iris.training, epochs=1))
    started = next(event for event in ask(TrainProject(short, threads=2)) if isinstance(event, RunStarted))
    assert started.plan.threads == 2
    assert plan_with(0, iris) is None
    assert plan_with(3, replace(iris, training=replace(iris.training, precision="bfloat16"))) == NumericPlan(
        3, precision="bfloat16", once=3
    )


def test_commands_are_acknowledged_across_the_pipe(iris: Project) -> None:
    long = replace(iris, training=replace(iris.training, epochs=100_000, patience=0))
    with closing(ProcessLink()) as link:
        job = link.submit(TrainProject(long, PLAN))
        said = bundles(link)
        next(events for events in said if any(isinstance(event, RunStarted) for event in events))
        for command, acknowledged in ((Pause(), Paused), (Resume(), Resumed), (Pause(), Paused)):
            link.command(job, command)
            assert any(isinstance(event, acknowledged) for events in said for event in events)
        link.command(job, Stop())
        end = [event for events in said for event in events][-1]
    assert isinstance(end, RunFinished)
    assert end.outcome == "stopped"
    assert end.epochs < 100_000


def test_locked_layers_keep_their_bits(iris: Project) -> None:
    first = finished(ask(TrainProject(iris, PLAN)))
    start = Weights(first.best_weights, first.best_sha256)
    project = edits.start_from(edits.lock_layer(iris, iris.model.rows[0].id, locked=True), start)
    project = edits.set_optimizer(project, AdamW(lr=0.0005, weight_decay=0.1))
    second = finished(ask(TrainProject(project, PLAN)))
    assert second.frozen == ("0.weight", "0.bias")
    assert second.frozen_unchanged is True
    before, after = (load_model(Path(path)).state for path in (first.best_weights, second.last_weights))
    moved = {name for name in before if not before[name].equal(after[name])}
    assert moved == set(before) - {"0.weight", "0.bias"}


def test_a_locked_batch_norm_keeps_its_statistics_and_one_parameter_can_be_locked_alone(iris: Project) -> None:
    project, norm = edits.add_layer(iris, BatchNorm1d(), 1)
    trained = finished(ask(TrainProject(project, PLAN)))
    project = edits.start_from(project, Weights(trained.best_weights, trained.best_sha256))
    project = edits.lock_parameter(
        edits.lock_layer(project, norm, locked=True), project.model.rows[0].id, "weight", True
    )
    further = finished(ask(TrainProject(project, PLAN)))
    locked = {f"1.{name}" for name in ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")}
    assert set(further.frozen) == locked | {"0.weight"}
    assert further.frozen_unchanged is True


def test_weights_follow_their_row_when_another_is_put_before_it(iris: Project) -> None:
    first = finished(ask(TrainProject(iris, PLAN)))
    project, _ = edits.add_layer(iris, BatchNorm1d(), 0)
    project = edits.start_from(project, Weights(first.best_weights, first.best_sha256))
    loaded = ask(TrainProject(project, PLAN))[0]
    assert getattr(loaded, "fresh", None) == tuple(
        f"0.{name}" for name in ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")
    )


def test_a_run_that_explodes_says_what_to_do() -> None:
    regression = suggested(TableSource(str(resource("samples/diabetes.csv"))), epochs=200)
    wild = edits.set_optimizer(regression, SGD(lr=50.0))
    with pytest.raises(NotFiniteError, match="smaller learning rate"):
        ask(TrainProject(wild, PLAN))
    with closing(RunStore()) as store:
        (record,) = store.runs()
        assert record.status == "failed"
        assert "smaller learning rate" in record.error
        kept = load_model(store.run_folder(record.id) / LAST)
    assert all(bool(tensor.isfinite().all()) for tensor in kept.state.values()), "those in front of what spoilt them"


def test_a_run_that_is_given_up_says_so(iris: Project) -> None:
    events = answer(TrainProject(iris, PLAN), SimpleQueue())
    assert isinstance(next(events), RunStarted)
    events.close()
    with closing(RunStore()) as store:
        assert [record.status for record in store.runs()] == ["abandoned"]


def test_a_project_without_data_is_refused() -> None:
    with pytest.raises(Exception, match="no data to train on"):
        ask(TrainProject(Project()))


def test_a_weights_file_that_changed_is_refused(iris: Project) -> None:
    first = finished(ask(TrainProject(iris, PLAN)))
    project = edits.start_from(iris, Weights(first.best_weights, "0" * 64))
    with pytest.raises(Exception, match="content has changed"):
        ask(TrainProject(project, PLAN))


@pytest.mark.parametrize("bare", [True, False])
def test_the_model_is_saved_where_it_is_wanted(iris: Project, tmp_path: Path, bare: bool) -> None:
    end = finished(ask(TrainProject(iris, PLAN)))
    out = tmp_path / "mine.pth"
    ask(SaveModel(end.best_weights, str(out), bare))
    saved, kept = load_model(out), load_model(Path(end.best_weights))
    assert bool(saved.project) is not bare
    assert all(saved.state[name].equal(tensor) for name, tensor in kept.state.items())


def test_a_device_that_is_not_there_is_refused(iris: Project) -> None:
    with pytest.raises(TrainingError, match="cannot be used"):
        ask(TrainProject(replace(iris, training=replace(iris.training, device="mps"))))
