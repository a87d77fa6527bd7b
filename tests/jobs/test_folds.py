"""Cross-validation beside a run: every fold by itself, the run as without, a stop that keeps nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue

import pytest

from nnstudio.data.encoding.encode import encode
from nnstudio.engine.train import train
from nnstudio.jobs.given import examples_of
from nnstudio.jobs.link import ProcessLink
from nnstudio.jobs.runner import answer
from nnstudio.resources import resource
from nnstudio.runs.store import RunStore
from nnstudio.session import edits
from nnstudio.session.folds import folds_sentence, spreads
from nnstudio.session.live import LiveRun, Status
from nnstudio.spec.columns import Kind, Role
from nnstudio.spec.errors import DataError
from nnstudio.spec.events import (
    Event,
    Failed,
    FoldDone,
    FoldsStopped,
    FoldStarted,
    Inbox,
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
from nnstudio.spec.requests import TrainProject
from nnstudio.spec.sources import TableSource
from nnstudio.spec.splits import ColumnSplit, GroupSplit, RandomSplit, Split, TimeSplit
from nnstudio.spec.tasks import Task
from tests.jobs.test_training import PLAN, ask, bundles, figures, suggested

FOLDS = 3


@pytest.fixture
def iris() -> Project:
    return with_folds(suggested(TableSource(str(resource("samples/iris.csv"))), epochs=4))


def with_folds(project: Project, split: Split | None = None) -> Project:
    return edits.set_split(project, split or RandomSplit(folds=FOLDS))


def fold_results(events: list[Event]) -> list[FoldDone]:
    return [event for event in events if isinstance(event, FoldDone)]


def test_the_folds_come_first_and_the_run_behind_them_is_the_same(iris: Project) -> None:
    events = ask(TrainProject(iris, PLAN))
    plain = ask(TrainProject(with_folds(iris, RandomSplit()), PLAN))
    said = [event for event in events if not isinstance(event, Progress)]
    assert [type(event) for event in said[: 2 * FOLDS]] == [FoldStarted, FoldDone] * FOLDS
    assert isinstance(said[2 * FOLDS], RunStarted)
    assert [done.fold for done in fold_results(events)] == [1, 2, 3]
    assert figures(events) == figures(plain)
    assert not fold_results(plain)


def test_a_fold_is_what_training_on_it_alone_gives(iris: Project) -> None:
    results = fold_results(ask(TrainProject(iris, PLAN)))
    assert iris.data is not None
    for done in reversed(results):
        examples = examples_of(encode(iris.data, fold=done.fold))
        *_, end = train(iris, examples, inbox=SimpleQueue(), run="", plan=PLAN)
        assert isinstance(end, RunFinished)
        assert done.measures == end.validation


def test_every_fold_is_fitted_to_its_own_training_rows(iris: Project) -> None:
    assert iris.data is not None
    encodings = [encode(iris.data, fold=fold).encoding for fold in range(FOLDS + 1)]
    assert len({encoding.to_json() for encoding in encodings}) == FOLDS + 1


def test_the_results_are_kept_with_the_run(iris: Project) -> None:
    events = ask(TrainProject(iris, PLAN))
    with closing(RunStore()) as store:
        (record,) = store.runs()  # the folds are no runs of their own
        assert store.folds(record.id) == fold_results(events)


def test_mean_and_deviation_over_the_folds() -> None:
    folds = [FoldDone(1, 2, {"loss": 0.5, "accuracy": 0.75}), FoldDone(2, 2, {"loss": 1.5, "accuracy": 0.75})]
    assert spreads(folds) == {"loss": (1.0, pytest.approx(0.5**0.5)), "accuracy": (0.75, 0.0)}
    assert spreads([]) == {}
    assert folds_sentence(folds, Task.BINARY) == (
        "2-fold cross-validation: loss 1.000 ± 0.707, accuracy 0.750 ± 0.000 (mean ± deviation over the folds)."
    )


# ---- commands ----


def told(request: TrainProject, commands: Callable[[Event, Inbox], object]) -> Iterator[Event]:
    """The events of a job to which ``commands`` may answer."""
    inbox: Inbox = SimpleQueue()
    for event in answer(request, inbox):
        yield event
        commands(event, inbox)


def test_a_stop_in_a_fold_ends_everything_and_keeps_nothing(iris: Project) -> None:
    def stop(event: Event, inbox: Inbox) -> None:
        if isinstance(event, FoldStarted) and event.fold == 2:
            inbox.put(Stop())

    events = list(told(TrainProject(iris, PLAN), stop))
    assert events[-1] == FoldsStopped(2, FOLDS)
    assert [done.fold for done in fold_results(events)] == [1]
    assert not any(isinstance(event, (RunStarted, RunFinished, Failed)) for event in events)
    with closing(RunStore()) as store:
        assert store.runs() == []


def test_a_fold_can_rest(iris: Project) -> None:
    def rest(event: Event, inbox: Inbox) -> None:
        match event:
            case FoldStarted(fold=1):
                inbox.put(Pause())
            case Paused():
                inbox.put(Resume())

    events = list(told(TrainProject(iris, PLAN), rest))
    assert [type(event) for event in events if isinstance(event, (Paused, Resumed))] == [Paused, Resumed]
    assert figures(events) == figures(ask(TrainProject(iris, PLAN)))


def test_the_window_follows_the_folds_and_comes_back_to_idle(iris: Project) -> None:
    long = replace(iris, training=replace(iris.training, epochs=100_000, patience=0))
    live = LiveRun()
    live.start(long)
    with closing(ProcessLink()) as link:
        job = link.submit(TrainProject(long, PLAN))
        for events in bundles(link):
            live.receive(events)
            if any(isinstance(event, Progress) for event in events) and live.status is Status.TRAINING:
                assert live.fold == FoldStarted(1, FOLDS)
                assert live.progress is not None
                live.stopping()
                link.command(job, Stop())
    assert live.status is Status.IDLE
    assert (live.fold, live.folds, live.finished) == (None, [], None)


def test_the_window_keeps_what_the_folds_scored(iris: Project) -> None:
    live = LiveRun()
    live.start(iris)
    events = ask(TrainProject(iris, PLAN))
    live.receive(events)
    assert live.status is Status.FINISHED
    assert live.fold is None
    assert live.folds == fold_results(events)


def test_the_time_that_is_left_counts_all_that_follows(iris: Project) -> None:
    long = replace(iris, training=replace(iris.training, epochs=300))
    events = ask(TrainProject(long, PLAN))
    first = next(event for event in events if isinstance(event, Progress))
    own = next(event for event in reversed(events) if isinstance(event, RunFinished)).seconds
    assert first.seconds_left > own  # three folds and the run behind them


# ---- every way to split ----


@pytest.mark.parametrize(
    "split",
    [
        RandomSplit(folds=2, stratify=False),
        GroupSplit(folds=2),
        TimeSplit(folds=2, column="petal_length"),
        ColumnSplit("species", "setosa", "", folds=2),
    ],
)
def test_every_split_can_be_cross_validated(iris: Project, split: Split) -> None:
    project = with_folds(iris, split)
    if isinstance(split, GroupSplit):
        project = edits.set_role(edits.set_kind(project, ["petal_width"], Kind.CATEGORY), ["petal_width"], Role.GROUP)
        assert project.data is not None
    assert len(fold_results(ask(TrainProject(project, PLAN)))) == 2


def test_too_many_folds_are_refused_before_anything_is_trained(tmp_path: Path) -> None:
    small = tmp_path / "small.csv"
    small.write_text("x,y\n" + "".join(f"{row},{'ab'[row % 2]}\n" for row in range(6)))
    project = with_folds(suggested(TableSource(str(small))), RandomSplit(folds=50))
    with pytest.raises(DataError, match="too few for 50 folds"):
        ask(TrainProject(project, PLAN))
