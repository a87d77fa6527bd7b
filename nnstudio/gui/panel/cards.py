"""Figures on cards: the number large, what it is above, what to hold it against below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from nnstudio.gui.painting import tabular
from nnstudio.gui.panel.labels import ElidedLabel
from nnstudio.gui.panel.style import MARGIN
from nnstudio.gui.theme import GRID


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure with what it is and what it is to be held against."""

    title: str
    value: str
    caption: str = ""
    help: str = ""


class Card(QFrame):
    """A small surface of its own; the style sheet draws it."""


class FigureCard(Card):
    """One figure."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = ElidedLabel(role="small")
        self.value = QLabel()
        self.value.setProperty("role", "figure")
        self.caption = ElidedLabel(role="small")
        self.caption.set_mode(Qt.TextElideMode.ElideMiddle)  # a figure stands at its end
        self.setMinimumWidth(12 * GRID)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, GRID, MARGIN, GRID)
        layout.setSpacing(1)
        for label in (self.title, self.value, self.caption):
            layout.addWidget(label)

    def show_figure(self, figure: Figure) -> None:
        """Show another figure, or the same one with another value."""
        self.value.setFont(tabular(self.value.font()))
        for label, text in ((self.title, figure.title), (self.caption, figure.caption)):
            if label.text() != text:
                label.setText(text)
        self.title.explain(figure.help)
        self.value.setText(figure.value)
        self.setAccessibleName(f"{figure.title} {figure.value}")
        self.setAccessibleDescription(figure.caption)


class CardRow(QWidget):
    """As many cards as there are figures, equally wide."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: list[FigureCard] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(GRID)

    def show_figures(self, figures: Sequence[Figure]) -> None:
        """Show these figures; cards are kept, so that only the text changes while training."""
        while len(self.cards) < len(figures):
            self.cards.append(FigureCard())
            self._row.addWidget(self.cards[-1], 1)
        for place, card in enumerate(self.cards):
            card.setVisible(place < len(figures))
        for card, figure in zip(self.cards, figures, strict=False):
            card.show_figure(figure)
