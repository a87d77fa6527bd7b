"""The classes with their numbers of pictures, as bars: the most frequent ones, or all of them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnstudio.gui.data.named_bars import Counts, NamedBars
from nnstudio.gui.panel import Button, VerticalScroll
from nnstudio.gui.theme import GRID, Theme, scaled
from nnstudio.spec.words import counted

LINE = 22
MOST_LINES = 14
"""Classes that are seen at once; others are scrolled to."""


class ClassBars(NamedBars):
    """Bars for some classes."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Classes", LINE, theme, parent)


class ClassList(QWidget):
    """The most frequent classes; a button shows all of them. ``count_all`` counts them when they are asked for."""

    def __init__(self, theme: Theme, count_all: Callable[[], Counts], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count_all = count_all
        self._most: Counts = ()
        self._every: Counts = ()
        """All classes, while they are shown."""
        self._origin = ""
        self._rest = 0
        self.bars = ClassBars(theme)
        self._scroll = VerticalScroll(self.bars)
        self.more = Button("", "link", self._toggle)
        self.more.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        layout.addWidget(self._scroll)
        layout.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)

    def render_counts(self, most: Counts, classes: int, origin: str) -> None:
        """Show ``most``, the most frequent of so many ``classes``; those of another ``origin`` are counted anew."""
        if (most, origin) != (self._most, self._origin):
            self._every = ()
        self._most, self._origin, self._rest = most, origin, classes - len(most)
        self._render()

    def _toggle(self) -> None:
        self._every = () if self._every else self._count_all()
        self._render()

    def _render(self) -> None:
        counts = self._every or self._most
        self.bars.show_counts(counts)
        self._scroll.setFixedHeight(scaled(LINE) * min(len(counts), MOST_LINES))
        self.more.setVisible(self._rest > 0)
        self.more.setText("Show fewer classes" if self._every else f"Show {counted(self._rest, 'more class')}")
