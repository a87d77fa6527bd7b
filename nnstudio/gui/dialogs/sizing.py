"""How large a dialog is when it opens."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from nnstudio.gui.theme import GRID, scaled

FRAME = QSize(2 * GRID, 6 * GRID)
"""What the frame of a window and the bars of the desktop may take beside it."""


def give_size(dialog: QWidget, width: int, height: int) -> None:
    """Let a dialog be so large beside text of the usual size, as far as its screen has the room."""
    room = dialog.screen().availableGeometry().size() - FRAME
    dialog.resize(QSize(scaled(width), scaled(height)).boundedTo(room))
