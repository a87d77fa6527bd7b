"""How a row of the stack is painted and renamed."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QObject, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from nnstudio.gui.eliding import cut_of
from nnstudio.gui.network.glyphs import SIGN, paint_fold, paint_grip, paint_lock, paint_trouble
from nnstudio.gui.network.items import Item
from nnstudio.gui.network.model import ITEM
from nnstudio.gui.network.places import DEEPEST_SHOWN, GAP, INDENT, ROOMY, Places, height_of, places
from nnstudio.gui.painting import small_figures
from nnstudio.gui.tables.models import Index
from nnstudio.gui.theme import GRID, Theme
from nnstudio.session.colours import Colours

RADIUS = 4
MOST_CUT = 40
"""Pixels; settings that have less room are left out in dense rows."""

Align = Qt.AlignmentFlag
State = QStyle.StateFlag


class StackDelegate(QStyledItemDelegate):
    """Paints items as cards: grip, family, title, settings, shapes, parameters, lock.

    ``pointed`` is the id of the row whose lock or triangle the mouse is on.
    """

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._colours = theme.colours
        self.pointed = ""
        self.density = ROOMY
        theme.changed.connect(self._recolour)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        del option
        return QSize(25 * GRID, height_of(index.data(ITEM), self.density))

    # painting

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        item: Item = index.data(ITEM)
        room = places(option.rect, item)
        state = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._guides(painter, option.rect, item)
        if item.is_heading:
            self._heading(painter, option, item)
            painter.restore()
            return
        self._card(painter, room, item, state)
        paint_grip(painter, room.grip, self._colours.muted)
        painter.fillRect(room.bar, QColor(self._colours.family(item.row.kind.family)))
        self._words(painter, room, item, option.font)
        if item.is_block:
            paint_fold(painter, room.fold, self._colours.muted, item.is_folded)
        if item.has_lock:
            self._lock(painter, room.lock, item)
        painter.restore()

    def _guides(self, painter: QPainter, row: QRect, item: Item) -> None:
        """A line down the left of what each block holds, at its level."""
        for level in range(min(item.depth, DEEPEST_SHOWN)):
            x = row.left() + level * INDENT + INDENT // 2
            painter.fillRect(x, row.top() - GAP, 1, row.height() + GAP, QColor(self._colours.line))

    def _heading(self, painter: QPainter, option: QStyleOptionViewItem, item: Item) -> None:
        """The name of a branch, above its rows."""
        inset = min(item.depth, DEEPEST_SHOWN) * INDENT
        room = option.rect.adjusted(inset, 0, 0, -4)
        if option.state & (State.State_Selected | State.State_MouseOver):
            chosen = option.state & State.State_Selected
            painter.setPen(QPen(QColor(self._colours.accent), 1) if chosen else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._colours.selection if chosen else self._colours.hover))
            painter.drawRoundedRect(QRectF(room).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        small = small_figures(option.font)
        text = f"{item.title} · {item.summary}" if item.summary else item.title
        words = room.adjusted(GRID, 0, -GRID, 0)
        shapes = fitting(small, words.width() // 2, item.shapes, item.result)
        self._line(painter, words, (small, text, self._colours.muted), (small, shapes))

    def _card(self, painter: QPainter, room: Places, item: Item, state: QStyle.StateFlag) -> None:
        colours, selected = self._colours, bool(state & State.State_Selected)
        edge, width = card_edge(colours, item, selected, bool(state & State.State_MouseOver))
        painter.setPen(QPen(QColor(edge), width))
        painter.setBrush(QColor(card_ground(colours, item, selected)))
        inset = width / 2
        painter.drawRoundedRect(QRectF(room.card).adjusted(inset, inset, -inset, -inset), RADIUS, RADIUS)
        if state & State.State_HasFocus and not selected:
            painter.setPen(QPen(QColor(colours.accent), 1, Qt.PenStyle.DotLine))
            painter.drawRoundedRect(QRectF(room.card).adjusted(2.5, 2.5, -2.5, -2.5), RADIUS, RADIUS)

    def _words(self, painter: QPainter, room: Places, item: Item, font: QFont) -> None:
        title, plain = title_font(font), small_figures(font)
        if room.is_dense:
            self._one_line(painter, room.text, item, title, plain)
            return
        trouble = trouble_colour(self._colours, item)
        shapes = fitting(plain, room.text.width() // 2, item.shapes, item.result)
        self._line(painter, room.upper, (title, item.title, self._colours.text), (plain, shapes))
        lower = room.lower
        if item.severity:
            sign = QRect(lower.left(), lower.top(), SIGN, lower.height())
            paint_trouble(painter, sign, (trouble, self._colours.surface), item.severity)
            lower = lower.adjusted(SIGN + 4, 0, 0, 0)
        self._line(painter, lower, (plain, item.sentence or item.summary, trouble), (plain, item.figures))

    def _one_line(self, painter: QPainter, room: QRect, item: Item, title: QFont, plain: QFont) -> None:
        """All that a card says, as far as there is room: the title first, then figures, then the settings."""
        words = f"{item.result} · {item.figures}" if item.figures else item.result
        sign = SIGN + 4 if item.severity else 0
        advance, trouble = QFontMetrics(title).horizontalAdvance(item.title), trouble_colour(self._colours, item)
        shorter = (words, item.figures, item.pace) if item.pace else (words, item.result)
        figures = fitting(plain, max(room.width() - advance - sign - GRID, room.width() // 3), *shorter)
        name = room.adjusted(0, 0, -QFontMetrics(plain).horizontalAdvance(figures) - GRID - sign, 0)
        self._line(painter, room, (plain, "", trouble), (plain, figures))
        self._line(painter, name, (title, item.title, self._colours.text), (plain, ""))
        rest = name.adjusted(min(advance, name.width()) + GRID // 2, 0, sign, 0)
        if item.severity:
            place = QRect(rest.left(), rest.top(), SIGN, rest.height())
            paint_trouble(painter, place, (trouble, self._colours.surface), item.severity)
        rest.setLeft(rest.left() + sign)
        if rest.width() >= MOST_CUT:
            self._line(painter, rest, (plain, item.sentence or item.summary, trouble), (plain, ""))

    def _line(self, painter: QPainter, room: QRect, left: tuple[QFont, str, str], right: tuple[QFont, str]) -> None:
        """One line of two texts; the right one stays whole, the left one is elided."""
        font, figures = right
        painter.setFont(font)
        painter.setPen(QColor(self._colours.muted))
        painter.drawText(room, Align.AlignRight | Align.AlignVCenter, figures)
        taken = QFontMetrics(font).horizontalAdvance(figures) + GRID if figures else 0
        font, text, colour = left
        painter.setFont(font)
        painter.setPen(QColor(colour))
        shown = QFontMetrics(font).elidedText(text, cut_of(text), room.width() - taken)
        painter.drawText(room, Align.AlignLeft | Align.AlignVCenter, shown)

    def _lock(self, painter: QPainter, room: QRect, item: Item) -> None:
        colours, locked = self._colours, item.row.locked
        if item.held:
            paint_lock(painter, room, colours.muted, closed=True, filled=True)
        elif locked or item.is_partly_locked:
            paint_lock(painter, room, colours.accent, closed=True, filled=locked)
        else:
            colour = colours.text if self.pointed == item.id else colours.muted
            paint_lock(painter, room, colour, closed=False, filled=False)

    def _recolour(self, colours: Colours) -> None:
        self._colours = colours

    # renaming

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        del option
        editor = QLineEdit(parent)
        editor.setPlaceholderText(index.data(ITEM).row.kind.title)
        editor.setAccessibleName("Name of the layer")
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        cast(QLineEdit, editor).setText(index.data(Qt.ItemDataRole.EditRole))

    def setModelData(self, editor: QWidget, model: object, index: Index) -> None:
        del model
        index.model().setData(index, cast(QLineEdit, editor).text(), Qt.ItemDataRole.EditRole)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        room = places(option.rect, index.data(ITEM))
        height = min(4 * GRID, room.card.height())
        top = room.card.top() + (room.card.height() - height) // 2
        editor.setGeometry(room.text.left() - GRID // 2, top, room.text.width() + GRID // 2, height)

    # asking

    def is_on_lock(self, row: QRect, point: QPoint, item: Item) -> bool:
        """Whether a click at ``point`` means the lock."""
        return item.has_lock and not item.held and places(row, item).lock.adjusted(-9, -GRID, 9, GRID).contains(point)

    def is_on_fold(self, row: QRect, point: QPoint, item: Item) -> bool:
        """Whether a click at ``point`` means the triangle that folds a block."""
        return item.is_block and places(row, item).fold.adjusted(-3, -GRID, 1, GRID).contains(point)


def trouble_colour(colours: Colours, item: Item) -> str:
    """What the second line of a row is written in."""
    return {"warning": colours.warning, "bad": colours.bad}.get(item.severity, colours.muted)


def card_ground(colours: Colours, item: Item, selected: bool) -> str:
    """What a card stands on."""
    if item.severity == "bad":
        return colours.bad_ground
    return colours.selection if selected else colours.raised


def card_edge(colours: Colours, item: Item, selected: bool, hovered: bool) -> tuple[str, int]:
    """The colour and width of a card's edge."""
    if item.severity == "bad":
        return colours.bad, 2 if selected else 1
    if selected:
        return colours.accent, 1
    if item.severity == "warning":
        return colours.warning, 1
    return (colours.muted if hovered else colours.line), 1


def fitting(font: QFont, width: int, *texts: str) -> str:
    """The first text that fits into ``width``, or the last one, cut off at its left."""
    metrics = QFontMetrics(font)
    for text in texts:
        if metrics.horizontalAdvance(text) <= width:
            return text
    return metrics.elidedText(texts[-1], Qt.TextElideMode.ElideMiddle, width)


def title_font(font: QFont) -> QFont:
    """What a row is called."""
    title = QFont(font)
    title.setWeight(QFont.Weight.DemiBold)
    return title
