"""Shows what growing learning rates do to the loss, and offers the one that follows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nnstudio.gui.dialogs.attempt import AttemptDialog
from nnstudio.gui.dialogs.sizing import give_size
from nnstudio.gui.panel import Button, Note
from nnstudio.gui.plots.axes import dress_axes, name_axis, quiet_axes
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import GRID, Theme
from nnstudio.session import edits
from nnstudio.session.rate_range import HIGHEST, LOWEST, smoothed
from nnstudio.spec.events import Event, Failed, RatesTried

WHAT = (
    "A network learns one batch at each rate. Where the loss falls, steps are useful; where it bursts, they are too "
    "large. Nothing is kept."
)


class RateDialog(AttemptDialog):
    """The smoothed loss over the learning rate."""

    def __init__(self, studio: Studio, theme: Theme, parent: QWidget) -> None:
        super().__init__("Learning-rate range test", studio.try_rates, parent)
        self._studio = studio
        self._rate: float | None = None
        self.verdict = Note("Starting…", "strong")
        self.graph = pg.PlotWidget()
        self.graph.setAccessibleName("Loss over the learning rate")
        self._item = self.graph.getPlotItem()
        self._curve = self._item.plot(antialias=True)
        self._mark = pg.InfiniteLine(angle=90, label="suggested", labelOpts={"position": 0.9})
        self.use = Button("Use it", "primary", self._use)
        self._set_up_graph(theme)
        self._lay_out()

    def _set_up_graph(self, theme: Theme) -> None:
        quiet_axes(self.graph)
        dress_axes(self.graph, theme.colours)
        self._item.setLogMode(x=True, y=False)
        for side, words in (("bottom", "learning rate"), ("left", "loss")):
            name_axis(self.graph, side, words, theme.colours)
        self._item.setMouseEnabled(x=False, y=False)
        self._item.setXRange(np.log10(LOWEST), np.log10(HIGHEST), padding=0)
        self._curve.setPen(pg.mkPen(theme.colours.train, width=2))
        self._mark.setPen(pg.mkPen(theme.colours.good, width=1, style=Qt.PenStyle.DashLine))
        self._mark.label.setColor(theme.colours.good)
        self._mark.hide()
        self._item.addItem(self._mark, ignoreBounds=True)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.use)
        self.use.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[2 * GRID] * 4)
        layout.setSpacing(GRID)
        layout.addWidget(Note(WHAT))
        layout.addWidget(self.verdict)
        layout.addWidget(self.graph, 1)
        layout.addLayout(buttons)
        give_size(self, 560, 440)

    def hear(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, RatesTried):
                self._show(event)
            elif isinstance(event, Failed):
                self.verdict.setText(str(event.error))
                self.is_over()

    def _show(self, tried: RatesTried) -> None:
        self._curve.setData(np.array(tried.rates), np.array(smoothed(tried.losses)))
        self.verdict.setText(f"Trying {tried.rates[-1]:.2g} …")
        if not tried.done:
            return
        self._rate = tried.suggested
        self.verdict.setText(_verdict(tried))
        if self._rate is not None:
            self._mark.setValue(np.log10(self._rate))
            self._mark.show()
            self.use.setText(f"Use {self._rate:g}")
            self.use.show()
            self.use.setFocus()
        self.is_over()

    def _use(self) -> None:
        project = self._studio.state.project
        optimizer: Any = project.training.optimizer  # every kind is a dataclass
        training = replace(project.training, optimizer=replace(optimizer, lr=self._rate))
        self._studio.apply("Use the suggested learning rate", edits.set_training(project, training))
        self.accept()


def _verdict(tried: RatesTried) -> str:
    if tried.suggested is None:
        return "The loss did not fall at any rate. Fit one batch says what may prevent it."
    return f"{tried.suggested:g} is a good start: a tenth of the rate at which the loss was lowest."
