"""A slider over the values that were seen in training, with the middle half of them and their mean marked."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSlider, QWidget

from nnstudio.gui.painting import between
from nnstudio.gui.theme import GRID, Theme

STOPS = 1_000
HEIGHT = 22
HANDLE = 6.0
"""Pixels of the handle's radius."""


class MarkedSlider(QSlider):
    """Goes from ``low`` to ``high`` in `STOPS` stops. The handle jumps to the pointer, and follows it.

    ``marks`` are the quartiles and the mean of what was seen; none are drawn where there are none.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self._low, self._high = 0.0, 1.0
        self._marks: tuple[float, ...] = ()
        self._is_known = True
        self.setRange(0, STOPS)
        self.setPageStep(STOPS // 10)
        self.setSingleStep(STOPS // 100)
        self.setFixedHeight(HEIGHT)
        self.setMinimumWidth(8 * GRID)
        theme.changed.connect(self.update)

    def set_span(self, low: float, high: float, marks: tuple[float, ...] = (), steps: int = 0) -> None:
        """The values at both ends, and what is marked between; ``steps`` from one to the other where few matter."""
        self._low, self._high, self._marks = low, high if high > low else low + 1, marks
        if 0 < steps < STOPS:
            self.setSingleStep(max(1, STOPS // steps))

    def show_value(self, value: float | None) -> None:
        """Stand at ``value``, or at the end that is nearest to it; nowhere without one."""
        was, self._is_known = self._is_known, value is not None
        place = 0 if value is None else round((value - self._low) / (self._high - self._low) * STOPS)
        self.blockSignals(True)  # Qt's own name for it
        self.setValue(min(max(place, 0), STOPS))
        self.blockSignals(False)
        if was != self._is_known:
            self.update()

    def value_now(self) -> float:
        """The value that it stands at."""
        return self._low + (self._high - self._low) * self.value() / STOPS

    def sizeHint(self) -> QSize:
        return QSize(16 * GRID, HEIGHT)

    # what the user does

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._follow(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._follow(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # scrolling past a field must not change it

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.ignore()  # scrolls
        else:
            super().keyPressEvent(event)

    def _follow(self, event: QMouseEvent) -> None:
        room = self.width() - 2 * HANDLE
        share = (event.position().x() - HANDLE) / max(1.0, room)
        self.setValue(round(min(max(share, 0.0), 1.0) * STOPS))

    # painting

    def _x(self, value: float) -> float:
        share = (value - self._low) / (self._high - self._low)
        return HANDLE + min(max(share, 0.0), 1.0) * (self.width() - 2 * HANDLE)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter, colours = QPainter(self), self._theme.colours
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.neutral))
        painter.drawRoundedRect(QRectF(HANDLE, middle - 2, self.width() - 2 * HANDLE, 4), 2, 2)
        if self._marks:
            self._draw_marks(painter, middle)
        if self._is_known:
            self._draw_handle(painter, middle)

    def _draw_marks(self, painter: QPainter, middle: float) -> None:
        colours = self._theme.colours
        first, median, third, mean = map(self._x, self._marks)
        painter.setBrush(between(colours.surface, colours.accent, 0.35))
        painter.drawRoundedRect(QRectF(first, middle - 3, max(2.0, third - first), 6), 2, 2)
        painter.setPen(QPen(QColor(colours.accent), 1.5))
        painter.drawLine(QPointF(median, middle - 6), QPointF(median, middle + 6))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.validation))
        painter.drawEllipse(QPointF(mean, middle), 2.2, 2.2)

    def _draw_handle(self, painter: QPainter, middle: float) -> None:
        colours = self._theme.colours
        place = QPointF(HANDLE + self.value() / STOPS * (self.width() - 2 * HANDLE), middle)
        painter.setPen(QPen(QColor(colours.accent), 2))
        painter.setBrush(QColor(colours.accent if self.hasFocus() else colours.surface))
        painter.drawEllipse(place, HANDLE - 1, HANDLE - 1)
