"""The rows of the data as they were read."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from nnstudio.data.table import MappedTable
from nnstudio.gui.data import words
from nnstudio.gui.data.table_grid import MappedGrid
from nnstudio.gui.panel import MARGIN, Banner, ElidedLabel, EmptyState
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import GRID, Theme
from nnstudio.session.document import State
from nnstudio.spec.errors import as_studio_error


class TableView(QWidget):
    """Every row of what is open; the target column stands out."""

    def __init__(self, studio: Studio, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._shown = ""
        self.empty = EmptyState(
            "No rows yet", "Open a table or a folder of pictures: all of its rows will be shown here."
        )
        self.grid = MappedGrid(theme)
        self.grid.refused.connect(studio.notices.warn)
        self.note = ElidedLabel(role="small")
        self.problem = Banner("bad")
        self.problem.hide()
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self._table_page())
        self.destroyed.connect(studio.document.changed.listen(lambda _old, new: self._render(new)))

    def _table_page(self) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(MARGIN, GRID, MARGIN, MARGIN)
        layout.setSpacing(GRID)
        for widget in (self.note, self.problem):
            layout.addWidget(widget)
        layout.addWidget(self.grid, 1)
        layout.addStretch(0)  # takes the room of the grid while that is hidden
        return page

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._render(self._studio.state)

    def _render(self, state: State) -> None:
        """Map the file when it is first looked at; a table that is read again stays until its new file is there."""
        if not self.isVisible():
            return
        data, source = state.project.data, state.source
        self._pages.setCurrentIndex(0 if data is None else 1)
        if data is None or source is None or not state.source_is_current:
            return
        if source.cache != self._shown:
            self._open(source.cache)
        target = data.target.name if data.target else ""
        self.grid.mapped.mark(frozenset({target}))
        size = f"{words.counted(source.rows, 'row')} and {words.counted(len(self.grid.mapped.names), 'column')}"
        self.note.setText(f"{size}, as they were read. Ctrl+C copies what is selected.")

    def _open(self, cache: str) -> None:
        self._shown = cache
        try:
            self.grid.show_table(MappedTable(cache))
        except (OSError, ValueError) as error:  # pyarrow's errors are ValueErrors
            known = as_studio_error(error)
            self.grid.show_table(None)
            self.problem.say("The rows cannot be shown.", f"{known.what} {known.why}", level="bad")
        is_shown = self.grid.mapped.table is not None
        self.problem.setVisible(not is_shown)
        self.grid.setVisible(is_shown)
        self.note.setVisible(is_shown)
