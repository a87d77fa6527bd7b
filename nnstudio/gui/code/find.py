"""Looks for words in the code: a line to type them into, how often they occur, and the way from one to the next."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from nnstudio.gui.code.page import CodePage
from nnstudio.gui.panel import Button, ElidedLabel
from nnstudio.gui.theme import GRID


class FindBar(QWidget):
    """Shown by Ctrl+F above ``page``, hidden by Escape."""

    def __init__(self, page: CodePage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._page = page
        self.words = QLineEdit(placeholderText="Find in the code")
        self.words.setAccessibleName("Find in the code")
        self.words.setToolTip("Every place with these words is marked; Enter goes to the next one.")
        self.words.setClearButtonEnabled(True)
        self.words.textChanged.connect(self._look)
        self.words.installEventFilter(self)
        self.said = ElidedLabel(role="small")
        before = Button("Previous", "", lambda: self._go(-1), "Go to the place before (Shift+Enter).")
        after = Button("Next", "", lambda: self._go(1), "Go to the next place (Enter).")
        close = Button("Close", "quiet", self.end, "Look for nothing any more (Escape).")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self.words, 1)
        for widget in (self.said, before, after, close):
            row.addWidget(widget)
        self.hide()

    def begin(self) -> None:
        """Ask for words; those that are marked in the code are looked for at once."""
        marked = self._page.textCursor().selectedText()
        if marked and "\u2029" not in marked:  # not over several lines
            self.words.setText(marked)
        self.show()
        self.words.setFocus()
        self.words.selectAll()
        self._look()

    def end(self) -> None:
        """Hide, and let nothing in the code stand out any more."""
        self.hide()
        self._page.find_all("")
        self._page.setFocus()

    def refresh(self) -> None:
        """The code has changed."""
        if self.isVisible():
            self._page.find_all(self.words.text())
            self._tell()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                self.end()
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._go(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
                return True
        return super().eventFilter(watched, event)

    def _look(self) -> None:
        self._page.find_all(self.words.text())
        self._go(0)

    def _go(self, step: int) -> None:
        self._page.go_to_found(step)
        self._tell()

    def _tell(self) -> None:
        count, place = len(self._page.found), self._page.found_place
        if not self.words.text():
            self.said.setText("")
        elif not count:
            self.said.setText("Nowhere")
        else:
            self.said.setText(f"{place + 1} of {count}" if place >= 0 else f"{count} places")
