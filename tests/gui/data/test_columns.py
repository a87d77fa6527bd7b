"""The list of columns is switched, understood and filtered by mouse and keyboard, also when there are thousands."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QCoreApplication, QModelIndex, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from nnstudio.gui.data.columns_model import ColumnsModel, Entry, Field, entries_of, spoken
from nnstudio.gui.data.columns_view import ColumnTable
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.session import edits
from nnstudio.spec.data import Column, Kind, Role
from tests.gui.data.penguins import BILL, SEX, open_found, open_penguins, wide_source

ENTRIES = [
    Entry(Column("species", Kind.CATEGORY, Role.TARGET)),
    Entry(Column("bill_length_mm", Kind.NUMBER), BILL, 342),
    Entry(Column("sex", Kind.CATEGORY), SEX, 333),
    Entry(Column("year", Kind.NUMBER, Role.IGNORE)),
]


@pytest.fixture
def table(qtbot: QtBot, theme: Theme) -> ColumnTable:
    table = ColumnTable(theme)
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
    assert shown[0] == ["", "species", "target", "", ""]
    assert shown[2] == ["", "sex", "category", "11", ""]
    checks = [model.index(row, Field.USE).data(Qt.ItemDataRole.CheckStateRole) for row in range(4)]
    assert checks == [None, Qt.CheckState.Checked, Qt.CheckState.Checked, Qt.CheckState.Unchecked]


def test_column_is_said_to_a_screen_reader() -> None:
    assert spoken(ENTRIES[0]) == "species, category, to be predicted"
    assert spoken(ENTRIES[2]) == "sex, category, used, 11 missing"
    assert spoken(ENTRIES[3]) == "year, number, ignored"


def test_model_keeps_the_selection_while_the_names_stay(table: ColumnTable, qtbot: QtBot) -> None:
    table.selectRow(2)
    changed = [*ENTRIES[:3], Entry(Column("year", Kind.NUMBER))]
    with qtbot.waitSignal(table.model().dataChanged) as told:
        table.render_entries(changed)
    assert told.args is not None
    assert [index.row() for index in told.args[:2]] == [3, 3]
    assert [index.row() for index in table.selectionModel().selectedRows()] == [2]


def test_click_on_the_box_switches_one_column(table: ColumnTable, qtbot: QtBot) -> None:
    with qtbot.waitSignal(table.use_asked) as asked:
        click(table, 1, Field.USE)
    assert asked.args == [["bill_length_mm"], False]
    with qtbot.waitSignal(table.use_asked) as asked:
        click(table, 3, Field.USE)
    assert asked.args == [["year"], True]


def test_click_on_the_mark_of_the_target_switches_nothing(table: ColumnTable, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(table.use_asked):
        click(table, 0, Field.USE)


def test_click_into_a_selection_speaks_for_all_of_it(table: ColumnTable, qtbot: QtBot) -> None:
    click(table, 0, Field.NAME)
    click(table, 3, Field.NAME, Qt.KeyboardModifier.ShiftModifier)
    with qtbot.waitSignal(table.use_asked) as asked:
        click(table, 1, Field.USE)
    assert asked.args == [["bill_length_mm", "sex", "year"], False]
    assert len(table.selectionModel().selectedRows()) == 4


def test_space_switches_the_selected_columns(table: ColumnTable, qtbot: QtBot) -> None:
    click(table, 1, Field.NAME)
    QTest.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    with qtbot.waitSignal(table.use_asked) as asked:
        QTest.keyClick(table, Qt.Key.Key_Space)
    assert asked.args == [["bill_length_mm", "sex"], False]


def test_space_on_the_target_switches_the_others_that_are_selected(table: ColumnTable, qtbot: QtBot) -> None:
    click(table, 0, Field.NAME)
    QTest.keyClick(table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    with qtbot.waitSignal(table.use_asked) as asked:
        QTest.keyClick(table, Qt.Key.Key_Space)
    assert asked.args == [["bill_length_mm", "sex", "year"], True], "one of them is not used yet"


def test_drag_away_from_the_box_switches_nothing(table: ColumnTable, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(table.use_asked):
        QTest.mousePress(table.viewport(), Qt.MouseButton.LeftButton, pos=place(table, 1, Field.USE))
        QTest.mouseRelease(table.viewport(), Qt.MouseButton.LeftButton, pos=place(table, 2, Field.USE))


def test_pill_offers_the_kinds(table: ColumnTable, qtbot: QtBot) -> None:
    click(table, 1, Field.KIND)
    number, category = open_menu(table).actions()
    assert (number.text(), number.isChecked()) == ("Number", True)
    assert (category.text(), category.isChecked()) == ("Category", False)
    with qtbot.waitSignal(table.kind_asked) as asked:
        category.trigger()
    assert asked.args == [["bill_length_mm"], Kind.CATEGORY]


def test_menu_key_offers_everything(table: ColumnTable, qtbot: QtBot) -> None:
    click(table, 1, Field.NAME)
    key = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(0, 0), QPoint(0, 0))
    QCoreApplication.sendEvent(table, key)
    actions = {action.text(): action for action in open_menu(table).actions() if action.text()}
    assert list(actions) == ["Predict this column", "Use", "Ignore", "Number", "Category"]
    with qtbot.waitSignal(table.target_asked) as asked:
        actions["Predict this column"].trigger()
    assert asked.args == ["bill_length_mm"]
    with qtbot.waitSignal(table.use_asked) as asked:
        actions["Ignore"].trigger()
    assert asked.args == [["bill_length_mm"], False]


def test_filter_lists_matching_columns_only(table: ColumnTable) -> None:
    table.filter("LENGTH")
    assert [entry.name for entry in table.entries()] == ["bill_length_mm"]
    table.filter("")
    assert len(table.entries()) == 4


def test_names_take_the_room_that_is_left(table: ColumnTable) -> None:
    for width in (316, 360, 700):
        table.resize(width, 300)
        widths = [table.columnWidth(field) for field in Field]
        assert sum(widths) == table.viewport().width()
        assert widths[Field.NAME] >= 110


def test_list_is_as_high_as_its_rows(table: ColumnTable) -> None:
    assert table.maximumHeight() == 28 * 5
    table.render_entries([Entry(Column(f"c{number}", Kind.NUMBER)) for number in range(100)])
    assert table.minimumHeight() < 28 * 10
    assert table.maximumHeight() == 28 * 101


def test_painting_has_the_colours_in_force(table: ColumnTable, theme: Theme) -> None:
    light = table.grab().toImage()
    theme.choose("dark")
    dark = table.grab().toImage()
    assert light.pixelColor(200, 30).lightness() > 200
    assert dark.pixelColor(200, 30).lightness() < 80


def test_thousands_of_columns_are_switched_at_once(qtbot: QtBot, theme: Theme, studio: Studio) -> None:
    open_found(studio, wide_source(), None)
    table = ColumnTable(theme)
    qtbot.addWidget(table)
    table.render_entries(entries_of(studio.state))
    table.show()
    table.setCurrentIndex(table.model().index(0, Field.NAME))
    began = time.perf_counter()
    table.selectAll()
    with qtbot.waitSignal(table.use_asked) as asked:
        QTest.keyClick(table, Qt.Key.Key_Space)
    assert asked.args is not None
    studio.apply("Ignore", edits.set_used(studio.state.project, set(asked.args[0]), asked.args[1]))
    table.render_entries(entries_of(studio.state))
    table.scrollToBottom()
    table.grab()
    assert time.perf_counter() - began < 3
    assert table.model().rowCount(QModelIndex()) == 10_000
    assert sum(entry.is_used for entry in table.entries()) == 1, "only the target is left"
