"""Signals that ask the program to end are heard in the window's thread."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnstudio.gui.ending import ASKING, ended_by_signals

pytestmark = pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="Windows sends signals to no thread")


@pytest.fixture(autouse=True)
def as_before(as_from_a_terminal: None) -> Iterator[None]:
    """No test leaves another handler behind."""
    del as_from_a_terminal
    before = {name: signal.getsignal(getattr(signal, name)) for name in ASKING}
    yield
    assert {name: signal.getsignal(getattr(signal, name)) for name in ASKING} == before


@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_each_gives_the_code_that_shells_know(qtbot: QtBot, qapp: QApplication, name: str, code: int) -> None:
    heard: list[int] = []
    with ended_by_signals(qapp, heard.append):
        signal.raise_signal(getattr(signal, name))
        qtbot.waitUntil(lambda: bool(heard))
        signal.raise_signal(getattr(signal, name))
        qtbot.waitUntil(lambda: len(heard) == 2)
    assert heard == [code, code], "one that comes again while the program ends does no harm"


def test_what_is_ignored_stays_so(qapp: QApplication) -> None:
    """As ``nohup`` asks for: the terminal may be closed."""
    heard: list[int] = []
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with ended_by_signals(qapp, heard.append):
            signal.raise_signal(signal.SIGHUP)
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        assert heard == []
    finally:
        signal.signal(signal.SIGHUP, before)
