"""Tables to look at: no lines around the cells, nothing to edit, and Tab leaves them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from nnstudio.gui.theme import Theme, scaled


class QuietTable(QTableView):
    """A table whose lines and colours are its delegate's and its headers' affair."""

    def __init__(self, name: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self._row_height = 0
        theme.changed.connect(self.fit_text)

    def set_row_height(self, pixels: int) -> None:
        """Let rows be so high beside text of the usual size, and grow with it."""
        self._row_height = pixels
        QuietTable.fit_text(self)

    def fit_text(self) -> None:
        """Measure anew what depends on the size of the text."""
        if self._row_height:
            self.verticalHeader().setMinimumSectionSize(min(self._row_height, scaled(self._row_height)))
            self.verticalHeader().setDefaultSectionSize(scaled(self._row_height))
        self.viewport().update()


class RowTable(QuietTable):
    """A quiet table of rows that are numbered at the left, all equally high, and may reach far to the right."""

    def __init__(self, name: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(name, theme, parent)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        rows = self.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        rows.setHighlightSections(False)
