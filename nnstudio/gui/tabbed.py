"""A panel whose header holds tabs instead of a title."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QTabBar, QWidget

from nnstudio.gui.panel import Panel
from nnstudio.gui.theme import GRID


class TabbedPanel(Panel):
    """Shows one of several views; the views themselves may come a moment after their tabs."""

    def __init__(self, title: str, names: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(title, parent=parent)
        self.tabs, self.stack = QTabBar(), QStackedWidget()
        self.tabs.setAccessibleName(title)
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setUsesScrollButtons(False)
        self.tabs.setElideMode(Qt.TextElideMode.ElideRight)
        for name in names:
            self.tabs.addTab(name)
        self.tabs.currentChanged.connect(self.stack.setCurrentIndex)
        self.tabs.currentChanged.connect(lambda _: self.tabs.updateGeometry())  # the chosen one is bold, and wider
        self.header.title.hide()
        self.header.row.setContentsMargins(0, 0, GRID, 0)
        self.header.row.insertWidget(0, self.tabs)
        self.body.setContentsMargins(0, 0, 0, 0)  # each view has margins of its own
        self.body.addWidget(self.stack)

    def fill(self, views: Sequence[QWidget]) -> None:
        """Put the views behind their tabs, in the same order."""
        for view in views:
            self.stack.addWidget(view)
        self.stack.setCurrentIndex(self.tabs.currentIndex())

    def open_view(self, view: QWidget) -> None:
        """Bring a view to the front."""
        self.tabs.setCurrentIndex(self.stack.indexOf(view))
