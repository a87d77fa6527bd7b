"""The rows of the data as they were read: all of them, or those of one part of the split."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nnstudio.data.table import MappedTable
from nnstudio.gui.data.gallery import GalleryView, ViewSwitch
from nnstudio.gui.data.part_filter import ALL, PartFilter, rows_of_parts
from nnstudio.gui.dialogs.files import FileDialogs
from nnstudio.gui.panel import MARGIN, Banner, ElidedLabel, EmptyState, Pages
from nnstudio.gui.studio import Studio
from nnstudio.gui.studio.latest import Latest
from nnstudio.gui.tables.grid import MappedGrid
from nnstudio.gui.theme import GRID, Theme
from nnstudio.session.document import State, describes
from nnstudio.spec.data import DataSpec
from nnstudio.spec.errors import StudioError, as_studio_error
from nnstudio.spec.words import counted


class TableView(QWidget):
    """Every row of what is open; the target columns stand out."""

    def __init__(self, studio: Studio, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._shown = ""
        self._latest: Latest[str | StudioError] = Latest(self)
        self._listed: DataSpec | None = None
        self._parts: dict[str, NDArray[np.int64]] = {}
        self.empty = EmptyState(
            "No rows yet", "Open a table or a folder of pictures: all of its rows will be shown here."
        )
        self.grid = MappedGrid(theme)
        self.grid.refused.connect(studio.notices.warn)
        self.gallery = GalleryView(theme)
        self.switch = ViewSwitch()
        self.switch.chosen.connect(lambda _: self._render(studio.state))
        self.note = ElidedLabel(role="small")
        self.filter = PartFilter()
        self.filter.chosen.connect(self._filter)
        self._files = FileDialogs(studio, self)
        self.filter.exported.connect(self._files.export_rows)
        self.problem = Banner("bad")
        self.problem.hide()
        self._pages = Pages(self, self.empty, self._table_page())
        self.destroyed.connect(studio.document.changed.listen(lambda _old, new: self._render(new)))

    def _table_page(self) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(MARGIN, GRID, MARGIN, MARGIN)
        layout.setSpacing(GRID)
        layout.addWidget(self.filter)
        layout.addLayout(self._note_row())
        layout.addWidget(self.problem)
        layout.addWidget(self.gallery, 1)
        layout.addWidget(self.grid, 1)
        layout.addStretch(0)  # takes the room of the grid while that is hidden
        return page

    def _note_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.switch)
        row.addWidget(self.note, 1)
        row.addWidget(self.gallery.note, 1)
        row.addWidget(self.gallery.again)
        return row

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._render(self._studio.state)

    def _render(self, state: State) -> None:
        """Map the file when it is first looked at; a table that is read again stays until its new file is there."""
        if state.project.data is None:
            self._latest.forget()
            self._listed = None
        if not self.isVisible():
            return
        data, source = state.project.data, state.source
        self._pages.show_content(data is not None)
        if data is None or source is None or not state.source_is_current:
            return
        if source.cache != self._shown:
            self._open(source.cache)
        self.grid.mapped.mark(frozenset(column.name for column in data.targets))
        size = f"{counted(source.rows, 'row')} and {counted(len(self.grid.mapped.names), 'column')}"
        self.note.setText(f"{size}, as they were read. Ctrl+C copies what is selected.")
        self._choose_view(data)
        self._list_parts(state)

    def _choose_view(self, data: DataSpec) -> None:
        """Pictures are shown as such, unless their rows are asked for."""
        table, is_pictures = self.grid.mapped.table, self.grid.mapped.has_pictures
        shows_gallery = is_pictures and self.switch.wants_pictures
        self.switch.setVisible(is_pictures)
        for widget in (self.gallery, self.gallery.note, self.gallery.again):
            widget.setVisible(shows_gallery)
        self.grid.setVisible(table is not None and not shows_gallery)
        self.note.setVisible(table is not None and not shows_gallery)
        if shows_gallery:
            self.gallery.show_table(table, data)

    def _open(self, cache: str) -> None:
        self._shown = cache
        self._show_parts({})
        self._listed = None
        self.gallery.show_table(None)
        try:
            self.grid.show_table(MappedTable(cache))
        except (OSError, ValueError) as error:  # pyarrow's errors are ValueErrors
            known = as_studio_error(error)
            self.grid.show_table(None)
            self.problem.say("The rows cannot be shown.", f"{known.what} {known.why}", level="bad")
        self.problem.setVisible(self.grid.mapped.table is None)

    # the parts of the split

    def _list_parts(self, state: State) -> None:
        """Ask which row is in which part, as soon as the split can be made, and after it has changed."""
        wanted = describes(state.project.data)
        if wanted == self._listed or state.facts is None or not state.facts_are_current:
            return
        self._listed = wanted
        self._latest.ask(self._studio.looking.list_parts, self._hear_parts)

    def _hear_parts(self, answer: str | StudioError) -> None:
        table = self.grid.mapped.table
        try:
            is_usable = table is not None and not isinstance(answer, StudioError)
            self._show_parts(rows_of_parts(str(answer), table.rows) if table and is_usable else {})
        except (OSError, ValueError):  # the list is gone from the cache: the rows themselves stay
            self._show_parts({})

    def _show_parts(self, parts: dict[str, NDArray[np.int64]]) -> None:
        table = self.grid.mapped.table
        self._parts = parts
        self.filter.setVisible(bool(parts))
        self.filter.show_counts({part: len(rows) for part, rows in parts.items()} | {ALL: table.rows if table else 0})
        self._filter(self.filter.part)

    def _filter(self, part: str) -> None:
        self.grid.show_rows(self._parts.get(part))
        self.gallery.show_rows(self._parts.get(part), self._parts)
