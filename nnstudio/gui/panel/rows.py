"""Buttons side by side."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from nnstudio.gui.panel.offers import Button
from nnstudio.gui.panel.style import set_property
from nnstudio.gui.theme import scaled

AROUND, WITH_MENU = 15, 40
"""Pixels of a tight button beside its words, and those of one with a menu."""


class ButtonRow(QWidget):
    """Buttons that are tight, and say it in fewer words, where there is little room for them."""

    def __init__(self, spacing: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(spacing)
        self._words: dict[Button, tuple[str, str]] = {}
        self._wide = 0
        """The width that the usual look wants, while the buttons are tight."""

    def add(self, button: Button, short: str = "") -> None:
        """Put in a button, which says ``short`` while it is tight."""
        self._words[button] = button.text(), short or button.text()
        self._row.addWidget(button)

    def add_gap(self) -> None:
        """Leave what room there is between the buttons before and those behind."""
        self._row.addStretch(1)

    def sizeHint(self) -> QSize:
        return super().sizeHint().expandedTo(QSize(self._wide, 0))

    def minimumSizeHint(self) -> QSize:
        """Room for the words, and a little around them."""
        shown = [button for button in self._words if not button.isHidden()]
        gaps = self._row.spacing() * max(len(shown) - 1, 0)
        return QSize(sum(map(self._least, shown)) + gaps, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _least(self, button: Button) -> int:
        _, short = self._words[button]
        around = WITH_MENU if button.property("hasMenu") else AROUND
        return button.fontMetrics().horizontalAdvance(short) + scaled(around)

    def _fit(self) -> None:
        """Be tight where there is less room than the usual look wants."""
        if (self.width() < self.sizeHint().width()) is not (self._wide > 0):
            self._tighten(not self._wide)

    def _tighten(self, tight: bool) -> None:
        self._wide = self.sizeHint().width() if tight else 0
        for button, words in self._words.items():
            button.setText(words[tight])
            set_property(button, "compact", tight)
            button.updateGeometry()
