"""All notices of this session, newest first: what, why, what to do; details for those who ask."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from nnstudio.gui.notices.strip import ROLES, WORDS
from nnstudio.gui.panel import Button, Note, VerticalScroll
from nnstudio.gui.theme import GRID, scaled
from nnstudio.session.notices import Notice, Notices

MOST_SHOWN = 100
LINE_HEIGHT = 22
"""Pixels of a button that looks like a link."""

ShowLayer = Callable[[tuple[str, ...]], object]


class NoticeRow(QFrame):
    """One notice; ``show_layer`` is asked for the layer that it is about."""

    def __init__(self, notice: Notice, show_layer: ShowLayer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.notice, self._show_layer = notice, show_layer
        dot = QLabel("●")
        dot.setProperty("role", ROLES[notice.level])
        dot.setAccessibleName(WORDS[notice.level])
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Note(notice.what, "strong"))
        if notice.why or notice.remedy:
            words.addWidget(Note(joined(notice.why, notice.remedy)))
        self.details = _details(notice.details)
        words.addWidget(self.details)
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID + 4, GRID // 2, GRID + 4, GRID // 2)
        row.addWidget(dot, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        time = Note(f"{notice.time:%H:%M:%S}", "small")
        time.setWordWrap(False)
        time.setFixedHeight(scaled(LINE_HEIGHT))
        for widget in (*self._buttons(), time):
            row.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)

    def _buttons(self) -> list[Button]:
        copy = Button("Copy", "link", self.copy, "Copy this notice with its details.")
        buttons = [copy]
        if self.notice.details:
            buttons.insert(0, Button("Details", "link", lambda: self.details.setVisible(self.details.isHidden())))
        if row_id := self.notice.row_id:
            show = Button("Show layer", "link", lambda: self._show_layer((row_id,)), "Choose the layer in the network.")
            buttons.insert(0, show)
        return buttons

    def copy(self) -> None:
        """Put the whole notice on the clipboard."""
        notice = self.notice
        parts = (f"{notice.time:%Y-%m-%d %H:%M:%S}", notice.what, notice.why, notice.remedy, notice.details)
        QGuiApplication.clipboard().setText("\n".join(part for part in parts if part))


class NoticeList(QFrame):
    """The unfolded notices; opens by itself for an error. ``show_layer`` is asked for the layer of one."""

    def __init__(self, notices: Notices, show_layer: ShowLayer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._show_layer = show_layer
        self.setAccessibleName("Notices")
        content = QWidget()
        self._rows = QVBoxLayout(content)
        self._rows.setContentsMargins(0, GRID // 2, 0, GRID // 2)
        self._rows.setSpacing(0)
        self._empty = Note("Nothing has happened yet. What is done, and what goes wrong, is told here.")
        self._empty.setContentsMargins(GRID + 4, GRID, GRID + 4, GRID)
        self._rows.addWidget(self._empty)
        self._rows.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 1, 0, 0)
        layout.addWidget(VerticalScroll(content))
        self.setMaximumHeight(scaled(20 * GRID))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()
        notices.posted.listen(self._add)

    @property
    def shown(self) -> list[NoticeRow]:
        """The rows, newest first."""
        items = (self._rows.itemAt(index) for index in range(self._rows.count()))
        return [widget for item in items if item and isinstance(widget := item.widget(), NoticeRow)]

    def _add(self, notice: Notice) -> None:
        self._empty.hide()
        self._rows.insertWidget(0, NoticeRow(notice, self._show_layer))
        for old in self.shown[MOST_SHOWN:]:
            old.deleteLater()
        if notice.level == "error":
            self.show()


def _details(text: str) -> QPlainTextEdit:
    details = QPlainTextEdit(text)
    details.setReadOnly(True)
    details.setAccessibleName("Details")
    details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    details.setMinimumHeight(12 * GRID)
    details.hide()
    return details


def joined(*sentences: str) -> str:
    """Sentences behind one another, each ended."""
    return " ".join(text if text[-1] in ".!?" else f"{text}." for text in sentences if text)
