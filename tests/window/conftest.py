"""A real window on a virtual screen, driven by mouse and keyboard from outside."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import pytest

from tests.window.source import TILE

NEEDED = ("Xvfb", "xdotool", "openbox")
PATIENCE = 90.0
"""Seconds; on a busy machine PyTorch takes long to load."""


@dataclass
class Screen:
    """A virtual screen with a window manager, and the studio on it."""

    environment: dict[str, str]
    folder: Path
    programs: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def manage_windows(self) -> None:
        """Start the window manager and wait for it, as often as it takes: on a busy machine it may find no display."""
        manager = self.start("openbox")

        def at_work() -> bool:
            nonlocal manager
            if manager.poll() is not None:
                manager = self.start("openbox")
            return self._xdotool("get_desktop", check=False).returncode == 0

        self.until(at_work, "the window manager is at work")

    def open_studio(self, *arguments: object) -> subprocess.Popen[bytes]:
        """Start the studio and wait for its window."""
        studio = self.start(sys.executable, "-m", "nnstudio", *map(str, arguments))
        self.until(lambda: self.windows() != "", "the window is on the screen")
        return studio

    def windows(self) -> str:
        found = self._xdotool("search", "--onlyvisible", "--class", "nnstudio", check=False)
        return found.stdout.strip()

    def title(self) -> str:
        """What the frame of the window that has the keyboard says."""
        return self._xdotool("getactivewindow", "getwindowname", check=False).stdout.strip()

    def titles(self) -> list[str]:
        """What the frames of all windows say."""
        found = self._xdotool("search", "--onlyvisible", "--name", ".", check=False).stdout.split()
        return [self._xdotool("getwindowname", window, check=False).stdout.strip() for window in found]

    def press(self, keys: str) -> None:
        """Press a key combination, such as ``ctrl+s``."""
        self._xdotool("key", "--clearmodifiers", keys)

    def write(self, text: str) -> None:
        self._xdotool("type", "--delay", "5", text)

    def click(self, x: int, y: int) -> None:
        self._xdotool("mousemove", str(x), str(y), "click", "1")

    def drop(self, path: Path, x: int, y: int) -> None:
        """Drag a file out of another program, and let it go at a place as soon as it is wanted there.

        That program lives on: who takes the file asks it then what it was.
        """
        told = self.folder / f"dragged-{path.name}.txt"
        with told.open("wb") as output:
            self.start(sys.executable, str(Path(__file__).with_name("source.py")), str(path), output=output)

        def source() -> str:
            return self._xdotool("search", "--onlyvisible", "--name", f"^drag {path}$", check=False).stdout.strip()

        def is_held() -> bool:
            """Press again where the window manager moved it meanwhile."""
            if "held" in told.read_text():
                return True
            left, top = self._place(source())
            self._xdotool("mouseup", "1")
            self._move(left + TILE // 2, top + TILE // 2)
            self._xdotool("mousedown", "1")
            return False

        self.until(lambda: source() != "", "the window to drag from is on the screen")
        self.until(is_held, "the file is held")
        nudges = itertools.cycle((0, 5))

        def is_wanted() -> bool:
            """Move on, as a hand does: who is under the pointer is only asked when it moves."""
            self._move(x + next(nudges), y)
            return "wanted" in told.read_text()

        try:
            self.until(is_wanted, "the file is wanted")
        finally:
            self._xdotool("mouseup", "1")
        self.until(lambda: "let go" in told.read_text(), "the drag is over")

    def _place(self, window: str) -> tuple[int, int]:
        """Where the upper left corner of a window is."""
        told = self._xdotool("getwindowgeometry", "--shell", window).stdout.splitlines()
        shell = dict(line.split("=", 1) for line in told)
        return int(shell["X"]), int(shell["Y"])

    def _move(self, x: int, y: int) -> None:
        self._xdotool("mousemove", str(x), str(y))

    def until(self, holds: Callable[[], bool], what: str) -> None:
        """Look again and again until something holds: what happens in another process sends no signal here."""
        deadline = time.monotonic() + PATIENCE
        while not holds():
            if time.monotonic() > deadline:
                raise TimeoutError(f"waited in vain until {what}")
            time.sleep(0.1)

    def start(self, *command: str, output: IO[bytes] | None = None) -> subprocess.Popen[bytes]:
        with self.complaints.open("ab") as complaints:
            program = subprocess.Popen(command, env=self.environment, cwd=self.folder, stdout=output, stderr=complaints)
        self.programs.append(program)
        return program

    @property
    def complaints(self) -> Path:
        """What the programs have written to standard error."""
        return self.folder / "complaints.txt"

    def _xdotool(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        command = ["xdotool", *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=check)


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    if missing := [name for name in NEEDED if shutil.which(name) is None]:
        pytest.skip(f"a real window needs {', '.join(missing)}, which packaging/system-libraries.sh test installs")
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset"],  # noqa: S607  # found on the PATH, checked above
        pass_fds=(writing,),
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as pipe:
        number = pipe.readline().strip()
    home = tmp_path / "home"
    home.mkdir()
    environment = os.environ | {
        "DISPLAY": f":{number}",
        "QT_QPA_PLATFORM": "xcb",
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        **{f"NNSTUDIO_{name}": str(tmp_path / name.lower()) for name in ("DATA", "CACHE", "CONFIG")},
    }
    screen = Screen(environment, tmp_path, [server])
    try:
        screen.manage_windows()
        yield screen
    finally:
        for program in reversed(screen.programs):
            program.terminate()
            program.wait(20)
    complaints = screen.complaints.read_text(encoding="utf-8", errors="replace")
    assert "Traceback" not in complaints, complaints
