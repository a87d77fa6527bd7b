"""The search icon beside a field is there when it is wanted, and the keyboard reaches it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QCursor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio.gui.forms import Form
from nnstudio.gui.search_marks import FieldMarks, SearchMark, field_of
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.gui.training.panel import TrainingPanel
from nnstudio.session import edits
from nnstudio.spec.optimizers import SGD
from tests.gui.fakes import open_iris
from tests.gui.search.searches import RATE


@pytest.fixture
def panel(qtbot: QtBot, studio: Studio, theme: Theme) -> TrainingPanel:
    panel = TrainingPanel(studio, theme)
    qtbot.addWidget(panel)
    panel.resize(400, 600)
    panel.show()
    open_iris(studio)
    leave(panel.optimizer.settings, "lr")
    return panel


def leave(form: Form, name: str) -> None:
    """Neither the pointer, wherever it was left by another test, nor the keyboard is at a field."""
    QCursor.setPos(form.mapToGlobal(QPoint(5_000, 5_000)))
    QCoreApplication.processEvents()
    for widget in (form.label(name), form.editor(name)):
        send(widget, QEvent.Type.Leave)
        widget.clearFocus()


def mark(form: Form, name: str) -> SearchMark:
    (found,) = form.label(name).findChildren(SearchMark)
    return found


def send(widget: QObject, kind: QEvent.Type) -> None:
    QCoreApplication.sendEvent(widget, QEvent(kind))


def test_it_is_hidden_until_it_is_pointed_at(panel: TrainingPanel) -> None:
    form = panel.optimizer.settings
    assert not mark(form, "lr").isVisible()
    send(form.label("lr"), QEvent.Type.Enter)
    assert mark(form, "lr").isVisible()
    assert mark(form, "lr").focusPolicy() == Qt.FocusPolicy.NoFocus, "one Tab from field to field"
    send(form.label("lr"), QEvent.Type.Leave)
    assert not mark(form, "lr").isVisible()


def test_a_press_searches_and_leaves_the_field(panel: TrainingPanel, studio: Studio) -> None:
    form = panel.optimizer.settings
    send(form.label("lr"), QEvent.Type.Enter)
    QTest.mouseClick(mark(form, "lr"), Qt.MouseButton.LeftButton)
    send(form.label("lr"), QEvent.Type.Leave)
    assert studio.searcher.is_searched(RATE)
    assert mark(form, "lr").isVisible(), "a searched field shows it always"
    assert mark(form, "lr").isChecked()
    assert mark(form, "lr").accessibleName() == "Do not search learning rate"
    QTest.keyClick(mark(form, "lr"), Qt.Key.Key_Space)
    assert not studio.searcher.is_searched(RATE)
    assert not mark(form, "lr").isVisible()


def test_all_are_shown_while_the_search_is_looked_at(panel: TrainingPanel, studio: Studio) -> None:
    studio.searcher.mark_all(True)
    for form, name in ((panel.optimizer.settings, "lr"), (panel.optimizer.choice, "kind"), (panel.length, "epochs")):
        assert mark(form, name).isVisible()
        assert mark(form, name).focusPolicy() == Qt.FocusPolicy.StrongFocus
    assert not mark(panel.length, "seed").isVisible(), "no seed makes a network better"
    studio.searcher.mark_all(False)
    assert not mark(panel.optimizer.settings, "lr").isVisible()


def test_it_stands_behind_its_editor_in_the_order_of_tab(panel: TrainingPanel, studio: Studio) -> None:
    studio.searcher.mark_all(True)
    form = panel.optimizer.settings
    assert form.editor("lr").nextInFocusChain() is mark(form, "lr")


def test_another_kind_has_marks_of_its_own(panel: TrainingPanel, studio: Studio) -> None:
    studio.apply("Use SGD", edits.set_optimizer(studio.state.project, SGD()))
    studio.searcher.mark_all(True)
    assert mark(panel.optimizer.settings, "momentum").isVisible()


def test_the_field_of_the_keyboard_is_known(panel: TrainingPanel) -> None:
    assert field_of(panel.optimizer.settings.editor("lr")) == RATE
    assert field_of(mark(panel.optimizer.settings, "lr")) == ""
    assert field_of(panel) == ""
    assert field_of(None) == ""


def test_colours_follow_the_theme(panel: TrainingPanel, studio: Studio, theme: Theme) -> None:
    studio.searcher.toggle(RATE)
    before = mark(panel.optimizer.settings, "lr").icon().cacheKey()
    theme.choose("dark")
    assert mark(panel.optimizer.settings, "lr").icon().cacheKey() != before


def test_marks_go_with_their_form(qtbot: QtBot, panel: TrainingPanel, studio: Studio, theme: Theme) -> None:
    del qtbot
    marks = FieldMarks(panel.length, [], str, studio, theme)
    assert marks.parent() is panel.length
