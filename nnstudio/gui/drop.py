"""Says, while a file is held over the window, that it may be dropped."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget


class DropHint(QFrame):
    """A veil with a dashed line over its parent."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.words = QLabel()
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words.setProperty("role", "figure")
        QVBoxLayout(self).addWidget(self.words)
        self.hide()

    def offer(self, paths: Sequence[Path]) -> None:
        """Cover the parent and name what would be opened."""
        self.words.setText(f"Drop to open “{paths[0].name}”" if len(paths) == 1 else f"Drop to open {len(paths)} files")
        self.setGeometry(self.parentWidget().rect())  # type: ignore[union-attr]  # made with a parent
        self.raise_()
        self.show()


def dropped_files(mime: QMimeData) -> list[Path]:
    """The files and folders of this machine among what is dragged."""
    return [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
