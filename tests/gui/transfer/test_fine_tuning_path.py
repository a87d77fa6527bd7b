"""From somebody's weights to a comparison, with a real engine: what the steps lead to is what was promised."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnstudio.engine.checkpoint import load_model
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.gui.transfer.view import TransferView
from nnstudio.jobs.link import ProcessLink
from nnstudio.resources import resource
from nnstudio.session import edits
from nnstudio.session.fine_tuning import Key, Stage
from nnstudio.session.transfer import head_of
from tests.gui.fakes import studio_over
from tests.gui.test_whole_path import PATIENCE


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATA", "CACHE"):
        monkeypatch.setenv(f"NNSTUDIO_{name}", str(tmp_path / name.lower()))


@pytest.fixture
def real(qapp: QApplication) -> Iterator[Studio]:
    with studio_over(ProcessLink, qapp) as studio:
        yield studio


@pytest.fixture
def tab(real: Studio, theme: Theme, qtbot: QtBot) -> TransferView:
    view = TransferView(real, theme)
    qtbot.addWidget(view)
    view.resize(600, 640)
    view.show()
    return view


def stage(studio: Studio, key: Key) -> Stage:
    return next(step.stage for step in studio.transfer.steps if step.key == key)


def press(tab: TransferView, key: Key, qtbot: QtBot) -> None:
    qtbot.waitUntil(tab.steps.rows[key].button.isEnabled, timeout=PATIENCE)
    tab.steps.rows[key].button.click()


def few_epochs(studio: Studio, epochs: int = 5) -> None:
    training = replace(studio.state.project.training, epochs=epochs)
    studio.apply("Epochs", edits.set_training(studio.state.project, training))


def open_digits(studio: Studio, qtbot: QtBot, name: str) -> None:
    studio.open_path(resource(f"samples/{name}.nnstudio"))
    qtbot.waitUntil(lambda: studio.state.facts_are_current and studio.state.facts is not None, timeout=PATIENCE)


def train(studio: Studio, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: studio.run.finished is not None, timeout=PATIENCE)


def test_from_weights_to_a_comparison(real: Studio, tab: TransferView, qtbot: QtBot, tmp_path: Path) -> None:
    open_digits(real, qtbot, "digits-pretrained")
    few_epochs(real)
    real.train()
    train(real, qtbot)
    first = tmp_path / "digits.pth"
    real.save_model(first)
    qtbot.waitUntil(first.exists, timeout=PATIENCE)

    open_digits(real, qtbot, "digits-fine-tuned")
    real.start_fresh()
    real.suggest_network()
    few_epochs(real)
    tab.guide.click()
    assert stage(real, "weights") is Stage.NOW
    data = real.state.project.data
    real.transfer.choose_weights(first)
    qtbot.waitUntil(lambda: real.state.project.model.start is not None, timeout=PATIENCE)
    assert real.state.project.data == data
    qtbot.waitUntil(lambda: stage(real, "match") is Stage.DONE, timeout=PATIENCE)
    press(tab, "head", qtbot)
    head = head_of(real.state.project.model)
    assert head
    press(tab, "freeze", qtbot)
    press(tab, "train", qtbot)
    train(real, qtbot)
    finished = real.run.finished
    assert finished
    assert finished.frozen_unchanged is True
    assert real.run.weights
    prefix = str(len(real.state.project.model.rows) - 1)
    assert real.run.weights.fresh == (f"{prefix}.weight", f"{prefix}.bias"), "the head alone"
    before, after = load_model(first).state, load_model(Path(finished.best_weights)).state
    assert all(torch.equal(before[name], after[name]) for name in finished.frozen)
    assert len(finished.frozen) == len(after) - 2

    press(tab, "compare", qtbot)
    qtbot.waitUntil(lambda: real.transfer.rival.run.finished is not None, timeout=PATIENCE)
    rival = real.transfer.rival.run
    assert rival.weights is None
    assert rival.finished
    assert (rival.finished.frozen, rival.finished.epochs) == ((), finished.epochs)
    assert rival.started
    assert real.run.started
    assert rival.started.rows == real.run.started.rows
    assert rival.started.trainable == rival.started.parameters
    assert stage(real, "compare") is Stage.DONE
    assert tab.comparison.isVisible()
    assert real.run.finished == finished


def test_layers_go_into_another_network_with_their_weights(real: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    real.open_path(resource("samples/iris.nnstudio"))
    qtbot.waitUntil(lambda: real.state.walked is not None, timeout=PATIENCE)
    few_epochs(real, 2)
    real.train()
    train(real, qtbot)
    finished = real.run.finished
    assert finished
    real.choice.choose([real.state.project.model.rows[0].id])
    real.transfer.save_layers(tmp_path / "first.pth")
    qtbot.waitUntil(lambda: any("first.pth" in notice.what for notice in real.notices.all), timeout=PATIENCE)
    real.suggest_network()
    outputs = real.state.project.model.rows
    real.choice.choose([])
    real.transfer.insert_layers(tmp_path / "first.pth")
    qtbot.waitUntil(lambda: len(real.state.project.model.rows) == len(outputs) + 1, timeout=PATIENCE)
    assert real.document.undo_name == "Insert layers of first.pth"
    new = real.state.project.model.rows[-1]
    assert real.choice.rows == (new.id,)
    real.apply("First", edits.move_layers(real.state.project, {new.id}, (0,)))
    real.apply("Lock", edits.lock_layer(real.state.project, new.id, True))
    real.train()
    qtbot.waitUntil(lambda: not real.run.status.is_busy and real.run.finished is not finished, timeout=PATIENCE)
    again = real.run.finished
    assert again, real.run.error
    assert again.frozen == ("0.weight", "0.bias")
    one, other = (load_model(Path(path)).state for path in (finished.best_weights, again.last_weights))
    assert torch.equal(one["0.weight"], other["0.weight"])
