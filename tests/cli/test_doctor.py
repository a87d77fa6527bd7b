"""``nnstudio doctor``: what it prints, its JSON, its exit code, and the window that it tries."""

from __future__ import annotations

import pytest

from nnstudio.jobs import diagnosing
from nnstudio.spec.diagnosis import DisplayFacts
from nnstudio.spec.exits import Exit
from tests.cli.conftest import Terminal


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No process is started to see what works."""
    monkeypatch.setattr(diagnosing, "what_keeps_awake", lambda: "systemd-inhibit")
    shown = DisplayFacts(screen=True, platform="xcb")
    monkeypatch.setattr(diagnosing, "display_facts", lambda: shown)


def test_what_works_is_printed_line_by_line(terminal: Terminal) -> None:
    said = terminal("doctor")
    assert said.code == Exit.DONE
    assert said.err == "nnstudio can be used on this machine.\n"
    lines = said.out.splitlines()
    assert lines[0].startswith("✓ Versions")
    assert any(line.startswith("✓ Device") and "cpu (" in line and " ms." in line for line in lines)
    assert any(line.startswith("✓ Window") and "Qt starts (xcb)." in line for line in lines)


def test_what_is_broken_has_its_own_exit_code(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = DisplayFacts(True, problem="It aborted.", missing=("libEGL.so.1",), command="sudo apt-get install libegl1")
    monkeypatch.setattr(diagnosing, "display_facts", lambda: broken)
    said = terminal("doctor")
    assert said.code == Exit.BROKEN
    assert "✗ Window" in said.out
    assert "This installs it: sudo apt-get install libegl1" in said.out
    assert said.err == "Something that nnstudio needs does not work.\n"


def test_all_facts_are_one_object(terminal: Terminal) -> None:
    told = terminal("doctor", "--json").json
    assert told["ok"] is True
    assert told["facts"]["cards"]["trials"][0]["device"] == "cpu"
    assert {finding["state"] for finding in told["findings"]} <= {"good", "note"}


def test_it_has_colours_on_a_terminal_only(terminal: Terminal) -> None:
    assert "\x1b[" not in terminal("doctor").out
