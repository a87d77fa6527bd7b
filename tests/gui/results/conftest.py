"""Panels of one test are gone in the next, where a new theme would dress them all again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent


@pytest.fixture(autouse=True)
def no_widgets_left(qtbot: object) -> Iterator[None]:
    """After ``qtbot`` has closed the widgets, delete them."""
    del qtbot
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
