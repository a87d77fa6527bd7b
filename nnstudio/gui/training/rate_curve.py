"""The learning rate over the coming run, as a small curve that is there before anything is trained."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.gui.forms.form import LABEL_WIDTH
from nnstudio.gui.theme import GRID, Theme, scaled
from nnstudio.spec.schedules import Length, Schedule

HEIGHT = 7 * GRID
SOLID, DASHED = Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine
UNKNOWN = "less when the loss stops falling"
MOST_POINTS = 240
"""More than the curve has pixels at its usual width."""


class RateCurve(QWidget):
    """Draws the learning rate of each batch or epoch; dashed where it can fall below that, hidden where it stays."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.rates: list[float] = []
        self._epochs, self._at_most = 1, False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Learning rate over the run")
        theme.changed.connect(self.update)

    def show_schedule(self, schedule: Schedule, rate: float, length: Length) -> None:
        """Draw what ``schedule`` makes of a learning rate in a run of ``length``."""
        steps = schedule.steps(length)
        points = min(steps, MOST_POINTS)
        places = {round(point * (steps - 1) / max(1, points - 1)) for point in range(points)}
        self.rates = [rate * schedule.factor(at, length) for at in sorted(places)]
        self._epochs, self._at_most = length.epochs, schedule.follows_loss
        self.setVisible(self._at_most or len(set(self.rates)) > 1)
        story = f"From {self.rates[0]:.3g} to {self.rates[-1]:.3g}, at most {max(self.rates):.3g}."
        if self._at_most:
            story = f"At most {max(self.rates):.3g}; when it falls, the losses of the run decide."
        self.setToolTip(f"The learning rate over {length.epochs:,} epochs. {story}")
        self.setAccessibleDescription(story)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(LABEL_WIDTH + 20 * GRID, scaled(HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter, colours = QPainter(self), self._theme.colours
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(LABEL_WIDTH + GRID, 2, -1, -2.0 * GRID)
        painter.setPen(QPen(QColor(colours.line), 1))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        painter.setPen(QPen(QColor(colours.accent), 1.5, DASHED if self._at_most else SOLID))
        painter.drawPolyline(self._curve(box))
        painter.setPen(QColor(colours.muted))
        below = QRectF(box.left(), box.bottom(), box.width(), self.height() - box.bottom())
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, f"{self.rates[0]:.3g}")
        last = UNKNOWN if self._at_most else f"{self.rates[-1]:.3g} in epoch {self._epochs:,}"
        painter.drawText(below, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, last)
        painter.end()

    def _curve(self, box: QRectF) -> QPolygonF:
        across, top = box.width() / max(1, len(self.rates) - 1), max(self.rates)
        return QPolygonF(
            [
                QPointF(box.left() + place * across, box.bottom() - rate / top * box.height())
                for place, rate in enumerate(self.rates)
            ]
        )
