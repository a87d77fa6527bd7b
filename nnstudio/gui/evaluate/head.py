"""The upper edge of the evaluation: which rows, and the threshold of a yes-or-no network."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSlider, QWidget

from nnstudio.gui.panel import Button, ElidedLabel
from nnstudio.gui.theme import GRID

PARTS: Mapping[str, tuple[str, str]] = {
    "test": ("Test", "The rows that training has never seen: what the network can really do."),
    "validation": ("Validation", "The rows that watched training and chose the best epoch."),
    "train": ("Training", "The rows that it learned: how much better it is there shows overfitting."),
    "all": ("All", "Training, validation and test rows together."),
    "file": ("Another file…", "Rows of another file, which has the column to predict as well."),
}
STOPS = 1_000


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
