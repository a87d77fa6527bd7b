"""The numbers of the lines, beside the code."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from nnstudio.gui.theme import GRID, Theme


class LineNumbers(QWidget):
    """Stands at the left edge of ``page``, which is to leave it as much room as `width_for` says."""

    def __init__(self, page: QPlainTextEdit, theme: Theme) -> None:
        super().__init__(page)
        self._page, self._theme = page, theme
        page.updateRequest.connect(self._follow)

    def width_for(self, lines: int) -> int:
        """Pixels that the number of the last of so many lines takes."""
        return self._page.fontMetrics().horizontalAdvance("9") * max(3, len(str(lines))) + 2 * GRID

    def sizeHint(self) -> QSize:
        return QSize(self.width_for(self._page.blockCount()), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self._page.font())
        painter.setPen(QColor(self._theme.colours.muted))
        block = self._page.firstVisibleBlock()
        top = self._page.blockBoundingGeometry(block).translated(self._page.contentOffset()).top()
        height = self._page.blockBoundingRect(block).height()
        while block.isValid() and top <= event.rect().bottom():
            place = QRect(0, round(top), self.width() - GRID, round(height))
            painter.drawText(place, Qt.AlignmentFlag.AlignRight, str(block.blockNumber() + 1))
            block, top = block.next(), top + height
        painter.end()

    def _follow(self, changed: QRect, by: int) -> None:
        if by:
            self.scroll(0, by)
        else:
            self.update(0, changed.y(), self.width(), changed.height())
