"""What transfer learning asks for: files, a number, a pattern that says meanwhile what it names."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QInputDialog, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.gui.dialogs import files
from nnstudio.gui.dialogs.transfer import PatternDialog, TransferDialogs
from nnstudio.gui.studio import Studio
from nnstudio.session import edits
from nnstudio.spec.events import ModelOpened, Saved
from nnstudio.spec.files import project_to_json
from nnstudio.spec.layers import Linear
from nnstudio.spec.mapping import Match
from nnstudio.spec.model import Model, Row, Weights
from nnstudio.spec.project import Project
from nnstudio.spec.rebuilt import Rebuilt
from nnstudio.spec.requests import OpenModel, SaveLayers
from tests.gui.fakes import FakeLink, open_iris


@pytest.fixture
def dialogs(studio: Studio, plain_window: QWidget) -> TransferDialogs:
    return TransferDialogs(studio, plain_window)


def choose(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    for name in ("getOpenFileName", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, name, lambda *_: (path, ""))


def test_weights_are_asked_for(
    studio: Studio, link: FakeLink, dialogs: TransferDialogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(monkeypatch, "/models/a.pth")
    dialogs.choose_weights()
    assert len(link.asked(OpenModel)) == 1
    assert studio.state.is_saved


def test_cancelling_asks_for_nothing(
    studio: Studio, link: FakeLink, dialogs: TransferDialogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(monkeypatch, "")
    monkeypatch.setattr(QInputDialog, "getInt", lambda *_: (3, False))
    dialogs.choose_weights()
    dialogs.save_layers()
    dialogs.insert_layers()
    dialogs.replace_head()
    assert link.requests == {}
    assert studio.document.undo_name == ""


def test_weights_that_may_bring_a_project_ask_before_something_is_lost(
    studio: Studio, link: FakeLink, dialogs: TransferDialogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.apply("A layer", edits.add_layer(studio.state.project, Linear())[0])
    monkeypatch.setattr(files, "ask_unsaved", lambda *_: "cancel")
    dialogs.use_weights(Path("/models/a.pth"))
    assert link.asked(OpenModel) == []
    open_iris(studio)
    dialogs.use_weights(Path("/models/a.pth"))
    assert len(link.asked(OpenModel)) == 1, "data stay, and the edit can be undone"


def test_the_head_is_suggested_what_the_data_need(
    studio: Studio, dialogs: TransferDialogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_iris(studio)
    suggested: list[int] = []

    def ask(*asked: object) -> tuple[int, bool]:
        suggested.append(int(str(asked[3])))
        return 7, True

    monkeypatch.setattr(QInputDialog, "getInt", ask)
    dialogs.replace_head()
    assert suggested == [3]
    assert studio.state.project.model.rows[-1].kind == Linear(7)


def test_a_pattern_says_what_it_names(studio: Studio, plain_window: QWidget, qtbot: QtBot) -> None:
    open_iris(studio)
    dialog = PatternDialog(studio, plain_window)
    qtbot.addWidget(dialog)
    assert dialog.found.text() == "Freezes 3 single parameters."
    dialog.pattern.setText("0.*")
    assert dialog.found.text() == "Freezes 1 layer."
    dialog.pattern.setText("fc")
    assert "Nothing in the network is called “fc”." in dialog.found.text()
    assert not dialog.freeze.isEnabled()
    dialog.pattern.clear()
    QTest.keyClicks(dialog.pattern, "2.bias")
    dialog.freeze.click()
    assert studio.state.project.model.rows[2].locked_parameters == ("bias",)
    assert studio.document.undo_name == "Freeze 2.bias"


def test_a_pattern_waits_for_data(studio: Studio, plain_window: QWidget, qtbot: QtBot) -> None:
    dialog = PatternDialog(studio, plain_window)
    qtbot.addWidget(dialog)
    assert "Open data first" in dialog.found.text()
    assert not dialog.freeze.isEnabled()


def test_the_chosen_layers_are_saved_with_the_weights_at_hand(
    studio: Studio, link: FakeLink, dialogs: TransferDialogs, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    open_iris(studio)
    start = Weights("/w.pth", "ab")
    studio.apply("Start", edits.start_from(studio.state.project, start))
    row = studio.state.project.model.rows[0].id
    studio.choice.choose([row, "gone"])
    choose(monkeypatch, "/m/part")
    dialogs.save_layers()
    (request,) = link.asked(SaveLayers)
    assert request == SaveLayers(studio.state.project.model, (4,), (row,), "/m/part.pth")
    link.answer(SaveLayers, Saved("/m/part.pth"))
    qtbot.waitUntil(lambda: bool(studio.notices.all))
    assert studio.notices.all[-1].what == "The layers were saved as “part.pth”."


def test_layers_of_a_file_are_put_in_behind_the_chosen_one(
    studio: Studio, link: FakeLink, dialogs: TransferDialogs, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    open_iris(studio)
    first = studio.state.project.model.rows[0].id
    studio.choice.choose([first])
    choose(monkeypatch, "/m/part.pth")
    dialogs.insert_layers()
    part = project_to_json(Project(model=Model((Row("p", Linear(5)),))))
    link.answer(OpenModel, ModelOpened("/m/part.pth", "cd", part, {"0.weight": (5, 32), "0.bias": (5,)}))
    qtbot.waitUntil(lambda: len(studio.state.project.model.rows) == 6)
    rows = studio.state.project.model.rows
    assert (rows[0].id, rows[1].kind) == (first, Linear(5))
    assert studio.choice.rows == (rows[1].id,)
    assert studio.state.mapping
    assert [line.source for line in studio.state.mapping if line.source] == ["0.weight", "0.bias"]


def test_bare_tensors_are_no_layers(
    studio: Studio, link: FakeLink, dialogs: TransferDialogs, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    choose(monkeypatch, "/m/bare.pth")
    dialogs.insert_layers()
    link.answer(OpenModel, ModelOpened("/m/bare.pth", "cd", "", {"0.weight": (5, 32)}))
    qtbot.waitUntil(lambda: bool(studio.notices.all))
    assert studio.notices.all[-1].what == "“bare.pth” holds no layers."
    assert studio.state.project == Project()


def test_layers_of_somebodys_file_bring_their_weights_by_name(
    studio: Studio, link: FakeLink, dialogs: TransferDialogs, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    open_iris(studio)
    choose(monkeypatch, "/m/theirs.pth")
    dialogs.insert_layers()
    rebuilt = Rebuilt("guessed", "a stack", (Row("p", Linear(5), "fc1"),))
    tensors = {"fc1.weight": (5, 3), "fc1.bias": (5,)}
    link.answer(OpenModel, ModelOpened("/m/theirs.pth", "cd", "", tensors, rebuilt=rebuilt))
    qtbot.waitUntil(lambda: len(studio.state.project.model.rows) == 6)
    assert studio.state.mapping
    assert [line.source for line in studio.state.mapping if line.match is Match.MATCHED] == ["fc1.weight", "fc1.bias"]
