"""Widgets that nobody holds any more are deleted in the window's thread, wherever Python runs meanwhile."""

from __future__ import annotations

import gc
import threading
import weakref
from typing import Any

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from nnstudio.gui import collecting


class Loop:
    """Holds itself, so that only a collection ends it."""

    def __init__(self) -> None:
        self.itself = self


def test_another_thread_collects_nothing_and_this_one_does(qtbot: QtBot, monkeypatch: Any) -> None:
    monkeypatch.setattr(collecting, "OFTEN_MILLISECONDS", 0)
    ended: list[int] = []
    parent = QObject()
    with collecting.collecting(parent):
        gc.collect()
        weakref.finalize(Loop(), lambda: ended.append(threading.get_ident()))
        thread = threading.Thread(target=lambda: [Loop() for _ in range(10 * gc.get_threshold()[0])])
        thread.start()
        thread.join()
        assert ended == []
        qtbot.waitUntil(lambda: bool(ended))
    assert ended == [threading.get_ident()]


def test_it_is_left_as_it_was() -> None:
    was_on = gc.isenabled()
    with collecting.collecting(QObject()):
        assert not gc.isenabled()
    assert gc.isenabled() is was_on
