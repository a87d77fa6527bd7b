"""The inputs of one row below each other; of very many those that are looked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from nnstudio.gui.lazily import Pieces
from nnstudio.gui.panel import Note, VerticalScroll
from nnstudio.gui.panel.offers import clear
from nnstudio.gui.predict.fields import InputField, field_for
from nnstudio.gui.theme import GRID, Theme
from nnstudio.spec.inputs import Cell, Input

MOST = 40
"""Inputs that are shown at once: nobody reads more, and each takes a while to be made."""


class InputsForm(QWidget):
    """A field for each input.

    Signals
    -------
    entered(int, object)
        The input at that place was given another value: a `Cell`.
    visited(int)
        The keyboard came to the input at that place.
    """

    entered = Signal(int, object)
    visited = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._inputs: tuple[Input, ...] = ()
        self._cells: tuple[Cell, ...] = ()
        self.fields: dict[int, InputField] = {}
        """The fields that are shown, by the place of their input."""
        self.pieces = Pieces(self)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find an input")
        self.search.setAccessibleName("Find an input")
        self.search.setToolTip("Show only the inputs whose names hold these words.")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda _: self._build())
        self.more = Note(role="small")
        content = QWidget()
        self._column = QVBoxLayout()
        self._column.setSpacing(GRID)
        inner = QVBoxLayout(content)
        inner.setContentsMargins(0, 0, GRID, 0)
        inner.addLayout(self._column)
        inner.addWidget(self.more)
        inner.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.search)
        self.area = VerticalScroll(content)
        layout.addWidget(self.area, 1)

    def show_row(self, inputs: tuple[Input, ...], cells: tuple[Cell, ...]) -> None:
        """Show the ``cells`` of a row."""
        self._cells = cells
        if inputs != self._inputs:
            self._inputs = inputs
            self.search.setVisible(len(inputs) > MOST)
            self.search.clear()
            self._build()
        for at, field in self.fields.items():
            field.show_cell(cells[at])

    def _build(self) -> None:
        """Make the fields anew, some at a time."""
        clear(self._column)
        self.fields.clear()
        words = self.search.text().casefold()
        found = [at for at, each in enumerate(self._inputs) if words in each.name.casefold()]
        self.more.setText(_left_out(len(found), len(self._inputs)))
        self.more.setVisible(bool(self.more.text()))
        self.pieces.begin(partial(self._add, found[start : start + 5]) for start in range(0, min(len(found), MOST), 5))

    def _add(self, places: Sequence[int]) -> None:
        for at in places:
            field = self.fields[at] = field_for(self._inputs[at], self._theme)
            field.show_cell(self._cells[at])
            field.entered.connect(partial(self.entered.emit, at))
            field.visited.connect(partial(self.visited.emit, at))
            self._column.addWidget(field)


def _left_out(found: int, inputs: int) -> str:
    if not found:
        return f"None of the {inputs:,} inputs is called so."
    if found > MOST:
        return f"The first {MOST} of {found:,} inputs are shown; type above to find others. Those keep their values."
    return ""
