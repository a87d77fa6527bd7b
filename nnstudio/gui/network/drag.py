"""What hangs on the mouse while layers are dragged: a small chip, so that the line below it stays in sight."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPixmap

from nnstudio.gui.network.items import Item
from nnstudio.gui.theme import GRID
from nnstudio.session.colours import Colours
from nnstudio.spec.words import counted

CHIP_HOT_SPOT = QPoint(-12, -10)
"""Where the mouse is on the chip: outside, above its left edge."""

_HEIGHT, _WIDEST = 28, 240


def chip(items: Sequence[Item], colours: Colours, font: QFont, ratio: float) -> QPixmap:
    """The name of the dragged layer, or how many there are, for a screen with ``ratio`` pixels to the point."""
    text = items[0].title if len(items) == 1 else counted(len(items), "layer")
    text = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, _WIDEST)
    size = QSize(QFontMetrics(font).horizontalAdvance(text) + 3 * GRID, _HEIGHT)
    picture = QPixmap(size * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(colours.accent), 1))
    painter.setBrush(QColor(colours.selection))
    painter.drawRoundedRect(QRectF(0.5, 0.5, size.width() - 1, size.height() - 1), 6, 6)
    painter.setFont(font)
    painter.setPen(QColor(colours.text))
    painter.drawText(QRectF(0, 0, size.width(), size.height()), Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
    return picture
