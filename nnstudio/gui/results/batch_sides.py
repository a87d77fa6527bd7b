"""The two sides of a batch: the tensor of the inputs, and that of the labels."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from nnstudio.gui.panel import Button, ElidedLabel, Note
from nnstudio.gui.results.batch_grids import BatchGrid, BatchPictures
from nnstudio.gui.results.batch_model import Batch
from nnstudio.gui.theme import GRID, Theme
from nnstudio.session.tensors import tensor_words

UNTINTED = float("inf")
"""Labels are no amounts: even the strongest is not tinted."""


class _Side(QWidget):
    """A tensor's name, dtype and shape over its numbers.

    Signals
    -------
    scrolled(int)
        Another row is the first one that is seen.
    """

    scrolled = Signal(int)

    def __init__(self, name: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.caption = ElidedLabel(role="mono")
        self.grid = BatchGrid(name, theme)
        self.grid.verticalScrollBar().valueChanged.connect(self.scrolled)
        self.room = QVBoxLayout(self)
        self.room.setContentsMargins(0, 0, 0, 0)
        self.room.setSpacing(GRID // 2)
        self.room.addWidget(self.caption)
        self.setMinimumWidth(16 * GRID)

    def scroll_to(self, row: int) -> None:
        """Let the same row be the first one."""
        self.grid.verticalScrollBar().setValue(row)


class InputSide(_Side):
    """What the network is given: numbers by their names, or pictures."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Inputs", theme, parent)
        self.setAccessibleDescription("What the network is given: a line for each row of the batch, as encoded.")
        self.room.setContentsMargins(0, 0, GRID, 0)
        self.pictures = BatchPictures()
        holder = QWidget()
        self._pages = QStackedLayout(holder)
        self._pages.addWidget(self.grid)
        self._pages.addWidget(self.pictures)
        self.room.addWidget(holder, 1)

    def show_batch(self, batch: Batch, length: int) -> None:
        """Show the inputs of a batch of ``length`` examples, of which the first are at hand."""
        shown = batch.shown
        self.caption.setText(tensor_words("torch.float32", (length, *shown.input_shape), "inputs"))
        self.caption.explain("The tensor that the network gets: its dtype and shape, the batch first.")
        self._pages.setCurrentIndex(1 if batch.has_pictures else 0)
        if batch.has_pictures:
            self.grid.show_columns(None, (), (), 1.0)
            self.pictures.show_batch(batch)
        else:
            self.pictures.clear()
            strongest = max(abs(shown.low), abs(shown.high))
            self.grid.show_columns(batch, batch.inputs, shown.features, strongest)


class LabelSide(_Side):
    """What the network is to answer: the class numbers beside their words, or with a number for each class."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Labels", theme, parent)
        self.setAccessibleDescription("What the network should say of each row of the batch, as the loss takes it.")
        self._batch: Batch | None = None
        self._length = 0
        self.room.setContentsMargins(GRID, 0, 0, 0)
        self.one_hot = Button(
            "One-hot labels", "", self._render, "Show a number for each class: 1 for the right one, else 0."
        )
        self.one_hot.setCheckable(True)
        self.grid.verticalHeader().hide()  # the same rows as those of the inputs
        self.note = Note("The labels are the inputs themselves: the network learns to give them back.")
        self.note.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.room.addWidget(self.grid, 1)
        self.room.addWidget(self.note, 1)

    def show_batch(self, batch: Batch, length: int) -> None:
        """Show the labels of a batch of ``length`` examples."""
        self._batch, self._length = batch, length
        self.one_hot.setVisible(bool(batch.one_hot))
        self._render()

    def _render(self) -> None:
        batch = self._batch
        if batch is None:
            return
        is_one_hot = bool(batch.one_hot) and self.one_hot.isChecked()
        dtype = f"torch.{batch.shown.target_dtype.removeprefix('torch.')}"
        shape = (self._length, *batch.shown.target_shape)
        if is_one_hot:
            name, shape = "one_hot", (self._length, len(batch.classes))
        else:
            name = "labels"
        self.caption.setText(tensor_words(dtype, shape, name))
        self.caption.explain("What the loss compares the network’s answers with.")
        has_answers = bool(batch.answers)
        self.grid.setVisible(has_answers)
        self.note.setVisible(not has_answers)
        answers = batch.one_hot if is_one_hot else batch.answers
        titles = batch.classes if is_one_hot else [batch.answer_title(column) for column in batch.answers]
        columns = [batch.words, *answers]
        self.grid.show_columns(batch, columns, ["in words", *titles], 1.0 if is_one_hot else UNTINTED)
