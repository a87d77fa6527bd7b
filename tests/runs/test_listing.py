"""Runs are listed page by page, filtered and sorted, annotated, deleted; what others write appears."""

from __future__ import annotations

import multiprocessing
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from nnstudio.runs import listing
from nnstudio.runs.alive import alive
from nnstudio.runs.headline import Headline, headline
from nnstudio.runs.listing import Order, RunList
from nnstudio.runs.schema import MIGRATIONS
from nnstudio.runs.sorting import SORT_KEYS
from nnstudio.runs.store import RunStore
from nnstudio.spec.baselines import Baseline
from nnstudio.spec.events import EpochDone, NumericPlan
from nnstudio.spec.files import project_to_json
from tests.runs.test_store import EPOCHS, PROJECT, finished


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    store = RunStore(tmp_path)
    yield store
    store.close()


@pytest.fixture
def runs(store: RunStore) -> RunList:
    return RunList(store)


def names(runs: RunList, order: Order) -> list[str]:
    return [line.name for line in runs.page(order, 0, 100)]


def ended(store: RunStore, name: str, accuracy: float) -> str:
    run = store.begin(PROJECT, name, "0.1.0")
    store.set_plan(run, NumericPlan(device="cuda"))
    store.set_size(run, 739, 9)
    store.add_epochs(run, EPOCHS)
    store.finish(replace(finished(run), validation={"loss": 0.2, "accuracy": accuracy}))
    return run


def test_a_line_says_what_a_list_needs(store: RunStore, runs: RunList) -> None:
    run = ended(store, "iris", 0.9)
    (line,) = runs.page(Order(), 0, 10)
    assert (line.id, line.name, line.data, line.device, line.status) == (
        run,
        "iris",
        "/data/iris.csv",
        "cuda",
        "completed",
    )
    assert (line.measure, line.score) == ("validation accuracy", 0.9)
    assert (line.epochs, line.parameters, line.seconds, line.version) == (2, 739, 1.5, "0.1.0")
    assert line.fingerprint == "sha256:abc"
    assert line.environment["python"].startswith("3.")
    assert "torch" in line.environment


def test_what_goes_on_shows_its_epochs(store: RunStore, runs: RunList) -> None:
    run = store.begin(PROJECT, "iris", "0")
    store.add_epochs(run, EPOCHS)
    (line,) = runs.page(Order(), 0, 10)
    assert (line.status, line.epochs, line.score, line.measure) == ("running", 2, None, "")


def test_a_run_whose_process_is_gone_was_interrupted(
    store: RunStore, runs: RunList, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = store.begin(PROJECT, "iris", "0")
    assert [line.status for line in runs.page(Order(), 0, 1)] == ["running"], "it may be about to say so"
    monkeypatch.setattr(listing, "SETTLING_SECONDS", 0.0)
    assert [line.status for line in runs.page(Order(), 0, 1)] == ["interrupted"]
    with alive(store.run_folder(run)):
        assert [line.status for line in runs.page(Order(), 0, 1)] == ["running"]


def test_the_score_is_the_first_metric_of_the_rows_that_watched() -> None:
    done = finished("r")
    assert headline(done) == Headline("validation loss", 0.2)
    assert headline(replace(done, validation={})) == Headline("train loss", 0.3)
    assert headline(replace(done, validation={"loss": 1.0, "r2": 0.5, "mae": 3.0})) == Headline("validation r2", 0.5)
    assert headline(replace(done, train={}, validation={})) == Headline()


def test_a_score_stands_beside_what_one_answer_scores_on_the_same_rows(store: RunStore, runs: RunList) -> None:
    always = {"accuracy": 0.4, "balanced_accuracy": 0.5}
    run = store.begin(PROJECT, "iris", "0")
    done = replace(
        finished(run),
        validation={"loss": 0.2, "accuracy": 0.9, "balanced_accuracy": 0.8},
        baseline=Baseline("“setosa”", validation=always, test={"accuracy": 0.1}),
    )
    store.finish(done)
    (line,) = runs.page(Order(), 0, 1)
    assert (line.score, line.baseline, line.balanced, line.balanced_baseline) == (0.9, 0.4, 0.8, 0.5)
    assert line.always == "“setosa”"
    assert store.run(run).result == done


def test_pages_follow_each_other(store: RunStore, runs: RunList) -> None:
    for number in range(7):
        store.begin(PROJECT, f"run {number}", "0")
    order = Order(key="name", descending=False)
    pages = [[line.name for line in runs.page(order, start, 3)] for start in (0, 3, 6)]
    assert pages == [["run 0", "run 1", "run 2"], ["run 3", "run 4", "run 5"], ["run 6"]]
    assert runs.count(order) == 7


def test_runs_are_sorted_by_any_column(store: RunStore, runs: RunList) -> None:
    for name, accuracy in (("b", 0.7), ("A", 0.9), ("c", 0.8)):
        ended(store, name, accuracy)
    assert names(runs, Order()) == ["c", "A", "b"], "newest first"
    assert names(runs, Order(key="name", descending=False)) == ["A", "b", "c"]
    assert names(runs, Order(key="score")) == ["A", "c", "b"]
    for key in SORT_KEYS:
        assert len(runs.page(Order(key=key), 0, 10)) == 3


def test_the_place_of_a_run_follows_the_order(store: RunStore, runs: RunList) -> None:
    made = [ended(store, name, score) for name, score in (("b", 0.7), ("A", 0.9), ("c", 0.8))]
    for order in (Order(), Order(key="score"), Order(key="name", descending=False)):
        listed = [line.id for line in runs.page(order, 0, 10)]
        assert [runs.place(order, run) for run in made] == [listed.index(run) for run in made]
    assert runs.place(Order("nothing of the kind"), made[0]) is None
    assert runs.place(Order(), "no such run") is None


def test_every_word_of_the_filter_must_occur(store: RunStore, runs: RunList) -> None:
    first, second = ended(store, "iris deep", 0.9), ended(store, "iris wide", 0.8)
    store.annotate(first, tags="good, final", notes="100% sure")
    store.annotate(second, notes="tried momentum")
    assert names(runs, Order("iris")) == ["iris wide", "iris deep"]
    assert names(runs, Order("IRIS final")) == ["iris deep"]
    assert names(runs, Order("momentum")) == ["iris wide"]
    assert names(runs, Order("100%")) == ["iris deep"]
    assert names(runs, Order("%")) == ["iris deep"], "a sign of SQL is a sign like any other"
    assert runs.count(Order("nothing of the kind")) == 0


def test_tags_and_notes_are_kept_one_by_one(store: RunStore, runs: RunList) -> None:
    run = ended(store, "iris", 0.9)
    store.annotate(run, tags="a")
    store.annotate(run, notes="b'; DROP TABLE runs")
    (line,) = runs.page(Order(), 0, 1)
    assert (line.tags, line.notes) == ("a", "b'; DROP TABLE runs")


def test_a_deleted_run_is_gone_with_its_files(store: RunStore, runs: RunList) -> None:
    gone, kept = ended(store, "gone", 0.9), ended(store, "kept", 0.9)
    (store.run_folder(gone) / "best.pth").write_bytes(b"weights")
    store.delete([gone])
    assert names(runs, Order()) == ["kept"]
    assert not store.run_folder(gone).exists()
    assert store.run_folder(kept).is_dir()
    assert store.epochs(gone) == []
    store.delete(["nobody"])


def test_a_curve_has_all_epochs_of_a_short_run(store: RunStore, runs: RunList) -> None:
    run = ended(store, "iris", 0.9)
    assert runs.curve(run, "train", "loss") == ([1, 2], [1.5, 0.1 + 0.2])
    assert runs.curve(run, "validation", "loss") == ([1], [1.25])
    assert runs.curve(run, "train", "no such measure") == ([], [])
    assert runs.measures(run) == ["loss", "accuracy"]


def test_a_curve_of_a_long_run_is_thinned(store: RunStore, runs: RunList, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST_POINTS", 50)
    run = store.begin(PROJECT, "long", "0")
    store.add_epochs(run, [EpochDone(number, {"loss": float(number)}, {}, 0.1, False) for number in range(1, 1_004)])
    epochs, values = runs.curve(run, "train", "loss")
    assert len(epochs) <= 52
    assert (epochs[0], epochs[-1]) == (1, 1_003)
    assert values == [float(epoch) for epoch in epochs]


def test_another_connection_that_writes_is_noticed(runs: RunList, tmp_path: Path) -> None:
    before = runs.version
    assert runs.version == before
    with closing(RunStore(tmp_path)) as other:
        other.begin(PROJECT, "theirs", "0")
    assert runs.version != before
    assert names(runs, Order()) == ["theirs"]


def write_runs(folder: Path, name: str, count: int) -> None:
    """What a window or a terminal does: whole runs, one after another."""
    with closing(RunStore(folder)) as store:
        for number in range(count):
            run = ended(store, f"{name} {number}", 0.5)
            store.annotate(run, tags=name)


def test_two_windows_and_a_terminal_write_at_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=write_runs, args=(tmp_path, name, 25)) for name in ("one", "two", "three")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    with closing(RunStore(tmp_path)) as store:
        runs = RunList(store)
        assert [runs.count(Order(f"{name}")) for name in ("one", "two", "three")] == [25, 25, 25]
        for line in runs.page(Order(), 0, 100):
            assert (line.status, line.epochs) == ("completed", 2)
            assert store.epochs(line.id) == EPOCHS


def test_runs_of_an_older_nnstudio_get_their_columns(tmp_path: Path) -> None:
    path = tmp_path / "runs.sqlite"
    with closing(sqlite3.connect(path)) as old:
        for script in MIGRATIONS[:3]:
            old.executescript(script)
        old.execute("PRAGMA user_version = 3")
        result = '{"epochs": 7, "seconds": 1.5, "train": {"loss": 1}, "validation": {"loss": 0.5, "accuracy": 0.75}}'
        for run, found in (("a", result), ("b", '{"epochs": 7, "train": {"loss": NaN}}'), ("c", None)):
            old.execute(
                "INSERT INTO runs (id, name, started, status, project, fingerprint, version, plan, result)"
                " VALUES (?, 'old', 1, 'completed', ?, '', '0', '{\"device\": \"cpu\"}', ?)",
                (run, project_to_json(PROJECT), found),
            )
        old.commit()
    with closing(RunStore(tmp_path)) as store:
        lines = {line.id: line for line in RunList(store).page(Order(), 0, 10)}
    assert (lines["a"].score, lines["a"].measure, lines["a"].epochs) == (0.75, "validation accuracy", 7)
    assert (lines["a"].data, lines["a"].device, lines["a"].seconds) == ("/data/iris.csv", "cpu", 1.5)
    assert lines["b"].status == "completed"
    assert (lines["c"].score, lines["c"].tags, lines["c"].environment) == (None, "", {})
