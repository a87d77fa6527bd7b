"""A sample of the pictures that stands for all of them: as many of a rare class as of a frequent one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from nnstudio.data.table import MappedTable
from nnstudio.gui.data.gallery_grid import GalleryGrid
from nnstudio.gui.data.gallery_model import MOST_CLASSES, GalleryModel, draw_lines
from nnstudio.gui.data.picture_dialog import SIDE, PictureDialog, Shown
from nnstudio.gui.panel import Button, ElidedLabel
from nnstudio.gui.pixels import fitted, image_of
from nnstudio.gui.theme import GRID, Theme
from nnstudio.spec.data import DataSpec
from nnstudio.spec.errors import DataError
from nnstudio.spec.parts import PART_WORDS, PARTS
from nnstudio.spec.words import counted

Rows = NDArray[np.int64]


class GalleryView(QWidget):
    """Draws pictures of every class; a click shows one large.

    ``note`` says what is shown and ``again`` draws another sample: they stand where the owner puts them.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table: MappedTable | None = None
        self._data: DataSpec | None = None
        self._rows: Rows | None = None
        self._parts: Mapping[str, Rows] = {}
        self._seed = 0
        self.model = GalleryModel(self)
        self.grid = GalleryGrid(theme, self.model)
        self.grid.picked.connect(self.show_large)
        self.note = ElidedLabel(role="small")
        self.note.explain("Click a picture to see it large.")
        self.again = Button("New sample", "", self.draw_again, "Draw other pictures at random.")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.grid)

    def show_table(self, table: MappedTable | None, data: DataSpec | None = None) -> None:
        """Show pictures of another table, or with what they are labelled now; nothing where it is None."""
        is_same = table is self._table and data is not None and self._data is not None
        if is_same and data and self._data and (data.targets, data.task) == (self._data.targets, self._data.task):
            return
        if table is not self._table:
            self._rows, self._parts = None, {}
        self._table, self._data = table, data
        self._draw()

    def show_rows(self, rows: Rows | None, parts: Mapping[str, Rows]) -> None:
        """Show only pictures of these rows, None means all; ``parts`` has the rows of each part of the split."""
        self._parts = parts
        if rows is not self._rows:
            self._rows = rows
            self._draw()

    def draw_again(self) -> None:
        """Draw another sample."""
        self._seed += 1
        self._draw()

    def _draw(self) -> None:
        if self._table is None or self._data is None:
            self.model.show_lines(None)
            self.note.setText("")
            return
        try:
            lines, classes = draw_lines(self._table, self._data, self._rows, self._seed)
        except DataError as error:  # a target that cannot be what it is said to be
            self.model.show_lines(None)
            self.note.setText(str(error))
            return
        self.model.show_lines(self._table, lines, self._data)
        self.grid.begin()
        self.note.setText(self._words(classes))

    def _words(self, classes: int) -> str:
        if classes > MOST_CLASSES:
            return f"Equally many of the {MOST_CLASSES} largest of {classes:,} classes, at random."
        if classes:
            return f"Equally many of {counted(classes, 'class')}, at random."
        return "From the whole range of values, at random." if self.model.has_captions else "Some pictures, at random."

    # one picture

    def show_large(self, row: int) -> None:
        """Show one picture large, with what is known of it."""
        PictureDialog(self.model.shown, row, self.look_at, self).open()

    def look_at(self, row: int) -> Shown:
        """The picture of a row, and its path, class, part and size."""
        assert self._table is not None
        pixels = self._table.image(row)
        image = image_of(pixels, self.grid.white)
        height, width, channels = pixels.shape
        kind = {1: "grey", 3: "RGB", 4: "RGB and transparency"}[channels]
        label = self._data.target.name if self._data and self._data.target else "class"
        facts = [
            ("File", self.model.path_of(row)),
            (label.capitalize(), self.model.label_of(row) or "none"),
            ("Part", self._part_of(row)),
            ("As read", f"{width} × {height}, {kind}, levels {int(pixels.min()):,} to {int(pixels.max()):,}"),
        ]
        return Shown(lambda ratio: fitted(image, QSize(SIDE, SIDE), ratio), facts)

    def _part_of(self, row: int) -> str:
        if not self._parts:
            return "not known yet"
        holds = (PART_WORDS[part] for part in PARTS if row in self._parts.get(part, ()))
        return next(holds, "none: it is left out")


class ViewSwitch(QWidget):
    """Pictures or rows.

    Signals
    -------
    chosen(bool)
        Whether pictures are to be shown.
    """

    chosen = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pictures = Button("Pictures", "", lambda: self.chosen.emit(True), "A sample of the pictures, by class.")
        self.rows = Button("Rows", "", lambda: self.chosen.emit(False), "Every picture with its row, as it was read.")
        group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID // 2)
        for button in (self.pictures, self.rows):
            button.setCheckable(True)
            group.addButton(button)
            row.addWidget(button)
        self.pictures.setChecked(True)

    @property
    def wants_pictures(self) -> bool:
        return self.pictures.isChecked()
