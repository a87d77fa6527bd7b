"""The dialog draws the loss over the learning rate and offers the rate that follows."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.gui.training.range_dialog import RateDialog
from nnstudio.spec.errors import TrainingError
from nnstudio.spec.events import Failed, RatesTried, Stop
from nnstudio.spec.requests import TryRates
from tests.gui.fakes import FakeLink, open_iris

TRIED = RatesTried((1e-6, 1e-3, 0.1), (1.0, 0.8, 0.2))


@pytest.fixture
def dialog(studio: Studio, theme: Theme, plain_window: QWidget) -> RateDialog:
    open_iris(studio)
    dialog = RateDialog(studio, theme, plain_window)
    dialog.begin()
    return dialog


def test_it_follows_the_test_and_offers_the_rate(
    studio: Studio, link: FakeLink, dialog: RateDialog, qtbot: QtBot
) -> None:
    assert dialog.isVisible()
    link.answer(TryRates, TRIED, done=False)
    qtbot.waitUntil(lambda: "Trying 0.1" in dialog.verdict.text())
    x, y = dialog._curve.getData()
    assert x.tolist() == pytest.approx(np.log10(TRIED.rates))
    assert len(y) == 3
    assert dialog.use.isHidden()
    link.answer(TryRates, RatesTried(TRIED.rates, TRIED.losses, 0.01, done=True))
    qtbot.waitUntil(lambda: dialog.use.text() == "Use 0.01")
    assert "0.01 is a good start" in dialog.verdict.text()
    dialog.use.click()
    assert studio.state.project.training.optimizer.lr == 0.01
    assert studio.document.undo_name == "Use the suggested learning rate"
    assert not link.commands


def test_a_loss_that_never_falls_offers_nothing(link: FakeLink, dialog: RateDialog, qtbot: QtBot) -> None:
    link.answer(TryRates, RatesTried(TRIED.rates, (1.0, 1.0, 9.0), None, done=True))
    qtbot.waitUntil(lambda: "did not fall" in dialog.verdict.text())
    assert dialog.use.isHidden()
    assert dialog.close_button.text() == "Close"


def test_an_error_is_said(link: FakeLink, dialog: RateDialog, qtbot: QtBot) -> None:
    link.answer(TryRates, Failed(TrainingError("There is nothing to train.", "All is locked.", "Unlock a layer.")))
    qtbot.waitUntil(lambda: "There is nothing to train." in dialog.verdict.text())


def test_closing_it_ends_the_test(link: FakeLink, dialog: RateDialog) -> None:
    dialog.close_button.click()
    assert [command for _, command in link.commands] == [Stop()]
