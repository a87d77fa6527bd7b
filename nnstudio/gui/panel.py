"""The quiet surface that every panel stands on, and the few widgets that panels share.

Colours come from the style sheet by dynamic properties (``role``, ``level``), so that nothing here names one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from nnstudio.gui.theme import GRID

Level = Literal["info", "warning", "bad"]
ButtonRole = Literal["", "primary", "quiet", "link", "icon"]

HEADER_HEIGHT = 36
MARGIN = GRID + GRID // 2
NARROWEST_SIDE_BY_SIDE = 64 * GRID
"""Pixels; in a narrower banner the buttons stand below the words."""


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Set a dynamic property and let the style sheet see it."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class ElidedLabel(QLabel):
    """One line that is cut off with an ellipsis where room is short; the whole text is then in the tooltip."""

    def __init__(self, text: str = "", role: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = ""
        self._explanation = ""
        self._mode = Qt.TextElideMode.ElideRight
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setText(text)

    def set_mode(self, mode: Qt.TextElideMode) -> None:
        """Where the text is cut off."""
        self._mode = mode
        self._fit()

    def explain(self, tooltip: str) -> None:
        """Say more in the tooltip, behind the whole text if that is cut off."""
        if tooltip != self._explanation:
            self._explanation = tooltip
            self._fit()

    def text(self) -> str:
        """The whole text."""
        return self._whole

    def setText(self, text: str) -> None:
        if text == self._whole:
            return
        self._whole = text
        self.setAccessibleName(text)
        self._fit()
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        margins = self.contentsMargins()
        width = self.fontMetrics().horizontalAdvance(self._whole) + margins.left() + margins.right() + 2
        return QSize(width, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        shortest = self.fontMetrics().horizontalAdvance("…")
        return QSize(min(shortest * 3, self.sizeHint().width()), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _fit(self) -> None:
        shown = self.fontMetrics().elidedText(self._whole, self._mode, self.contentsRect().width())
        super().setText(shown)
        whole = self._whole if shown != self._whole else ""
        self.setToolTip("\n".join(part for part in (whole, self._explanation) if part))


class Still(QWidget):
    """Holds a widget whose words change many times a second.

    With a layout around it, every new word would let the whole window lay itself out and paint itself anew. So only
    another height is passed on.
    """

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content = content
        content.setParent(self)
        self._height = content.sizeHint().height()
        self.setSizePolicy(content.sizePolicy())

    def sizeHint(self) -> QSize:
        return self._content.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return self._content.minimumSizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._content.resize(event.size())

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest and self._content.sizeHint().height() != self._height:
            self._height = self._content.sizeHint().height()
            self.updateGeometry()
        return super().event(event)


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


class Note(QLabel):
    """Text of any length that wraps; ``role`` is ``muted``, ``small`` or ``problem``."""

    def __init__(self, text: str = "", role: str = "muted", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setWordWrap(True)
        self.setMinimumWidth(1)


class Banner(QFrame):
    """A sentence that matters now, why, and the buttons that do something about it."""

    def __init__(self, level: Level = "warning", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("level", level)
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


class EmptyState(QWidget):
    """What a panel says while it has nothing to show: what will be here, and what to do for it."""

    def __init__(self, title: str, text: str, buttons: Sequence[Button] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        heading, explanation = Note(title, "strong"), Note(text)
        layout = QVBoxLayout(self)
        layout.setSpacing(GRID)
        layout.addStretch(1)
        for label in (heading, explanation):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            layout.addWidget(label)
        row = QHBoxLayout()
        row.addStretch(1)
        for button in buttons:
            row.addWidget(button)
        row.addStretch(1)
        layout.addLayout(row)
        layout.addStretch(2)


class VerticalScroll(QScrollArea):
    """Scrolls its content up and down, and is never narrower than it."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content = content
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def minimumSizeHint(self) -> QSize:
        bar = self.verticalScrollBar().sizeHint().width()
        least = max(self._content.minimumSizeHint().width(), self._content.minimumWidth())
        return QSize(least + bar, 6 * GRID)

    def sizeHint(self) -> QSize:
        bar = self.verticalScrollBar().sizeHint().width()
        return self._content.sizeHint() + QSize(bar, 0)


class PanelHeader(QFrame):
    """The upper edge of a panel: its title and a note. In a dock it is what the panel is moved by."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(HEADER_HEIGHT)
        self.title = QLabel(title)
        self.title.setProperty("role", "title")
        self.note = ElidedLabel(role="muted")
        self.note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(MARGIN, 0, MARGIN, 0)
        self.row.setSpacing(GRID)
        self.row.addWidget(self.title)
        self.row.addWidget(self.note, 1)

    def sizeHint(self) -> QSize:
        """A dock gives its title bar the height of this, and of nothing else."""
        return QSize(super().sizeHint().width(), HEADER_HEIGHT)


class PanelBody(QFrame):
    """The lower part of a panel."""


class Panel(QFrame):
    """A surface with a header (title left, muted note right) and a ``body``; with ``scrolls`` the body scrolls."""

    def __init__(self, title: str, scrolls: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        self.header = PanelHeader(title)
        self._body = PanelBody()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.header)
        outer.addWidget(self._body, 1)
        self.body = self._scrolling() if scrolls else QVBoxLayout(self._body)
        self.body.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        self.body.setSpacing(GRID)

    def set_note(self, text: str, tooltip: str = "") -> None:
        """The muted text at the right of the header."""
        self.header.note.setText(text)
        self.header.note.explain(tooltip)

    def _scrolling(self) -> QVBoxLayout:
        content = QWidget()
        frame = QVBoxLayout(self._body)
        frame.setContentsMargins(0, 0, 0, 0)
        frame.addWidget(VerticalScroll(content))
        return QVBoxLayout(content)


def clear(layout: QBoxLayout) -> None:
    """Remove and delete every widget of a layout."""
    while item := layout.takeAt(0):
        if widget := item.widget():
            widget.hide()
            widget.deleteLater()
