"""Names in a small table can be read."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from nnstudio.gui.exporting import write_file
from nnstudio.gui.tables.cells import Cell, CellTable, Column
from nnstudio.gui.theme import Theme


def test_the_names_of_a_narrow_table_can_be_read(qtbot: QtBot, theme: Theme) -> None:
    table = CellTable(theme, "Scores", write_file)
    qtbot.addWidget(table)
    table.resize(240, 200)
    table.show()
    columns = [Column("A"), *(Column(f"a long title {number}") for number in range(4))]
    table.show_cells(columns, [[Cell("a name that is long"), *[Cell("0.5", 0.5)] * 4]])
    header = table.horizontalHeader()
    assert header.sectionSize(0) >= table.fontMetrics().horizontalAdvance("a name that is long")
    assert header.length() > table.viewport().width(), "the others are scrolled to"
    table.resize(1_400, 200)
    assert header.length() == table.viewport().width(), "what is left is its own"
