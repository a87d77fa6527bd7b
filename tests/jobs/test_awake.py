"""While a job lasts the computer does not fall asleep; it may when the job rests, is over, or its process is gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from nnstudio.jobs import awake
from nnstudio.jobs.awake import kept_awake, stay_awake
from nnstudio.spec.events import CheckpointSaved, DiskFull, Event, Paused, Resumed

ROOT = Path(__file__).resolve().parents[2]
STEPS: list[Event] = [CheckpointSaved(1, 0), CheckpointSaved(2, 0)]


@pytest.fixture
def holds(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is held and let go, of a system that has something for it; work counts from its first event on."""
    told: list[str] = []

    def stay() -> Any:
        told.append("held")
        return lambda: told.append("let go")

    monkeypatch.setattr(awake, "stay_awake", stay)
    monkeypatch.setattr(awake, "AFTER_SECONDS", 0.0)
    return told


def test_it_is_held_once_while_events_come(holds: list[str]) -> None:
    for _ in kept_awake(iter(STEPS)):
        assert holds == ["held"]
    assert holds == ["held", "let go"]


@pytest.mark.parametrize("rest", [Paused(), DiskFull("No room.")])
def test_it_may_sleep_while_training_rests(rest: Event, holds: list[str]) -> None:
    seen = [list(holds) for _ in kept_awake(iter([STEPS[0], rest, Resumed()]))]
    assert seen == [["held"], ["held", "let go"], ["held", "let go", "held"]]
    assert holds[-1] == "let go"


def test_it_is_let_go_when_the_job_fails_or_is_abandoned(holds: list[str]) -> None:
    ended: list[str] = []

    def job(*, fails: bool) -> Iterator[Event]:
        try:
            yield STEPS[0]
            if fails:
                raise ZeroDivisionError
            yield STEPS[1]
        finally:
            ended.append("ended")

    with pytest.raises(ZeroDivisionError):
        list(kept_awake(job(fails=True)))
    events: Any = kept_awake(job(fails=False))
    next(events)
    events.close()
    assert holds == ["held", "let go"] * 2
    assert ended == ["ended"] * 2, "the job is abandoned with its listener"


def test_what_is_over_soon_holds_nothing(holds: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(awake, "AFTER_SECONDS", 60.0)
    assert list(kept_awake(iter(STEPS))) == STEPS
    assert holds == []


# ---- What holds it ----


@pytest.fixture
def inhibitor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program of the system's name that writes down its number and what it is asked for; gives that file."""
    told = tmp_path / "told"
    for name in ("systemd-inhibit", "caffeinate"):
        program = tmp_path / name
        program.write_text(f'#!/bin/sh\necho "$$ $*" > {told}.new; mv {told}.new {told}\nexec cat\n')
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return told


def lives(process: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(process, 0)
        return True
    return False


def until_told(told: Path) -> tuple[int, str]:
    while not told.exists():
        os.sched_yield()
    number, _, arguments = told.read_text().partition(" ")
    return int(number), arguments


@pytest.mark.skipif(sys.platform == "win32", reason="children of this kind are of POSIX")
@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_a_child_holds_it_until_it_is_let_go(platform: str, inhibitor: Path) -> None:
    let_go = stay_awake(platform)
    process, arguments = until_told(inhibitor)
    assert lives(process)
    assert ("--what=idle:sleep" in arguments) is (platform == "linux")
    assert (f"-w {os.getpid()}" in arguments) is (platform == "darwin")
    let_go()
    assert not lives(process)


HOLDS = "from nnstudio.jobs.awake import stay_awake; held = stay_awake(); print(flush=True); input()"


@pytest.mark.skipif(sys.platform != "linux", reason="the pipe to the child is Linux’ way")
def test_the_child_ends_with_its_process_however_that_ends(inhibitor: Path) -> None:
    program = [sys.executable, "-c", HOLDS]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        process.stdout.readline()
        child, _ = until_told(inhibitor)
        process.send_signal(signal.SIGKILL)
    while lives(child):
        os.sched_yield()


def test_a_system_without_any_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    stay_awake("linux")()


def test_windows_is_told_and_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    import ctypes  # noqa: PLC0415  # what a Windows would have is put into it

    told: list[int] = []

    class Windows:
        class kernel32:  # noqa: N801  # its name there
            SetThreadExecutionState = staticmethod(told.append)

    monkeypatch.setattr(ctypes, "windll", Windows, raising=False)
    stay_awake("win32")()
    assert told == [0x80000001, 0x80000000]


def test_who_does_not_want_it_is_left_alone(inhibitor: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(awake.VARIABLE, "0")
    stay_awake("linux")()
    assert not inhibitor.exists()
