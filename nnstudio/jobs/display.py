"""Finds out whether a window can open here, and which libraries of the system it lacks."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping

from nnstudio.spec.diagnosis import DisplayFacts
from nnstudio.spec.startup import TRY_DISPLAY

LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}
"""What Qt loads on Linux, and the packages of Debian that have it; packaging/system-libraries.sh has the same."""
SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
PATIENCE = 60.0
"""Seconds that Qt gets to start; a cold disk may take its time."""

Try = Callable[[Mapping[str, str]], tuple[int, str, str]]


def display_facts(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> DisplayFacts:
    """Whether Qt starts; on Linux without a screen it is tried on none, which shows whether its libraries are there."""
    has_screen = platform != "linux" or any(environment.get(name) for name in SCREENS)
    tried = dict(environment) if has_screen else {**environment, "QT_QPA_PLATFORM": "offscreen"}
    code, out, err = start_qt(tried)
    if code == 0:
        return DisplayFacts(has_screen, platform=out.strip())
    missing = tuple(name for name in LIBRARIES if not loads(name)) if platform == "linux" else ()
    return DisplayFacts(has_screen, problem=_said(code, err), missing=missing, command=_command(missing))


def start_qt(environment: Mapping[str, str]) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a process that starts Qt."""
    module = () if getattr(sys, "frozen", False) else ("-m", "nnstudio")
    command, env = (sys.executable, *module, TRY_DISPLAY), dict(environment)
    try:
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=PATIENCE, check=False)  # noqa: S603  # us
    except subprocess.TimeoutExpired:
        return 1, "", "Qt did not start within a minute."
    return done.returncode, done.stdout, done.stderr


def loads(library: str) -> bool:
    """Whether the system finds a library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _command(missing: tuple[str, ...]) -> str:
    """The one command that installs what is missing; empty where there is no apt."""
    packages = " ".join(LIBRARIES[name] for name in missing)
    return f"sudo apt-get install {packages}" if packages and shutil.which("apt-get") else ""


def _said(code: int, err: str) -> str:
    """What Qt said before it gave up: its first line is the reason."""
    lines = [line.strip() for line in err.splitlines() if line.strip()]
    return lines[0] if lines else f"It ended with code {code}."
