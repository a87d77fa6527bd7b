"""Tabs that do not fit are offered in a menu, and never cut off."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from nnstudio.gui.tabbed import TabbedPanel
from nnstudio.gui.theme import Theme

NAMES = ("Curves", "Table", "Batches", "Evaluate", "Predict", "Runs", "Transfer", "Diagram", "Code")


@pytest.fixture
def panel(qtbot: QtBot, theme: Theme) -> TabbedPanel:
    del theme  # its style sheet decides how wide tabs are
    panel = TabbedPanel("Results", {name: f"About {name}." for name in NAMES})
    panel.fill([QLabel(name) for name in NAMES])
    qtbot.addWidget(panel)
    panel.resize(1_200, 300)
    panel.show()
    return panel


def shown(panel: TabbedPanel) -> list[str]:
    return [name for place, name in enumerate(NAMES) if panel.tabs.isTabVisible(place)]


def offered(panel: TabbedPanel) -> list[str]:
    return [action.text() for action in panel.more.menu().actions()]


def test_where_there_is_room_all_tabs_are_shown(panel: TabbedPanel) -> None:
    assert shown(panel) == list(NAMES)
    assert not panel.more.isVisible()


@pytest.mark.parametrize("width", [620, 450, 300])
def test_what_does_not_fit_is_offered_in_the_menu(panel: TabbedPanel, width: int) -> None:
    panel.resize(width, 300)
    assert panel.more.isVisible()
    assert shown(panel) + offered(panel) == list(NAMES)
    widths = [panel.tabs.natural_width(NAMES.index(name)) for name in shown(panel)]
    assert sum(widths) + panel.more.width() <= width
    assert panel.tabs.width() >= sum(widths), "none is cut off"


def test_a_view_of_the_menu_comes_to_the_front_with_its_tab(panel: TabbedPanel) -> None:
    panel.resize(450, 300)
    panel.more.menu().actions()[-1].trigger()
    label = panel.view
    assert isinstance(label, QLabel)
    assert label.text() == "Code"
    assert "Code" in shown(panel)
    assert "Code" not in offered(panel)
    assert panel.tabs.tabToolTip(NAMES.index("Code")) == "About Code."
    assert [action.toolTip() for action in panel.more.menu().actions()] == [f"About {name}." for name in offered(panel)]
    panel.resize(1_200, 300)
    assert shown(panel) == list(NAMES)


def test_a_view_is_opened_by_its_name(panel: TabbedPanel) -> None:
    panel.open_tab("Runs")
    assert panel.tabs.currentIndex() == NAMES.index("Runs")


def test_the_tab_in_front_is_always_drawn_in_full(panel: TabbedPanel) -> None:
    panel.resize(450, 300)
    for name in ("Evaluate", "Runs", "Transfer", "Code", "Curves", "Code"):
        panel.open_tab(name)
        place = NAMES.index(name)
        assert panel.tabs.tabRect(place).width() == panel.tabs.natural_width(place), name
