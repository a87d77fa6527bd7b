"""Forms show declared values, tell allowed ones, and never take away what is being typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from nnstudio.gui.forms import Form
from nnstudio.gui.forms.editors import CheckEdit, ChoiceEdit, NumberEdit
from nnstudio.gui.forms.numbers import read_number, stepped_value
from nnstudio.spec.errors import SpecError
from nnstudio.spec.layers import Conv2d
from nnstudio.spec.params import Declared, Param, fields_of, write_fields
from nnstudio.spec.shown import typed


@dataclass(frozen=True, slots=True)
class Sample(Declared):
    """A field of every type."""

    title = "Sample"

    units: Annotated[int, Param("Units", "How many.", low=1, high=100, unit="neurons")] = 16
    rate: Annotated[float, Param("Learning rate", "How far.", above=0, high=100)] = 0.001
    share: Annotated[float, Param("Share", "How much.", low=0, high=1)] = 0.5
    bias: Annotated[bool, Param("Bias", "Add one.")] = True
    mode: Annotated[Literal["one", "two"], Param("Mode", "Which.", labels=("The first", "The second"))] = "one"
    name: Annotated[str, Param("Name", "Who.")] = ""


VALUES = {"units": 16, "rate": 0.001, "share": 0.5, "bias": True, "mode": "one", "name": "a"}
FIELDS = {field.name: field for field in fields_of(Sample)}


class Told(list[tuple[str, object]]):
    """What a form told."""

    def __call__(self, name: str, value: object) -> None:
        self.append((name, value))


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def form(qtbot: QtBot, told: Told) -> Form:
    form = Form(fields_of(Sample), told)
    qtbot.addWidget(form)
    form.render(VALUES)
    form.resize(320, 300)
    form.show()
    return form


def number(form: Form, name: str) -> NumberEdit:
    editor = form.editor(name)
    assert isinstance(editor, NumberEdit)
    return editor


def retype(form: Form, name: str, text: str) -> None:
    number(form, name).selectAll()
    QTest.keyClicks(number(form, name), text)


def test_render_shows_and_tells_nothing(form: Form, told: Told) -> None:
    form.render({**VALUES, "units": 32, "bias": False, "mode": "two"})
    assert number(form, "units").text() == "32"
    assert form.editor("bias").property("checked") is False
    assert form.editor("mode").property("currentText") == "The second"
    assert told == []


def test_typing_tells_each_allowed_value(form: Form, told: Told) -> None:
    retype(form, "units", "64")
    assert told == [("units", 6), ("units", 64)]


def test_scientific_notation_is_read_and_stays_as_typed(form: Form, told: Told) -> None:
    retype(form, "rate", "1e-3")
    assert told[-1] == ("rate", 0.001)
    form.render({"rate": 0.001})
    assert number(form, "rate").text() == "1e-3"


def test_a_value_that_is_not_allowed_is_explained_and_not_told(form: Form, told: Told) -> None:
    retype(form, "rate", "-1")
    assert told == []
    assert form.problem("rate") == "Learning rate must be greater than 0, not -1.0."
    form.render(VALUES)
    assert number(form, "rate").text() == "-1"
    assert form.problem("rate")


def test_an_empty_number_asks_for_one(form: Form, told: Told) -> None:
    number(form, "units").selectAll()
    QTest.keyClick(number(form, "units"), Qt.Key.Key_Delete)
    assert form.problem("units") == "Units must be a whole number."
    assert told == []


def test_text_is_no_number(form: Form) -> None:
    retype(form, "units", "1.5")
    assert form.problem("units") == "Units must be a whole number, not 1.5."


def test_escape_brings_the_value_in_force_back(form: Form) -> None:
    retype(form, "rate", "x")
    QTest.keyClick(number(form, "rate"), Qt.Key.Key_Escape)
    assert number(form, "rate").text() == "0.001"
    assert form.problem("rate") == ""


def test_a_new_value_replaces_what_was_typed(form: Form) -> None:
    retype(form, "rate", "x")
    form.render({"rate": 0.5})
    assert number(form, "rate").text() == "0.5"
    assert form.problem("rate") == ""


def test_undo_to_the_value_before_the_last_typed_one(form: Form) -> None:
    retype(form, "units", "64")
    form.render({"units": 64})
    form.render({"units": 16})
    assert number(form, "units").text() == "16"


def test_a_refused_change_is_explained_below_its_field(qtbot: QtBot) -> None:
    def refuse(*_: object) -> None:
        raise SpecError("Too much together.")

    form = Form(fields_of(Sample), refuse)
    qtbot.addWidget(form)
    form.render(VALUES)
    retype(form, "units", "7")
    assert form.problem("units") == "Too much together."


def test_a_problem_can_be_set_and_taken_back(form: Form) -> None:
    form.set_problem("units", "Too many.")
    assert form.editor("units").property("invalid") is True
    form.set_problem("units", "")
    assert form.editor("units").property("invalid") is False


def test_arrow_keys_step(form: Form, told: Told) -> None:
    QTest.keyClick(number(form, "units"), Qt.Key.Key_Up)
    QTest.keyClick(number(form, "rate"), Qt.Key.Key_Down)
    assert told == [("units", 17), ("rate", 0.0005)]


@pytest.fixture
def oblong(qtbot: QtBot, told: Told) -> Form:
    form = Form(fields_of(Conv2d), told)
    qtbot.addWidget(form)
    form.render(write_fields(Conv2d(kernel_size=(1, 7), padding=(0, 3))))
    return form


def test_sides_that_differ_are_shown_and_typed_in_one_field(oblong: Form, told: Told) -> None:
    assert number(oblong, "kernel_size").text() == "1 × 7"
    assert number(oblong, "stride").text() == "1"
    retype(oblong, "kernel_size", "5x3")
    assert told == [("kernel_size", 5), ("kernel_size", (5, 3))]
    assert oblong.problem("kernel_size") == ""
    oblong.render({"kernel_size": (5, 3)})
    assert number(oblong, "kernel_size").text() == "5x3"


def test_both_sides_step_with_the_arrow_keys(oblong: Form, told: Told) -> None:
    QTest.keyClick(number(oblong, "padding"), Qt.Key.Key_Up)
    assert told == [("padding", (1, 4))]
    assert number(oblong, "padding").text() == "1 × 4"


def test_a_field_of_sides_says_how_to_type_them(oblong: Form) -> None:
    assert oblong.editor("kernel_size").toolTip().endswith("Where height and width differ, both: 1 × 7.")
    retype(oblong, "kernel_size", "1x")
    assert oblong.problem("kernel_size") == "Kernel must be a whole number, or 2 such as 1 × 2, not '1x'."


@pytest.mark.parametrize("text", ["1 × 7", "1x7", "1, 7", "(1, 7)", " 1 7 ", "1*7"])
def test_sides_may_be_typed_in_many_ways(text: str) -> None:
    assert read_number(next(field for field in fields_of(Conv2d) if field.name == "kernel_size"), text) == (1, 7)


@pytest.mark.parametrize(("text", "meant"), [("3x3", 3), ("3", 3), ("1x", "1x"), ("", ""), ("1.5x2", "1.5x2")])
def test_what_else_is_typed_there(text: str, meant: object) -> None:
    assert read_number(next(field for field in fields_of(Conv2d) if field.name == "kernel_size"), text) == meant


def test_check_box_and_choice_tell_what_was_chosen(form: Form, told: Told) -> None:
    bias, mode = form.editor("bias"), form.editor("mode")
    assert isinstance(bias, CheckEdit)
    assert isinstance(mode, ChoiceEdit)
    bias.click()
    QTest.keyClick(mode, Qt.Key.Key_Down)
    assert told == [("bias", False), ("mode", "two")]


@pytest.mark.parametrize("name", ["units", "rate", "mode"])
def test_the_wheel_changes_nothing(form: Form, told: Told, name: str) -> None:
    editor = form.editor(name)
    editor.setFocus()
    wheel = QWheelEvent(
        QPointF(5, 5),
        QPointF(editor.mapToGlobal(QPoint(5, 5))),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(editor, wheel)
    assert told == []


def test_fields_say_what_they_are(form: Form) -> None:
    assert form.editor("units").accessibleName() == "Units"
    assert form.editor("units").toolTip() == "How many. 1 to 100."


def test_choices_can_be_replaced(form: Form, told: Told) -> None:
    form.offer("mode", ("two", "three"), ("The second", "The third"), ("Second.", "Third."))
    form.render({"mode": "three"})
    assert form.editor("mode").property("currentText") == "The third"
    assert told == []


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.001, "0.001"),
        (1e-5, "1e-5"),
        (100, "100"),
        (0.1 + 0.2, "0.30000000000000004"),
        (2**31 - 1, "2147483647"),
        (2.0, "2"),
    ],
)
def test_numbers_are_written_as_one_would_type_them(value: float, text: str) -> None:
    assert typed(value) == text
    assert float(text) == value


@pytest.mark.parametrize(
    ("name", "value", "steps", "expected"),
    [
        ("units", 16, 1, 17),
        ("units", 1, -1, 1),
        ("units", 95, 10, 100),
        ("rate", 0.001, 1, 0.002),
        ("rate", 0.001, -1, 0.0005),
        ("rate", 0.003, 1, 0.005),
        ("rate", 0.003, -1, 0.002),
        ("rate", 100.0, 1, 100),
        ("share", 0.5, 1, 0.55),
        ("share", 0.0, -1, 0),
    ],
)
def test_steps(name: str, value: float, steps: int, expected: float) -> None:
    assert stepped_value(FIELDS[name], value, steps) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("value", "seen"), [(0.003461803918273, "0.0034618"), (0.123456, "0.123456"), (3.3e-5 + 1e-15, "3.3e-5")]
)
def test_a_number_with_many_digits_is_rounded_until_the_keyboard_comes_to_it(
    form: Form, told: Told, value: float, seen: str
) -> None:
    form.render({"rate": value})
    editor = number(form, "rate")
    assert editor.text() == seen
    QApplication.sendEvent(editor, QFocusEvent(QEvent.Type.FocusIn))
    assert float(editor.text()) == value
    QApplication.sendEvent(editor, QFocusEvent(QEvent.Type.FocusOut))
    assert editor.text() == seen
    assert told == []


def press_undo(editor: NumberEdit) -> bool:
    """Whether the field keeps Ctrl+Z to itself, rather than leaving it to the window."""
    event = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    event.ignore()
    QApplication.sendEvent(editor, event)
    return event.isAccepted()


def test_undo_is_left_to_the_window_once_the_value_is_applied(form: Form) -> None:
    retype(form, "units", "64")
    form.render({"units": 64})
    assert not press_undo(number(form, "units"))
    retype(form, "units", "x")
    assert press_undo(number(form, "units"))


def test_a_hint_steps_aside_for_the_value(form: Form) -> None:
    hint = number(form, "units").hint
    assert hint.label.text() == "neurons"
    assert hint.isVisible()
    form.set_hint("units", "a hint that is longer than the whole of the field is, so that it has no room")
    assert not hint.isVisible()


def test_a_field_can_be_read_only(form: Form) -> None:
    form.set_field_enabled("units", False)
    assert not form.editor("units").isEnabled()


@pytest.mark.parametrize(("text", "is_cut_off"), [("Short", False), ("A wording that is far too long for it", True)])
def test_a_choice_that_is_too_long_ends_with_an_ellipsis(qtbot: QtBot, text: str, is_cut_off: bool) -> None:
    ours, plain = ChoiceEdit((text,), ()), QComboBox()
    ours.show_value(text)
    plain.addItem(text)
    for box in (ours, plain):
        qtbot.addWidget(box)
        box.resize(150, 28)
    assert (ours.grab().toImage() != plain.grab().toImage()) is is_cut_off
    ours.setToolTip("What it means.")
    assert ours.told() == (f"{text}\nWhat it means." if is_cut_off else "What it means.")
