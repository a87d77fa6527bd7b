"""What the style sheet knows a widget by, and the distances that panels keep."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from nnstudio.gui.theme import GRID

HEADER_HEIGHT = 36
MARGIN = GRID + GRID // 2


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Set a dynamic property and let the style sheet see it."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
