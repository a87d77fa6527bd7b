"""Advice on a run stands above its curves; taken, it is one edit, and another run is asked for to see its effect."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio.gui.results.coach import CHANGED, CoachBanner
from nnstudio.gui.studio import Studio
from nnstudio.session import edits
from nnstudio.spec.events import EpochDone
from tests.gui.fakes import open_iris, started


@pytest.fixture
def banner(qtbot: QtBot, studio: Studio) -> CoachBanner:
    """Of a run that overfits."""
    banner = CoachBanner(studio)
    qtbot.addWidget(banner)
    open_iris(studio)
    studio.run.start(studio.state.project)
    studio.run.receive([started()])
    banner.follow()
    assert banner.isHidden()
    for number in range(1, 11):
        train, validation = {"loss": 1 - 0.09 * number}, {"loss": 0.5 + 0.05 * abs(number - 2)}
        studio.run.receive([EpochDone(number, train, validation, 0.1, number <= 2)])
    banner.follow()
    return banner


def test_overfitting_is_said_with_two_remedies(banner: CoachBanner) -> None:
    assert not banner.isHidden()
    assert banner.title == "The network overfits."
    assert "the validation loss rose by" in banner.words
    assert [button.text() for button in banner.buttons] == ["Add Dropout", "Weight decay 0.01"]


def test_a_remedy_is_one_edit_and_asks_for_another_run(banner: CoachBanner, studio: Studio) -> None:
    before = studio.state.project
    QTest.mouseClick(banner.buttons[1], Qt.MouseButton.LeftButton)
    assert studio.state.project.training.optimizer.weight_decay == 0.01
    assert banner.buttons == []
    assert banner.words.endswith(CHANGED)
    studio.document.undo()
    assert studio.state.project == before
    assert len(banner.buttons) == 2


def test_another_setting_of_the_users_own_counts_as_well(banner: CoachBanner, studio: Studio) -> None:
    training = replace(studio.state.project.training, epochs=7)
    studio.apply("Epochs", edits.set_training(studio.state.project, training))
    assert banner.words.endswith(CHANGED)


def test_the_next_run_begins_without_advice(banner: CoachBanner, studio: Studio) -> None:
    studio.run.start(studio.state.project)
    banner.follow()
    assert banner.isHidden()
