"""When Train is refused, the banner says why, offers the fix, and goes when nothing stands in the way any more."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio.gui.blocked import BlockedBanner
from nnstudio.gui.studio import Studio
from nnstudio.session import edits
from nnstudio.session.live import Status
from tests.gui.fakes import open_iris


@pytest.fixture
def banner(qtbot: QtBot, studio: Studio) -> BlockedBanner:
    banner = BlockedBanner(studio)
    qtbot.addWidget(banner)
    return banner


def break_output(studio: Studio) -> None:
    """Take the last layer away, so that the network gives too many numbers."""
    open_iris(studio)
    project = studio.state.project
    studio.apply("Remove layer", edits.remove_layers(project, {project.model.rows[-1].id}))


def test_silent_until_train_is_refused(studio: Studio, banner: BlockedBanner) -> None:
    break_output(studio)
    assert banner.isHidden()
    studio.train()
    assert not banner.isHidden()
    assert banner.title.startswith("The network gives 16 numbers")


def test_the_fix_is_one_click_and_can_be_undone(studio: Studio, banner: BlockedBanner) -> None:
    break_output(studio)
    studio.train()
    fix = banner.buttons[0]
    QTest.mouseClick(fix, Qt.MouseButton.LeftButton)
    assert studio.document.undo_name == fix.text() == "Fit the output"


def test_goes_when_the_state_is_put_right(studio: Studio, banner: BlockedBanner) -> None:
    break_output(studio)
    studio.train()
    studio.document.undo()
    assert banner.isHidden()


def test_says_what_else_stands_in_the_way(studio: Studio, banner: BlockedBanner) -> None:
    break_output(studio)
    studio.train()
    studio.apply("Clear", edits.with_rows(studio.state.project, []))
    assert banner.title == "The network has no layers yet."


def test_can_be_dismissed(studio: Studio, banner: BlockedBanner) -> None:
    break_output(studio)
    studio.train()
    QTest.mouseClick(banner.buttons[-1], Qt.MouseButton.LeftButton)
    assert banner.isHidden()


def test_stays_away_when_training_starts(studio: Studio, banner: BlockedBanner) -> None:
    open_iris(studio)
    studio.train()
    assert studio.run.status is Status.STARTING
    assert banner.isHidden()
