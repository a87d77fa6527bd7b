"""Which rows of the table are shown: all, or those of one part of the split; and a way to export them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QMenu, QWidget

from nnstudio.gui.panel import Button
from nnstudio.gui.theme import GRID

ALL = ""
NONE = "none"
TITLES = {ALL: "All", "train": "Train", "validation": "Validation", "test": "Test", NONE: "Left out"}
HELPS = {
    ALL: "Every row of the file.",
    "train": "The rows that the network learns from.",
    "validation": "The rows that watch training.",
    "test": "The rows that judge at the end.",
    NONE: "Rows that no part has, for example because their target is missing.",
}


class PartFilter(QWidget):
    """A button for each part that has rows, with how many they are.

    Signals
    -------
    chosen(str)
        The rows of another part are to be shown; empty means all.
    exported(str)
        The rows of a part are to be written to a file; empty means all of them, with their part.
    """

    chosen = Signal(str)
    exported = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.part = ALL
        self._group = QButtonGroup(self)
        self.buttons = {part: Button(title, tooltip=HELPS[part]) for part, title in TITLES.items()}
        self.export = Button("Export…", "", tooltip="Write rows as CSV.")
        self.export.setMenu(self._menu())
        self.export.setProperty("hasMenu", True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID // 2)
        for part, button in self.buttons.items():
            button.setCheckable(True)
            button.clicked.connect(partial(self._choose, part))
            self._group.addButton(button)
            row.addWidget(button)
        self.buttons[ALL].setChecked(True)
        row.addStretch(1)
        row.addWidget(self.export)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        titles = {ALL: "All rows, with their part…", "train": "Training rows…", "validation": "Validation rows…"}
        self._actions = {part: menu.addAction(titles.get(part, "Test rows…")) for part in TITLES if part != NONE}
        for part, action in self._actions.items():
            action.triggered.connect(partial(self._export, part))
        return menu

    def show_counts(self, counts: Mapping[str, int]) -> None:
        """Offer the parts that have rows; the one that is chosen stays unless it has none any more."""
        for part, button in self.buttons.items():
            button.setText(f"{TITLES[part]} {counts.get(part, 0):,}")
            button.setVisible(part == ALL or bool(counts.get(part)))
        for part, action in self._actions.items():
            action.setVisible(part == ALL or bool(counts.get(part)))
        if not counts.get(self.part):
            self.part = ALL
            self.buttons[ALL].setChecked(True)

    def _choose(self, part: str, _checked: bool = True) -> None:
        self.part = part
        self.chosen.emit(part)

    def _export(self, part: str, _checked: bool = False) -> None:
        self.exported.emit(part)


def rows_of_parts(path: str, rows: int) -> dict[str, NDArray[np.int64]]:
    """The rows of each part in a file that the engine has listed, ascending; `NONE` has those without a part.

    Only the first ``rows`` count: those of separate files stand behind them.
    """
    with pa.memory_map(path) as mapped:
        column = pa.ipc.open_file(mapped).read_all().column("part").slice(0, rows).combine_chunks()
        found = {part: _places(pc.equal(column, part)) for part in TITLES if part not in (ALL, NONE)}
        return found | {NONE: _places(pc.is_null(column))}


def _places(holds: Any) -> NDArray[np.int64]:
    return np.from_dlpack(pc.indices_nonzero(holds)).astype(np.int64)
