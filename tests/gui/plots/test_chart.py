"""A chart takes the colours of the theme and becomes a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from nnstudio.gui.exporting import write_file
from nnstudio.gui.plots.chart import Chart
from nnstudio.gui.plots.series import Series
from nnstudio.gui.theme import Theme
from nnstudio.session.colours import DARK
from tests.gui.exported import exported


@pytest.fixture
def chart(qtbot: QtBot, theme: Theme) -> Chart:
    chart = Chart(theme, "Some curve", ("x", "y"), write_file)
    qtbot.addWidget(chart)
    chart.resize(300, 200)
    chart.show_series([Series("one", np.array([0.0, 1.0]), np.array([2.0, 3.0])), Series("", np.ones(1), np.ones(1))])
    chart.show()
    return chart


def test_a_chart_becomes_a_file(chart: Chart, tmp_path: Path) -> None:
    assert exported(chart, tmp_path)[:3] == [
        ["one: x", "one: y", "Some curve: x", "Some curve: y"],
        ["0.0", "2.0", "1.0", "1.0"],
        ["1.0", "3.0", "", ""],
    ]


def test_a_chart_takes_the_colours_of_the_theme(chart: Chart, theme: Theme) -> None:
    theme.choose("dark")
    assert chart.graph.backgroundBrush().color().name() == DARK.surface
