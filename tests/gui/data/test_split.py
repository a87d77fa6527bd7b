"""The split is set by dragging, by keys and by typing, in every way that rows can be dealt out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from nnstudio.data.suggest import default_spec
from nnstudio.gui.data.choices import likely_group, likely_parts, value_for
from nnstudio.gui.data.split_bar import LEAST, Boundary, SplitBar, expected_rows
from nnstudio.gui.data.split_methods import by_column, converted
from nnstudio.gui.data.split_section import SplitSection
from nnstudio.gui.dialogs.files import FileDialogs
from nnstudio.gui.forms.editors import CheckEdit, ChoiceEdit, NumberEdit
from nnstudio.gui.forms.offers import PathEdit, SuggestEdit
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.session import edits
from nnstudio.spec.columns import Column, Kind, Role
from nnstudio.spec.facts import ColumnProfile, Rows
from nnstudio.spec.layouts import WindowLayout
from nnstudio.spec.requests import DescribeData
from nnstudio.spec.splits import ColumnSplit, FileSplit, GroupSplit, RandomSplit, ShareSplit, Split, TimeSplit
from nnstudio.spec.tasks import Task
from tests.gui.data.penguins import column, data_of, open_found, open_penguins, penguin_source
from tests.gui.fakes import FakeLink

ROWS = Rows(800, 100, 100)


@pytest.fixture
def bar(qtbot: QtBot, theme: Theme) -> SplitBar:
    bar = SplitBar(theme)
    qtbot.addWidget(bar)
    bar.resize(400, 22)
    bar.render_split(RandomSplit(), ROWS)
    bar.show()
    return bar


@pytest.fixture
def section(qtbot: QtBot, theme: Theme, studio: Studio) -> SplitSection:
    open_penguins(studio)
    section = SplitSection(studio, theme)
    qtbot.addWidget(section)
    section.resize(440, 300)
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
    rows = {"seed": section.dealing, "folds": section.folds}
    editor = rows.get(name, section.shares).editor(name)
    assert isinstance(editor, NumberEdit)
    return editor


def split_of(studio: Studio) -> ShareSplit:
    split = data_of(studio).split
    assert isinstance(split, ShareSplit)
    return split


def choose_method(section: SplitSection, key: str) -> None:
    """Choose it in the list, past the others."""
    editor = section.method.editor("method")
    assert isinstance(editor, ChoiceEdit)
    editor.activated.emit(editor.findData(key))


def own(section: SplitSection, name: str) -> QWidget:
    return section.own.form.editor(name)


def retype(editor: NumberEdit, text: str) -> None:
    editor.setFocus()
    editor.selectAll()
    QTest.keyClicks(editor, text)


def test_dragging_the_first_boundary_trades_training_for_validation(bar: SplitBar, qtbot: QtBot) -> None:
    moved: list[RandomSplit] = []
    bar.moved.connect(moved.append)
    with qtbot.waitSignal(bar.chosen) as told:
        drag(bar.first, -80)
    assert told.args is not None
    split = told.args[0]
    assert [round(step.validation, 1) for step in moved] == [0.2, 0.3]
    assert split.test == RandomSplit().test
    assert split.validation == pytest.approx(0.3, abs=0.02)


def test_dragging_the_second_boundary_trades_validation_for_test(bar: SplitBar, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bar.chosen) as told:
        drag(bar.second, 20)
    assert told.args is not None
    split = told.args[0]
    assert split.train == RandomSplit().train
    assert split.test == pytest.approx(0.05, abs=0.01)


def test_split_is_chosen_once_at_the_end_of_a_drag(bar: SplitBar) -> None:
    chosen: list[RandomSplit] = []
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
    bar.render_split(RandomSplit(0.4, 0.1), ROWS)
    assert bar.first.value() == 80
    QTest.mouseRelease(bar.first, Qt.MouseButton.LeftButton)
    bar.render_split(RandomSplit(0.4, 0.1), ROWS)
    assert bar.first.value() == 50


@pytest.mark.parametrize(
    ("key", "validation"), [(Qt.Key.Key_Left, 0.11), (Qt.Key.Key_Right, 0.09), (Qt.Key.Key_PageDown, 0.15)]
)
def test_keys_move_a_boundary(bar: SplitBar, qtbot: QtBot, key: Qt.Key, validation: float) -> None:
    with qtbot.waitSignal(bar.chosen) as told:
        QTest.keyClick(bar.first, key)
    assert told.args == [RandomSplit(validation, 0.1)]


def test_home_leaves_as_little_as_may_be(bar: SplitBar, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bar.chosen) as told:
        QTest.keyClick(bar.first, Qt.Key.Key_Home)
    assert told.args is not None
    assert told.args[0].train == pytest.approx(0.05)


def test_boundaries_that_meet_can_both_be_taken_hold_of(bar: SplitBar) -> None:
    bar.render_split(RandomSplit(0.0, 0.0), ROWS)
    assert bar.first.geometry().intersected(bar.rect()).width() >= 10
    bar.render_split(RandomSplit(0.0, 0.2), ROWS)
    assert not bar.first.geometry().intersects(bar.second.geometry())


def test_validation_is_never_more_than_a_split_may_have(bar: SplitBar, qtbot: QtBot) -> None:
    bar.render_split(RandomSplit(0.5, 0.0), ROWS)
    with qtbot.waitSignal(bar.chosen) as told:
        QTest.keyClick(bar.first, Qt.Key.Key_Home)
    assert told.args is not None
    assert told.args[0].validation == 0.9


def test_boundaries_have_names_for_screen_readers(bar: SplitBar) -> None:
    interface = QAccessible.queryAccessibleInterface(bar.first)
    assert interface.text(QAccessible.Text.Name) == "End of the training rows"
    assert interface.valueInterface() is not None


def test_expected_rows_leave_none_out() -> None:
    assert expected_rows(10, RandomSplit(0.15, 0.15)) == Rows(6, 2, 2)
    assert expected_rows(0, RandomSplit()) == Rows(0, 0, 0)


def test_a_drag_is_one_edit_and_asks_the_engine_once(section: SplitSection, studio: Studio, link: FakeLink) -> None:
    before = len(link.asked(DescribeData))
    drag(section.bar.first, -40)
    assert split_of(studio).validation > 0.1
    assert studio.document.undo_name == "Change the split"
    assert len(link.asked(DescribeData)) == before + 1


def test_shares_are_typed_in_percent(section: SplitSection, studio: Studio) -> None:
    retype(number(section, "validation"), "12.5")
    assert split_of(studio).validation == 0.125
    assert number(section, "validation").text() == "12.5"
    studio.document.undo()
    assert data_of(studio).split == RandomSplit()
    assert number(section, "validation").text() == "10"


def test_too_large_a_share_is_refused_with_a_sentence(section: SplitSection, studio: Studio) -> None:
    retype(number(section, "validation"), "95")
    assert "at most 90" in section.shares.problem
    retype(number(section, "validation"), "88")
    assert "at least 5% of the rows must be left" in section.shares.problem
    assert split_of(studio).validation == 0.08, "the first digit was a share that may be"
    retype(number(section, "validation"), "20")
    assert section.shares.problem == ""
    assert split_of(studio).validation == 0.2


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
    assert data_of(studio).split == RandomSplit(stratify=False)
    studio.apply("Task", edits.set_task(studio.state.project, Task.REGRESSION))
    assert stratify.isHidden()
    assert number(section, "seed").isVisible()


def test_bar_is_painted_with_its_counts_where_there_is_room(bar: SplitBar, theme: Theme) -> None:
    light = bar.grab().toImage()
    assert light.pixelColor(60, 4).name() == theme.colours.train
    assert light.pixelColor(340, 4).name() == theme.colours.validation
    theme.choose("dark")
    assert bar.grab().toImage().pixelColor(60, 4).name() == theme.colours.train


def test_parts_that_cannot_be_dragged_are_drawn_as_they_came_out(bar: SplitBar, theme: Theme) -> None:
    bar.render_split(ColumnSplit("part"), Rows(50, 30, 20))
    assert not bar.first.isVisible()
    image = bar.grab().toImage()
    assert image.pixelColor(30, 4).name() == theme.colours.train
    assert image.pixelColor(230, 4).name() == theme.colours.validation
    assert bar.accessibleName() == "Split: 50 training, 30 validation, 20 test rows"
    bar.render_split(FileSplit(), None)
    assert bar.accessibleName() == "Split"
    bar.render_split(RandomSplit(), ROWS)
    assert bar.first.isVisible()


@pytest.mark.parametrize("rows", [Rows(0, 0, 0), Rows(0, 5, 5), Rows(1, 1_000, 0), Rows(1, 0, 1_000)])
def test_parts_of_any_size_can_be_drawn(bar: SplitBar, rows: Rows) -> None:
    bar.render_split(ColumnSplit("part"), rows)
    assert not bar.grab().isNull()


@pytest.mark.parametrize("kind", [GroupSplit, TimeSplit])
def test_every_split_by_shares_is_moved_by_the_bar(bar: SplitBar, qtbot: QtBot, kind: type[ShareSplit]) -> None:
    bar.render_split(kind(), ROWS)
    with qtbot.waitSignal(bar.chosen) as told:
        QTest.keyClick(bar.first, Qt.Key.Key_Left)
    assert told.args is not None
    assert isinstance(told.args[0], kind)
    assert told.args[0].validation == 0.11


# the ways to split


def test_method_keeps_shares_seed_and_folds(section: SplitSection, studio: Studio) -> None:
    split = RandomSplit(0.2, 0.3, seed=7, folds=4)
    studio.apply("Split", edits.set_split(studio.state.project, split))
    choose_method(section, "time")
    assert data_of(studio).split == TimeSplit(0.2, 0.3, folds=4)
    assert studio.document.undo_name == "Split by time"
    choose_method(section, "column")
    choose_method(section, "files")
    choose_method(section, "random")
    assert data_of(studio).split == split, "what was set of this way before"


def test_a_way_that_was_set_before_follows_what_was_changed_since(section: SplitSection, studio: Studio) -> None:
    choose_method(section, "time")
    studio.apply("Split", edits.set_split(studio.state.project, TimeSplit(0.3, 0.2)))
    choose_method(section, "random")
    assert data_of(studio).split == RandomSplit(0.3, 0.2)


def test_ways_of_other_data_are_forgotten(section: SplitSection, studio: Studio) -> None:
    choose_method(section, "column")
    studio.apply("By", edits.set_split(studio.state.project, ColumnSplit("island")))
    source = penguin_source()
    open_found(studio, replace(source, source=replace(source.source, path="/data/other.csv")), None)  # type: ignore[type-var]
    choose_method(section, "column")
    assert data_of(studio).split == ColumnSplit()


def test_by_group_asks_for_the_column(section: SplitSection, studio: Studio) -> None:
    choose_method(section, "group")
    assert isinstance(data_of(studio).split, GroupSplit)
    assert "belong together" in section.own.form.problem("group")
    editor = own(section, "group")
    assert isinstance(editor, ChoiceEdit)
    assert editor.findData("species") == -1, "the target cannot be the group"
    editor.activated.emit(editor.findData("island"))
    assert column(studio, "island").role is Role.GROUP
    assert section.own.form.problem("group") == ""
    assert not section.dealing.editor("stratify").isVisible()


def test_by_group_takes_the_column_that_names_what_belongs_together(section: SplitSection, studio: Studio) -> None:
    patient = ColumnProfile("patient_id", Kind.NUMBER, 0, 120, is_numeric=True)
    found = penguin_source()
    more = replace(
        found, columns=(*found.columns, patient), suggested=(*found.suggested, Column("patient_id", Kind.NUMBER))
    )
    open_found(studio, more, None)
    choose_method(section, "group")
    assert column(studio, "patient_id").role is Role.GROUP


def test_by_time_goes_by_the_file_or_a_column(section: SplitSection, studio: Studio) -> None:
    choose_method(section, "time")
    editor = own(section, "column")
    assert isinstance(editor, ChoiceEdit)
    assert editor.currentText() == "the order of the file"
    assert not section.dealing.isVisible(), "nothing is left to chance"
    editor.activated.emit(editor.findData("body_mass_g"))
    assert data_of(studio).split == TimeSplit(column="body_mass_g")


def test_by_a_column_offers_its_values(section: SplitSection, studio: Studio) -> None:
    choose_method(section, "column")
    assert section.own.form.problem("column")
    assert not section.shares.isVisible()
    editor = own(section, "column")
    assert isinstance(editor, ChoiceEdit)
    editor.activated.emit(editor.findData("island"))
    validation = own(section, "validation")
    assert isinstance(validation, SuggestEdit)
    assert [validation.itemText(place) for place in range(3)] == ["Biscoe", "Dream", "Torgersen"]
    validation.setCurrentIndex(1)
    validation.activated.emit(1)
    assert data_of(studio).split == ColumnSplit("island", "Dream")
    assert column(studio, "island").role is Role.IGNORE, "what deals the rows out is no feature"


def test_separate_files_are_chosen(section: SplitSection, studio: Studio) -> None:
    studio.apply("Split", edits.set_split(studio.state.project, RandomSplit(0.2, 0.1, seed=3)))
    choose_method(section, "files")
    assert data_of(studio).split == FileSplit(share=0.2, seed=3)
    assert own(section, "share").isVisible()
    validation, test = own(section, "validation"), own(section, "test")
    assert isinstance(validation, PathEdit)
    assert isinstance(test, PathEdit)
    assert test.line.placeholderText() == "no test rows"
    QTest.keyClicks(test.line, "/data/test.csv")
    QTest.keyClick(test.line, Qt.Key.Key_Return)
    QTest.keyClicks(validation.line, "/data/validation.csv")
    QTest.keyClick(validation.line, Qt.Key.Key_Return)
    assert data_of(studio).split == FileSplit("/data/validation.csv", "/data/test.csv", 0.2, 3)
    assert not own(section, "share").isVisible(), "it has a file of its own"


def test_a_file_that_is_typed_without_a_folder_lies_beside_the_table(section: SplitSection, studio: Studio) -> None:
    choose_method(section, "files")
    test = own(section, "test")
    assert isinstance(test, PathEdit)
    QTest.keyClicks(test.line, "test.csv")
    QTest.keyClick(test.line, Qt.Key.Key_Return)
    beside = Path(data_of(studio).source.path).with_name("test.csv")
    assert data_of(studio).split == FileSplit(test=str(beside))
    test.line.clear()
    QTest.keyClick(test.line, Qt.Key.Key_Return)
    assert data_of(studio).split == FileSplit()


def test_the_share_of_a_file_is_typed_in_percent(section: SplitSection, studio: Studio) -> None:
    choose_method(section, "files")
    share = own(section, "share")
    assert isinstance(share, NumberEdit)
    retype(share, "25")
    assert data_of(studio).split == FileSplit(share=0.25)


def test_the_die_throws_another_seed(section: SplitSection, studio: Studio) -> None:
    seeds = {0}
    for _ in range(5):
        section.dice.click()
        seed = data_of(studio).split
        assert isinstance(seed, RandomSplit)
        assert number(section, "seed").text() == str(seed.seed)
        seeds.add(seed.seed)
    assert len(seeds) >= 5
    studio.document.undo()
    assert data_of(studio).split == RandomSplit(), "throws in a row are undone together"


def test_cross_validation_is_one_click(section: SplitSection, studio: Studio) -> None:
    cross = section.folds.editor("cross")
    assert isinstance(cross, CheckEdit)
    assert not number(section, "folds").isEnabled()
    cross.click()
    assert data_of(studio).split.folds == 5
    retype(number(section, "folds"), "1")
    assert "at least 2" in section.folds.problem
    retype(number(section, "folds"), "10")
    assert data_of(studio).split.folds == 10
    cross.click()
    assert data_of(studio).split.folds == 0


def test_rows_are_written_to_a_file(section: SplitSection, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(FileDialogs, "export_rows", lambda _, part: asked.append(part))
    for action in section.rows.menu().actions():
        action.trigger()
    assert asked == ["", "train", "validation", "test"]


# what is guessed

PART = ColumnProfile("part", Kind.CATEGORY, 0, 3, top=(("train", 80), ("Val", 10), ("TEST", 10)))
FOLD = ColumnProfile("fold", Kind.INTEGER, 0, 5, top=(("1", 20), ("2", 20)))
MANY = ColumnProfile("name", Kind.TEXT, 0, 300, top=(("test", 1),))


def test_the_column_that_deals_the_rows_out_is_found_by_its_values_or_its_name() -> None:
    assert likely_parts((MANY, FOLD, PART)) is PART
    assert likely_parts((MANY, FOLD)) is FOLD
    assert likely_parts((MANY,)) is None
    assert (value_for("validation", PART), value_for("test", PART), value_for("test", FOLD)) == ("Val", "TEST", "")


def test_a_split_by_a_column_begins_with_what_was_guessed(studio: Studio) -> None:
    open_penguins(studio)
    assert converted(data_of(studio), ColumnSplit, (PART,)) == ColumnSplit("part", "Val", "TEST")
    assert by_column(ColumnSplit("a", "x", "y"), FOLD, "fold") == ColumnSplit("fold", "x", "y")
    assert by_column(ColumnSplit(), None, "lost") == ColumnSplit("lost")


def test_a_split_by_time_begins_with_the_order_of_windows_or_a_date(studio: Studio) -> None:
    open_penguins(studio)
    data = data_of(studio)
    assert converted(replace(data, layout=WindowLayout(order="sex")), TimeSplit) == TimeSplit(column="sex")
    dated = replace(data, columns=(*data.columns, Column("day", Kind.DATE)))
    assert converted(dated, TimeSplit) == TimeSplit(column="day")


@pytest.mark.parametrize("kind", [RandomSplit, GroupSplit, TimeSplit, ColumnSplit, FileSplit])
@pytest.mark.parametrize("old", [RandomSplit(0.2, 0.1), ColumnSplit("a", "x", "y"), FileSplit("/v", "/t", 0.3, 5)])
def test_every_way_leads_to_every_other(studio: Studio, old: Split, kind: type[Split]) -> None:
    open_penguins(studio)
    split = converted(replace(data_of(studio), split=old), kind)
    assert type(split) is kind
    assert split.folds == old.folds
    if type(old) is kind:
        assert split == old


def test_a_group_comes_again_and_is_not_the_target() -> None:
    once = ColumnProfile("row_id", Kind.IDENTIFIER, 0, 100)
    again = ColumnProfile("person", Kind.IDENTIFIER, 0, 30)
    columns = (Column("row_id", Kind.IDENTIFIER), Column("person", Kind.IDENTIFIER))
    found = default_spec(replace(penguin_source(), suggested=columns))
    assert likely_group(found, (once, again), 100) == "person"
    target = replace(found, columns=(columns[0], Column("person", Kind.IDENTIFIER, Role.TARGET)))
    assert likely_group(target, (once, again), 100) == ""
