"""Every idea of a course has its place in the window, and is found by the words that a student knows."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.gui.actions.board import Board
from nnstudio.gui.actions.table import PANELS, RESULTS
from nnstudio.gui.idea_banner import IdeaBanner
from nnstudio.gui.main_window import MainWindow
from nnstudio.gui.palette.matching import matching
from nnstudio.gui.palette.popup import entries_of
from nnstudio.gui.studio import Studio
from nnstudio.gui.tabbed import TabbedPanel
from nnstudio.session.ideas import IDEAS, Idea
from nnstudio.spec.layers import Dropout
from nnstudio.spec.optimizers import SGD
from tests.gui.fakes import open_iris

SEARCHED = {
    "tensor": "idea.tensor",
    "dtype": "idea.tensor",
    "nn.Linear": "idea.linear",
    "neuron": "idea.linear",
    "parameters": "idea.parameters",
    "ReLU": "idea.activation",
    "saturation": "idea.activation",
    "forward": "idea.forward",
    "one-hot": "idea.one_hot",
    "cross-entropy": "idea.cross_entropy",
    "logits": "idea.cross_entropy",
    "softmax": "idea.cross_entropy",
    "mse": "idea.mse",
    "backward": "idea.gradient",
    "vanish": "idea.gradient",
    "optimizer.step": "idea.step",
    "learning rate": "idea.sgd",
    "momentum": "idea.momentum",
    "dataloader": "idea.loader",
    "shuffle": "idea.loader",
    "epoch": "idea.epoch",
    "validation": "idea.split",
    "xavier": "idea.initialisation",
    "fine-tuning": "idea.transfer",
    "requires_grad": "idea.freezing",
    "freezing": "idea.freezing",
    "torchmetrics": "idea.accuracy",
    "overfitting": "idea.overfitting",
    "dropout": "idea.dropout",
    "weight decay": "idea.decay",
    "regularisation": "idea.decay",
    "patience": "idea.early_stopping",
    "grid search": "idea.grid",
    "random search": "idea.grid",
    "hyperparameter": "idea.grid",
    "one batch": "fit_batch",
}


@pytest.fixture
def window(qtbot: QtBot, studio: Studio, whole_window: MainWindow) -> MainWindow:
    """With data open and a layer chosen."""
    open_iris(studio)
    results = whole_window.workspace.docks["Results"].panel
    assert isinstance(results, TabbedPanel)
    qtbot.waitUntil(lambda: results.stack.count() == len(RESULTS))
    studio.choice.choose([studio.state.project.model.rows[0].id])
    return whole_window


def said(widget: QWidget) -> set[str]:
    """What it is called, on the screen and by a screen reader."""
    return {widget.accessibleName(), widget.text() if isinstance(widget, QAbstractButton) else ""}


def show(window: MainWindow, idea: Idea) -> QWidget | None:
    """Ask for an idea; gives what has the keyboard then."""
    window.activateWindow()
    (board,) = window.findChildren(Board)
    board.actions[f"idea.{idea.key}"].trigger()
    QCoreApplication.processEvents()
    return window.focusWidget()


def test_every_idea_leads_to_its_place(window: MainWindow) -> None:
    results = window.workspace.docks["Results"].panel
    assert isinstance(results, TabbedPanel)
    for idea in IDEAS:
        found = show(window, idea)
        if idea.place in PANELS:
            assert window.workspace.is_in_front(idea.place)
        else:
            assert results.tabs.tabText(results.tabs.currentIndex()) == idea.place
        if idea.controls:
            assert found is not None
            assert said(found) & set(idea.controls), f"{idea.key}: {said(found)}"
            panel = window.workspace.docks.get(idea.place, window.workspace.docks["Results"]).panel
            assert panel.isAncestorOf(found)


def test_a_panel_that_is_hidden_comes_back(window: MainWindow) -> None:
    window.workspace.docks["Training"].hide()
    idea = next(each for each in IDEAS if each.key == "sgd")
    found = show(window, idea)
    assert window.workspace.is_in_front("Training")
    assert found is not None
    assert said(found) >= {"Learning rate"}


@pytest.mark.parametrize(("words", "wanted"), SEARCHED.items())
def test_the_palette_finds_ideas_by_the_words_of_a_course(words: str, wanted: str, board: Board) -> None:
    assert wanted in [entry.id for entry in matching(entries_of(board), words)][:4]


def test_every_idea_says_what_it_is_and_where() -> None:
    assert len({idea.key for idea in IDEAS}) == len(IDEAS)
    assert {idea.place for idea in IDEAS} <= {*PANELS, *RESULTS}
    assert all(idea.sentence.endswith(".") and idea.to_try.endswith(".") for idea in IDEAS)


def test_what_to_try_stands_below_until_it_is_closed(window: MainWindow) -> None:
    (banner,) = window.findChildren(IdeaBanner)
    assert banner.isHidden()
    first, second, *_rest, last = IDEAS
    show(window, first)
    assert banner.isVisible()
    assert (banner.title, banner.words) == (first.title, f"{first.sentence} Try it: {first.to_try}")
    assert [button.text() for button in banner.buttons] == ["Next idea", "Close"]
    banner.buttons[0].click()
    QCoreApplication.processEvents()
    assert banner.title == second.title
    results = window.workspace.docks["Results"].panel
    assert isinstance(results, TabbedPanel)
    assert results.tabs.tabText(results.tabs.currentIndex()) == second.place
    show(window, last)
    assert [button.text() for button in banner.buttons] == ["Previous", "Close"]
    banner.buttons[-1].click()
    assert banner.isHidden()


def test_what_to_try_names_samples_and_kinds_that_are_there(board: Board) -> None:
    words = " ".join(idea.to_try for idea in IDEAS)
    samples = re.findall(r"Open the sample (\S+) \(File / Open sample\)", words)
    assert {f"sample.{name}.nnstudio" for name in samples} <= board.actions.keys()
    assert len(samples) >= 3
    assert SGD.title in words
    assert Dropout.title in words
