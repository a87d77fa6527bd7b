"""Keeps the computer from going to sleep while something is worked at, by what each system has for that.

On Linux it is ``systemd-inhibit``, on macOS ``caffeinate``, both as a child that ends with this process, however that
ends; on Windows ``SetThreadExecutionState``, which does so, too. Where there is none of them, nothing is done.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing

from nnstudio.spec.events import DiskFull, Event, Paused

VARIABLE = "NNSTUDIO_STAY_AWAKE"
"""Environment variable; with the value 0 the computer may sleep as it likes."""
AFTER_SECONDS = 20.0
"""So long work must have lasted: what is over sooner costs nothing, and no computer falls asleep within it."""
WHY = "A network is being trained."
INHIBIT = ("systemd-inhibit", "--what=idle:sleep", "--who=nnstudio", f"--why={WHY}", "cat")
"""``cat`` lasts as long as the pipe that it reads: till this process closes it, or ends."""

PATIENCE = 10.0
"""Seconds that it gets to answer when it is tried out."""

ES_CONTINUOUS, ES_SYSTEM_REQUIRED = 0x80000000, 0x00000001
"""Of Windows: what is said holds until something else is said; and that is, that the system is needed."""


def kept_awake(events: Iterator[Event]) -> Iterator[Event]:
    """Give ``events``, and keep the computer awake while they last; it may sleep while training rests."""
    let_go: Callable[[], object] | None = None
    due = time.monotonic() + AFTER_SECONDS
    with closing(_generator(events)) as told:
        try:
            for event in told:
                rests = isinstance(event, Paused | DiskFull)
                if let_go and rests:
                    let_go()
                    let_go = None
                elif not let_go and not rests and time.monotonic() >= due:
                    let_go = stay_awake()
                yield event
        finally:
            if let_go:
                let_go()


def _generator(events: Iterator[Event]) -> Generator[Event, None, None]:
    yield from events


def what_keeps_awake(platform: str = sys.platform) -> str:
    """What keeps this computer awake, tried out; empty where there is nothing that does."""
    if platform == "win32":
        return "Windows"
    command = ("caffeinate", "-i", "true") if platform == "darwin" else (*INHIBIT[:-1], "true")
    try:
        done = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)  # noqa: S603  # a constant
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return "" if done.returncode else command[0]


def stay_awake(platform: str = sys.platform) -> Callable[[], object]:
    """Keep the computer from going to sleep by itself, until what this gives is called."""
    if os.environ.get(VARIABLE) == "0":
        return lambda: None
    if platform == "win32":
        return _on_windows()
    command = ("caffeinate", "-i", "-w", str(os.getpid())) if platform == "darwin" else INHIBIT
    if shutil.which(command[0]) is None:
        return lambda: None
    silent = subprocess.DEVNULL
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=silent, stderr=silent)  # noqa: S603  # a constant

    def let_go() -> None:
        child.terminate()
        child.communicate()

    return let_go


def _on_windows() -> Callable[[], object]:
    import ctypes  # noqa: PLC0415  # of no use elsewhere

    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009  # there on Windows alone, which type checkers know
    kernel.SetThreadExecutionState(ES_CONTINUOUS | ES_SYSTEM_REQUIRED)
    return lambda: kernel.SetThreadExecutionState(ES_CONTINUOUS)
