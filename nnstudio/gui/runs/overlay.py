"""The curves of several runs over each other."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
from PySide6.QtWidgets import QComboBox

from nnstudio.gui.exporting import Drawn, WriteFile
from nnstudio.gui.page import Page
from nnstudio.gui.plots.chart import Chart
from nnstudio.gui.plots.series import Numbers, Series
from nnstudio.gui.theme import Theme
from nnstudio.runs.listing import RunLine, RunList

ROLES = ("accent", "validation", "good", "regularisation", "recurrent", "convolution", "embedding", "attention")
"""Colours of the runs, in their order; as many are drawn."""
BATCHES = "batches"
"""Stands among the measures for the loss over the batches."""
TITLES = {BATCHES: "Loss of the batches", "loss": "Loss", "accuracy": "Accuracy", "r2": "R²", "mae": "MAE"}


class OverlayPage(Page):
    """One measure of the chosen runs over their epochs."""

    def __init__(self, theme: Theme, write_file: WriteFile) -> None:
        super().__init__()
        self.chart = Chart(theme, "Loss", ("epoch", "loss"), write_file)
        self.measure = QComboBox()
        self.measure.setAccessibleName("Measure")
        self.measure.setToolTip("Which measure of the chosen runs is drawn over the epochs.")
        self.measure.activated.connect(lambda _: self._draw())
        self.head.addWidget(self.measure)
        self.body.addWidget(self.chart, 1)
        self._runs: RunList | None = None
        self._lines: Sequence[RunLine] = ()
        self._more = ""

    def exports(self) -> Sequence[Drawn]:
        return (self.chart,)

    def show_runs(self, runs: RunList, lines: Sequence[RunLine]) -> None:
        """Draw the curves of these runs, of many those of the first ones."""
        self._runs, self._lines = runs, lines[: len(ROLES)]
        keys = list(dict.fromkeys(key for line in self._lines for key in runs.measures(line.id))) or ["loss"]
        keys.append(BATCHES)
        if [self.measure.itemData(place) for place in range(self.measure.count())] != keys:
            self.measure.clear()
            for key in keys:
                self.measure.addItem(TITLES.get(key, key), key)
        rest = len(lines) - len(self._lines)
        more = f" Of {len(lines)} runs the first {len(ROLES)}." if rest > 0 else ""
        self._more = more
        self._draw()

    def _draw(self) -> None:
        if self._runs is None:
            return
        key, title = str(self.measure.currentData()), self.measure.currentText()
        self.chart.name(title, "epoch", title.lower() if title[1:].islower() else title)
        rows = "Training rows" if key == BATCHES else "Validation rows; of runs without any the training rows"
        self.note.setText(f"{rows}.{self._more}")
        self.chart.show_series(
            [
                Series(self._name(line), *_curve(self._runs, line.id, key), role)
                for line, role in zip(self._lines, ROLES, strict=False)
            ]
        )
        self.chart.reset_view()

    def _name(self, line: RunLine) -> str:
        """What a run is called in the legend: its name, and the time where others have the same."""
        name = line.name if len(line.name) <= LONGEST else f"{line.name[:LONGEST]}…"
        same = sum(other.name == line.name for other in self._lines)
        when = time.strftime("%H:%M:%S", time.localtime(line.started))
        return f"{name} {when}".strip() if same > 1 else name or line.id


def _curve(runs: RunList, run: str, key: str) -> tuple[Numbers, Numbers]:
    """Epochs and what a measure was in them; of validation rows where there are any."""
    if key == BATCHES:
        losses = runs.losses(run)
        return np.array(losses.epochs), np.array(losses.means)
    epochs, values = runs.curve(run, "validation", key)
    if not epochs:
        epochs, values = runs.curve(run, "train", key)
    return np.array(epochs, float), np.array(values)


LONGEST = 18
"""Letters of a run's name in the legend."""
