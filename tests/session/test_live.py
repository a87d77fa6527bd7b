"""The run that is going on, built up from any sequence of events, and its figures as columns."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.session.live import History, LiveRun, Status
from nnstudio.spec.errors import NotFiniteError
from nnstudio.spec.events import (
    BatchLosses,
    CheckpointSaved,
    ComputedOnce,
    EngineReady,
    EpochDone,
    Event,
    Failed,
    FoldDone,
    FoldsStopped,
    FoldStarted,
    NumericPlan,
    Paused,
    PlanChanged,
    Progress,
    RatesChanged,
    Resumed,
    RunFinished,
    RunStarted,
    Saved,
    WeightsLoaded,
)
from nnstudio.spec.facts import Rows
from nnstudio.spec.project import Project

PLAN = NumericPlan(threads=1)
STARTED = RunStarted("r1", PLAN, 3, 4, Rows(8, 1, 1), 51, 51)
PROGRESS = Progress(1, 2, 0.5, 1_000.0, 3.0)
LOADED = WeightsLoaded("w.pth", ("0.weight",), ())
FINISHED = RunFinished("r1", "stopped", 2, 1, {"loss": 0.4}, {}, {}, 1.0, 900.0, "b.pth", "l.pth")
FAILED = Failed(NotFiniteError("The loss became NaN."))


def epoch(number: int, loss: float = 0.5, best: bool = False) -> EpochDone:
    return EpochDone(number, {"loss": loss}, {"loss": loss + 1}, 0.1, best)


@pytest.fixture
def run() -> LiveRun:
    """A run that was asked for a moment ago."""
    run = LiveRun()
    run.start(Project())
    return run


def test_other_rates_are_known_until_the_next_run(run: LiveRun) -> None:
    changes = [RatesChanged(1, 3, 0.01, 0.0), RatesChanged(2, 1, 0.001, 0.1)]
    run.receive([STARTED, *changes])
    assert run.changes == changes
    run.start(Project())
    assert run.changes == []


def test_the_newest_checkpoint_is_known_until_the_next_run(run: LiveRun) -> None:
    run.receive([STARTED, epoch(1), CheckpointSaved(1, 0), CheckpointSaved(1, 7)])
    assert run.checkpoint == CheckpointSaved(1, 7)
    run.start(Project())
    assert run.checkpoint is None


# the course of a run


@pytest.mark.parametrize(
    ("events", "status"),
    [
        ([], Status.STARTING),
        ([LOADED], Status.STARTING),
        ([STARTED], Status.TRAINING),
        ([STARTED, PROGRESS, epoch(1)], Status.TRAINING),
        ([STARTED, epoch(1), CheckpointSaved(1, 0)], Status.TRAINING),
        ([STARTED, Paused()], Status.PAUSED),
        ([STARTED, Paused(), Resumed()], Status.TRAINING),
        ([STARTED, epoch(1), FINISHED], Status.FINISHED),
        ([STARTED, Paused(), FINISHED], Status.FINISHED),
        ([FAILED], Status.FAILED),
        ([STARTED, epoch(1), FAILED], Status.FAILED),
    ],
)
def test_the_status_follows_the_events(run: LiveRun, events: list[Event], status: Status) -> None:
    run.receive(events)
    assert run.status is status
    assert run.status.is_busy is (status in (Status.STARTING, Status.TRAINING, Status.PAUSED))


@pytest.mark.parametrize("before", [[], [STARTED], [STARTED, Paused()]])
@pytest.mark.parametrize("late", [STARTED, Paused(), Resumed(), PROGRESS, epoch(1)])
def test_a_stop_is_answered_by_the_end_only(run: LiveRun, before: list[Event], late: Event) -> None:
    run.receive(before)
    run.stopping()
    seen: list[Status] = []
    run.changed.listen(lambda: seen.append(run.status))
    run.receive([late])
    run.receive([FINISHED])
    assert seen == [Status.STOPPING, Status.FINISHED]
    assert Status.STOPPING.is_busy


def test_every_event_is_kept_where_views_look_for_it(run: LiveRun) -> None:
    run.receive([LOADED, STARTED, PROGRESS, epoch(1, best=True)])
    assert (run.weights, run.started, run.plan, run.progress) == (LOADED, STARTED, PLAN, PROGRESS)
    assert ([*run.history.epochs], run.history.best_epoch) == ([1], 1)
    run.receive([PlanChanged(1, NumericPlan(threads=2)), Progress(2, 1, 0.4, 1.0, 1.0), FINISHED])
    assert run.plan == NumericPlan(threads=2)
    assert run.progress is not None
    assert run.progress.epoch == 2
    assert (run.finished, run.error) == (FINISHED, None)


def test_the_losses_of_the_batches_replace_what_was_told(run: LiveRun) -> None:
    run.receive([STARTED, BatchLosses(1, 0, 2, (4.0, 2.0), (4.0, 2.0), (4.0, 2.0))])
    run.receive([BatchLosses(1, 2, 3, (1.0,), (1.0,), (1.0,))])
    assert [*run.batches.means] == [4.0, 2.0, 1.0]
    run.receive([BatchLosses(2, 0, 4, (3.0, 0.75), (2.0, 0.5), (4.0, 1.0))])
    assert (run.batches.width, run.batches.batches) == (2, 4)
    assert ([*run.batches.means], [*run.batches.lows], [*run.batches.highs]) == ([3.0, 0.75], [2.0, 0.5], [4.0, 1.0])
    run.start(Project())
    assert [*run.batches.means] == []


def test_the_folds_of_a_cross_validation_come_before_the_run(run: LiveRun) -> None:
    first, second = FoldDone(1, 2, {"loss": 0.5}), FoldDone(2, 2, {"loss": 0.25})
    run.receive([FoldStarted(1, 2), PROGRESS])
    assert (run.status, run.fold, run.progress) == (Status.TRAINING, FoldStarted(1, 2), PROGRESS)
    run.receive([first, FoldStarted(2, 2)])
    assert (run.fold, run.folds, run.progress) == (FoldStarted(2, 2), [first], None)
    run.receive([PROGRESS, second, STARTED])
    assert (run.fold, run.folds, run.progress, run.started) == (None, [first, second], None, STARTED)
    run.receive([epoch(1), FINISHED])
    assert (run.status, run.folds, [*run.history.epochs]) == (Status.FINISHED, [first, second], [1])


def test_a_stop_within_a_fold_keeps_nothing(run: LiveRun) -> None:
    run.receive([FoldStarted(1, 2), PROGRESS, FoldDone(1, 2, {"loss": 0.5}), FoldStarted(2, 2)])
    run.stopping()
    run.receive([FoldsStopped(2, 2)])
    assert (run.status, run.fold, run.folds, run.progress) == (Status.IDLE, None, [], None)


def test_a_failure_keeps_what_was_learned_so_far(run: LiveRun) -> None:
    run.receive([STARTED, epoch(1), FAILED])
    assert run.error is FAILED.error
    assert run.finished is None
    assert [*run.history.epochs] == [1]


def test_another_start_forgets_the_last_run(run: LiveRun) -> None:
    run.receive([LOADED, STARTED, PROGRESS, epoch(1), FAILED])
    run.start(Project())
    assert run.status is Status.STARTING
    assert (run.started, run.plan, run.weights, run.progress, run.finished, run.error) == (None,) * 6
    assert [*run.history.epochs] == []
    assert run.project == Project()


def test_another_project_leaves_nothing_of_the_run(run: LiveRun) -> None:
    run.receive([STARTED, FINISHED])
    run.clear()
    assert (run.status, run.project, run.finished) == (Status.IDLE, None, None)
    assert not run.status.is_busy


@pytest.mark.parametrize("stranger", [EngineReady("2.6", "CPU", 1.0), Saved("w.pth")])
def test_what_no_run_says_is_a_defect(run: LiveRun, stranger: Event) -> None:
    with pytest.raises(ValueError, match=f"a run does not send {type(stranger).__name__}"):
        run.receive([stranger])


def test_listeners_are_told_once_a_bundle(run: LiveRun) -> None:
    told: list[Status] = []
    run.changed.listen(lambda: told.append(run.status))
    run.receive([STARTED, PROGRESS, epoch(1), Paused()])
    run.receive([Resumed()])
    run.stopping()
    run.receive([FINISHED])
    run.start(Project())
    run.clear()
    assert [str(status) for status in told] == ["paused", "training", "stopping", "finished", "starting", "idle"]


@given(
    bundles=st.lists(st.lists(st.sampled_from([STARTED, PROGRESS, Paused(), Resumed(), LOADED, epoch(1)]), max_size=4)),
    end=st.sampled_from([FINISHED, FAILED]),
    stop=st.none() | st.integers(0, 3),
)
def test_any_sequence_of_events_ends_with_its_last_word(
    bundles: list[list[Event]], end: Event, stop: int | None
) -> None:
    run = LiveRun()
    run.start(Project())
    for place, bundle in enumerate(bundles):
        if place == stop:
            run.stopping()
        run.receive(bundle)
        assert run.status.is_busy
    run.receive([end])
    assert run.status is (Status.FINISHED if end is FINISHED else Status.FAILED)
    assert len(run.history.epochs) == sum(isinstance(event, EpochDone) for bundle in bundles for event in bundle)


# the figures of the epochs

measures = st.dictionaries(st.sampled_from(["loss", "accuracy", "mae"]), st.floats(allow_nan=False), max_size=3)


def same(one: Sequence[float], other: Sequence[float]) -> bool:
    """Whether two columns are equal, NaN being equal to itself."""
    return len(one) == len(other) and all(
        a == b or (math.isnan(a) and math.isnan(b)) for a, b in zip(one, other, strict=True)
    )


def test_figures_are_columns() -> None:
    history = History()
    for number in (1, 2, 3):
        history.add(epoch(number, loss=1 / number, best=number == 2))
    assert [*history.epochs] == [1, 2, 3]
    assert history.train == {"loss": array("d", [1.0, 0.5, 1 / 3])}
    assert history.validation == {"loss": array("d", [2.0, 1.5, 1 / 3 + 1])}
    assert history.best_epoch == 2


def test_a_measure_that_comes_late_or_is_missing_is_no_number_there() -> None:
    history = History()
    history.add(EpochDone(1, {"loss": 1.0}, {}, 0.1, False))
    history.add(EpochDone(2, {"loss": 0.5, "accuracy": 0.9}, {"loss": 0.7}, 0.1, False))
    history.add(EpochDone(3, {"accuracy": 0.95}, {}, 0.1, False))
    assert same(history.train["loss"], [1.0, 0.5, math.nan])
    assert same(history.train["accuracy"], [math.nan, 0.9, 0.95])
    assert same(history.validation["loss"], [math.nan, 0.7, math.nan])


@given(train=st.lists(measures, max_size=5), data=st.data())
def test_every_column_is_as_long_as_the_epochs(train: list[dict[str, float]], data: st.DataObject) -> None:
    validation = [data.draw(measures) for _ in train]
    history = History()
    for number, (seen, watched) in enumerate(zip(train, validation, strict=True), start=1):
        history.add(EpochDone(number, seen, watched, 0.1, False))
    for columns, given_measures in ((history.train, train), (history.validation, validation)):
        assert columns.keys() == set().union(*given_measures)
        for key, column in columns.items():
            assert same(column, [epoch_measures.get(key, math.nan) for epoch_measures in given_measures])
    assert history.best_epoch == 0


@pytest.mark.parametrize(("columns", "last"), [({}, None), ({"loss": []}, None), ({"loss": [0.5, 0.25]}, 0.25)])
def test_the_newest_figure(columns: dict[str, list[float]], last: float | None) -> None:
    assert History.last(columns, "loss") == last


def test_how_far_frozen_layers_were_passed_is_known_until_the_run_begins() -> None:
    run = LiveRun()
    run.start(Project())
    run.receive([ComputedOnce(10, 40, 3.0)])
    assert run.passed == ComputedOnce(10, 40, 3.0)
    assert run.status is Status.STARTING
