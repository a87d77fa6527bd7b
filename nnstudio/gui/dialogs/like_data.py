"""Asks for more data of the kind that the project has: a file, or a folder of pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from nnstudio.spec.data import DataSpec
from nnstudio.spec.sources import ImageFolderSource


def ask_for_data(parent: QWidget, title: str, like: DataSpec | None, chosen: Callable[[Path], object]) -> None:
    """Open a dialog where the project's data lies; ``chosen`` gets what is chosen, if anything is."""
    dialog = QFileDialog(parent, title, str(Path(like.source.path).parent) if like else "")
    is_folder = like is not None and isinstance(like.source, ImageFolderSource)
    dialog.setFileMode(QFileDialog.FileMode.Directory if is_folder else QFileDialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(lambda name: chosen(Path(name)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
