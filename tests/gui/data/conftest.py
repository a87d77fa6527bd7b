"""Panels of one test are gone in the next, where a theme that changes would dress them all again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from nnstudio.gui.theme import LIGHT, Theme


@pytest.fixture(autouse=True)
def no_widgets_left(qtbot: object) -> Iterator[None]:
    """After ``qtbot`` has closed the widgets, delete them."""
    del qtbot
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture(scope="module")
def lasting_theme(qapp: QApplication) -> Iterator[Theme]:
    """The light theme; to dress the whole program anew for each test takes longer than most of them."""
    theme = Theme(qapp, "light")
    yield theme
    theme.deleteLater()


@pytest.fixture
def theme(lasting_theme: Theme) -> Iterator[Theme]:
    """The light theme, which no widget of another test listens to."""
    yield lasting_theme
    lasting_theme.changed.connect(lambda _: None)  # there is always something to disconnect
    lasting_theme.changed.disconnect()
    if lasting_theme.colours is not LIGHT:
        lasting_theme.choose("light")
