"""The classes with their numbers of pictures, as bars: the most frequent ones, or all of them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from nnstudio.gui.data import words
from nnstudio.gui.data.drawing import between
from nnstudio.gui.panel import Button, VerticalScroll
from nnstudio.gui.theme import GRID, Theme

LINE = 22
MOST_LINES = 14
"""Classes that are seen at once; others are scrolled to."""

Counts = tuple[tuple[str, int], ...]


class ClassBars(QWidget):
    """Bars for some classes."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._counts: Counts = ()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme.changed.connect(lambda _: self.update())

    @property
    def counts(self) -> Counts:
        return self._counts

    def render_counts(self, counts: Counts) -> None:
        """Show ``(class, pictures)``, as they are sorted."""
        self._counts = counts
        self.setAccessibleName("Classes: " + ", ".join(f"{name} {count:,}" for name, count in counts))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(20 * GRID, LINE * len(self._counts))

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            line = event.pos().y() // LINE
            name = self._counts[line][0] if 0 <= line < len(self._counts) else ""
            self.setToolTip(words.plain_tip(name) if name else "")
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        most = max((count for _, count in self._counts), default=1)
        first, last = event.rect().top() // LINE, event.rect().bottom() // LINE + 1
        for place in range(first, min(last, len(self._counts))):
            self._draw(painter, place, most)

    def _draw(self, painter: QPainter, place: int, most: int) -> None:
        (name, count), colours, left = self._counts[place], self._theme.colours, self.width() // 3
        line = QRectF(0, place * LINE, self.width(), LINE)
        shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, left - GRID)
        painter.setPen(QColor(colours.text))
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.setPen(QColor(colours.muted))
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{count:,}")
        bar = QRectF(left, line.top() + 7, (self.width() - left - 6 * GRID) * count / most, LINE - 14)
        painter.fillRect(bar, between(colours.surface, colours.accent, 0.62))


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
        self.bars.render_counts(counts)
        self._scroll.setFixedHeight(LINE * min(len(counts), MOST_LINES))
        self.more.setVisible(self._rest > 0)
        self.more.setText("Show fewer classes" if self._every else f"Show {words.counted(self._rest, 'more class')}")
