"""Pictures side by side, a line for each class; only what is on the screen is ever read."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from nnstudio.gui.data.gallery_model import COUNT, ROW, GalleryModel
from nnstudio.gui.painting import paint_line
from nnstudio.gui.pixels import fitted, image_of
from nnstudio.gui.tables.models import Index
from nnstudio.gui.tables.quiet import QuietTable
from nnstudio.gui.theme import GRID, Theme, scaled

PICTURE = 80
LEAST_SIDE = 40
"""Pixels: the names of the classes need room, too."""
GAP = 4
CAPTION = 18
LEAST, MOST = 4 * GRID, 16 * GRID
"""Pixels for the names of the classes."""
LOOKED_AT = 64
"""Pictures that tell how bright 16-bit ones are shown."""


class GalleryDelegate(QStyledItemDelegate):
    """Paints a picture, and its value where the line says nothing of it."""

    def __init__(self, theme: Theme, model: GalleryModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._model = theme, model
        self._drawn: dict[int, QPixmap] = {}
        self._white = 0
        self.room = QSize(PICTURE, PICTURE)
        """Pixels for a picture."""

    def begin(self) -> None:
        """Other pictures are shown, all of one size."""
        self._drawn.clear()
        self._white = 0
        self.room = QSize(PICTURE, PICTURE)
        if self._model.table and (shown := self._model.shown):
            height, width, _ = self._model.table.image(shown[0]).shape
            size = QSize(width, height).scaled(self.room, Qt.AspectRatioMode.KeepAspectRatio)
            self.room = size.expandedTo(QSize(LEAST_SIDE, LEAST_SIDE))

    @property
    def white(self) -> int:
        """The level of the brightest of some pictures: all are shown on one scale, so that dark ones are dark."""
        if not self._white and self._model.table:
            shown = self._model.shown[:LOOKED_AT]
            self._white = max((int(self._model.table.image(row)[..., :3].max()) for row in shown), default=0) or 1
        return self._white

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row, colours = cast("int | None", index.data(ROW)), self._theme.colours
        area = QRectF(option.rect)
        painter.save()
        painter.fillRect(area, QColor(colours.surface))
        if row is not None:
            self._picture(painter, option.rect, row)
            self._caption(painter, area, str(index.data()))
            state = option.state
            if state & (QStyle.StateFlag.State_HasFocus | QStyle.StateFlag.State_MouseOver):
                is_focus = bool(state & QStyle.StateFlag.State_HasFocus)
                painter.setPen(QPen(QColor(colours.accent if is_focus else colours.faint), 1))
                painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        painter.restore()

    def _picture(self, painter: QPainter, area: QRect, row: int) -> None:
        pixmap = self._drawn.get(row)
        if pixmap is None and self._model.table:
            image = image_of(self._model.table.image(row), self.white)
            pixmap = self._drawn[row] = fitted(image, self.room, painter.device().devicePixelRatioF())
        if pixmap:
            room = QRect(area.topLeft() + QPoint(GAP, GAP), self.room)
            place = QRect(QPoint(), pixmap.deviceIndependentSize().toSize())
            place.moveCenter(room.center())
            painter.drawPixmap(place, pixmap)

    def _caption(self, painter: QPainter, area: QRectF, text: str) -> None:
        if self._model.has_captions:
            painter.setPen(QColor(self._theme.colours.muted))
            below = area.adjusted(2, self.room.height() + 2 * GAP - 2, -2, 0)
            side = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
            paint_line(painter, below, text, side, Qt.TextElideMode.ElideMiddle)


class ClassHeader(QHeaderView):
    """The classes at the left of their pictures, with how many there are of each."""

    def __init__(self, theme: Theme, model: GalleryModel, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self._theme, self._model = theme, model
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def fit(self) -> None:
        """Be as wide as the classes need, within limits."""
        titles = [str(self._model.headerData(line, self.orientation())) for line in range(self._model.rowCount())]
        longest = max(map(self.fontMetrics().horizontalAdvance, titles), default=0)
        self.setFixedWidth(min(max(longest, LEAST) + 2 * GRID, MOST))

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        colours = self._theme.colours
        title = str(self._model.headerData(section, Qt.Orientation.Vertical) or "")
        count = cast(int, self._model.headerData(section, Qt.Orientation.Vertical, COUNT) or 0)
        painter.save()
        painter.fillRect(rect, QColor(colours.surface))
        inner = rect.adjusted(0, 0, -GRID, 0)
        middle, line = inner.center().y(), painter.fontMetrics().height()
        shown = painter.fontMetrics().elidedText(title, Qt.TextElideMode.ElideMiddle, inner.width())
        painter.setPen(QColor(colours.text))
        painter.drawText(QRect(inner.left(), middle - line, inner.width(), line), Qt.TextFlag.TextSingleLine, shown)
        painter.setPen(QColor(colours.muted))
        painter.drawText(QRect(inner.left(), middle, inner.width(), line), Qt.TextFlag.TextSingleLine, f"{count:,}")
        painter.restore()


class GalleryGrid(QuietTable):
    """Shows the pictures of a `GalleryModel`.

    Signals
    -------
    picked(int)
        The picture in a row of the table is to be shown large.
    """

    picked = Signal(int)

    def __init__(self, theme: Theme, model: GalleryModel, parent: QWidget | None = None) -> None:
        super().__init__("Gallery", theme, parent)
        self.setAccessibleDescription("The pictures of the rows, with their answers below them.")
        self._gallery = model
        self._delegate = GalleryDelegate(theme, model, self)
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self._classes = ClassHeader(theme, model, self)
        self.setVerticalHeader(self._classes)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setMouseTracking(True)
        self.setCornerButtonEnabled(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.clicked.connect(self._pick)
        self.activated.connect(self._pick)
        model.modelReset.connect(self._arrange)

    @property
    def white(self) -> int:
        """The level that is shown as white in 16-bit pictures."""
        return self._delegate.white

    def begin(self) -> None:
        """Other pictures are shown: from the first one on."""
        self._delegate.begin()
        room = self._delegate.room
        self._classes.setVisible(self._gallery.has_classes)
        self._classes.fit()
        caption = CAPTION if self._gallery.has_captions else 0
        self.verticalHeader().setDefaultSectionSize(room.height() + 2 * GAP + scaled(caption))
        self.horizontalHeader().setDefaultSectionSize(room.width() + 2 * GAP)
        self._fit()
        self.scrollToTop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self._gallery.fit(max(1, self.viewport().width() // (self._delegate.room.width() + 2 * GAP)))

    def _arrange(self) -> None:
        if self._gallery.rowCount():
            first = self._gallery.index(0, 0)
            self.selectionModel().setCurrentIndex(first, QItemSelectionModel.SelectionFlag.NoUpdate)

    def _pick(self, index: QModelIndex) -> None:
        row = index.data(ROW)
        if row is not None:
            self.picked.emit(row)
