"""The target, what an example is, and the batches: each choice is an edit."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox
from pytestqt.qtbot import QtBot

from nnstudio.gui.data.batches_section import BatchesSection
from nnstudio.gui.data.column_verbs import ColumnVerbs
from nnstudio.gui.data.layout_section import LayoutSection
from nnstudio.gui.data.target_section import TargetSection
from nnstudio.gui.data.targets_dialog import TargetsDialog
from nnstudio.gui.forms.editors import CheckEdit, ChoiceEdit, NumberEdit
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.session import edits
from nnstudio.spec.columns import Column, Kind
from nnstudio.spec.data import Batches
from nnstudio.spec.facts import ColumnProfile
from nnstudio.spec.layouts import RowLayout, SequenceLayout, WindowLayout
from nnstudio.spec.splits import TimeSplit
from nnstudio.spec.tasks import Task
from tests.gui.data.penguins import data_of, open_found, open_penguins, penguin_source, picture_facts, picture_source


def take(editor: object, value: str) -> None:
    """Choose an entry of an opened list."""
    assert isinstance(editor, ChoiceEdit)
    place = editor.findData(value)
    assert place >= 0
    editor.activated.emit(place)


# the target


@pytest.fixture
def target(qtbot: QtBot, studio: Studio) -> TargetSection:
    open_penguins(studio)
    section = TargetSection(studio, ColumnVerbs(studio))
    qtbot.addWidget(section)
    studio.document.changed.listen(lambda _old, new: section.render_state(new))
    section.render_state(studio.state)
    section.show()
    return section


def test_one_target_is_chosen(target: TargetSection, studio: Studio) -> None:
    take(target.target, "body_mass_g")
    assert [column.name for column in data_of(studio).targets] == ["body_mass_g"]
    assert target.task.currentData() == Task.REGRESSION


def test_several_targets_are_ticked(target: TargetSection, studio: Studio) -> None:
    assert not target.more.isVisible(), "classes are predicted one by one"
    take(target.target, "body_mass_g")
    assert target.more.text() == "+ Another target…"
    target.more.click()
    (dialog,) = target.findChildren(TargetsDialog)
    assert [dialog.list.item(row).text() for row in range(dialog.list.count())] == ["bill_length_mm", "body_mass_g"]
    assert dialog.ticked == ["body_mass_g"]
    dialog.list.item(0).setCheckState(Qt.CheckState.Checked)
    dialog.buttons.button(QDialogButtonBox.StandardButton.Ok).click()
    assert [column.name for column in data_of(studio).targets] == ["bill_length_mm", "body_mass_g"]
    assert target.others.text() == "and body_mass_g"
    assert target.more.text() == "Change…"
    assert target.target.hint.label.text() == "and 1 more"


def test_something_must_be_ticked_and_names_can_be_searched(qtbot: QtBot) -> None:
    dialog = TargetsDialog(["height", "width", "weight"], ["height"])
    qtbot.addWidget(dialog)
    dialog.list.item(0).setCheckState(Qt.CheckState.Unchecked)
    assert not dialog.buttons.button(QDialogButtonBox.StandardButton.Ok).isEnabled()
    QTest.keyClicks(dialog.search, "EIGHT")
    assert [dialog.list.item(row).isHidden() for row in range(3)] == [False, True, False]


def test_a_reconstruction_needs_no_target(target: TargetSection, studio: Studio) -> None:
    take(target.task, Task.RECONSTRUCTION)
    assert data_of(studio).task is Task.RECONSTRUCTION
    assert target.target.currentText() == "the input itself"
    assert not target.target.isEnabled()
    take(target.task, Task.MULTICLASS)
    assert target.target.currentText() == "species"
    assert target.target.isEnabled()


# what an example is


@pytest.fixture
def layout(qtbot: QtBot, studio: Studio) -> LayoutSection:
    open_penguins(studio)
    section = LayoutSection(studio)
    qtbot.addWidget(section)
    studio.document.changed.listen(lambda _old, new: section.render_state(new))
    section.render_state(studio.state)
    section.show()
    return section


def test_a_row_is_an_example_unless_told_otherwise(layout: LayoutSection, studio: Studio) -> None:
    assert layout.kind.editor("layout").property("currentText") == "A row"
    assert not layout.form.isVisible()
    assert isinstance(data_of(studio).layout, RowLayout)


def test_a_row_is_read_in_steps(layout: LayoutSection, studio: Studio) -> None:
    take(layout.kind.editor("layout"), "sequence")
    assert studio.document.undo_name == "Example is a row as a sequence"
    steps = layout.form.editor("steps")
    assert isinstance(steps, NumberEdit)
    steps.selectAll()
    QTest.keyClicks(steps, "4")
    assert data_of(studio).layout == SequenceLayout(4)


def test_a_window_goes_by_a_column_and_splits_by_time(layout: LayoutSection, studio: Studio) -> None:
    take(layout.kind.editor("layout"), "window")
    assert data_of(studio).layout == WindowLayout()
    assert isinstance(data_of(studio).split, TimeSplit)
    order = layout.form.editor("order")
    assert order.property("currentText") == "the order of the file"
    take(order, "body_mass_g")
    assert data_of(studio).layout == WindowLayout(order="body_mass_g")
    take(layout.kind.editor("layout"), "row")
    assert not layout.form.isVisible()


def test_a_window_goes_by_the_date_of_the_table(layout: LayoutSection, studio: Studio) -> None:
    source = penguin_source()
    day = ColumnProfile("day", Kind.DATE, 0, 344)
    found = replace(source, columns=(*source.columns, day), suggested=(*source.suggested, Column("day", Kind.DATE)))
    open_found(studio, found, None)
    take(layout.kind.editor("layout"), "window")
    assert data_of(studio).layout == WindowLayout(order="day")


def test_a_picture_is_read_whole_or_line_by_line(layout: LayoutSection, studio: Studio) -> None:
    open_found(studio, picture_source(), picture_facts())
    kinds = layout.kind.editor("layout")
    assert isinstance(kinds, ChoiceEdit)
    assert [kinds.itemText(place) for place in range(kinds.count())] == ["A picture", "A picture, line by line"]
    take(kinds, "sequence")
    assert isinstance(data_of(studio).layout, SequenceLayout)
    assert not layout.form.isVisible(), "a picture has as many steps as lines"


# the batches


@pytest.fixture
def batches(qtbot: QtBot, studio: Studio, theme: Theme) -> BatchesSection:
    open_penguins(studio)
    section = BatchesSection(studio, theme)
    qtbot.addWidget(section)
    section.resize(440, 100)
    studio.document.changed.listen(lambda _old, new: section.render_state(new))
    section.render_state(studio.state)
    section.show()
    return section


def size(section: BatchesSection) -> NumberEdit:
    editor = section.amount.editor("size")
    assert isinstance(editor, NumberEdit)
    return editor


def test_batch_size_says_how_many_batches_an_epoch_has(batches: BatchesSection, studio: Studio) -> None:
    assert size(batches).hint.label.text() == "9 batches an epoch"
    size(batches).selectAll()
    QTest.keyClicks(size(batches), "100")
    assert data_of(studio).batches == Batches(100)
    assert size(batches).hint.label.text() == "3 batches an epoch"


def test_hint_is_shorter_where_there_is_less_room(batches: BatchesSection, qtbot: QtBot) -> None:
    batches.resize(230, 100)
    qtbot.waitUntil(lambda: size(batches).hint.label.text() == "9 batches")
    assert size(batches).hint.isVisible()


def test_shuffle_is_one_click(batches: BatchesSection, studio: Studio) -> None:
    shuffle = batches.order.editor("shuffle")
    assert isinstance(shuffle, CheckEdit)
    shuffle.click()
    assert data_of(studio).batches.shuffle is False


def test_classes_are_balanced(batches: BatchesSection, studio: Studio) -> None:
    take(batches.order.editor("balance"), "sampling")
    assert data_of(studio).batches == Batches(balance="sampling")
    assert studio.document.undo_name == "Balance the classes"
    studio.apply("Task", edits.set_task(studio.state.project, Task.REGRESSION))
    assert not batches.order.editor("balance").isVisible(), "numbers have no classes"
