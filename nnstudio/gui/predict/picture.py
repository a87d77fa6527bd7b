"""A picture to ask the network for: chosen, dropped or pasted, and shown as the network sees it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFileDialog, QLabel, QVBoxLayout, QWidget

from nnstudio.data.pictures.picture_files import SUFFIXES
from nnstudio.data.table import MappedTable
from nnstudio.gui.panel import Button, Note
from nnstudio.gui.pixels import fitted, image_of
from nnstudio.gui.theme import GRID
from nnstudio.session.asking import Asked

SIDE = 28 * GRID


class PictureField(QWidget):
    """Shows the picture of an example; ``chosen`` gets the file of another one."""

    def __init__(self, chosen: Callable[[Path], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chosen = chosen
        self.choose = Button("Choose a picture…", "primary", self._choose, "Ask the network for a picture in a file.")
        self.picture = QLabel()
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.setMinimumSize(SIDE // 2, SIDE // 2)
        self.words = Note()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, GRID, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.picture, 1)
        layout.addWidget(self.words)
        layout.addWidget(self.choose, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addStretch(1)

    def show_asked(self, asked: Asked) -> None:
        """Show the picture of an example, or what can be done while there is none."""
        wanted, preview = asked.form.picture, asked.taken.preview if asked.taken else ""
        if wanted is None:
            return
        colour = {1: "grey", 3: "colour", 4: "colour and transparency"}.get(wanted.channels, "channels")
        size = f"{wanted.width} × {wanted.height} pixels in {colour}"
        shown = self._pixmap(preview) if preview else None
        self.picture.setVisible(shown is not None)
        if shown is None:
            self.words.setText(f"Drop a picture here, paste one, or take one of the data. The network sees {size}.")
        else:
            self.picture.setPixmap(shown)
            self.picture.setAccessibleName(f"The picture as the network sees it, {size}")
            self.words.setText(f"As the network sees it: {size}.")

    def _pixmap(self, preview: str) -> QPixmap | None:
        try:
            with MappedTable(preview) as table:
                image = image_of(table.image(0).copy())
        except (OSError, ValueError):  # the cache was emptied; pyarrow's errors are ValueErrors
            return None
        return fitted(image, QSize(SIDE, SIDE), self.devicePixelRatioF())

    def _choose(self) -> None:
        endings = " ".join(f"*{suffix}" for suffix in sorted(SUFFIXES))
        dialog = QFileDialog(self, "A picture to ask for", "", f"Pictures ({endings})")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self._chosen(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
