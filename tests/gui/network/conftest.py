"""A network panel on screen, over a studio whose engine is a fake one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnstudio.gui.network.panel import NetworkPanel
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.session import edits
from nnstudio.spec.layers import LayerKind, Linear, ReLU
from nnstudio.spec.model import Model, new_row
from tests.gui.fakes import open_iris

Build = Callable[..., None]


@pytest.fixture
def build(studio: Studio) -> Build:
    """Open the iris table with a stack of the given kinds."""

    def build(*kinds: LayerKind) -> None:
        open_iris(studio, network=False)
        rows = tuple(new_row(kind) for kind in kinds)
        project = edits.use_network(studio.state.project, Model(rows), studio.state.project.training.loss)
        studio.apply("Build", project)

    return build


@pytest.fixture
def empty_panel(studio: Studio, theme: Theme, qtbot: QtBot) -> Iterator[NetworkPanel]:
    """The panel of a studio in which nothing is open."""
    panel = NetworkPanel(studio, theme)
    panel.resize(340, 700)
    panel.show()
    panel.activateWindow()
    qtbot.waitActive(panel)
    yield panel
    panel.close()
    panel.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)  # now: restyling what is left takes time


@pytest.fixture
def panel(empty_panel: NetworkPanel, build: Build) -> NetworkPanel:
    """The panel with iris and a small network: Linear, ReLU, Linear; the list has the focus."""
    build(Linear(16), ReLU(), Linear(3))
    empty_panel.view.setFocus()
    return empty_panel
