"""Hands files to a window that is open already, instead of opening another one.

A window listens on a local socket that belongs to its user, its display, its configuration and its version: others
never meet it. Who hands over writes one line of JSON and gets one back.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from nnstudio import __version__
from nnstudio.session.preferences import preferences_path

PROTOCOL = 1
LONGEST = 1 << 20
"""Bytes of a line; a longer one is nobody's list of files."""
PATIENCE_MILLISECONDS = 10_000
"""So long a window may take to answer, which loads its panels as it starts: one that hangs is left alone then."""
TOKENS = ("XDG_ACTIVATION_TOKEN", "DESKTOP_STARTUP_ID")
"""What a desktop gives to a program that may bring a window to the front."""


@dataclass(frozen=True, slots=True)
class Handover:
    """The files to open (none: only show the window), absolute; and the leave of the desktop to come to the front."""

    paths: tuple[str, ...] = ()
    token: str = ""


def write_handover(handover: Handover) -> bytes:
    """One line."""
    return json.dumps({"nnstudio": PROTOCOL} | asdict(handover)).encode() + b"\n"


def read_handover(line: bytes) -> Handover | None:
    """What a line hands over; None where it is something else."""
    try:
        content = json.loads(line) if len(line) <= LONGEST else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(content, Mapping) or content.get("nnstudio") != PROTOCOL:
        return None
    paths, token = content.get("paths"), content.get("token")
    if not isinstance(paths, list) or not isinstance(token, str) or not all(isinstance(path, str) for path in paths):
        return None
    return Handover(tuple(paths), token)


TAKEN, REFUSED = b"taken\n", b"refused\n"
"""What a window answers: it has the files, or it has other things to do, and a window of their own is better."""


def socket_name(environment: Mapping[str, str], user: str, platform: str = sys.platform) -> str:
    """The name of the socket of this user, display, configuration and version: a path, but on Windows."""
    display = environment.get("WAYLAND_DISPLAY") or environment.get("DISPLAY") or ""
    others = (PROTOCOL, __version__, user, display, str(preferences_path().absolute()))
    name = f"nnstudio-{hashlib.sha256(repr(others).encode()).hexdigest()[:16]}"
    return name if platform == "win32" else str(Path(_private_folder(environment, user)) / name)


def _private_folder(environment: Mapping[str, str], user: str) -> str:
    """A folder that nobody else can write to: the one of the session, else one of one's own below that for all."""
    given = environment.get("XDG_RUNTIME_DIR", "")
    return given if given and Path(given).is_dir() else str(Path(tempfile.gettempdir()) / f"nnstudio-{user}")


def is_private(folder: Path) -> bool:
    """Whether a folder is one's own alone; made where it is not there."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o022


def this_user() -> str:
    """Who runs this program."""
    return str(os.getuid()) if sys.platform != "win32" else os.environ.get("USERNAME", "")


def hand_over(paths: Sequence[str], environment: Mapping[str, str]) -> bool | None:
    """Give ``paths`` to the window that is open; says whether it took them, and None where none listens."""
    name = socket_name(environment, this_user())
    if sys.platform != "win32" and not (Path(name).exists() and is_private(Path(name).parent)):
        return None
    from PySide6.QtNetwork import QLocalSocket  # noqa: PLC0415  # who opens a window must not wait for it

    socket = QLocalSocket()
    socket.connectToServer(name)
    if not socket.waitForConnected(PATIENCE_MILLISECONDS):
        return None
    token = next(filter(None, (environment.get(name) for name in TOKENS)), "")
    socket.write(write_handover(Handover(tuple(str(Path(path).absolute()) for path in paths), token)))
    answer = b""
    while not answer.endswith(b"\n") and socket.waitForReadyRead(PATIENCE_MILLISECONDS):
        answer += socket.readAll().data()
    return answer == TAKEN
