"""What the control says of itself that has the keyboard: its tooltip, for who has no pointer to rest on it."""

from __future__ import annotations

from PySide6.QtWidgets import QWhatsThis, QWidget

from nnstudio.gui.panel import Panel


def explanation_of(widget: QWidget | None) -> str:
    """What is said of ``widget``, or of the nearest thing around it that says something; empty where nothing is."""
    while widget is not None and not isinstance(widget, Panel) and not widget.isWindow():
        if text := widget.toolTip() or widget.accessibleDescription():
            return text
        widget = widget.parentWidget()
    return ""


def explain(widget: QWidget) -> bool:
    """Show what is said of ``widget`` beside it; says whether there is anything."""
    if text := explanation_of(widget):
        QWhatsThis.showText(widget.mapToGlobal(widget.rect().bottomLeft()), text, widget)
    return bool(text)
