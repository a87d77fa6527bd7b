"""The run database: what is written is read back, by several processes, whatever happens."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from math import nan
from pathlib import Path

import pytest

from nnstudio.runs.listing import LossCurve, RunList
from nnstudio.runs.schema import MIGRATIONS
from nnstudio.runs.store import FOLDER_VARIABLE, RunStore, runs_folder
from nnstudio.spec.columns import Column, Kind, Role
from nnstudio.spec.data import DataSpec
from nnstudio.spec.errors import FileError, NotFiniteError
from nnstudio.spec.events import BatchLosses, EpochDone, FoldDone, NumericPlan, RunFinished
from nnstudio.spec.layers import Linear
from nnstudio.spec.model import Model, Row
from nnstudio.spec.project import Project
from nnstudio.spec.sources import TableSource
from nnstudio.spec.tasks import Task

DATA = DataSpec(
    TableSource("/data/iris.csv"),
    (Column("petal", Kind.NUMBER), Column("species", Kind.CATEGORY, Role.TARGET)),
    Task.MULTICLASS,
    fingerprint="sha256:abc",
)
PROJECT = Project(DATA, Model((Row("a", Linear(3)),)))
EPOCHS = [
    EpochDone(1, {"loss": 1.5, "accuracy": 0.4}, {"loss": 1.25}, 0.25, best=True),
    EpochDone(2, {"loss": 0.1 + 0.2, "accuracy": 0.5}, {}, 0.5, best=False),
]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    store = RunStore(tmp_path)
    yield store
    store.close()


def finished(run: str) -> RunFinished:
    return RunFinished(
        run,
        "completed",
        2,
        1,
        train={"loss": 0.3},
        validation={"loss": 0.2},
        test={"loss": 0.1},
        seconds=1.5,
        samples_per_second=300.0,
        best_weights="best",
        last_weights="last",
        frozen=("0.weight",),
        frozen_unchanged=True,
    )


def test_a_run_is_remembered_as_it_was(store: RunStore) -> None:
    run = store.begin(PROJECT, "iris", "0.1.0")
    begun = store.run(run)
    assert (begun.status, begun.project, begun.fingerprint, begun.plan) == ("running", PROJECT, "sha256:abc", None)

    store.set_plan(run, NumericPlan(threads=2, fused=False))
    store.add_epochs(run, EPOCHS)
    store.finish(finished(run))

    ended = store.run(run)
    assert (ended.name, ended.version, ended.status) == ("iris", "0.1.0", "completed")
    assert ended.plan == NumericPlan(threads=2, fused=False)
    assert ended.result == finished(run)
    assert store.epochs(run) == EPOCHS


def test_a_run_on_a_file_whose_name_is_no_text_is_remembered(store: RunStore) -> None:
    data = replace(DATA, source=TableSource("/data/caf\udce9.csv"))  # as Latin-1 spelled it
    run = store.begin(Project(data), "caf\udce9", "0.1.0")
    store.fail(run, FileError("“caf\udce9.csv” is not there."))
    found = store.run(run)
    assert (found.name, found.project.data, found.error) == ("caf�", data, "“caf�.csv” is not there.")


def test_each_run_has_a_folder_of_its_own(store: RunStore) -> None:
    folders = {store.run_folder(store.begin(PROJECT, "iris", "0")) for _ in range(5)}
    assert len(folders) == 5
    assert all(folder.is_dir() for folder in folders)


def test_the_newest_run_comes_first(store: RunStore) -> None:
    runs = [store.begin(PROJECT, name, "0") for name in ("first", "second", "third")]
    assert [record.id for record in store.runs()] == runs[::-1]


def test_failed_and_abandoned_runs_say_so(store: RunStore) -> None:
    failed, abandoned = (store.begin(PROJECT, "iris", "0") for _ in range(2))
    store.fail(failed, NotFiniteError("The loss became NaN.", "", "Use a smaller learning rate."))
    store.abandon(abandoned)
    assert store.run(failed).status == "failed"
    assert store.run(failed).error == "The loss became NaN. Use a smaller learning rate."
    assert store.run(abandoned).status == "abandoned"


def test_epochs_are_written_all_or_none(store: RunStore) -> None:
    run = store.begin(PROJECT, "iris", "0")
    store.add_epochs(run, EPOCHS[:1])
    with pytest.raises(sqlite3.IntegrityError):
        store.add_epochs(run, [EPOCHS[1], EPOCHS[0]])
    assert store.epochs(run) == EPOCHS[:1]


def test_losses_of_batches_take_the_place_of_those_that_they_replace(store: RunStore) -> None:
    run = store.begin(PROJECT, "iris", "0")
    store.set_size(run, 51, 2)
    store.add_losses(run, [BatchLosses(1, 0, 2, (4.0, 2.0), (4.0, 2.0), (4.0, 2.0))])
    store.add_losses(run, [BatchLosses(1, 2, 3, (1.0,), (1.0,), (1.0,))])
    assert RunList(store).losses(run) == LossCurve((0.25, 0.75, 1.25), *[(4.0, 2.0, 1.0)] * 3)
    store.add_losses(run, [BatchLosses(2, 0, 3, (3.0, 1.0), (2.0, 1.0), (4.0, 1.0))])
    assert RunList(store).losses(run) == LossCurve((0.5, 1.25), (3.0, 1.0), (2.0, 1.0), (4.0, 1.0))
    store.rewind(run, 1)
    assert RunList(store).losses(run) == LossCurve((), (), (), ())
    store.add_losses(run, [BatchLosses(1, 0, 2, (4.0, nan), (4.0, nan), (4.0, nan))])
    assert RunList(store).losses(run).means == (4.0,), "what is no number is passed over"
    assert RunList(store).losses("no such run") == LossCurve((), (), (), ())


def test_a_run_without_rows_of_its_batches_opens_as_before(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "runs.sqlite")) as old:
        for script in MIGRATIONS[:5]:
            old.executescript(script)
        old.execute("PRAGMA user_version = 5")
        old.execute(
            "INSERT INTO runs (id, name, started, status, project, fingerprint, version) VALUES (?, ?, ?, ?, ?, ?, ?)",
            ("r", "iris", 1.0, "completed", "{}", "", "0"),
        )
        old.execute("INSERT INTO epochs VALUES ('r', 1, '{\"loss\": 0.5}', '{}', 0.1, 1, 0.01)")
        old.commit()
    with closing(RunStore(tmp_path)) as store:
        runs = RunList(store)
        assert runs.losses("r") == LossCurve((), (), (), ())
        assert runs.curve("r", "train", "loss") == ([1], [0.5])
        store.add_losses("r", [BatchLosses(1, 0, 1, (4.0,), (4.0,), (4.0,))])
        assert runs.losses("r").means == (4.0,)


def test_an_unknown_run_is_named(store: RunStore) -> None:
    with pytest.raises(FileError, match="no run called “nobody”"):
        store.run("nobody")


def test_two_stores_write_at_once(tmp_path: Path) -> None:
    def write(name: str) -> None:
        store = RunStore(tmp_path)
        run = store.begin(PROJECT, name, "0")
        for epoch in range(1, 21):
            store.add_epochs(run, [EpochDone(epoch, {"loss": 1.0}, {}, 0.1, best=False)])
        store.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, "abcd"))
    store = RunStore(tmp_path)
    assert sorted(record.name for record in store.runs()) == list("abcd")
    assert [len(store.epochs(record.id)) for record in store.runs()] == [20] * 4
    store.close()


def test_many_who_open_a_new_database_at_once_wait_for_each_other(tmp_path: Path) -> None:
    def opened(place: int) -> None:
        RunStore(tmp_path / str(place // 8)).close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(opened, range(160)))


def test_what_was_written_outlives_the_store(tmp_path: Path) -> None:
    first = RunStore(tmp_path)
    run = first.begin(PROJECT, "iris", "0")
    first.add_epochs(run, EPOCHS)
    first.close()
    second = RunStore(tmp_path)
    assert second.epochs(run) == EPOCHS
    second.close()


def test_folds_are_remembered_in_their_order(store: RunStore) -> None:
    run, other = store.begin(PROJECT, "iris", "0"), store.begin(PROJECT, "iris", "0")
    folds = [FoldDone(fold, 3, {"loss": 0.1 * fold, "accuracy": 0.9}) for fold in (1, 2, 3)]
    store.add_folds(run, reversed(folds))
    assert store.folds(run) == folds
    assert store.folds(other) == []


def test_a_database_of_every_older_version_is_brought_up_to_date(tmp_path: Path) -> None:
    for version in range(len(MIGRATIONS)):
        folder = tmp_path / str(version)
        folder.mkdir()
        with closing(sqlite3.connect(folder / "runs.sqlite")) as connection:
            connection.executescript("".join(MIGRATIONS[:version]))
            connection.execute(f"PRAGMA user_version = {version}")
        with closing(RunStore(folder)) as store:
            run = store.begin(PROJECT, "iris", "0")
            store.add_epochs(run, EPOCHS)
            store.add_folds(run, [FoldDone(1, 1, {"loss": 0.5})])
            assert store.epochs(run) == EPOCHS
            assert store.folds(run) == [FoldDone(1, 1, {"loss": 0.5})]


def test_a_newer_database_is_refused_and_kept(tmp_path: Path) -> None:
    RunStore(tmp_path).close()
    path = tmp_path / "runs.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(FileError, match="written by a newer nnstudio"):
        RunStore(tmp_path)
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "runs.sqlite"
    path.write_bytes(b"this is a letter to my aunt, and quite a long one at that" * 20)
    with pytest.raises(FileError, match="could not be opened"):
        RunStore(tmp_path)
    assert path.read_bytes().startswith(b"this is a letter")


def test_the_folder_can_be_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "elsewhere"))
    assert runs_folder() == tmp_path / "elsewhere"
    monkeypatch.delenv(FOLDER_VARIABLE)
    assert runs_folder().name == "nnstudio"
