"""A store of the test's own, with some runs, and a view on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from nnstudio.gui.runs.view import RunsView
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.runs.store import FOLDER_VARIABLE, RunStore
from nnstudio.spec.events import BatchLosses, EpochDone, NumericPlan, RunFinished
from nnstudio.spec.layers import Linear
from nnstudio.spec.model import Model, Row
from nnstudio.spec.project import Project
from nnstudio.spec.training import Training

Add = Callable[..., str]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunStore]:
    """What another window or a terminal writes with."""
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "runs"))
    store = RunStore()
    yield store
    store.close()


@pytest.fixture
def add(store: RunStore) -> Add:
    """Trains a run; its losses fall from epoch to epoch."""

    def run(name: str, score: float = 0.9, epochs: int = 3, training: Training | None = None) -> str:
        project = Project(None, Model((Row("a", Linear(3)),)), training or Training())
        made = store.begin(project, name, "0.1.0")
        store.set_plan(made, NumericPlan())
        store.add_epochs(
            made,
            [
                EpochDone(number, {"loss": 1 / number}, {"loss": 2 / number}, 0.1, True)
                for number in range(1, epochs + 1)
            ],
        )
        store.set_size(made, 9, 2)
        losses = tuple(1 / number for number in range(1, 2 * epochs + 1))
        store.add_losses(made, [BatchLosses(1, 0, 2 * epochs, losses, losses, losses)])
        done = RunFinished(made, "completed", epochs, 1, {}, {}, {}, 1.5, 1e3, "best", "last", best_sha256="abc")
        store.finish(replace(done, validation={"loss": 0.2, "accuracy": score}))
        return made

    return run


@pytest.fixture
def view(qtbot: QtBot, theme: Theme, studio: Studio, store: RunStore) -> RunsView:
    assert store.folder.is_dir()
    view = RunsView(studio, theme)
    qtbot.addWidget(view)
    view.resize(620, 640)
    return view
