"""The quiet surface with a header that every panel stands on."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from nnstudio.gui.panel.labels import ElidedLabel
from nnstudio.gui.panel.style import HEADER_HEIGHT, MARGIN
from nnstudio.gui.theme import GRID, scaled

LEAST_PAGE = 36 * GRID
"""Pixels; a page that is less wide shows nothing of use."""


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


class PageScroll(QScrollArea):
    """Gives a page the room there is; one that needs more is scrolled, and none decides how large the window is."""

    def __init__(self, page: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidget(page)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def minimumSizeHint(self) -> QSize:
        return QSize(LEAST_PAGE, 6 * GRID)


class PanelHeader(QFrame):
    """The upper edge of a panel: its title and a note. In a dock it is what the panel is moved by."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(scaled(HEADER_HEIGHT))
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
        return QSize(super().sizeHint().width(), scaled(HEADER_HEIGHT))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self.setFixedHeight(scaled(HEADER_HEIGHT))


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

    def set_footer(self, widget: QWidget) -> None:
        """Let ``widget`` stand below the body of the panel, where it is seen however far that is scrolled."""
        widget.setContentsMargins(MARGIN, GRID, MARGIN, GRID)
        below = self._body.layout()
        assert below is not None
        below.addWidget(widget)

    def _scrolling(self) -> QVBoxLayout:
        content = QWidget()
        frame = QVBoxLayout(self._body)
        frame.setContentsMargins(0, 0, 0, 0)
        frame.addWidget(VerticalScroll(content))
        return QVBoxLayout(content)
