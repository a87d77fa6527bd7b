"""What the network would say if the input that the user is at were otherwise: a curve over its range."""

from __future__ import annotations

import numpy as np

from nnstudio.gui.exporting import WriteFile
from nnstudio.gui.plots.chart import Chart
from nnstudio.gui.plots.series import Look, Series
from nnstudio.gui.predict.bars import ROLES
from nnstudio.gui.theme import GRID, Theme
from nnstudio.session.answers import coloured
from nnstudio.session.asking import Asked, Sweep, cell_words, moment_of, place_of
from nnstudio.spec.events import Answer
from nnstudio.spec.inputs import ChoiceInput, DateInput, ModelForm

MOST_NAMED = 6
"""Categories that are named on the axis; of more some are left out."""
LONGEST = 14


class WhatIf(Chart):
    """Draws the probabilities of the most probable classes, or the values, with a mark at the present one."""

    def __init__(self, theme: Theme, write_file: WriteFile) -> None:
        super().__init__(theme, "What if", ("", ""), write_file)
        self._named = ("", "")
        self.setFixedHeight(26 * GRID)
        self.graph.getPlotItem().getAxis("bottom").setStyle(hideOverlappingLabels=False)

    def show_curve(self, asked: Asked, going: Sweep, answers: tuple[Answer, ...], now: Answer) -> None:
        """Draw the ``answers`` along the focused input; ``now`` is what the network says to the example itself."""
        form, focused = asked.form, asked.focused
        place = place_of(focused, asked.focused_cell)
        named = f"What if: {focused.name}", "Probability" if form.classes else _called(form)
        if named != self._named:
            self._named = named
            self.name(named[0], "", named[1])
        x = np.array(going.places)
        series: list[Series] = []
        for role, at in zip(ROLES, coloured(form, now) or (0,), strict=False):
            y = np.array([answer[at] for answer in answers])
            look: Look = "marks" if isinstance(focused, ChoiceInput) else "line"
            series.append(Series("", x, y, role, look))
            if place is not None:
                series.append(Series("", np.array([place]), np.array([now[at]]), role, "marks"))
        if place is not None:
            low, high = _bounds(form, series)
            series.append(Series("", np.array([place, place]), np.array([low, high]), "faint", "dashes"))
        self.show_series(series)
        self._name_places(asked, going)
        self._span(asked, x)

    def _name_places(self, asked: Asked, going: Sweep) -> None:
        axis = self.graph.getPlotItem().getAxis("bottom")
        match asked.focused:
            case ChoiceInput():
                step = max(1, -(-len(going.values) // MOST_NAMED))
                named = list(zip(going.places, going.values, strict=True))[::step]
                axis.setTicks([[(place, _short(cell_words(cell))) for place, cell in named]])
            case DateInput():
                low, high = going.places[0], going.places[-1]
                axis.setTicks([[(at, moment_of(round(at))) for at in (low, (low + high) / 2, high)]])
            case _:
                axis.setTicks(None)

    def _span(self, asked: Asked, x: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
        if not self.back.isHidden():
            return
        item = self.graph.getPlotItem()
        edge = 0.5 if isinstance(asked.focused, ChoiceInput) else 0.04 * (x[-1] - x[0])
        item.setXRange(x[0] - edge, x[-1] + edge, padding=0)
        if asked.form.classes:
            item.setYRange(-0.04, 1.06, padding=0)
        else:
            item.enableAutoRange(axis="y")


def _called(form: ModelForm) -> str:
    return form.seen[0].name if form.seen else "Error"


def _bounds(form: ModelForm, series: list[Series]) -> tuple[float, float]:
    if form.classes:
        return 0.0, 1.0
    return float(min(each.y.min() for each in series)), float(max(each.y.max() for each in series))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
