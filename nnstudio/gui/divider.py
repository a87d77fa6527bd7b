"""Two parts of a panel, one above the other, and the line between them that the user can move."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSplitter, QSplitterHandle, QWidget

from nnstudio.gui.theme import GRID, Theme

LINE_HEIGHT = 9
"""Pixels that can be grabbed; one of them is painted."""


class Divider(QSplitter):
    """Gives the upper part what it needs, as long as the lower one keeps its share; or what the user has chosen.

    ``usual`` is the share of the upper part where there is not enough for both. A double click on the line brings it
    back.
    """

    def __init__(self, name: str, upper: QWidget, lower: QWidget, theme: Theme, usual: float) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self.setObjectName(name)
        self._parts = upper, lower
        self._theme, self._usual, self._chosen = theme, usual, 0.0
        self.setChildrenCollapsible(False)
        self.setHandleWidth(LINE_HEIGHT)
        self.addWidget(upper)
        self.addWidget(lower)
        self.splitterMoved.connect(lambda *_: self._take(self.sizes()))

    @property
    def theme(self) -> Theme:
        """The colours of the line."""
        return self._theme

    @property
    def share(self) -> float:
        """The share of the upper part that the user has chosen; 0 where they left it alone."""
        return self._chosen

    def restore(self, share: float) -> None:
        """Take a share that was chosen another time; 0 brings the usual one back."""
        self._chosen = share if 0 < share < 1 else 0.0
        self._share_out()

    def _take(self, sizes: list[int]) -> None:
        self._chosen = sizes[0] / max(sum(sizes), 1)

    def _share_out(self) -> None:
        room = self.height() - LINE_HEIGHT
        upper, lower = (part.sizeHint().height() for part in self._parts)
        usual = min(upper, max(round(self._usual * room), room - lower))
        wanted = round(self._chosen * room) if self._chosen else usual
        if self.sizes()[0] != wanted:
            self.setSizes([wanted, max(room - wanted, 0)])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_out()

    def event(self, event: QEvent) -> bool:
        handled = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest:
            self._share_out()
        return handled

    def createHandle(self) -> QSplitterHandle:
        return _Line(self)


class _Line(QSplitterHandle):
    """A line in the middle of what can be grabbed, with a short stroke that says so."""

    def __init__(self, divider: Divider) -> None:
        super().__init__(Qt.Orientation.Vertical, divider)
        self._divider = divider
        self.setToolTip("Drag to give the layers or their settings more room. A double click brings the usual back.")

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        colours, middle = self._divider.theme.colours, self.height() // 2
        painter = QPainter(self)
        painter.fillRect(0, middle, self.width(), 1, QColor(colours.line))
        grabbed = colours.accent if self.underMouse() else colours.faint
        painter.fillRect(self.width() // 2 - 2 * GRID, middle - 1, 4 * GRID, 3, QColor(grabbed))
        painter.end()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        del event
        self._divider.restore(0)
