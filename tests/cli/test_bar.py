"""Progress for people: on a terminal, and nowhere else."""

from __future__ import annotations

import io
import sys

import pytest

from nnstudio.cli.bar import followed
from nnstudio.spec.events import Evaluating, Event, Exporting, Reading, Saved

EVENTS: list[Event] = [
    Reading(3_000_000, 10_000_000, "bytes", 42.0),
    Evaluating(50, 100),
    Exporting("onnx", "Checking it against PyTorch"),
    Saved("m.pth"),
]


class Screen(io.StringIO):
    """Standard error as a terminal."""

    def isatty(self) -> bool:
        return True


def shown(events: list[Event], stream: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "100")
    assert list(followed(iter(events))) == events
    return stream.getvalue()


def test_how_far_a_job_is_is_shown_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Reading" in shown(EVENTS[:1], Screen(), monkeypatch)
    told = shown(EVENTS[:1], Screen(), monkeypatch)
    assert "30%" in told
    assert "0:42 left" in told
    assert "Evaluating" in shown(EVENTS[1:2], Screen(), monkeypatch)
    assert "Checking it against PyTorch" in shown(EVENTS[2:3], Screen(), monkeypatch)


def test_a_job_that_tells_nothing_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(EVENTS[3:], Screen(), monkeypatch) == ""


def test_colours_can_be_declined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[38;" in shown(EVENTS[:1], Screen(), monkeypatch)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[38;" not in shown(EVENTS[:1], Screen(), monkeypatch)


@pytest.mark.parametrize("variable", ["FORCE_COLOR", "TTY_COMPATIBLE"])
def test_a_log_gets_no_bars_whatever_else_is_said(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "1")
    assert shown(EVENTS, io.StringIO(), monkeypatch) == ""
