"""What a plot says beside its curves."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from nnstudio.gui.painting import small_figures
from nnstudio.gui.theme import GRID, scaled
from nnstudio.session.sentences import number


class LegendEntry(QWidget):
    """A dot in a curve's colour and its name, with the figure under the pointer behind it."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._text, self._dot, self._ink = name, name, "", ""
        self.setFont(small_figures(QGuiApplication.font()))

    def dress(self, dot: str, ink: str) -> None:
        """Take these colours."""
        self._dot, self._ink = dot, ink
        self.setFont(small_figures(QGuiApplication.font()))
        self.updateGeometry()
        self.update()

    def rename(self, name: str) -> None:
        """Stand for another curve."""
        self._name = name
        self.show_figure(None)

    def show_figure(self, value: float | None) -> None:
        """Show a figure behind the name, or the name alone."""
        self._text = self._name if value is None or not math.isfinite(value) else f"{self._name} {number(value)}"
        self.setAccessibleName(self._text)
        self.updateGeometry()
        self.update()

    @property
    def text(self) -> str:
        return self._text

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self._text) + 2 * GRID, scaled(2 * GRID + 2))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  # Qt's signature
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._dot))
        painter.drawEllipse(QPointF(4, self.height() / 2), 3.5, 3.5)
        painter.setPen(QColor(self._ink))
        painter.drawText(self.rect().adjusted(2 * GRID - 3, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self._text)
