"""One of several pages in the same place."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QStackedLayout, QWidget


class Pages(QStackedLayout):
    """Shows one of its widgets, and asks for the room that this one needs: Qt's own asks for that of the largest.

    The first is what stands there while there is nothing to show, the second is the usual one.
    """

    def __init__(self, parent: QWidget, *pages: QWidget) -> None:
        super().__init__(parent)
        for page in pages:
            self.addWidget(page)
        self.currentChanged.connect(self._ask_anew)

    def show_content(self, there_is_some: bool) -> None:
        """Turn to the second page, or to the first while there is nothing to show."""
        self.setCurrentIndex(1 if there_is_some else 0)

    def sizeHint(self) -> QSize:
        page = self.currentWidget()
        return page.sizeHint() if page else QSize()

    def minimumSize(self) -> QSize:
        page = self.currentWidget()
        return page.minimumSizeHint().expandedTo(page.minimumSize()) if page else QSize()

    def hasHeightForWidth(self) -> bool:
        page = self.currentWidget()
        return page is not None and page.hasHeightForWidth()

    def heightForWidth(self, width: int) -> int:
        page = self.currentWidget()
        return page.heightForWidth(width) if page else -1

    def _ask_anew(self, _: int) -> None:
        self.invalidate()
        if parent := self.parentWidget():
            parent.updateGeometry()
