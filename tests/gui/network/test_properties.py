"""The settings of the chosen layer: typing is one step of undo, locks are consistent, the kind can be exchanged."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from nnstudio.gui.forms.editors import NumberEdit
from nnstudio.gui.network.layer_form import KIND, NAME, LayerForm
from nnstudio.gui.network.panel import NetworkPanel
from nnstudio.gui.network.places import ROOMY
from nnstudio.gui.network.tensors import LOCK_EXPLAINED
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.spec.layers import GRU, AvgPool2d, BatchNorm1d, Conv2d, Flatten, LeakyReLU, Linear, MaxPool2d, ReLU, Tanh
from nnstudio.spec.model import Row
from tests.gui.network.conftest import Build

LEFT = Qt.MouseButton.LeftButton


def form_of(panel: NetworkPanel) -> LayerForm:
    assert panel.properties.form is not None
    return panel.properties.form


def retype(panel: NetworkPanel, field: str, text: str) -> None:
    editor = form_of(panel).editor(field)
    assert isinstance(editor, (NumberEdit, QLineEdit))
    editor.setFocus()
    editor.selectAll()
    QTest.keyClicks(editor, text)


def choose(panel: NetworkPanel, row: int) -> None:
    panel.view.choose([panel.model.items[row].row.id])


def rows(studio: Studio) -> tuple[Row, ...]:
    return studio.state.project.model.rows


def tick(box: QCheckBox) -> None:
    QTest.mouseClick(box, LEFT, pos=QPoint(8, box.height() // 2))


def test_the_layer_is_explained(panel: NetworkPanel) -> None:
    choose(panel, 0)
    assert panel.properties.headline.text().startswith(
        "<b>Linear</b>&nbsp; Every output is a weighted sum of every input, plus a bias. <a "
    )


def test_a_layer_that_cannot_take_its_input_has_settings(panel: NetworkPanel, build: Build) -> None:
    build(GRU(8), Conv2d(4), Linear(3))
    for row in (0, 1):
        choose(panel, row)
        assert panel.model.items[row].after is None
        assert form_of(panel).isVisible()


def test_a_list_that_hung_open_over_another_kind_changes_nothing(
    panel: NetworkPanel, studio: Studio, build: Build
) -> None:
    build(Conv2d(4))
    choose(panel, 0)
    padding = form_of(panel).editor("padding_mode")
    assert isinstance(padding, QComboBox)
    build(GRU(8))
    choose(panel, 0)
    before = rows(studio)
    padding.setCurrentIndex(1)
    padding.activated.emit(1)
    assert rows(studio) == before


def test_typing_into_a_field_is_one_step_of_undo(panel: NetworkPanel, studio: Studio) -> None:
    choose(panel, 0)
    retype(panel, "out_features", "128")
    assert rows(studio)[0].kind == Linear(128)
    assert panel.model.items[1].shapes == "128 → 128"
    assert studio.document.undo_name == "Change Linear"
    studio.document.undo()
    assert rows(studio)[0].kind == Linear(16)
    assert form_of(panel).editor("out_features").property("text") == "16"
    studio.document.redo()
    assert rows(studio)[0].kind == Linear(128)


def test_a_check_box_changes_the_tensors(panel: NetworkPanel, studio: Studio) -> None:
    choose(panel, 0)
    bias = form_of(panel).editor("bias")
    assert isinstance(bias, QCheckBox)
    tick(bias)
    assert rows(studio)[0].kind == Linear(16, bias=False)
    with pytest.raises(KeyError):
        panel.properties.tensors.lock_of("bias")


def test_a_value_out_of_bounds_is_not_applied_and_gone_with_the_row(panel: NetworkPanel, studio: Studio) -> None:
    choose(panel, 0)
    retype(panel, "out_features", "0")
    assert rows(studio)[0].kind == Linear(16)
    assert form_of(panel).problem("out_features")
    choose(panel, 2)
    assert form_of(panel).problem("out_features") == ""
    assert form_of(panel).editor("out_features").property("text") == "3"


def test_a_name_is_typed_with_its_blanks(panel: NetworkPanel, studio: Studio) -> None:
    choose(panel, 0)
    retype(panel, NAME, "first of all")
    assert rows(studio)[0].name == "first of all"
    assert panel.model.items[0].title == "first of all"
    studio.document.undo()
    assert rows(studio)[0].name == ""
    assert form_of(panel).editor(NAME).property("text") == ""


def test_another_row_of_the_kind_shows_its_own_values(panel: NetworkPanel) -> None:
    choose(panel, 0)
    form = form_of(panel)
    choose(panel, 2)
    assert form_of(panel) is form
    assert form.editor("out_features").property("text") == "3"


def pick_kind(panel: NetworkPanel, title: str) -> QComboBox:
    combo = form_of(panel).editor(KIND)
    assert isinstance(combo, QComboBox)
    combo.setFocus()
    QTest.keyClicks(combo, title)
    return combo


def test_the_kind_can_be_exchanged_within_the_family(panel: NetworkPanel, studio: Studio) -> None:
    choose(panel, 1)
    row_id = rows(studio)[1].id
    pick_kind(panel, "Tanh")
    assert rows(studio)[1].kind == Tanh()
    assert rows(studio)[1].id == row_id
    assert studio.document.undo_name == "Change ReLU to Tanh"
    assert form_of(panel).editor(KIND).hasFocus()
    assert form_of(panel).editor(KIND).property("currentText") == "Tanh"
    studio.document.undo()
    assert rows(studio)[1].kind == ReLU()
    assert form_of(panel).editor(KIND).property("currentText") == "ReLU"


def test_settings_that_both_kinds_have_stay(panel: NetworkPanel, studio: Studio, build: Build) -> None:
    build(MaxPool2d(kernel_size=4, stride=3), Linear(3))
    choose(panel, 0)
    combo = form_of(panel).editor(KIND)
    assert isinstance(combo, QComboBox)
    combo.activated.emit(combo.findText("Average pooling 2d"))
    assert rows(studio)[0].kind == AvgPool2d(kernel_size=4, stride=3)


def test_forms_are_kept_unless_something_wrong_is_typed(panel: NetworkPanel, build: Build) -> None:
    build(LeakyReLU(), Linear(3))
    choose(panel, 0)
    leaky = form_of(panel)
    retype(panel, "negative_slope", "7")
    choose(panel, 1)
    choose(panel, 0)
    assert form_of(panel) is not leaky
    assert not form_of(panel).has_problem


# locks


def test_a_tensor_is_locked_by_its_check_box(panel: NetworkPanel, studio: Studio) -> None:
    choose(panel, 0)
    box = panel.properties.tensors.lock_of("weight")
    assert box.text() == "0.weight"
    tick(box)
    assert rows(studio)[0].locked_parameters == ("weight",)
    assert box.isChecked()
    assert panel.model.items[0].figures == "80 · 64 frozen"
    tick(box)
    assert rows(studio)[0].locked_parameters == ()
    assert studio.document.undo_name == "Unlock weight"


def test_the_lock_of_the_layer_holds_every_tensor_and_running_statistics(
    panel: NetworkPanel, studio: Studio, build: Build
) -> None:
    build(Linear(8), BatchNorm1d(), Linear(3))
    choose(panel, 1)
    tensors = panel.properties.tensors
    assert not tensors.lock_of("running_mean").isEnabled()
    assert not tensors.lock_of("running_mean").isChecked()
    tick(tensors.layer_lock)
    assert rows(studio)[1].locked
    for name in ("weight", "bias", "running_mean", "running_var", "num_batches_tracked"):
        assert tensors.lock_of(name).isChecked()
        assert not tensors.lock_of(name).isEnabled()
    assert panel.model.items[1].figures == "16 · frozen"
    tick(tensors.layer_lock)
    assert not tensors.lock_of("running_mean").isChecked()


def test_what_a_lock_means_is_said(panel: NetworkPanel, build: Build) -> None:
    choose(panel, 0)
    assert panel.properties.tensors._note.text() == LOCK_EXPLAINED
    choose(panel, 1)
    assert panel.properties.tensors._note.text().startswith("This layer has no tensors")
    assert not panel.properties.tensors.layer_lock.isVisible()
    build(Flatten(), MaxPool2d(), Linear(3))
    choose(panel, 2)
    assert panel.properties.tensors._note.text().startswith("Its tensors are listed as soon as")


def test_tensors_carry_the_number_of_their_row(panel: NetworkPanel) -> None:
    choose(panel, 0)
    QTest.keyClick(panel.view, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert panel.properties.tensors.lock_of("weight").text() == "1.weight"


# size


def test_the_settings_take_no_more_room_than_they_need_and_scroll_when_there_is_less(
    panel: NetworkPanel, qtbot: QtBot
) -> None:
    panel.resize(340, 1000)
    choose(panel, 0)
    bar = panel._scroll.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() == 0)
    assert panel.view.height() == panel.view.whole_height
    panel.resize(340, 420)
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    assert panel.view.height() >= 2 * ROOMY.row


def test_nothing_asks_for_more_width_than_a_narrow_panel_has(panel: NetworkPanel) -> None:
    panel.verbs.rename(panel.model.items[0].row.id, "A very long name " * 20)
    choose(panel, 0)
    assert panel.minimumSizeHint().width() <= 340


def test_the_lesson_opens_by_keyboard(panel: NetworkPanel) -> None:
    choose(panel, 0)
    headline = panel.properties.headline
    headline.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(headline, Qt.Key.Key_Tab)
    QTest.keyClick(headline, Qt.Key.Key_Return)
    assert not panel.properties.lesson.isHidden()


def test_the_lesson_opens_and_stays_open(panel: NetworkPanel) -> None:
    choose(panel, 0)
    lesson, headline = panel.properties.lesson, panel.properties.headline
    assert lesson.isHidden()
    assert headline.text().endswith(">Learn&nbsp;more</a>")
    headline.linkActivated.emit("lesson")
    assert not lesson.isHidden()
    assert headline.text().endswith(">Hide&nbsp;the&nbsp;lesson</a>")
    assert "m · n + m parameters" in lesson.text()
    choose(panel, 1)
    assert "max(0, x)" in lesson.text()
    assert not lesson.isHidden()
    panel.view.selectAll()
    assert lesson.isHidden()
    assert headline.text() == "<b>3 layers</b>"
    choose(panel, 1)
    headline.linkActivated.emit("lesson")
    assert lesson.isHidden()


def test_what_the_layer_costs_is_said_and_follows_its_settings(panel: NetworkPanel, studio: Studio) -> None:
    choose(panel, 0)
    said = panel.properties.cost.text()
    assert said == "4 · 16 + 16 = 80 parameters (320 bytes), all trainable · 64 multiply-adds · 64 bytes kept"
    row_id = studio.state.project.model.rows[0].id
    panel.verbs.change_field(row_id, "out_features", 32)
    panel.verbs.lock_parameter(row_id, "bias", True)
    assert panel.properties.cost.text().startswith("4 · 32 + 32 = 160 parameters (640 bytes), 128 trainable · 128 ")
    choose(panel, 1)
    assert panel.properties.cost.text().startswith("No parameters · 0 multiply-adds")
    panel.view.selectAll()
    assert not panel.properties.cost.isVisible()


def test_a_link_takes_the_colour_of_another_theme(panel: NetworkPanel, theme: Theme) -> None:
    choose(panel, 0)
    headline = panel.properties.headline
    theme.choose("dark")
    switched, text = headline.grab().toImage(), headline.text()
    headline.clear()
    headline.setText(text)
    written = headline.grab().toImage()
    theme.choose("light")
    assert switched == written
