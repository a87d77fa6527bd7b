"""Pointing at a control of a panel: it is scrolled into view and gets the keyboard."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QScrollArea, QWidget


def point_at(panel: QWidget, names: Sequence[str]) -> QWidget | None:
    """Give the keyboard to the first control of one of these ``names`` that is there, and say which it is.

    A name is that of a screen reader, or what stands on a button.
    """
    found = next((widget for name in names for widget in _named(panel, name)), None)
    if found is not None:
        bring_into_view(found)
        found.setFocus(Qt.FocusReason.ShortcutFocusReason)
    return found


def _named(panel: QWidget, name: str) -> Iterator[QWidget]:
    for widget in panel.findChildren(QWidget):
        text = widget.text() if isinstance(widget, QAbstractButton) else ""
        if name in (widget.accessibleName(), text) and widget.isVisible() and widget.focusPolicy():
            yield widget


def bring_into_view(widget: QWidget) -> None:
    """Scroll everything that ``widget`` stands in so that it can be seen."""
    above = widget.parentWidget()
    while above is not None:
        if isinstance(above, QScrollArea):
            above.ensureWidgetVisible(widget)
        above = above.parentWidget()
