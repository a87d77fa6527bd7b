"""The fine-tuned run beside the one from scratch: their figures, and their losses over the epochs."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from nnstudio.gui.painting import aligned, tabular
from nnstudio.gui.panel import set_property
from nnstudio.gui.plots.curve_plot import CurvePlot
from nnstudio.gui.theme import GRID, Theme
from nnstudio.session.live import LiveRun
from nnstudio.session.rivals import Row, compared, is_rival

TUNED, SCRATCH = "fine-tuned", "from scratch"


class Comparison(QWidget):
    """Shown once there is a run from scratch of the experiment that was fine-tuned."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(2 * GRID)
        self._grid.setVerticalSpacing(GRID // 2)
        self._grid.setColumnStretch(0, 1)
        for column, title in enumerate(("", TUNED, SCRATCH)):
            self._grid.addWidget(_cell(title, "small", right=column > 0), 0, column)
        self._cells: list[tuple[QLabel, QLabel, QLabel]] = []
        self._shown: tuple[object, ...] = ()
        self.plot = CurvePlot(theme, names=(TUNED, SCRATCH))
        self.plot.setMinimumHeight(24 * GRID)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, GRID, 0, 0)
        layout.setSpacing(GRID)
        layout.addLayout(self._grid)
        layout.addWidget(self.plot, 1)

    def show_runs(self, run: LiveRun, rival: LiveRun) -> None:
        """Show both runs, if the second is about the first."""
        belongs = is_rival(rival, run) and run.finished is not None and bool(rival.history.epochs)
        self.setVisible(belongs)
        shown = (run.finished, rival.finished, len(rival.history.epochs))
        if not belongs or shown == self._shown:
            return
        self._shown = shown
        self._show_rows(compared(run, rival))
        self._show_curves(run, rival)

    def _show_rows(self, rows: tuple[Row, ...]) -> None:
        while len(self._cells) < len(rows):
            cells = _cell("", ""), _cell("", "", right=True), _cell("", "", right=True)
            for column, cell in enumerate(cells):
                self._grid.addWidget(cell, len(self._cells) + 1, column)
            self._cells.append(cells)
        for place, cells in enumerate(self._cells):
            for cell in cells:
                cell.setVisible(place < len(rows))
        for row, cells in zip(rows, self._cells, strict=False):
            for column, (cell, text) in enumerate(zip(cells, (row.title, row.tuned, row.scratch), strict=True)):
                cell.setText(text)
                cell.setFont(tabular(cell.font()))
                set_property(
                    cell, "role", "strong" if column and row.better == column - 1 else "" if column else "muted"
                )

    def _show_curves(self, run: LiveRun, rival: LiveRun) -> None:
        validated = bool(run.history.validation.get("loss"))
        parts = (it.history.validation if validated else it.history.train for it in (run, rival))
        one, other = (np.array(columns.get("loss", ())) for columns in parts)
        epochs = np.arange(1.0, max(len(one), len(other)) + 1)
        self.plot.show_title(f"{'Validation' if validated else 'Training'} loss")
        self.plot.show_span(int(epochs[-1]))
        self.plot.show_curves(epochs, one, other)


def _cell(text: str, role: str, right: bool = False) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", role)
    label.setAlignment(aligned(right))
    return label
