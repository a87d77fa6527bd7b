"""Icons by their names in the Phosphor font, in a colour of the theme."""

from __future__ import annotations

from PySide6.QtGui import QIcon


def icon(name: str, colour: str, disabled: str = "") -> QIcon:
    """The icon ``name`` (``lock``, ``play-fill``); whoever shows it asks again when the theme changes."""
    import qtawesome  # noqa: PLC0415  # takes a tenth of a second, which the first paint of the window is spared

    found: QIcon = qtawesome.icon(f"ph.{name}", color=colour, color_disabled=disabled or colour)
    return found
