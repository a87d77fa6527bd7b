"""What several panels paint with: mixed colours, lines of text, fonts of small words and figures, a histogram."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter

from nnstudio.gui.theme import scaled
from nnstudio.session.colours import Colours

NARROWEST_BAR = 3
"""Pixels of a bar and the gap beside it."""


def aligned(right: bool) -> Qt.AlignmentFlag:
    """In the middle of the height: at the right edge, where figures stand, or at the left."""
    return Qt.AlignmentFlag.AlignVCenter | (Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft)


def paint_line(
    painter: QPainter,
    room: QRectF,
    text: str,
    side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
    cut: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
) -> None:
    """Text on one line, cut off where there is no more room."""
    shown = painter.fontMetrics().elidedText(text, cut, int(room.width()))
    painter.drawText(room, side | Qt.TextFlag.TextSingleLine, shown)


def between(first: str, second: str, share: float) -> QColor:
    """The colour that lies ``share`` of the way from one to the other."""
    low, high = QColor(first), QColor(second)
    pairs = ((low.red(), high.red()), (low.green(), high.green()), (low.blue(), high.blue()))
    return QColor(*(round(start + (end - start) * share) for start, end in pairs))


def small(font: QFont) -> QFont:
    """The same font in the size of secondary text."""
    changed = QFont(font)
    changed.setPixelSize(scaled(12))
    return changed


def tabular(font: QFont) -> QFont:
    """The same font with digits that are equally wide, so that changing figures do not dance."""
    changed = QFont(font)
    changed.setFeature(QFont.Tag("tnum"), 1)
    return changed


def small_figures(font: QFont) -> QFont:
    """The same font for the figures beside a plot."""
    return small(tabular(font))


def histogram(painter: QPainter, area: QRectF, counts: Sequence[int], colours: Colours) -> None:
    """Bars from the lower edge of ``area``; a bin that holds anything at all is at least a pixel high.

    Where there is little room neighbouring bins share a bar.
    """
    shared = math.ceil(NARROWEST_BAR * len(counts) / max(1.0, area.width()))
    counts = [sum(counts[place : place + shared]) for place in range(0, len(counts), max(1, shared))]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(between(colours.surface, colours.accent, 0.72))
    highest = max(counts) or 1
    step = area.width() / len(counts)
    for place, count in enumerate(counts):
        if count:
            height = max(1.0, area.height() * count / highest)
            painter.drawRect(QRectF(area.left() + place * step, area.bottom() - height, max(1.0, step - 1), height))
