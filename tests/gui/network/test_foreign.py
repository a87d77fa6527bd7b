"""Building the network of somebody's weights: the offer, the edit, and the guesses in it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from nnstudio.gui.network.items import items_of, tooltip
from nnstudio.gui.network.panel import NetworkPanel
from nnstudio.gui.studio import Studio
from nnstudio.spec.events import ModelOpened
from nnstudio.spec.layers import Linear, ReLU, Tanh
from nnstudio.spec.model import Weights, new_row
from nnstudio.spec.rebuilt import Rebuilt, guesses
from nnstudio.spec.requests import OpenModel
from tests.gui.fakes import FakeLink

ROWS = (
    new_row(Linear(4), "fc1"),
    replace(new_row(ReLU()), guess="An activation is usual."),
    replace(new_row(Linear(3), "fc2"), guess="So <it> seems."),
)
FOUND = ModelOpened(
    "/w/a.pth", "ab", "", {"fc1.weight": (4, 9)}, rebuilt=Rebuilt("guessed", "a plain stack", ROWS, (9,))
)


def offered(panel: NetworkPanel, studio: Studio, link: FakeLink, qtbot: QtBot, found: ModelOpened = FOUND) -> None:
    studio.open_model(Path(found.path))
    link.answer(OpenModel, found)
    qtbot.waitUntil(panel.foreign.isVisible)


def built(panel: NetworkPanel, studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
    offered(panel, studio, link, qtbot)
    panel.foreign.buttons[0].click()
    link.answer(OpenModel, FOUND)
    qtbot.waitUntil(lambda: studio.state.project.model.rows == ROWS)


def test_the_network_of_a_file_is_offered_where_there_is_none(
    empty_panel: NetworkPanel, studio: Studio, link: FakeLink, qtbot: QtBot
) -> None:
    offered(empty_panel, studio, link, qtbot)
    assert empty_panel.foreign.title == "“a.pth” seems to be a plain stack."
    assert [button.text() for button in empty_panel.foreign.buttons] == ["Build its network", "Not now"]
    assert studio.notices.all[-1].what == "“a.pth” seems to be a plain stack."
    empty_panel.foreign.buttons[1].click()
    assert not empty_panel.foreign.isVisible()
    assert studio.state.project.model.rows == ()


def test_building_it_is_one_edit_that_starts_from_its_weights(
    empty_panel: NetworkPanel, studio: Studio, link: FakeLink, qtbot: QtBot
) -> None:
    built(empty_panel, studio, link, qtbot)
    assert studio.state.project.model.start == Weights("/w/a.pth", "ab")
    assert studio.document.undo_name == "Build the network of a.pth"
    assert studio.notices.all[-1].what == "The network of “a.pth” is built."
    studio.document.undo()
    assert studio.state.project.model.rows == ()
    assert studio.state.project.model.start is None


def test_where_data_is_open_its_shape_is_asked_about(
    panel: NetworkPanel, studio: Studio, link: FakeLink, qtbot: QtBot
) -> None:
    """The network that is open has no place for the weights, so that of the file is offered."""
    offered(panel, studio, link, qtbot)
    assert link.asked(OpenModel) == [OpenModel(str(Path("/w/a.pth")), (4,))]
    assert len(panel.foreign.buttons) == 2


def test_guesses_are_told_and_kept(empty_panel: NetworkPanel, studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
    built(empty_panel, studio, link, qtbot)
    panel = empty_panel
    panel.view.clearSelection()
    panel.view.choose([ROWS[1].id])
    assert panel.foreign.title == "This layer is a guess."
    panel.foreign.buttons[0].click()
    assert [row.name for row in guesses(studio.state.project.model.rows)] == ["fc2"]
    assert panel.foreign.title == "1 layer is a guess."
    panel.foreign.buttons[0].click()
    assert guesses(studio.state.project.model.rows) == ()
    assert not panel.foreign.isVisible()
    assert studio.document.undo_name == "Keep all guesses"


def test_what_is_changed_is_no_guess(empty_panel: NetworkPanel, studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
    built(empty_panel, studio, link, qtbot)
    empty_panel.verbs.change_kind(ROWS[1].id, Tanh.key)
    assert [row.name for row in guesses(studio.state.project.model.rows)] == ["fc2"]


def test_a_guess_is_seen_in_its_row(empty_panel: NetworkPanel, studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
    built(empty_panel, studio, link, qtbot)
    first, second, third = items_of(studio.state, ())
    assert [item.summary for item in (first, second, third)] == [
        "Linear · 4 units · bias",
        "guess · activation",
        "guess · Linear · 3 units · bias",
    ]
    assert "a guess" in second.accessible_text
    assert "a guess" not in first.accessible_text
    assert "<b>A guess.</b> So &lt;it&gt; seems." in tooltip(third)


def test_what_cannot_be_built_is_said(panel: NetworkPanel, studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
    before = studio.state.project
    studio.build_network(Path("/w/a.pth"))
    link.answer(OpenModel, replace(FOUND, rebuilt=Rebuilt("none", notes=("It holds no layers.",))))
    qtbot.waitUntil(lambda: bool(studio.notices.all))
    assert studio.notices.all[-1].what == "The network of “a.pth” cannot be rebuilt."
    assert studio.state.project == before
    assert not panel.foreign.isVisible()


def test_a_file_is_asked_for_and_its_network_built(
    panel: NetworkPanel, studio: Studio, link: FakeLink, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (FOUND.path, ""))
    panel.weights.build.trigger()
    assert len(link.asked(OpenModel)) == 1
    link.answer(OpenModel, FOUND)
    qtbot.waitUntil(lambda: studio.state.project.model.rows == ROWS)
