"""The run that a model file came from is found again, also by a copy, and told in as many epochs as can be drawn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from nnstudio.runs.found import environment_of, run_of, some_epochs
from nnstudio.runs.store import RunStore
from nnstudio.spec.events import EpochDone, RunFinished
from nnstudio.spec.project import Project

SHA = "ab" * 32
FINISHED = RunFinished("", "completed", 2, 1, {}, {}, {}, 1.0, 1.0, "", "", best_sha256=SHA)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    with closing(RunStore(tmp_path)) as opened:
        yield opened


def begun(store: RunStore) -> str:
    return store.begin(Project(), "one", "1.0")


def test_a_copy_of_the_weights_belongs_to_the_run(store: RunStore, tmp_path: Path) -> None:
    run, other = begun(store), begun(store)
    store.finish(replace(FINISHED, run=run))
    assert run_of(store, tmp_path / "elsewhere.pth", SHA) == run
    assert run_of(store, tmp_path / "elsewhere.pth", "cd" * 32) is None
    assert run_of(store, store.run_folder(other) / "last.pth", "cd" * 32) == other
    assert run_of(store, store.folder / "runs" / "gone" / "last.pth", "cd" * 32) is None


def test_it_knows_what_it_was_made_with(store: RunStore) -> None:
    assert "python" in environment_of(store, begun(store))


def test_of_a_long_run_some_epochs_are_told(store: RunStore) -> None:
    run = begun(store)
    store.add_epochs(run, (EpochDone(number, {"loss": 1.0}, {}, 0.1, number == 37) for number in range(1, 1_001)))
    told = some_epochs(store, run, 37, most=50)
    assert [done.epoch for done in told] == sorted({1, 37, *range(20, 1_001, 20)})
    assert told[2].best
    assert len(some_epochs(store, run, 37)) == 1_000
    assert some_epochs(store, begun(store), 0) == ()
