"""Asks which columns of numbers one network is to predict together."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from nnstudio.gui.dialogs.sizing import give_size
from nnstudio.gui.panel import MARGIN, Note
from nnstudio.gui.theme import GRID


class TargetsDialog(QDialog):
    """A list of columns to tick, which can be searched.

    Signals
    -------
    chosen(list[str])
        These columns are to be predicted.
    """

    chosen = Signal(list)

    def __init__(self, names: Sequence[str], targets: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Predict several columns")
        self.search = QLineEdit(placeholderText="Filter columns", clearButtonEnabled=True)
        self.search.setAccessibleName("Filter columns")
        self.search.textChanged.connect(self._filter)
        self.list = QListWidget()
        self.list.setAccessibleName("Columns to predict")
        self.list.setUniformItemSizes(True)
        for name in names:
            item = QListWidgetItem(name, self.list)
            item.setCheckState(Qt.CheckState.Checked if name in targets else Qt.CheckState.Unchecked)
        self.list.itemChanged.connect(lambda _: self._follow())
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        layout.setSpacing(GRID)
        layout.addWidget(Note("One network can predict several numbers at once. The others stay its input."))
        for widget in (self.search, self.list, self.buttons):
            layout.addWidget(widget)
        give_size(self, 360, 420)
        self._follow()

    @property
    def ticked(self) -> list[str]:
        """The columns that are ticked, in their order."""
        items = (self.list.item(row) for row in range(self.list.count()))
        return [item.text() for item in items if item.checkState() is Qt.CheckState.Checked]

    def _filter(self, text: str) -> None:
        for row in range(self.list.count()):
            item = self.list.item(row)
            item.setHidden(text.casefold() not in item.text().casefold())

    def _follow(self) -> None:
        """Something must be predicted, and something must be left to see."""
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(bool(self.ticked))

    def _accept(self) -> None:
        self.chosen.emit(self.ticked)
        self.accept()
