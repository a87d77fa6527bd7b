"""One picture, large, with what is known of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap, QShortcut
from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from nnstudio.gui.panel import Button, ElidedLabel
from nnstudio.gui.theme import GRID

SIDE = 448
STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture and the lines below it, each with its title."""

    image: Callable[[float], QPixmap]
    """Gives the picture for a screen with so many dots a pixel."""
    facts: Sequence[tuple[str, str]]


class PictureDialog(QDialog):
    """Shows one of ``rows``; the arrow keys go on to the next. ``look`` says what is to be shown of a row."""

    def __init__(self, rows: Sequence[int], row: int, look: Callable[[int], Shown], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Picture")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._rows, self._look = rows, look
        self._place = rows.index(row)
        self.picture = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._facts = QFormLayout()
        self._facts.setHorizontalSpacing(2 * GRID)
        self.before = Button("Previous", "", lambda: self.step(-1), "Left arrow")
        self.after = Button("Next", "", lambda: self.step(1), "Right arrow")
        close = Button("Close", "primary", self.accept)
        close.setDefault(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[2 * GRID] * 4)
        layout.setSpacing(2 * GRID)
        layout.addWidget(self.picture, 1)
        layout.addLayout(self._facts)
        buttons = QHBoxLayout()
        for button in (self.before, self.after):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(close)
        layout.addLayout(buttons)
        for key, by in STEPS.items():  # a key press would only move the focus from button to button
            QShortcut(key, self, partial(self.step, by))
        self.step(0)

    @property
    def facts(self) -> dict[str, str]:
        """What is said of the picture, by its title."""
        labels = [self._facts.itemAt(line, QFormLayout.ItemRole.FieldRole) for line in range(self._facts.rowCount())]
        shown = [item.widget() for item in labels if item]
        return {label.objectName(): label.text() for label in shown if isinstance(label, ElidedLabel)}

    def step(self, by: int) -> None:
        """Go on to the picture that stands so many places after this one, if there is one."""
        self._place = min(max(self._place + by, 0), len(self._rows) - 1)
        self.before.setEnabled(self._place > 0)
        self.after.setEnabled(self._place < len(self._rows) - 1)
        shown = self._look(self._rows[self._place])
        pixmap = shown.image(self.devicePixelRatioF())
        self.picture.setPixmap(pixmap)
        self.picture.setMinimumSize(SIDE, pixmap.deviceIndependentSize().toSize().height())
        while self._facts.rowCount():
            self._facts.removeRow(0)
        for title, text in shown.facts:
            value = ElidedLabel(text)
            value.set_mode(Qt.TextElideMode.ElideMiddle)
            value.setObjectName(title)
            heading = QLabel(title)
            heading.setProperty("role", "muted")
            self._facts.addRow(heading, value)
        self.picture.setAccessibleName(", ".join(f"{title}: {text}" for title, text in shown.facts))
