"""The list of columns is switched, understood and filtered by mouse and keyboard, also when there are thousands."""

from __future__ import annotations

from unittest.mock import Mock

import pytest
from PySide6.QtCore import QCoreApplication, QModelIndex, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from nnstudio.gui.data.column_menu import ColumnMenu
from nnstudio.gui.data.column_verbs import ColumnVerbs
from nnstudio.gui.data.columns_model import ColumnsModel, Entry, Field, entries_of, spoken
from nnstudio.gui.data.columns_view import ColumnTable
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.session import edits
from nnstudio.session.finding import Finding
from nnstudio.spec.columns import Column, Kind, Role
from nnstudio.spec.errors import SpecError
from nnstudio.spec.tasks import Task
from tests.gui.data.penguins import BILL, SEX, open_found, open_penguins, wide_source

ENTRIES = [
    Entry(Column("species", Kind.CATEGORY, Role.TARGET)),
    Entry(Column("bill_length_mm", Kind.NUMBER), BILL, 342),
    Entry(Column("sex", Kind.CATEGORY), SEX, 333, ("It says little.",)),
    Entry(Column("year", Kind.NUMBER, Role.IGNORE)),
    Entry(Column("pair", Kind.IDENTIFIER, Role.GROUP)),
]


@pytest.fixture
def verbs() -> Mock:
    """What was asked of the columns."""
    verbs = Mock(spec=ColumnVerbs)
    verbs.targets, verbs.can_predict_more = ["species"], False
    return verbs


@pytest.fixture
def table(qtbot: QtBot, theme: Theme, verbs: Mock) -> ColumnTable:
    table = ColumnTable(verbs, theme)
    qtbot.addWidget(table)
    table.resize(340, 300)
    table.render_entries(list(ENTRIES))
    table.show()
    return table


def place(table: ColumnTable, row: int, field: Field) -> QPoint:
    """Where a click means the cell; a pill begins at the left of its cell."""
    area = table.visualRect(table.model().index(row, field))
    return QPoint(area.left() + 10, area.center().y())


def click(
    table: ColumnTable, row: int, field: Field, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, keys, place(table, row, field))


def open_menu(table: ColumnTable) -> QMenu:
    menus = [menu for menu in table.findChildren(QMenu) if menu.isVisible()]
    assert len(menus) == 1
    return menus[0]


def test_entries_wait_for_the_values_of_a_source_that_is_not_read(studio: Studio) -> None:
    assert entries_of(studio.state) == []
    open_penguins(studio)
    assert entries_of(studio.state)[2] == Entry(Column("bill_length_mm", Kind.NUMBER), BILL, 342)
    studio.document.open(studio.state.project)
    assert entries_of(studio.state)[2] == Entry(Column("bill_length_mm", Kind.NUMBER))


def test_model_shows_a_column_in_words() -> None:
    model = ColumnsModel()
    model.render(list(ENTRIES))
    shown = [[model.index(row, field).data() for field in Field] for row in range(model.rowCount())]
    assert shown[0] == ["", "species", "target", "", "", ""]
    assert shown[2] == ["", "sex", "category", "11", "", ""]
    assert shown[4][Field.KIND] == "group", "what it is for matters more than what it is"
    checks = [model.index(row, Field.USE).data(Qt.ItemDataRole.CheckStateRole) for row in range(5)]
    assert checks == [None, Qt.CheckState.Checked, Qt.CheckState.Checked, Qt.CheckState.Unchecked, None]


@pytest.mark.parametrize(("kind", "word"), [(Kind.INTEGER, "integer code"), (Kind.BOOLEAN, "yes/no")])
def test_pill_calls_a_kind_as_it_is_called_everywhere(kind: Kind, word: str) -> None:
    assert Entry(Column("x", kind)).pill == word


def test_column_is_said_to_a_screen_reader() -> None:
    assert spoken(ENTRIES[0]) == "species, category, to be predicted"
    assert spoken(ENTRIES[2]) == "sex, category, used, 11 missing, warning: It says little."
    assert spoken(ENTRIES[3]) == "year, number, ignored"
    assert spoken(ENTRIES[4]) == "pair, identifier, groups the rows"


def test_entries_carry_what_is_amiss_with_their_column(studio: Studio) -> None:
    open_penguins(studio)
    findings = (
        Finding(SpecError("It gives the answer away."), column="island"),
        Finding(SpecError("It is skewed."), blocks=False, column="sex"),
        Finding(SpecError("Rows repeat."), blocks=False),
    )
    entries = {entry.name: entry for entry in entries_of(studio.state, findings)}
    assert entries["island"].warnings == ("It gives the answer away.",)
    assert entries["island"].is_bad
    assert entries["sex"].warnings == ("It is skewed.",)
    assert not entries["sex"].is_bad
    assert entries["body_mass_g"].warnings == ()


def test_where_the_input_is_the_target_no_column_is(studio: Studio) -> None:
    open_penguins(studio)
    studio.apply("Task", edits.set_task(studio.state.project, Task.RECONSTRUCTION))
    assert entries_of(studio.state)[0].role is Role.IGNORE


def test_warning_is_painted_and_told_in_the_tooltip(table: ColumnTable, theme: Theme) -> None:
    area = table.visualRect(table.model().index(2, Field.NAME))
    image = table.grab(area.translated(table.viewport().pos())).toImage()
    places = ((x, y) for x in range(area.width() - 18, area.width()) for y in range(image.height()))
    colours = {image.pixelColor(x, y).name() for x, y in places}
    assert theme.colours.warning in colours
    assert "It says little." in table.model().index(2, Field.NAME).data(Qt.ItemDataRole.ToolTipRole)


def test_model_keeps_the_selection_while_the_names_stay(table: ColumnTable, qtbot: QtBot) -> None:
    table.selectRow(2)
    changed = [*ENTRIES[:3], Entry(Column("year", Kind.NUMBER)), *ENTRIES[4:]]
    with qtbot.waitSignal(table.model().dataChanged) as told:
        table.render_entries(changed)
    assert told.args is not None
    assert [index.row() for index in told.args[:2]] == [3, 3]
    assert [index.row() for index in table.selectionModel().selectedRows()] == [2]


def test_click_on_the_box_switches_one_column(table: ColumnTable, verbs: Mock) -> None:
    click(table, 1, Field.USE)
    verbs.use.assert_called_once_with(["bill_length_mm"], False)
    click(table, 3, Field.USE)
    verbs.use.assert_called_with(["year"], True)


@pytest.mark.parametrize("row", [0, 4])
def test_click_on_the_mark_of_a_target_or_a_group_switches_nothing(table: ColumnTable, verbs: Mock, row: int) -> None:
    click(table, row, Field.USE)
    verbs.use.assert_not_called()


def test_click_into_a_selection_speaks_for_all_of_it(table: ColumnTable, verbs: Mock) -> None:
    click(table, 0, Field.NAME)
    click(table, 3, Field.NAME, Qt.KeyboardModifier.ShiftModifier)
    click(table, 1, Field.USE)
    verbs.use.assert_called_once_with(["bill_length_mm", "sex", "year"], False)
    assert len(table.selectionModel().selectedRows()) == 4


def test_space_switches_the_selected_columns(table: ColumnTable, verbs: Mock) -> None:
    click(table, 1, Field.NAME)
    QTest.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(table, Qt.Key.Key_Space)
    verbs.use.assert_called_once_with(["bill_length_mm", "sex"], False)


def test_space_on_the_target_switches_the_others_that_are_selected(table: ColumnTable, verbs: Mock) -> None:
    click(table, 0, Field.NAME)
    QTest.keyClick(table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(table, Qt.Key.Key_Space)
    verbs.use.assert_called_once_with(["bill_length_mm", "sex", "year"], True)


def test_drag_away_from_the_box_switches_nothing(table: ColumnTable, verbs: Mock) -> None:
    QTest.mousePress(table.viewport(), Qt.MouseButton.LeftButton, pos=place(table, 1, Field.USE))
    QTest.mouseRelease(table.viewport(), Qt.MouseButton.LeftButton, pos=place(table, 2, Field.USE))
    verbs.use.assert_not_called()


def test_pill_offers_the_kinds(table: ColumnTable, verbs: Mock) -> None:
    click(table, 1, Field.KIND)
    actions = {action.text(): action for action in open_menu(table).actions()}
    assert list(actions)[:4] == ["Number", "Integer code", "Category", "Yes/no"]
    assert "Image" not in actions, "nothing but a picture is one"
    assert [text for text, action in actions.items() if action.isChecked()] == ["Number"]
    actions["Category"].trigger()
    verbs.understand.assert_called_once_with(["bill_length_mm"], Kind.CATEGORY)


@pytest.mark.parametrize("way", ["chevron", "double click", "enter"])
def test_details_are_asked_for(table: ColumnTable, qtbot: QtBot, way: str) -> None:
    with qtbot.waitSignal(table.details_asked) as asked:
        if way == "chevron":
            click(table, 2, Field.MORE)
        elif way == "double click":
            click(table, 2, Field.NAME)
            QTest.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place(table, 2, Field.NAME))
        else:
            table.selectRow(2)
            QTest.keyClick(table, Qt.Key.Key_Return)
    assert asked.args == [["sex"]]


def test_details_of_a_selection_are_about_all_of_it(table: ColumnTable, qtbot: QtBot) -> None:
    click(table, 1, Field.NAME)
    click(table, 2, Field.NAME, Qt.KeyboardModifier.ControlModifier)
    with qtbot.waitSignal(table.details_asked) as asked:
        QTest.keyClick(table, Qt.Key.Key_Enter)
    assert asked.args == [["bill_length_mm", "sex"]]


def test_quick_clicks_on_a_box_are_clicks(table: ColumnTable, verbs: Mock, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(table.details_asked):
        click(table, 1, Field.USE)
        QTest.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place(table, 1, Field.USE))
        QTest.mouseRelease(table.viewport(), Qt.MouseButton.LeftButton, pos=place(table, 1, Field.USE))
    assert verbs.use.call_count == 2


def test_stepping_goes_to_the_neighbours_and_stays_at_the_ends(table: ColumnTable) -> None:
    table.selectRow(0)
    assert table.step(1) == ["bill_length_mm"]
    assert table.step(-1) == ["species"]
    assert table.step(-1) == ["species"]


def test_menu_key_offers_everything_about_the_selection(table: ColumnTable, verbs: Mock) -> None:
    click(table, 1, Field.NAME)
    click(table, 3, Field.NAME, Qt.KeyboardModifier.ControlModifier)
    key = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(0, 0), QPoint(0, 0))
    QCoreApplication.sendEvent(table, key)
    menus = [menu for menu in table.findChildren(ColumnMenu) if menu.isVisible()]
    actions = {action.text().replace("&", ""): action for action in menus[0].actions()}
    actions["Ignore"].trigger()
    verbs.use.assert_called_once_with(["bill_length_mm", "year"], False)
    menus[0].close()


def test_filter_lists_matching_columns_only(table: ColumnTable) -> None:
    table.filter("LENGTH")
    assert [entry.name for entry in table.entries()] == ["bill_length_mm"]
    table.filter("")
    assert len(table.entries()) == 5


def test_names_take_the_room_that_is_left(table: ColumnTable) -> None:
    for width in (316, 360, 700):
        table.resize(width, 300)
        widths = [table.columnWidth(field) for field in Field]
        assert sum(widths) == table.viewport().width()
        assert widths[Field.NAME] >= 90


def test_a_long_kind_gets_the_room_that_it_needs(table: ColumnTable) -> None:
    table.resize(440, 300)
    short = table.columnWidth(Field.KIND)
    table.render_entries([*ENTRIES, Entry(Column("rings", Kind.INTEGER))])
    assert table.columnWidth(Field.KIND) > short
    table.render_entries(list(ENTRIES))
    assert table.columnWidth(Field.KIND) == short


def test_list_is_as_high_as_its_rows(table: ColumnTable) -> None:
    assert table.maximumHeight() == 28 * 6
    assert table.minimumHeight() == 28 * 6, "a short list does not scroll in a panel that does"
    table.render_entries([Entry(Column(f"c{number}", Kind.NUMBER)) for number in range(100)])
    assert table.minimumHeight() < 28 * 10
    assert table.maximumHeight() == 28 * 101


def test_painting_has_the_colours_in_force(table: ColumnTable, theme: Theme) -> None:
    light = table.grab().toImage()
    theme.choose("dark")
    dark = table.grab().toImage()
    assert light.pixelColor(200, 30).lightness() > 200
    assert dark.pixelColor(200, 30).lightness() < 80


def test_thousands_of_columns_are_switched_together(qtbot: QtBot, theme: Theme, studio: Studio) -> None:
    open_found(studio, wide_source(), None)
    table = ColumnTable(ColumnVerbs(studio), theme)
    qtbot.addWidget(table)
    table.render_entries(entries_of(studio.state))
    table.show()
    table.setCurrentIndex(table.model().index(0, Field.NAME))
    table.selectAll()
    QTest.keyClick(table, Qt.Key.Key_Space)
    table.render_entries(entries_of(studio.state))
    table.scrollToBottom()
    table.grab()
    assert table.model().rowCount(QModelIndex()) == 10_000
    assert sum(entry.is_used for entry in table.entries()) == 1, "only the target is left"
