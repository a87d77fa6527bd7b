"""The files that could not be used, with the reason for each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QWidget

from nnstudio.gui.dialogs.copying import CopyDialog
from nnstudio.gui.dialogs.sizing import give_size
from nnstudio.gui.panel import Note, literal_tip


class LeftOutDialog(CopyDialog):
    """Lists the sentences about what was left out, to read and to copy."""

    def __init__(self, sentences: Sequence[str], parent: QWidget) -> None:
        self.list = _list(sentences)
        note = Note("These files are not among the examples. All others are.")
        super().__init__("Left out", [note], self.list, "\n".join(sentences), parent)
        self.copy.setToolTip("Copy the list.")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        give_size(self, 640, 400)


def _list(sentences: Sequence[str]) -> QListWidget:
    """A line for each sentence, whole in its tooltip."""
    found = QListWidget()
    found.setAccessibleName("Files that were left out")
    found.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    found.setAlternatingRowColors(False)
    found.addItems(sentences)
    for row, sentence in enumerate(sentences):
        found.item(row).setToolTip(literal_tip(sentence))
    return found
