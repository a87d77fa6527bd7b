"""What the doctor starts to see whether a window can open."""

from __future__ import annotations

import subprocess
import sys

import pytest
from PySide6 import QtGui

from nnstudio.__main__ import main
from nnstudio.gui import trying
from nnstudio.spec.startup import TRY_DISPLAY


class StandIn:
    """A Qt application, of which there can be only one in a process."""

    def __init__(self, arguments: list[str]) -> None:
        self.arguments = arguments

    def platformName(self) -> str:  # noqa: N802  # as Qt calls it
        return "offscreen"


def test_the_platform_is_printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(QtGui, "QGuiApplication", StandIn)
    assert main([TRY_DISPLAY]) == 0
    assert capsys.readouterr().out == "offscreen\n"


def test_libraries_that_are_missing_are_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "PySide6.QtGui", None)
    assert trying.try_display() == 1
    assert "QtGui" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a screen is always there")
def test_where_qt_aborts_the_program_that_asked_lives_on() -> None:
    environment = {"QT_QPA_PLATFORM": "xcb", "DISPLAY": ":no-such-screen"}
    command = [sys.executable, "-m", "nnstudio", TRY_DISPLAY]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode < 0
    assert "qt.qpa" in done.stderr
