"""The main job from end to end with a real engine, in a process of its own and in a thread: the same tests for both."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnstudio.data.table import MappedTable
from nnstudio.gui.evaluate.view import EvaluateView
from nnstudio.gui.runs.view import RunsView
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.jobs.link import ProcessLink, ThreadLink
from nnstudio.resources import resource
from nnstudio.session import edits
from nnstudio.session.live import Status
from nnstudio.spec.optimizers import SGD
from nnstudio.spec.sources import TableSource
from tests.gui.fakes import studio_over

PATIENCE = 60_000
"""Milliseconds; loading PyTorch on a busy machine takes its time."""


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATA", "CACHE"):
        monkeypatch.setenv(f"NNSTUDIO_{name}", str(tmp_path / name.lower()))


@pytest.fixture(params=[ProcessLink, ThreadLink])
def real(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[Studio]:
    """A studio with a real engine."""
    with studio_over(request.param, qapp) as studio:
        yield studio


@pytest.fixture
def processes(qapp: QApplication) -> Iterator[Studio]:
    """A studio whose engine is a process that can be killed."""
    with studio_over(ProcessLink, qapp) as studio:
        yield studio


def open_sample(studio: Studio, qtbot: QtBot, name: str = "iris.csv") -> None:
    studio.open_path(resource(f"samples/{name}"))
    qtbot.waitUntil(lambda: bool(studio.state.project.model.rows), timeout=PATIENCE)


def set_epochs(studio: Studio, epochs: int) -> None:
    training = replace(studio.state.project.training, epochs=epochs, patience=0)
    studio.apply("Epochs", edits.set_training(studio.state.project, training))


def train(studio: Studio, qtbot: QtBot) -> None:
    studio.train()
    qtbot.waitUntil(lambda: not studio.run.status.is_busy, timeout=PATIENCE)


def test_from_a_table_to_predictions(real: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    open_sample(real, qtbot, "penguins.csv")
    set_epochs(real, 10)
    train(real, qtbot)
    finished = real.run.finished
    assert finished is not None
    assert finished.test["accuracy"] > finished.baseline.test["accuracy"]
    assert len(real.run.history.epochs) == 10

    assert real.save(tmp_path / "penguins.nnstudio")
    real.save_model(tmp_path / "penguins.pth")
    qtbot.waitUntil((tmp_path / "penguins.pth").exists, timeout=PATIENCE)
    assert torch.load(tmp_path / "penguins.pth", weights_only=True)["state_dict"]

    real.new_project()
    real.open_path(tmp_path / "penguins.pth")
    qtbot.waitUntil(lambda: real.state.facts is not None, timeout=PATIENCE)
    file = real.predictor.file
    file.look_at(TableSource(str(resource("samples/penguins.csv"))), detect=False)
    qtbot.waitUntil(lambda: file.result is not None, timeout=PATIENCE)
    assert file.result is not None
    file.write(tmp_path / "predictions.csv")
    qtbot.waitUntil((tmp_path / "predictions.csv").exists, timeout=PATIENCE)
    with MappedTable(file.result.preview) as table:
        assert table.rows == 344
        right = sum(table.cell(row, "species") == table.cell(row, "predicted_species") for row in range(table.rows))
    assert right > 0.8 * 344
    assert (tmp_path / "predictions.csv").read_text(encoding="utf-8").count("\n") == 345


def test_fine_tuning_with_a_locked_layer(real: Studio, qtbot: QtBot) -> None:
    open_sample(real, qtbot)
    set_epochs(real, 3)
    train(real, qtbot)
    real.start_from_last_run()
    first = real.state.project.model.rows[0].id
    real.apply("Lock", edits.lock_layer(real.state.project, first, locked=True))
    real.apply("Slower", edits.set_optimizer(real.state.project, SGD(lr=0.0001)))
    train(real, qtbot)
    assert real.run.finished is not None
    assert real.run.finished.frozen == ("0.weight", "0.bias")
    assert real.run.finished.frozen_unchanged is True
    assert "2 locked tensors: verified unchanged, bit for bit." in real.notices.all[-1].what
    assert real.run.weights is not None
    assert real.run.weights.fresh == ()


def test_pause_resume_and_stop_and_keep(real: Studio, qtbot: QtBot) -> None:
    open_sample(real, qtbot)
    set_epochs(real, 1_000_000)
    real.train()
    qtbot.waitUntil(lambda: bool(real.run.history.epochs), timeout=PATIENCE)
    real.pause()
    qtbot.waitUntil(lambda: real.run.status is Status.PAUSED, timeout=PATIENCE)
    epochs = len(real.run.history.epochs)
    real.resume()
    qtbot.waitUntil(lambda: len(real.run.history.epochs) > epochs, timeout=PATIENCE)
    real.stop()
    qtbot.waitUntil(lambda: real.run.status is Status.FINISHED, timeout=PATIENCE)
    assert real.run.finished is not None
    assert real.run.finished.outcome == "stopped"
    assert Path(real.model_file).exists()


def test_a_loss_that_explodes_is_explained(real: Studio, qtbot: QtBot) -> None:
    open_sample(real, qtbot, "diabetes.csv")
    real.apply("Too fast", edits.set_optimizer(real.state.project, SGD(lr=50.0)))
    before = real.state
    train(real, qtbot)
    assert real.run.status is Status.FAILED
    assert "smaller learning rate" in real.notices.all[-1].remedy
    assert real.state == before


BROKEN = {
    "empty.csv": (b"", "empty"),
    "binary.csv": (bytes(range(256)) * 40, "binary.csv"),
    "ragged.csv": (b"a,b\n1,2\n3,4,5,6\n", "3"),
    "broken.pth": (b"not a model at all", "could not be opened"),
    "broken.nnstudio": (b"[]", "could not be opened"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_cannot_be_read_is_refused_and_nothing_is_lost(
    real: Studio, qtbot: QtBot, tmp_path: Path, name: str
) -> None:
    content, words = BROKEN[name]
    open_sample(real, qtbot)
    before = real.state
    (tmp_path / name).write_bytes(content)
    real.open_path(tmp_path / name)
    qtbot.waitUntil(lambda: bool(real.notices.all), timeout=PATIENCE)
    (notice,) = real.notices.all
    assert notice.level == "error"
    assert name in notice.what
    assert words in f"{notice.what} {notice.why} {notice.remedy}"
    assert "inside nnstudio" not in notice.what, "bad input is no defect"
    assert real.state == before


def test_a_killed_engine_is_replaced_while_the_window_lives(processes: Studio, qtbot: QtBot) -> None:
    open_sample(processes, qtbot)
    set_epochs(processes, 1_000_000)
    processes.train()
    qtbot.waitUntil(lambda: bool(processes.run.history.epochs), timeout=PATIENCE)
    project = processes.state.project
    link = processes.engines._main.worker.link
    assert isinstance(link, ProcessLink)
    assert link.process.pid
    os.kill(link.process.pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: processes.run.status is Status.FAILED, timeout=PATIENCE)
    assert "stopped unexpectedly" in processes.notices.all[-1].what
    assert processes.state.project == project
    assert processes.run.history.epochs, "what was drawn stays"
    set_epochs(processes, 2)
    train(processes, qtbot)
    assert processes.run.finished is not None
    assert processes.run.finished.epochs == 2


def test_a_prediction_is_made_while_training_goes_on(processes: Studio, qtbot: QtBot) -> None:
    open_sample(processes, qtbot)
    set_epochs(processes, 2)
    train(processes, qtbot)
    processes.start_from_last_run()
    set_epochs(processes, 1_000_000)
    processes.train()
    qtbot.waitUntil(lambda: bool(processes.run.history.epochs), timeout=PATIENCE)
    asker = processes.predictor.asker
    asker.describe()
    qtbot.waitUntil(lambda: asker.answer is not None and asker.swept is not None, timeout=PATIENCE)
    assert processes.run.status is Status.TRAINING
    assert asker.answer is not None
    assert sum(asker.answer) == pytest.approx(1)
    processes.stop()
    qtbot.waitUntil(lambda: processes.run.status is Status.FINISHED, timeout=PATIENCE)


def test_what_was_trained_is_measured_and_remembered(real: Studio, theme: Theme, qtbot: QtBot) -> None:
    evaluation, runs = EvaluateView(real, theme), RunsView(real, theme)
    for view in (evaluation, runs):
        qtbot.addWidget(view)
        view.resize(620, 640)
        view.show()
    open_sample(real, qtbot)
    set_epochs(real, 5)
    train(real, qtbot)
    qtbot.waitUntil(lambda: real.evaluator.found is not None, timeout=PATIENCE)
    assert real.run.finished is not None
    found = real.evaluator.found
    assert found is not None
    accuracy = found.score("accuracy")
    assert accuracy is not None
    assert accuracy.value == pytest.approx(real.run.finished.test["accuracy"])
    assert evaluation.where.text() == "Measured on the 15 test rows of iris.csv."
    runs.refresh()
    assert runs.model.line(0) is not None
    runs.select([0])
    assert len(runs.below.curves.chart._series[0].x) == 5
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
