"""The way from a file to a trained, evaluated network, one click a step."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.gui.theme import GRID, Theme
from nnstudio.gui.welcome.tile import paint_words, strong, words_height

STEPS = (
    ("Open…", "Ask for a file, or drop one on the window."),
    ("Choose it", "A table, a folder of pictures, a model."),
    ("Open", "What is to be predicted, and a network, are suggested."),
    ("Train", "Watch how it learns, epoch by epoch."),
    ("Evaluate", "See how good it is on rows that it has not seen."),
)
"""What is clicked, and what it does; a test does so with the mouse."""
DISC = 3 * GRID
BESIDE = DISC + 2.5 * GRID
"""Pixels of a step that its words do not have."""


class Steps(QWidget):
    """The five clicks side by side, each with its number in a disc."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        told = " ".join(f"{place}. {click}: {does}" for place, (click, does) in enumerate(STEPS, start=1))
        self.setAccessibleName(f"Five clicks from a file to a trained network. {told}")
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(100 * GRID, 3 * self.fontMetrics().height() + GRID)

    def minimumSizeHint(self) -> QSize:
        return QSize(60 * GRID, self.sizeHint().height())

    def heightForWidth(self, width: int) -> int:
        """As high as the step with the most lines, and never lower than usual."""
        return max(round(self._highest(width)) + GRID, self.sizeHint().height())

    def _highest(self, width: float) -> float:
        room = width / len(STEPS) - BESIDE
        return max(words_height(room, self.font(), _words_of(step)) for step in STEPS)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = self.width() / len(STEPS)
        for place, words in enumerate(STEPS):
            self._paint_step(painter, QRectF(place * width, 0, width, self.height()), place, words)

    def _paint_step(self, painter: QPainter, room: QRectF, place: int, words: tuple[str, str]) -> None:
        colours = self._theme.colours
        disc = QRectF(room.left(), room.center().y() - DISC / 2, DISC, DISC)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.selection))
        painter.drawEllipse(disc)
        painter.setPen(QColor(colours.accent))
        painter.setFont(strong(self.font()))
        painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, str(place + 1))
        top = max(0.0, (room.height() - self._highest(self.width())) / 2)  # all of them begin at the same height
        height = min(room.height(), words_height(room.width() - BESIDE, self.font(), _words_of(words)))
        room = QRectF(room.left() + DISC + GRID, room.top() + top, room.width() - BESIDE, height)
        paint_words(painter, room, self.font(), _words_of(words), colours)


def _words_of(step: tuple[str, str]) -> list[tuple[str, str]]:
    return [(step[0], "strong"), (step[1], "small")]
