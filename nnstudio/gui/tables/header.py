"""The titles above a list: small and muted, cut in the middle; marked ones in the accent."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QAbstractItemModel, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QHeaderView, QWidget

from nnstudio.gui.painting import between, small
from nnstudio.gui.theme import GRID, Theme

LEAST_TITLE = 5 * GRID
"""Pixels; in less a title that does not fit is left out."""
MARKED = Qt.ItemDataRole.UserRole
"""The role under which the header of a model says whether a column stands out."""


class QuietHeader(QHeaderView):
    """The horizontal header of ``model``; its titles stand ``margin`` pixels away from the edges of their sections.

    Those at the right edge of narrow sections may reach ``spill`` pixels over what is left of them.
    """

    def __init__(self, theme: Theme, model: QAbstractItemModel, margin: int, parent: QWidget, spill: int = 0) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme, self._model, self._margin, self._spill = theme, model, margin, spill
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        theme.changed.connect(self.viewport().update)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        colours, marked = self._theme.colours, bool(self._of(section, MARKED))
        painter.save()
        painter.fillRect(rect, between(colours.surface, colours.accent, 0.06) if marked else QColor(colours.surface))
        painter.setPen(QPen(QColor(colours.line), 1))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        font = small(self.font())
        font.setBold(marked)
        painter.setFont(font)
        painter.setPen(QColor(colours.accent if marked else colours.muted))
        side = cast(Qt.AlignmentFlag, self._of(section, Qt.ItemDataRole.TextAlignmentRole))
        spill = self._spill if side & Qt.AlignmentFlag.AlignRight else 0
        inner = rect.adjusted(self._margin - spill, 0, -self._margin, 0)
        title = str(self._of(section, Qt.ItemDataRole.DisplayRole) or "")
        shown = painter.fontMetrics().elidedText(title, Qt.TextElideMode.ElideMiddle, inner.width())
        if shown != title and inner.width() < LEAST_TITLE:
            shown = ""  # what two letters would be left of
        painter.drawText(inner, side | Qt.TextFlag.TextSingleLine, shown)
        painter.restore()

    def _of(self, section: int, role: int) -> object:
        found: object = self._model.headerData(section, Qt.Orientation.Horizontal, role)
        return found
