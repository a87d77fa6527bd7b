"""The split is set by dragging, by keys and by typing, and never beyond what a split may be."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio.gui.data.split_bar import LEAST, Boundary, SplitBar, expected_rows
from nnstudio.gui.data.split_section import SplitSection
from nnstudio.gui.forms.editors import CheckEdit, NumberEdit
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.session import edits
from nnstudio.spec.data import Batches, Split
from nnstudio.spec.facts import Rows
from nnstudio.spec.requests import DescribeData
from nnstudio.spec.tasks import Task
from tests.gui.data.penguins import data_of, open_penguins
from tests.gui.fakes import FakeLink

ROWS = Rows(800, 100, 100)


@pytest.fixture
def bar(qtbot: QtBot, theme: Theme) -> SplitBar:
    bar = SplitBar(theme)
    qtbot.addWidget(bar)
    bar.resize(400, 22)
    bar.render_split(Split(), ROWS)
    bar.show()
    return bar


@pytest.fixture
def section(qtbot: QtBot, theme: Theme, studio: Studio) -> SplitSection:
    open_penguins(studio)
    section = SplitSection(studio, theme)
    qtbot.addWidget(section)
    section.resize(440, 200)
    studio.document.changed.listen(lambda _old, new: section.render_state(new))
    section.render_state(studio.state)
    section.show()
    return section


def drag(boundary: Boundary, by: int) -> None:
    middle = QPoint(boundary.width() // 2, boundary.height() // 2)
    QTest.mousePress(boundary, Qt.MouseButton.LeftButton, pos=middle)
    before = boundary.x()
    for step in (by // 2, by):  # the boundary moves along under the pointer
        QTest.mouseMove(boundary, middle + QPoint(step - (boundary.x() - before), 0))
    QTest.mouseRelease(boundary, Qt.MouseButton.LeftButton, pos=middle)


def number(section: SplitSection, name: str) -> NumberEdit:
    editor = (section.batches if name == "size" else section.dealing if name == "seed" else section.shares).editor(name)
    assert isinstance(editor, NumberEdit)
    return editor


def retype(editor: NumberEdit, text: str) -> None:
    editor.setFocus()
    editor.selectAll()
    QTest.keyClicks(editor, text)


def test_dragging_the_first_boundary_trades_training_for_validation(bar: SplitBar, qtbot: QtBot) -> None:
    moved: list[Split] = []
    bar.moved.connect(moved.append)
    with qtbot.waitSignal(bar.chosen) as told:
        drag(bar.first, -80)
    assert told.args is not None
    split = told.args[0]
    assert [round(step.validation, 1) for step in moved] == [0.2, 0.3]
    assert split.test == Split().test
    assert split.validation == pytest.approx(0.3, abs=0.02)


def test_dragging_the_second_boundary_trades_validation_for_test(bar: SplitBar, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bar.chosen) as told:
        drag(bar.second, 20)
    assert told.args is not None
    split = told.args[0]
    assert split.train == Split().train
    assert split.test == pytest.approx(0.05, abs=0.01)


def test_split_is_chosen_once_at_the_end_of_a_drag(bar: SplitBar) -> None:
    chosen: list[Split] = []
    bar.chosen.connect(chosen.append)
    drag(bar.first, -120)
    assert len(chosen) == 1


def test_training_rows_are_never_dragged_away(bar: SplitBar, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bar.chosen) as told:
        drag(bar.first, -500)
    assert told.args is not None
    assert told.args[0].train == pytest.approx(LEAST / 100)


def test_what_is_rendered_does_not_move_under_the_hand(bar: SplitBar) -> None:
    QTest.mousePress(bar.first, Qt.MouseButton.LeftButton)
    bar.render_split(Split(0.4, 0.1), ROWS)
    assert bar.first.value() == 80
    QTest.mouseRelease(bar.first, Qt.MouseButton.LeftButton)
    bar.render_split(Split(0.4, 0.1), ROWS)
    assert bar.first.value() == 50


@pytest.mark.parametrize(
    ("key", "validation"), [(Qt.Key.Key_Left, 0.11), (Qt.Key.Key_Right, 0.09), (Qt.Key.Key_PageDown, 0.15)]
)
def test_keys_move_a_boundary(bar: SplitBar, qtbot: QtBot, key: Qt.Key, validation: float) -> None:
    with qtbot.waitSignal(bar.chosen) as told:
        QTest.keyClick(bar.first, key)
    assert told.args == [Split(validation, 0.1)]


def test_home_leaves_as_little_as_may_be(bar: SplitBar, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bar.chosen) as told:
        QTest.keyClick(bar.first, Qt.Key.Key_Home)
    assert told.args is not None
    assert told.args[0].train == pytest.approx(0.05)


def test_boundaries_that_meet_can_both_be_taken_hold_of(bar: SplitBar) -> None:
    bar.render_split(Split(0.0, 0.0), ROWS)
    assert bar.first.geometry().intersected(bar.rect()).width() >= 10
    bar.render_split(Split(0.0, 0.2), ROWS)
    assert not bar.first.geometry().intersects(bar.second.geometry())


def test_validation_is_never_more_than_a_split_may_have(bar: SplitBar, qtbot: QtBot) -> None:
    bar.render_split(Split(0.5, 0.0), ROWS)
    with qtbot.waitSignal(bar.chosen) as told:
        QTest.keyClick(bar.first, Qt.Key.Key_Home)
    assert told.args is not None
    assert told.args[0].validation == 0.9


def test_boundaries_have_names_for_screen_readers(bar: SplitBar) -> None:
    interface = QAccessible.queryAccessibleInterface(bar.first)
    assert interface.text(QAccessible.Text.Name) == "End of the training rows"
    assert interface.valueInterface() is not None


def test_expected_rows_leave_none_out() -> None:
    assert expected_rows(10, Split(0.15, 0.15)) == Rows(6, 2, 2)
    assert expected_rows(0, Split()) == Rows(0, 0, 0)


def test_a_drag_is_one_edit_and_asks_the_engine_once(section: SplitSection, studio: Studio, link: FakeLink) -> None:
    before = len(link.asked(DescribeData))
    drag(section.bar.first, -40)
    assert data_of(studio).split.validation > 0.1
    assert studio.document.undo_name == "Change the split"
    assert len(link.asked(DescribeData)) == before + 1


def test_shares_are_typed_in_percent(section: SplitSection, studio: Studio) -> None:
    retype(number(section, "validation"), "12.5")
    assert data_of(studio).split.validation == 0.125
    assert number(section, "validation").text() == "12.5"
    studio.document.undo()
    assert data_of(studio).split == Split()
    assert number(section, "validation").text() == "10"


def test_too_large_a_share_is_refused_with_a_sentence(section: SplitSection, studio: Studio) -> None:
    retype(number(section, "validation"), "95")
    assert "at most 90" in section.shares.problem
    retype(number(section, "validation"), "88")
    assert "at least 5% of the rows must be left" in section.shares.problem
    assert data_of(studio).split.validation == 0.08, "the first digit was a share that may be"
    retype(number(section, "validation"), "20")
    assert section.shares.problem == ""
    assert data_of(studio).split.validation == 0.2


def test_problem_goes_when_the_value_in_force_comes_back(section: SplitSection, studio: Studio) -> None:
    retype(number(section, "seed"), "x")
    assert section.dealing.problem
    QTest.keyClick(number(section, "seed"), Qt.Key.Key_Escape)
    section.render_state(studio.state)
    assert section.dealing.problem == ""


def test_stratify_is_offered_for_classes_only(section: SplitSection, studio: Studio) -> None:
    stratify = section.dealing.editor("stratify")
    assert isinstance(stratify, CheckEdit)
    stratify.click()
    assert data_of(studio).split.stratify is False
    studio.apply("Task", edits.set_task(studio.state.project, Task.REGRESSION))
    assert stratify.isHidden()
    assert number(section, "seed").isVisible()


def test_batch_size_says_how_many_batches_an_epoch_has(section: SplitSection, studio: Studio) -> None:
    hint = number(section, "size").hint
    assert hint.label.text() == "9 batches an epoch"
    retype(number(section, "size"), "100")
    assert data_of(studio).batches == Batches(100)
    assert hint.label.text() == "3 batches an epoch"


def test_hint_is_shorter_where_there_is_less_room(section: SplitSection, qtbot: QtBot) -> None:
    section.resize(310, 200)
    hint = number(section, "size").hint
    qtbot.waitUntil(lambda: hint.label.text() == "9 batches")
    assert hint.isVisible()


def test_shuffle_is_one_click(section: SplitSection, studio: Studio) -> None:
    shuffle = section.batches.editor("shuffle")
    assert isinstance(shuffle, CheckEdit)
    shuffle.click()
    assert data_of(studio).batches.shuffle is False


def test_bar_is_painted_with_its_counts_where_there_is_room(bar: SplitBar, theme: Theme) -> None:
    light = bar.grab().toImage()
    assert light.pixelColor(60, 4).name() == theme.colours.train
    assert light.pixelColor(340, 4).name() == theme.colours.validation
    theme.choose("dark")
    assert bar.grab().toImage().pixelColor(60, 4).name() == theme.colours.train
