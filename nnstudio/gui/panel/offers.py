"""Buttons, and the sentences that stand beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from nnstudio.gui.panel.labels import Note
from nnstudio.gui.panel.style import MARGIN, set_property
from nnstudio.gui.theme import GRID, scaled
from nnstudio.spec.errors import StudioError

Level = Literal["info", "warning", "bad"]
ButtonRole = Literal["", "primary", "quiet", "link", "icon"]
NARROWEST_SIDE_BY_SIDE = 64 * GRID
"""Pixels; in a narrower banner the buttons stand below the words."""


class Button(QPushButton):
    """A push button: ``primary`` for the one thing to do next, ``quiet`` without a frame, ``link`` inside text.

    An ``icon`` is a sign of one letter: it wants an accessible name.
    """

    def __init__(
        self,
        text: str,
        role: ButtonRole = "",
        clicked: Callable[[], object] | None = None,
        tooltip: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self.setProperty("role", role)
        self.setToolTip(tooltip)
        if role == "link":
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        if clicked:
            self.clicked.connect(lambda _checked: clicked())


class Banner(QFrame):
    """A sentence that matters now, why, and the buttons that do something about it."""

    def __init__(self, level: Level = "warning", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("level", level)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._title, self._text = Note(role="strong"), Note()
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._text)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(GRID)
        self._sides = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._sides.setContentsMargins(MARGIN, GRID, MARGIN, GRID)
        self._sides.setSpacing(GRID)
        self._sides.addLayout(words, 1)
        self._sides.addLayout(self._buttons)

    def say(self, title: str, text: str = "", buttons: Sequence[Button] = (), level: Level | None = None) -> None:
        """Replace what the banner says and offers."""
        if level:
            set_property(self, "level", level)
        self._title.setText(title)
        self._text.setText(text)
        self._title.setVisible(bool(title))
        self._text.setVisible(bool(text))
        clear(self._buttons)
        for button in buttons:
            self._buttons.addWidget(button)

    def show_problem(
        self, problem: StudioError | None, buttons: Sequence[Button] = (), level: Level | None = None
    ) -> None:
        """Say what happened, why, and what to do about it; be away while there is no problem."""
        self.setVisible(problem is not None)
        if problem:
            self.say(problem.what, problem.advice, buttons, level)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = event.size().width() >= NARROWEST_SIDE_BY_SIDE
        self._sides.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)
        alignment = Qt.AlignmentFlag.AlignVCenter if wide else Qt.AlignmentFlag.AlignLeft
        self._sides.setAlignment(self._buttons, alignment)
        self._keep_height()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest:
            self._keep_height()
        return done

    def _keep_height(self) -> None:
        """Let nobody press the words together: how high they are follows from the width, which layouts forget."""
        if self._sides.hasHeightForWidth():
            self.setMinimumHeight(self._sides.totalHeightForWidth(self.width()))

    @property
    def title(self) -> str:
        """What happened, in the words that are shown."""
        return self._title.text()

    @property
    def words(self) -> str:
        """Why, and what to do, in the words that are shown."""
        return self._text.text()

    @property
    def buttons(self) -> list[Button]:
        """The buttons that are offered, from left to right."""
        items = (self._buttons.itemAt(index) for index in range(self._buttons.count()))
        return [widget for item in items if item and isinstance(widget := item.widget(), Button)]


WIDEST_TEXT = 80 * GRID
"""Pixels: longer lines are hard to read, however large the window is."""


class EmptyState(QWidget):
    """What a panel says while it has nothing to show: what will be here, and what to do for it."""

    def __init__(self, title: str, text: str, buttons: Sequence[Button] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading, self.explanation = Note(title, "strong"), Note(text)
        layout = QVBoxLayout(self)
        layout.setSpacing(GRID)
        layout.addStretch(1)
        for label in (self.heading, self.explanation):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            label.setMaximumWidth(scaled(WIDEST_TEXT))
            line = QHBoxLayout()  # it, and not a column, gives a narrower label the height that its text then takes
            line.addStretch(1)
            line.addWidget(label, 100)
            line.addStretch(1)
            layout.addLayout(line)
        row = QHBoxLayout()
        row.addStretch(1)
        for button in buttons:
            row.addWidget(button)
        row.addStretch(1)
        layout.addLayout(row)
        layout.addStretch(2)


def clear(layout: QBoxLayout) -> None:
    """Remove and delete every widget of a layout."""
    while item := layout.takeAt(0):
        if widget := item.widget():
            widget.hide()
            widget.deleteLater()
