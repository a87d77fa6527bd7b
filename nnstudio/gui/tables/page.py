"""A page that is one small table."""

from __future__ import annotations

from collections.abc import Sequence

from nnstudio.gui.exporting import Drawn, WriteFile
from nnstudio.gui.page import Page
from nnstudio.gui.tables.cells import CellTable
from nnstudio.gui.theme import Theme


class TablePage(Page):
    """A table of cells below its note."""

    def __init__(self, theme: Theme, name: str, note: str, write_file: WriteFile) -> None:
        super().__init__(note)
        self.table = CellTable(theme, name, write_file)
        self.table.setAccessibleDescription(note)
        self.body.addWidget(self.table, 1)

    def exports(self) -> Sequence[Drawn]:
        return (self.table,)
