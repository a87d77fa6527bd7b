"""The popup that adds a layer: type a word, choose with the arrow keys, press Enter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from nnstudio.gui.network.delegate import fitting, title_font
from nnstudio.gui.network.fits import Fit, first, fits
from nnstudio.gui.network.kinds import Entry, Heading, best, entries
from nnstudio.gui.network.lesson import LessonPage
from nnstudio.gui.network.pictures import PICTURE_SIZE, ink, paint_picture
from nnstudio.gui.painting import small_figures
from nnstudio.gui.panel import VerticalScroll
from nnstudio.gui.search_popup import SearchPopup
from nnstudio.gui.studio import Studio
from nnstudio.gui.tables.models import NO_INDEX, Index
from nnstudio.gui.theme import GRID, Theme, scaled
from nnstudio.spec.layers import Shape

ENTRY = Qt.ItemDataRole.UserRole
ENTRY_HEIGHT, HEADING_HEIGHT = 44, 28
POPUP_SIZE = QSize(760, 480)

Listed = Heading | Entry | Fit
Align = Qt.AlignmentFlag
Role = Qt.ItemDataRole


class KindModel(QAbstractListModel):
    """Headings and kinds; only kinds can be chosen."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.listed: Sequence[Listed] = ()

    def show(self, listed: Sequence[Listed]) -> None:
        self.beginResetModel()
        self.listed = listed
        self.endResetModel()

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self.listed)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        entry = self.listed[index.row()]
        if role == ENTRY:
            return entry
        if isinstance(entry, Heading):
            return entry.title if role == Role.DisplayRole else None
        explanation = entry.kind.explanation()
        texts: dict[int, str] = {
            Role.DisplayRole: entry.kind.title,
            Role.ToolTipRole: f"{explanation}\n\n{entry.problem}" if entry.problem else explanation,
            Role.AccessibleTextRole: f"{entry.kind.title}. {explanation} {entry.problem}".strip(),
        }
        return texts.get(role)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if isinstance(self.listed[index.row()], Heading):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren


class KindDelegate(QStyledItemDelegate):
    """Paints a kind as its family's colour, its title and its one sentence."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        del option
        return QSize(
            25 * GRID, scaled(HEADING_HEIGHT) if isinstance(index.data(ENTRY), Heading) else scaled(ENTRY_HEIGHT)
        )

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        entry: Listed = index.data(ENTRY)
        if isinstance(entry, Heading):
            painter.setFont(small_figures(option.font))
            painter.setPen(QColor(self._theme.colours.muted))
            painter.drawText(option.rect.adjusted(GRID, GRID, -GRID, 0), Align.AlignVCenter, entry.title)
        else:
            self._entry(painter, option, entry)
        painter.restore()

    def _entry(self, painter: QPainter, option: QStyleOptionViewItem, entry: Entry | Fit) -> None:
        colours, room = self._theme.colours, option.rect
        if option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            chosen = option.state & QStyle.StateFlag.State_Selected
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.selection if chosen else colours.ground))
            painter.drawRoundedRect(room.adjusted(0, 1, 0, -1), 4, 4)
        bar = QRect(room.left() + GRID, room.top() + GRID, 4, room.height() - 2 * GRID)
        painter.fillRect(bar, QColor(colours.family(entry.kind.family)))
        words = room.adjusted(2 * GRID + 4, 5, -GRID, -5)
        if isinstance(entry, Entry):
            place = QRectF(words.left(), room.top(), PICTURE_SIZE.width(), room.height()).adjusted(0, 5, 0, -5)
            family, inks = entry.kind.family, ink(colours, entry.kind.family, is_example=entry.result is None)
            paint_picture(painter, place, entry.shapes, family, inks)
            words.setLeft(words.left() + PICTURE_SIZE.width() + GRID + 4)
        self._words(painter, option, entry, words)

    def _words(self, painter: QPainter, option: QStyleOptionViewItem, entry: Entry | Fit, room: QRect) -> None:
        colours, small = self._theme.colours, small_figures(option.font)
        painter.setFont(title_font(option.font))
        painter.setPen(QColor(colours.muted if entry.problem else colours.text))
        painter.drawText(room, Align.AlignLeft | Align.AlignTop, entry.kind.title)
        painter.setFont(small)
        painter.setPen(QColor(colours.muted))
        left = room.width() - QFontMetrics(title_font(option.font)).horizontalAdvance(entry.kind.title) - GRID
        texts = (entry.whole_effect, entry.effect) if isinstance(entry, Entry) else (entry.effect,)
        painter.drawText(room, Align.AlignRight | Align.AlignTop, fitting(small, left, *texts))
        text = QFontMetrics(small).elidedText(entry.sentence, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Align.AlignLeft | Align.AlignBottom, text)


class KindPopup(SearchPopup):
    """A popup with a search field above a list of kinds, and the lesson of the chosen one beside them.

    A subclass lists what the words in ``search`` find.

    Signals
    -------
    picked(kind)
        A kind that can be taken was chosen.
    """

    picked = Signal(object)

    def __init__(self, theme: Theme, searched: str, hint: str, parent: QWidget | None = None) -> None:
        self.kinds = KindModel()
        self.view = QListView()
        self.lesson = LessonPage()
        self._lessons = VerticalScroll(self.lesson)
        super().__init__(self.view, searched, hint, parent, self._lessons)
        self._theme = theme
        self._set_up_view()

    def _set_up_view(self) -> None:
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setMouseTracking(True)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setModel(self.kinds)
        self.view.setItemDelegate(KindDelegate(self._theme, self.view))
        self.view.selectionModel().currentChanged.connect(lambda index, _: self._teach(index))
        self.view.entered.connect(self._teach)

    def open_beside(self, anchor: QWidget) -> None:
        """Show everything beside ``anchor``, and inside its screen."""
        size = (POPUP_SIZE * scaled(100) / 100).boundedTo(anchor.screen().availableGeometry().size())
        self._open(size, _beside(anchor, size))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setPen(QColor(self._theme.colours.line))
        painter.setBrush(QColor(self._theme.colours.surface))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def show_listed(self, listed: Sequence[Listed], chosen: int) -> None:
        """Show what was found, and choose one of it."""
        self.kinds.show(listed)
        self.view.setCurrentIndex(self.kinds.index(chosen))
        self._teach(self.view.currentIndex())  # what was listed before has gone without a word
        if chosen <= 1:
            self.view.scrollToTop()

    def _teach(self, index: QModelIndex) -> None:
        """Show the lesson of the entry that is chosen or pointed at."""
        entry = index.data(ENTRY) if index.isValid() else None
        self.lesson.setVisible(isinstance(entry, (Entry, Fit)))
        if isinstance(entry, (Entry, Fit)):
            self.lesson.show_kind(entry.kind, entry.problem)
            self._lessons.verticalScrollBar().setValue(0)

    def _pick(self, index: QModelIndex) -> None:
        entry = index.data(ENTRY) if index.isValid() else None
        if isinstance(entry, Entry) or (isinstance(entry, Fit) and not entry.problem):
            self.close()
            self.picked.emit(entry.kind)

    def _choosable(self) -> list[int]:
        return [place for place, entry in enumerate(self.kinds.listed) if not isinstance(entry, Heading)]


class LayerPalette(KindPopup):
    """Lists kinds of layer, and known blocks of them, to put in at a place."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "layers", "Search layers and lessons: dropout, picture, nn.Conv2d …", parent)
        self.view.setAccessibleName("Kinds of layer")
        self._shape: Shape | None = None

    def open_at(self, anchor: QWidget, shape: Shape | None) -> None:
        """Show the kinds for a place where ``shape`` comes in."""
        self._shape = shape
        self.open_beside(anchor)

    def _list(self) -> None:
        listed = entries(self.search.text(), self._shape)
        self.show_listed(listed, best(listed, self.search.text()))


class TemplatePalette(KindPopup):
    """Lists whole networks; those that do not fit the data are muted, and say why."""

    def __init__(self, studio: Studio, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "templates", "Search templates: picture, sequence, ResNet …", parent)
        self.view.setAccessibleName("Templates of whole networks")
        self._studio = studio

    def _list(self) -> None:
        listed = fits(self.search.text(), self._studio.state, self._studio.fitting)
        self.show_listed(listed, first(listed))


def _beside(anchor: QWidget, size: QSize) -> QPoint:
    """Below ``anchor``, or above it where the screen ends."""
    screen = anchor.screen().availableGeometry()
    below = anchor.mapToGlobal(QPoint(0, anchor.height() + GRID // 2))
    above = anchor.mapToGlobal(QPoint(0, -size.height() - GRID // 2))
    y = below.y() if below.y() + size.height() <= screen.bottom() or above.y() < screen.top() else above.y()
    x = min(below.x(), screen.right() - size.width())
    return QPoint(max(x, screen.left()), max(min(y, screen.bottom() - size.height()), screen.top()))
