"""The values of one column, drawn large enough to be read."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.gui import painting
from nnstudio.gui.data.named_bars import Counts, NamedBars
from nnstudio.gui.theme import GRID, Theme, scaled
from nnstudio.spec.words import amount, counted

LINE = 20
"""Pixels of one value, and of the line below a histogram."""
HEIGHT = 12 * GRID


class Histogram(QWidget):
    """How often which number occurs, with the ends of the range below."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._counts: Sequence[int] = ()
        self._ends = (0.0, 0.0)
        self._words = ("", "")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def render_counts(self, counts: Sequence[int], low: float, high: float, words: tuple[str, str] | None) -> None:
        """Show ``counts`` in equal bins from ``low`` to ``high``; ``words`` stand in for the ends."""
        self._counts, self._ends = counts, (low, high)
        self._words = words or (amount(low), amount(high))
        self.setAccessibleName(f"Histogram from {self._words[0]} to {self._words[1]}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(20 * GRID, scaled(HEIGHT) + scaled(LINE))

    def bin_at(self, x: float) -> int:
        """The bin that lies below a place, in pixels from the left."""
        return min(len(self._counts) - 1, max(0, int(x * len(self._counts) / max(1, self.width()))))

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and self._counts:
            self.setToolTip(self._tip(self.bin_at(event.pos().x())))
        return super().event(event)

    def _tip(self, place: int) -> str:
        low, high = self._ends
        step = (high - low) / len(self._counts)
        ends = f"{amount(low + place * step)} to {amount(low + (place + 1) * step)}: " if self._are_amounts else ""
        return f"{ends}{counted(self._counts[place], 'row')}"

    @property
    def _are_amounts(self) -> bool:
        return self._words == (amount(self._ends[0]), amount(self._ends[1]))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  # Qt's signature
        painter, colours = QPainter(self), self._theme.colours
        if self._counts:
            painting.histogram(painter, QRectF(0, 0, self.width(), scaled(HEIGHT)), self._counts, colours)
        painter.setPen(QPen(QColor(colours.line), 1))
        painter.drawLine(0, scaled(HEIGHT), self.width(), scaled(HEIGHT))
        painter.setFont(painting.small(self.font()))
        painter.setPen(QColor(colours.muted))
        below = QRectF(0, scaled(HEIGHT), self.width(), scaled(LINE))
        for text, side in zip(self._words, (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight), strict=True):
            painter.drawText(below, side | Qt.AlignmentFlag.AlignVCenter, text)


class ValueBars(NamedBars):
    """The most frequent values with their counts; all others are the last bar."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Values", LINE, theme, parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def render_counts(self, counts: Counts, others: int, rest: int) -> None:
        """Show ``(value, rows)``, as they are sorted; ``others`` more values share the ``rest`` of the rows."""
        if others > 0 and rest > 0:
            self.show_counts((*counts, (f"{counted(others, 'other value')}", rest)), faint=1)
        else:
            self.show_counts(counts)


class ShareBar(QWidget):
    """A share of 1 as a thin bar."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._share = 0.0
        self._is_bad = False
        self.setFixedHeight(GRID)
        theme.changed.connect(self.update)

    def render_share(self, share: float, is_bad: bool) -> None:
        """Fill ``share`` of the bar; ``is_bad`` lets it stand out."""
        self._share, self._is_bad = min(1.0, max(0.0, share)), is_bad
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  # Qt's signature
        painter, colours = QPainter(self), self._theme.colours
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.neutral))
        ground = QRectF(0, 1, self.width(), self.height() - 2)
        painter.drawRoundedRect(ground, 3, 3)
        if self._share > 0:
            painter.setBrush(QColor(colours.bad if self._is_bad else colours.accent))
            ground.setWidth(max(6.0, ground.width() * self._share))
            painter.drawRoundedRect(ground, 3, 3)
