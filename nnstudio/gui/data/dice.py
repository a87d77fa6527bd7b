"""A button that throws a die: another seed."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolButton, QWidget

from nnstudio.gui.theme import Theme

SIDE = 14
EYES = ((-3.4, -3.4), (3.4, -3.4), (0, 0), (-3.4, 3.4), (3.4, 3.4))


class DiceButton(QToolButton):
    """Draws itself as a five."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setToolTip("New seed: deal the rows out differently.")
        self.setAccessibleName("New seed")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(28, 28)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter, colours = QPainter(self), self._theme.colours
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = QRectF(self.rect()).center()
        colour = QColor(colours.accent if self.underMouse() or self.hasFocus() else colours.muted)
        painter.setPen(QPen(colour, 1.4))
        box = QRectF(middle.x() - SIDE / 2, middle.y() - SIDE / 2, SIDE, SIDE)
        painter.drawRoundedRect(box, 3, 3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        for across, down in EYES:
            painter.drawEllipse(middle + QPointF(across, down), 1.3, 1.3)
