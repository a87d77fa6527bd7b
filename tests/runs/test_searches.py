"""Searches and their trials in the database of runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from nnstudio.runs.searches import MOST_EPOCHS, SearchRecord, SearchStore, TrialRecord, TrialRun
from nnstudio.runs.store import RunStore
from nnstudio.spec.columns import Column, Kind
from nnstudio.spec.data import DataSpec
from nnstudio.spec.errors import FileError, TrainingError
from nnstudio.spec.events import EpochDone, NumericPlan, RunFinished, TrialDone
from nnstudio.spec.project import Project
from nnstudio.spec.search import Interval, Search, SearchedField
from nnstudio.spec.sources import TableSource
from nnstudio.spec.tasks import Task

DATA = DataSpec(TableSource("/data/t.csv"), (Column("y", Kind.NUMBER),), Task.REGRESSION)
PROJECT = Project(DATA, search=Search((SearchedField("optimizer.lr", Interval(0.1, 1.0)),), trials=9))
PLAN = NumericPlan()
FULL = 2
"""How SQLite numbers the mode in which it waits for the disk."""


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[RunStore]:
    with closing(RunStore(tmp_path)) as store:
        yield store


@pytest.fixture
def searches(runs: RunStore) -> SearchStore:
    return SearchStore(runs)


@pytest.fixture
def search(searches: SearchStore) -> SearchRecord:
    return searches.begin(PROJECT, "t", "abc", "validation loss", "lower")


def trial(search: SearchRecord, number: int, value: float | None, **more: object) -> TrialDone:
    done = TrialDone(search.id, number, "completed", {"optimizer.lr": 0.5}, value, f"r{number}", 3, 0.5)
    return replace(done, **more)  # type: ignore[arg-type]  # fields of TrialDone


def as_run(epochs: int = 3, finished: bool = True) -> TrialRun:
    told = [EpochDone(epoch, {"loss": 1.0}, {"loss": 1 / epoch}, 0.1, epoch == 7) for epoch in range(1, epochs + 1)]
    end = RunFinished("r1", "completed", epochs, 1, {}, {"loss": 0.2, "r2": 0.9}, {}, 0.5, 100.0, "", "")
    return TrialRun(PROJECT, "t · trial 1", 0.0, PLAN, 12, told, end if finished else None)


def test_a_search_on_a_file_whose_name_is_no_text_is_remembered(searches: SearchStore) -> None:
    project = replace(PROJECT, data=replace(DATA, source=TableSource("/data/caf\udce9.csv")))
    search = searches.begin(project, "caf\udce9", "abc", "validation loss", "lower")
    searches.add(TrialRecord(trial(search, 1, 0.2)), replace(as_run(), project=project, name="caf\udce9 · trial 1"))
    assert searches.search(search.id).project == project
    assert searches.search(search.id).name == "caf�"


def test_a_search_and_its_trials_are_remembered(searches: SearchStore, search: SearchRecord) -> None:
    record = TrialRecord(trial(search, 1, 0.2, best=True), {1: 0.5, 2: 0.2}, {"grid_id": 3})
    failed = TrialRecord(trial(search, 2, None, outcome="failed", error="No.", run=""))
    searches.add(record, as_run())
    searches.add(failed, None)
    assert searches.trials(search.id) == [record, failed]
    assert searches.search(search.id) == search
    (known,) = searches.searches()
    assert (known.search, known.done, known.trials, known.best, known.data) == (search.id, 2, 9, 0.2, "/data/t.csv")


def test_a_trial_is_a_run_like_any_other(runs: RunStore, searches: SearchStore, search: SearchRecord) -> None:
    searches.add(TrialRecord(trial(search, 1, 0.2)), as_run())
    run = runs.run("r1")
    assert (run.project, run.status, run.plan, run.name) == (PROJECT, "completed", PLAN, "t · trial 1")
    assert len(runs.epochs("r1")) == 3
    row = runs.connection.execute("SELECT tags, measure, score, epochs, parameters FROM runs").fetchone()
    assert row == (f"search {search.id}", "validation r2", 0.9, 3, 12)


def test_a_failed_run_says_why(runs: RunStore, searches: SearchStore, search: SearchRecord) -> None:
    searches.add(TrialRecord(trial(search, 1, None, outcome="failed", error="Too fast.")), as_run(finished=False))
    assert (runs.run("r1").status, runs.run("r1").error) == ("failed", "Too fast.")


def test_history_is_kept_small(runs: RunStore, searches: SearchStore, search: SearchRecord) -> None:
    searches.add(TrialRecord(trial(search, 1, 0.2)), as_run(epochs=1_000))
    epochs = [epoch.epoch for epoch in runs.epochs("r1")]
    assert len(epochs) <= MOST_EPOCHS + 2
    assert {1, 7, 1_000} <= set(epochs), "the first, the best and the last one"


def test_a_trial_is_written_whole_or_not_at_all(runs: RunStore, searches: SearchStore, search: SearchRecord) -> None:
    searches.add(TrialRecord(trial(search, 1, 0.2)), as_run())
    with pytest.raises(Exception, match="UNIQUE"):
        searches.add(TrialRecord(trial(search, 1, 0.1, run="r2")), as_run())
    assert len(runs.runs()) == 1


def test_whether_a_search_goes_on_is_told_by_who_holds_it(searches: SearchStore, search: SearchRecord) -> None:
    assert searches.searches()[0].status == "interrupted"
    with searches.held(search.id):
        assert searches.searches()[0].status == "running"
        with pytest.raises(TrainingError, match="under way"), searches.held(search.id):
            pass
    searches.end(search.id, "completed")
    assert searches.searches()[0].status == "completed"


def test_the_newest_that_is_not_completed_goes_on(searches: SearchStore, search: SearchRecord) -> None:
    other = searches.begin(PROJECT, "u", "abc", "validation loss", "lower")
    assert searches.search("").id == other.id
    searches.end(other.id, "completed")
    assert searches.search("").id == search.id
    searches.end(search.id, "completed")
    with pytest.raises(FileError, match="No search was interrupted"):
        searches.search("")


def test_the_best_value_is_the_highest_where_that_is_better(searches: SearchStore) -> None:
    search = searches.begin(PROJECT, "t", "abc", "validation accuracy", "higher")
    for number, value in ((1, 0.5), (2, 0.9), (3, 0.7)):
        searches.add(TrialRecord(trial(search, number, value)), None)
    assert searches.searches()[0].best == 0.9


def test_a_trial_a_second_is_waited_for_until_it_lies_on_the_disk_and_so_is_the_end(
    runs: RunStore, searches: SearchStore, search: SearchRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, waited = [100.0], []
    monkeypatch.setattr("nnstudio.runs.searches.time.monotonic", lambda: now[0])
    for number, seconds in enumerate((0.0, 0.4, 0.4, 0.4), 1):
        now[0] += seconds
        searches.add(TrialRecord(trial(search, number, 0.2)), None)
        waited.append(runs.connection.execute("PRAGMA synchronous").fetchone()[0] == FULL)
    assert waited == [True, False, False, True]
    searches.end(search.id, "completed")
    assert runs.connection.execute("PRAGMA synchronous").fetchone()[0] == FULL
