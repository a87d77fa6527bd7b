"""The upper edge of the evaluation: which rows, and the threshold of a yes-or-no network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSlider, QWidget

from nnstudio.gui.panel import Button, ButtonRow, ElidedLabel
from nnstudio.gui.theme import GRID

PARTS: Mapping[str, tuple[str, str]] = {
    "test": ("Test", "The rows that training has never seen: what the network can really do."),
    "validation": ("Validation", "The rows that watched training and chose the best epoch."),
    "train": ("Training", "The rows that it learned: how much better it is there shows overfitting."),
    "all": ("All", "Training, validation and test rows together."),
    "file": ("Another file…", "Rows of another file, which has the column to predict as well."),
}
STOPS = 1_000


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


class ThresholdBar(QWidget):
    """From which probability on a row counts as a yes.

    Signals
    -------
    moved(int)
        The slider stands at another of `STOPS` stops.
    """

    moved = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, STOPS)
        self.slider.setPageStep(STOPS // 20)
        self.slider.setValue(STOPS // 2)
        self.slider.setAccessibleName("Threshold")
        self.slider.setToolTip("From which probability on a row counts as a yes. The arrow keys move it.")
        self.slider.setMinimumWidth(12 * GRID)
        self.words = ElidedLabel(role="small")
        self.back = Button("0.5", "link", lambda: self.slider.setValue(STOPS // 2), "Back to a half.")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self.slider, 1)
        row.addWidget(self.back)
        row.addWidget(self.words, 3)
        self.slider.valueChanged.connect(self.moved)

    def reset(self) -> None:
        """Stand at a half."""
        self.slider.setValue(STOPS // 2)

    @property
    def is_usual(self) -> bool:
        """Whether it stands at a half."""
        return self.slider.value() == STOPS // 2

    @property
    def threshold(self) -> float:
        return self.slider.value() / STOPS
