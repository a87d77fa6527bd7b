"""The dialog says how learning by heart goes, and what prevents it; closing it ends the attempt."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from nnstudio.gui.dialogs.fit_batch import FitDialog
from nnstudio.gui.studio import Studio
from nnstudio.session import edits
from nnstudio.spec.errors import TrainingError
from nnstudio.spec.events import Event, Failed, FitDone, FitStage, Fitting, Stop
from nnstudio.spec.requests import FitBatch
from tests.gui.fakes import FakeLink, hear_all, open_iris


@pytest.fixture
def dialog(studio: Studio, plain_window: QWidget) -> FitDialog:
    open_iris(studio)
    dialog = FitDialog(studio, plain_window)
    dialog.begin()
    return dialog


Say = Callable[..., None]


@pytest.fixture
def say(link: FakeLink, dialog: FitDialog, qtbot: QtBot) -> Say:
    """Lets the engine say events, and waits until the dialog shows the last one."""

    def say(*events: Event, shows: str) -> None:
        link.answer(FitBatch, *events, done=False)
        qtbot.waitUntil(lambda: any(shows in banner.words for banner in dialog.stages.values()))

    return say


def test_it_follows_both_stages(say: Say, dialog: FitDialog) -> None:
    assert dialog.isVisible()
    say(Fitting("batch", 16, 3, 0.7, 0.5), shows="Epoch 3 · loss 0.700, accuracy 0.500")
    assert dialog.stages["batch"].title == "One batch · 16 rows"
    say(FitDone("batch", 16, 58, 0.04, 1.0, True), Fitting("all", 120, 1, 0.9, 0.4), shows="Epoch 1")
    assert "Known by heart after 58 epochs" in text_of(dialog, "batch")
    assert dialog.close_button.text() == "Stop"
    done = FitDone("all", 120, 500, 0.1, 0.97, False, "The loss stays at 0.1.", "Use wider layers.")
    say(done, shows="Not known by heart after 500 epochs")
    assert "Use wider layers. Where the data are noisy" in text_of(dialog, "all")
    assert dialog.close_button.text() == "Close"


def test_what_prevents_one_batch_ends_it(say: Say, dialog: FitDialog) -> None:
    done = FitDone("batch", 16, 9, 9.0, 0.2, False, "The loss rises.", "Choose a smaller learning rate.")
    say(done, shows="The loss rises. Choose a smaller learning rate.")
    assert "noisy" not in text_of(dialog, "batch")
    assert dialog.close_button.text() == "Close"


def test_an_error_is_said_in_the_dialog(say: Say, dialog: FitDialog) -> None:
    say(
        Failed(TrainingError("There is nothing to train.", "All is locked.", "Unlock a layer.")), shows="All is locked."
    )
    assert dialog.stages["batch"].title == "There is nothing to train."


def test_closing_it_ends_the_attempt(link: FakeLink, dialog: FitDialog) -> None:
    dialog.close_button.click()
    assert [command for _, command in link.commands] == [Stop()]


def test_what_comes_behind_its_end_finds_nobody(
    link: FakeLink, studio: Studio, dialog: FitDialog, qtbot: QtBot
) -> None:
    dialog.close_button.click()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    link.answer(FitBatch, Fitting("batch", 16, 3, 0.7, 0.5), Failed(TrainingError("It was stopped.")))
    hear_all(studio, link, qtbot)


def test_what_speaks_against_training_is_told_instead(studio: Studio, plain_window: QWidget) -> None:
    open_iris(studio)
    studio.apply("Empty", edits.with_rows(studio.state.project, ()))
    told: list[object] = []
    studio.blocked.listen(told.append)
    dialog = FitDialog(studio, plain_window)
    dialog.begin()
    assert told
    assert not dialog.isVisible()


def text_of(dialog: FitDialog, stage: FitStage) -> str:
    return dialog.stages[stage].words
