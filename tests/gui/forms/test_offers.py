"""Texts with suggestions and paths are told when they are finished, and never twice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from nnstudio.gui.forms import Form
from nnstudio.gui.forms.offers import PathEdit, SuggestEdit
from nnstudio.spec.errors import SpecError
from nnstudio.spec.params import Declared, Param, fields_of


@dataclass(frozen=True, slots=True)
class Sample(Declared):
    """A field that offers encodings, and one for a file."""

    title = "Sample"

    encoding: Annotated[str, Param("Encoding", "How letters are spelled.", suggestions=("utf-8", "latin-1"))] = "utf-8"
    path: Annotated[str, Param("Test file", "Where it lies.", is_path=True)] = ""


class Told(list[tuple[str, object]]):
    """What a form told; ``refuse`` lets it not be allowed."""

    refuse = False

    def __call__(self, name: str, value: object) -> None:
        self.append((name, value))
        if self.refuse:
            raise SpecError("There is no such encoding.")


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def form(qtbot: QtBot, told: Told) -> Form:
    form = Form(fields_of(Sample), told)
    qtbot.addWidget(form)
    form.render({"encoding": "utf-8", "path": ""})
    form.resize(320, 200)
    form.show()
    return form


def encoding(form: Form) -> SuggestEdit:
    editor = form.editor("encoding")
    assert isinstance(editor, SuggestEdit)
    return editor


def path(form: Form) -> PathEdit:
    editor = form.editor("path")
    assert isinstance(editor, PathEdit)
    return editor


def retype(line: QLineEdit | None, text: str, last: Qt.Key = Qt.Key.Key_Return) -> None:
    assert line is not None
    line.selectAll()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, last)


def test_suggestions_are_offered_and_others_may_be_typed(form: Form, told: Told) -> None:
    assert [encoding(form).itemText(place) for place in range(2)] == ["utf-8", "latin-1"]
    retype(encoding(form).lineEdit(), "koi8-r")
    assert told == [("encoding", "koi8-r")], "told once, when it was finished"


def test_a_finished_text_is_not_told_again_when_the_field_is_left(form: Form, told: Told) -> None:
    retype(encoding(form).lineEdit(), "koi8-r")
    form.render({"encoding": "koi8-r"})
    path(form).line.setFocus()
    assert told == [("encoding", "koi8-r")]


def test_a_chosen_suggestion_is_told(form: Form, told: Told) -> None:
    encoding(form).setCurrentIndex(1)
    encoding(form).activated.emit(1)
    assert told == [("encoding", "latin-1")]


def test_what_is_refused_is_explained_and_escape_brings_the_value_back(form: Form, told: Told) -> None:
    told.refuse = True
    retype(encoding(form).lineEdit(), "xyz")
    assert form.problem("encoding") == "There is no such encoding."
    assert encoding(form).currentText() == "xyz"
    told.refuse = False
    QTest.keyClick(encoding(form), Qt.Key.Key_Escape)
    assert encoding(form).currentText() == "utf-8"
    assert form.problem("encoding") == ""


def test_what_is_being_typed_survives_a_render_and_gives_way_to_another_value(form: Form) -> None:
    line = encoding(form).lineEdit()
    assert line is not None
    line.selectAll()
    QTest.keyClicks(line, "ut")
    form.render({"encoding": "utf-8"})
    assert line.text().startswith("ut")
    assert line.isModified()
    form.render({"encoding": "latin-1"})
    assert line.text() == "latin-1"


def test_offering_others_keeps_the_text(form: Form, told: Told) -> None:
    encoding(form).offer(("cp1252", "utf-16"))
    assert encoding(form).currentText() == "utf-8"
    assert encoding(form).count() == 2
    assert told == []


def test_the_same_text_can_be_told_again_after_it_was_undone(form: Form, told: Told) -> None:
    retype(encoding(form).lineEdit(), "latin-1")
    form.render({"encoding": "latin-1"})
    form.render({"encoding": "utf-8"})
    retype(encoding(form).lineEdit(), "latin-1")
    assert told == [("encoding", "latin-1")] * 2


def test_a_path_is_typed(form: Form, told: Told) -> None:
    retype(path(form).line, "/data/test.csv")
    assert told == [("path", "/data/test.csv")]


@pytest.mark.parametrize("folders", [False, True])
def test_a_path_is_browsed_for(form: Form, told: Told, monkeypatch: pytest.MonkeyPatch, folders: bool) -> None:
    asked: list[str] = []

    def choose_file(_parent: object, title: str, folder: str) -> tuple[str, str]:
        asked.extend((title, folder))
        return "/data/test.csv", ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", choose_file)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *asked: choose_file(*asked)[0])
    path(form).folders = folders
    QTest.mouseClick(path(form).button, Qt.MouseButton.LeftButton)
    assert told == [("path", "/data/test.csv")]
    assert asked == ["Test file", str(Path.home())]
    assert path(form).line.text() == "/data/test.csv"


def test_browsing_that_is_given_up_changes_nothing(form: Form, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    path(form).button.click()
    assert told == []


def test_a_problem_with_a_path_marks_its_line(form: Form) -> None:
    form.set_problem("path", "It is not there.")
    assert path(form).line.property("invalid") is True
    form.set_problem("path", "")
    assert path(form).line.property("invalid") is False


def test_a_path_says_what_it_is_and_what_none_means(form: Form) -> None:
    path(form).say_empty("no test rows")
    assert path(form).line.placeholderText() == "no test rows"
    assert path(form).line.accessibleName() == "Test file"
    assert path(form).button.accessibleName() == "Browse for: Test file"


def test_a_field_is_left_out_and_comes_back(form: Form) -> None:
    high = form.sizeHint().height()
    form.set_field_visible("path", False)
    assert not path(form).isVisible()
    assert form.sizeHint().height() < high
    form.set_field_visible("path", True)
    assert path(form).isVisible()
    assert form.sizeHint().height() == high


def test_the_wheel_and_dropped_files_are_not_for_it(form: Form) -> None:
    assert not encoding(form).acceptDrops()
    assert not path(form).line.acceptDrops()
