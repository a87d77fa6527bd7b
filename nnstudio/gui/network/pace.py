"""How fast the chosen layer learns, and from which epoch on where it is locked."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnstudio.gui.forms import Form
from nnstudio.gui.network.items import Item
from nnstudio.spec.model import RATE, THAW
from nnstudio.spec.nesting import holds_tensors


class LayerPace(QWidget):
    """A form for the rate, and one for the epoch that is shown only for what is locked.

    ``on_change(name, value)`` is told what was set: ``rate`` or ``thaw``.
    """

    def __init__(self, on_change: Callable[[str, object], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._on_change = on_change
        self._row = ""
        self.rate, self.thaw = Form([RATE], on_change), Form([THAW], on_change)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addWidget(self.rate)
        self._layout.addWidget(self.thaw)

    def show_item(self, item: Item, is_only: bool) -> None:
        """Show how fast a row learns, if it is the only one; what has no tensors learns nothing."""
        row = item.row
        if row.id != self._row and (self.rate.problem(RATE.name) or self.thaw.problem(THAW.name)):
            self._start_anew()
        self._row = row.id
        self.setVisible(is_only and holds_tensors(row) and not item.is_heading)
        self.rate.render({RATE.name: row.rate})
        self.thaw.setVisible(row.locked)
        self.thaw.render({THAW.name: row.thaw})

    def _start_anew(self) -> None:
        """A form never takes away what is being typed: for another row there is another form."""
        for form in (self.rate, self.thaw):
            self._layout.removeWidget(form)
            form.hide()
            form.deleteLater()
        self.rate, self.thaw = Form([RATE], self._on_change), Form([THAW], self._on_change)
        self._layout.addWidget(self.rate)
        self._layout.addWidget(self.thaw)
