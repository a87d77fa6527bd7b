"""The judged rows themselves, the worst mistakes first: what is true of each, and what the network says."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nnstudio.data.judging.files import Answers
from nnstudio.data.judging.listed import Places, answer_names, answers_table
from nnstudio.data.table import MappedTable
from nnstudio.gui.exporting import Rows
from nnstudio.gui.panel import Banner, Button, ElidedLabel
from nnstudio.gui.studio import Studio
from nnstudio.gui.tables.grid import MappedGrid
from nnstudio.gui.theme import GRID, Theme
from nnstudio.spec.errors import as_studio_error
from nnstudio.spec.scores import Evaluation
from nnstudio.spec.words import counted

MOST_LISTED, MOST_PICTURES = 1_000, 200
"""Rows that are listed: nobody reads more, and pictures are copied to be listed."""


class Listing(QWidget):
    """Lists judged rows with what is known of them; those of one cell of the matrix, or all mistakes."""

    def __init__(self, studio: Studio, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.note = ElidedLabel(role="strong")
        self.all = Button("All mistakes", "link", tooltip="List the mistakes of every class again.")
        self.grid = MappedGrid(theme)
        self.grid.refused.connect(studio.notices.warn)
        self.problem = Banner("bad")
        self.problem.hide()
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(self.note, 1)
        head.addWidget(self.all)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, GRID // 2, 0, 0)
        layout.setSpacing(GRID // 2)
        layout.addLayout(head)
        layout.addWidget(self.problem)
        layout.addWidget(self.grid, 1)
        layout.addStretch(0)
        self.setMinimumHeight(18 * GRID)

    def show_rows(
        self, found: Evaluation, answers: Answers, places: Places, said: NDArray[Any] | None, title: str
    ) -> None:
        """List the rows at ``places``, of many the first ones; ``title`` says which they are."""
        most = MOST_LISTED
        try:
            table = MappedTable.of(answers_table(found, answers, places[:1], said))
            if any(hasattr(table.column(name).type, "shape") for name in table.names):
                most = MOST_PICTURES
            table = MappedTable.of(answers_table(found, answers, places[:most], said))
        except (OSError, ValueError) as error:  # the cached file is gone; pyarrow's errors are ValueErrors
            known = as_studio_error(error)
            self.grid.show_table(None)
            self.problem.say("The rows cannot be shown.", f"{known.what} {known.why}")
            table = None
        self.problem.setVisible(table is None)
        self.grid.setVisible(table is not None and len(places) > 0)
        if table:
            self.grid.show_table(table, answer_names(found) - {"row"})
        more = f", the first {most:,} of them" if len(places) > most else ""
        self.note.setText(f"{title}: {counted(len(places), 'row')}{more}" if len(places) else f"{title}: none")

    # exporting

    def drawn(self) -> QWidget:
        return self.grid

    def export_title(self) -> str:
        return "Rows"

    def figures(self) -> Rows:
        """The listed rows, without their pictures."""
        table = self.grid.mapped.table
        if table is None:
            return
        columns = [table.column(name) for name in table.names]
        shown = [place for place, column in enumerate(columns) if not hasattr(column.type, "shape")]
        yield [table.names[place] for place in shown]
        yield from zip(*(columns[place].to_pylist() for place in shown), strict=True)
