"""One of several buttons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QWidget

from nnstudio.gui.panel.offers import Button
from nnstudio.gui.panel.rows import ButtonRow
from nnstudio.gui.theme import GRID


class Choice(ButtonRow):
    """Buttons of which one is chosen.

    Signals
    -------
    chosen(str)
        The key of the button that was pressed.
    """

    chosen = Signal(str)

    def __init__(self, offers: Mapping[str, tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(GRID // 2, parent)
        self._group = QButtonGroup(self)
        self.buttons: dict[str, Button] = {}
        for key, (title, help_) in offers.items():
            button = Button(title, tooltip=help_)
            button.setCheckable(True)
            button.clicked.connect(partial(self._choose, key))
            self._group.addButton(button)
            self.add(button)
            self.buttons[key] = button

    def show_choice(self, key: str) -> None:
        """Let that button be the chosen one."""
        self.buttons[key].setChecked(True)

    def show_offers(self, keys: Sequence[str]) -> None:
        """Offer only some of them."""
        self._tighten(False)
        for key, button in self.buttons.items():
            button.setVisible(key in keys)
        self._fit()

    @property
    def choice(self) -> str:
        return next((key for key, button in self.buttons.items() if button.isChecked()), "")

    def _choose(self, key: str, _checked: bool = True) -> None:
        self.chosen.emit(key)
