"""Where the parts of a row of the stack are: its card, its words, the lock, and the triangle that folds a block."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect

from nnstudio.gui.network.glyphs import LOCK_SIZE
from nnstudio.gui.network.items import Item
from nnstudio.gui.theme import GRID, scaled

GAP = 6


@dataclass(frozen=True, slots=True)
class Density:
    """How high the rows are beside the text: a card with one line of words or with two, the gap below it, a heading."""

    usual_card: int
    gap: int
    usual_heading: int

    @property
    def card(self) -> int:
        return scaled(self.usual_card)

    @property
    def heading(self) -> int:
        return scaled(self.usual_heading)

    @property
    def row(self) -> int:
        return self.card + self.gap


ROOMY, DENSE = Density(42, GAP, 26), Density(26, 4, 22)
INDENT = 18
DEEPEST_SHOWN = 6
"""Levels; what is deeper is indented no further, so that there is room for words."""
FOLD_WIDTH = 16


@dataclass(frozen=True, slots=True)
class Places:
    """Where the parts of one row are."""

    card: QRect
    grip: QRect
    bar: QRect
    text: QRect
    lock: QRect
    fold: QRect
    """The triangle that folds a block; where others have text."""

    @property
    def is_dense(self) -> bool:
        """Whether there is room for one line of words only."""
        return self.card.height() < ROOMY.card

    @property
    def upper(self) -> QRect:
        return QRect(self.text.left(), self.text.top(), self.text.width(), scaled(18))

    @property
    def lower(self) -> QRect:
        return QRect(self.text.left(), self.text.top() + scaled(17), self.text.width(), scaled(16))


def places(row: QRect, item: Item) -> Places:
    """Where the parts of a row are that fills ``row``; rows in blocks are indented."""
    inset = min(item.depth, DEEPEST_SHOWN) * INDENT
    height = (ROOMY if row.height() >= ROOMY.row else DENSE).card
    card = QRect(row.left() + inset, row.top(), row.width() - inset, height)
    middle = card.center().y()
    lock = QRect(card.right() - LOCK_SIZE - 9, middle - LOCK_SIZE // 2, LOCK_SIZE, LOCK_SIZE)
    left = card.left() + 5 * GRID + 3 + (FOLD_WIDTH if item.is_block else 0)
    return Places(
        card,
        grip=QRect(card.left() + 11, middle - 6, 9, 13),
        bar=QRect(card.left() + 29, card.top() + height // 5, 4, height - 2 * (height // 5)),
        text=QRect(left, card.top() + 4, lock.left() - 9 - left, height - 8),
        lock=lock,
        fold=QRect(card.left() + 5 * GRID - 1, middle - 7, 14, 14),
    )


def height_of(item: Item, density: Density = ROOMY) -> int:
    """How high a row is, with the gap below it."""
    return density.heading if item.is_heading else density.row
