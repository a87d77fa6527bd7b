"""What a tensor holds, drawn: a histogram of its numbers, and below it the figures."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from nnstudio.gui.painting import histogram
from nnstudio.gui.panel import ElidedLabel
from nnstudio.gui.theme import GRID, Theme
from nnstudio.spec.facts import SeenTensor
from nnstudio.spec.words import signed

HEIGHT = 4 * GRID


class TensorPlot(QWidget):
    """Takes no room until there is something to show."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bars, self.figures = _Bars(theme), ElidedLabel(role="small")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, GRID // 2)
        layout.setSpacing(2)
        layout.addWidget(self.bars)
        layout.addWidget(self.figures)
        self.hide()

    def show_tensor(self, seen: SeenTensor | None) -> None:
        """Show a tensor; nothing while it is not known."""
        self.setVisible(seen is not None)
        if seen is None:
            return
        self.bars.show_tensor(seen)
        self.bars.setVisible(bool(seen.counts))
        self.figures.setText(in_short(seen))
        self.figures.explain(in_full(seen))
        self.setAccessibleName(in_full(seen))


class _Bars(QWidget):
    """The histogram, with a line where zero is."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._seen: SeenTensor | None = None
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._repaint)  # a method, so that the connection ends with the widget

    def _repaint(self, _: object) -> None:
        self.update()

    def show_tensor(self, seen: SeenTensor) -> None:
        if seen != self._seen:
            self._seen = seen
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        if self._seen is None or not self._seen.counts:
            return
        colours, room = self._theme.colours, QRectF(0, 0, self.width(), self.height() - 1)
        painter = QPainter(self)
        histogram(painter, room, self._seen.counts, colours)
        painter.setPen(QPen(QColor(colours.line), 1))
        painter.drawLine(QLineF(room.left(), room.bottom() + 0.5, room.right(), room.bottom() + 0.5))
        if self._seen.low < 0 < self._seen.high:
            zero = room.width() * -self._seen.low / (self._seen.high - self._seen.low)
            painter.setPen(QPen(QColor(colours.muted), 1))
            painter.drawLine(QLineF(zero, room.top(), zero, room.bottom()))
        painter.end()


def in_short(seen: SeenTensor) -> str:
    """The figures on one line: ``−0.5 to 0.49 · mean 0.01 · spread 0.29``."""
    if not seen.counts:
        return f"{seen.other:,} numbers, none of them finite"
    figures = f"{number(seen.low)} to {number(seen.high)} · mean {number(seen.mean)} · spread {number(seen.spread)}"
    return f"{figures} · {seen.other:,} not finite" if seen.other else figures


def in_full(seen: SeenTensor) -> str:
    """The same as a screen reader says it, and where the numbers are from."""
    if not seen.counts:
        return in_short(seen)
    origin = "fresh" if seen.is_fresh else "from a file"
    figures = (("Minimum", seen.low), ("maximum", seen.high), ("mean", seen.mean), ("standard deviation", seen.spread))
    words = ", ".join(f"{name} {number(figure)}" for name, figure in figures)
    other = f" {seen.other:,} numbers are not finite." if seen.other else ""
    return f"{seen.name}, {origin}. {words}.{other}"


def number(figure: float) -> str:
    """Three digits that count, with a real minus sign; what is nearly zero beside the rest stays short."""
    return signed(f"{figure:.3g}")
