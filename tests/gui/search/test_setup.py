"""Ranges are edited in place, each change an edit; what is wrong is said beside the field."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from nnstudio.gui.forms.editors import NumberEdit
from nnstudio.gui.panel import VerticalScroll
from nnstudio.gui.search.setup import SetupPage
from nnstudio.gui.search.span_row import SpanRow, _Choose, _Number
from nnstudio.gui.studio import Studio
from nnstudio.session import edits, searching
from nnstudio.spec.search import Choices, Interval, Span
from tests.gui.search.searches import KIND, RATE, SIZE, search_iris


@pytest.fixture
def page(qtbot: QtBot, studio: Studio) -> SetupPage:
    search_iris(studio)
    page = SetupPage(studio)
    qtbot.addWidget(page)
    studio.document.changed.listen(lambda _old, new: page.render_state(new))
    page.render_state(studio.state)
    page.resize(560, 560)
    page.show()
    return page


def row(page: SetupPage, path: str) -> SpanRow:
    return next(row for (name, _), row in page.rows.items() if name == path)


def numbers(page: SetupPage, path: str) -> _Number:
    edit = row(page, path).edit
    assert isinstance(edit, _Number)
    return edit


def span(studio: Studio, path: str) -> Span | None:
    return studio.state.project.search.span(path)


def type_in(editor: QLineEdit, text: str) -> None:
    editor.selectAll()
    QTest.keyClicks(editor, text)


def test_every_searched_field_has_a_row(page: SetupPage, studio: Studio) -> None:
    assert [row.title.text() for row in page.rows.values()] == ["Learning rate", "Batch size", "Optimiser"]
    QTest.mouseClick(row(page, SIZE).remove, Qt.MouseButton.LeftButton)
    assert [field.path for field in studio.state.project.search.fields] == [RATE, KIND]
    assert [row.title.text() for row in page.rows.values()] == ["Learning rate", "Optimiser"]


def test_a_range_is_typed_and_undone(page: SetupPage, studio: Studio) -> None:
    type_in(numbers(page, RATE).low, "0.001")
    assert span(studio, RATE) == Interval(0.001, 0.1, log=True)
    studio.document.undo()
    assert span(studio, RATE) == Interval(1e-5, 0.1, log=True)
    assert numbers(page, RATE).low.text() == "1e-5"


def test_what_is_no_range_is_said_beside_it(page: SetupPage, studio: Studio) -> None:
    type_in(numbers(page, RATE).low, "0.5")
    problem = row(page, RATE).problem
    assert problem.isVisible()
    assert problem.text() == "From must be smaller than to; 0.5 is not below 0.1."
    type_in(numbers(page, RATE).low, "many")
    assert "is no number" in problem.text()
    type_in(numbers(page, RATE).low, "0.01")
    assert not problem.isVisible()
    assert span(studio, RATE) == Interval(0.01, 0.1, log=True)


def test_another_scale(page: SetupPage, studio: Studio) -> None:
    edit = numbers(page, RATE)
    edit.scale.edited.emit("linear")
    assert span(studio, RATE) == Interval(1e-5, 0.1)
    decay = "optimizer.weight_decay"
    studio.searcher.toggle(decay)
    numbers(page, decay).scale.edited.emit("linear")
    type_in(numbers(page, decay).low, "0")
    assert span(studio, decay) == Interval(0.0, 0.1)
    numbers(page, decay).scale.edited.emit("log")
    assert span(studio, decay) == Interval(0.0001, 0.1, log=True), "zero has no place on a log scale"


def test_a_list_of_values(page: SetupPage, studio: Studio) -> None:
    edit = numbers(page, SIZE)
    edit.scale.edited.emit("list")
    assert isinstance(span(studio, SIZE), Choices)
    assert edit.list.isVisible()
    assert not edit.low.isVisible()
    type_in(edit.list, "16, 32,64")
    assert span(studio, SIZE) == Choices((16, 32, 64))
    assert edit.list.text() == "16, 32,64", "what is typed stays"
    type_in(edit.list, "16, 1.5")
    assert row(page, SIZE).problem.text() == "1.5 is no whole number."
    type_in(edit.list, "8, 64")
    edit.scale.edited.emit("linear")
    assert span(studio, SIZE) == Interval(8, 64, whole=True)


def test_values_of_a_choice_are_ticked(page: SetupPage, studio: Studio) -> None:
    edit = row(page, KIND).edit
    assert isinstance(edit, _Choose)
    for kind, box in edit.boxes.items():
        if box.isChecked() and kind not in ("adam", "sgd"):
            box.click()
    assert span(studio, KIND) == Choices(("sgd", "adam"))
    assert edit.button.toolTip() == "Tried: SGD with momentum, Adam."
    edit.boxes["sgd"].click()
    edit.boxes["adam"].click()
    assert row(page, KIND).problem.text().startswith("There is nothing to choose from.")
    assert span(studio, KIND) == Choices(("adam",))


def test_grid_points_are_asked_for_where_there_is_a_grid(page: SetupPage, studio: Studio) -> None:
    assert not numbers(page, RATE).points.isVisible()
    page.settings.editor("method").edited.emit("grid")
    assert studio.state.project.search.method == "grid"
    assert numbers(page, RATE).points.isVisible()
    type_in(numbers(page, RATE).points, "3")
    assert span(studio, RATE) == Interval(1e-5, 0.1, log=True, points=3)
    assert "combinations" in page.note.text()


def test_fields_are_added_from_a_menu_and_suggested(page: SetupPage, studio: Studio) -> None:
    page.add.menu().aboutToShow.emit()
    offered = {action.text(): action for action in page.add.menu().actions()}
    assert "Learning rate" not in offered
    offered["Epochs"].trigger()
    assert span(studio, "training.epochs") is not None
    assert studio.document.undo_name == "Search epochs"
    QTest.mouseClick(page.suggest, Qt.MouseButton.LeftButton)
    assert span(studio, "optimizer.weight_decay") is not None


def test_what_is_gone_says_so_and_can_be_left_out(page: SetupPage, studio: Studio) -> None:
    first = studio.state.project.model.rows[0].id
    path = f"layer.{first}.out_features"
    studio.apply("Search outputs", searching.search_field(studio.state.project, path))
    assert not page.clean.isVisible()
    studio.apply("Remove", edits.remove_layers(studio.state.project, [first]))
    assert not row(page, path).problem.isHidden()
    assert not row(page, path).edit.isEnabled()
    QTest.mouseClick(page.clean, Qt.MouseButton.LeftButton)
    assert span(studio, path) is None
    studio.document.undo()
    studio.document.undo()
    assert row(page, path).edit.isEnabled()


def test_side_by_side_where_there_is_room(page: SetupPage, qtbot: QtBot) -> None:
    def left() -> int:
        return page.settings.mapTo(page, page.settings.rect().topLeft()).x()

    page.resize(1_200, 500)
    qtbot.waitUntil(lambda: left() > 500)
    page.resize(560, 500)
    qtbot.waitUntil(lambda: left() < 100)


def test_side_by_side_it_may_become_as_narrow_as_it_was(page: SetupPage, qtbot: QtBot) -> None:
    (scroll,) = page.findChildren(VerticalScroll)
    least = scroll.minimumSizeHint().width()
    page.resize(1_200, 500)
    qtbot.waitUntil(lambda: page.settings.mapTo(page, page.settings.rect().topLeft()).x() > 500)
    assert scroll.minimumSizeHint().width() <= least


def test_threads_of_each_trial_are_said(page: SetupPage, studio: Studio) -> None:
    editor = page.settings.editor("at_once")
    assert isinstance(editor, NumberEdit)
    said = [editor.hint.label.text()]
    studio.prefer(replace(studio.preferences, threads=4))
    said.append(editor.hint.label.text())
    project = studio.state.project
    studio.apply("Two at a time", replace(project, search=replace(project.search, at_once=2)))
    said.append(editor.hint.label.text())
    assert said == ["trials", "trials, 4 threads each", "trials, 2 threads each"]
