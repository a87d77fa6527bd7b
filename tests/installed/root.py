"""A small Debian in a folder, in which nothing is installed but what it is told to."""

from __future__ import annotations

import os
import platform
import re
import shlex
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

USER, HOME = "ada", "/home/ada"
SEEN = Path("/tmp/.X11-unix")  # noqa: S108  # where every X server is reached
OF_APT = ("/etc/ld.so.cache", "/var/cache/", "/var/lib/apt/", "/var/lib/dpkg/", "/var/log/")
"""What installing anything changes, whatever it is."""
PASSING = ("dev", "proc", "sys", "tmp", "run")
INSIDE = f"""
mount -t proc proc "$ROOT/proc"
mount --rbind /dev "$ROOT/dev"
mount -t tmpfs -o mode=1777 tmpfs "$ROOT/tmp"
mkdir -p {SEEN} "$ROOT{SEEN}"
mount --bind {SEEN} "$ROOT{SEEN}"
exec chroot "$@"
"""


@dataclass(frozen=True, slots=True)
class Root:
    """The folder that is the whole system to what runs in it; no process in it outlives the one that was asked for."""

    folder: Path

    def prepare(self) -> None:
        """Install the smallest system of this machine's own release, and make a user."""
        self.folder.mkdir()
        os_release = platform.freedesktop_os_release()
        command = ["debootstrap", "--variant=minbase", os_release["VERSION_CODENAME"], str(self.folder), mirror()]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr
        shutil.copy("/etc/resolv.conf", self.folder / "etc" / "resolv.conf")
        self.as_root("useradd", "--create-home", "--shell", "/bin/sh", USER)

    @property
    def home(self) -> Path:
        return self.folder / HOME[1:]

    def command(
        self,
        command: Sequence[object],
        user: str = USER,
        environment: Mapping[str, str] | None = None,
        offline: bool = False,
    ) -> list[str]:
        """What runs ``command`` in here: as a user without any network, or as root with it, unless ``offline``."""
        alone = ["--net"] if offline or user != "root" else []
        space = ["unshare", "--mount", "--pid", "--fork", "--kill-child", *alone]
        known = {"HOME": HOME if user != "root" else "/root", "USER": user, "LANG": "C.UTF-8", "PATH": PATH}
        known |= {"DEBIAN_FRONTEND": "noninteractive"} if user == "root" else {}
        variables = [f"{name}={value}" for name, value in (known | dict(environment or {})).items()]
        inside = [f"--userspec={user}:{user}", str(self.folder), "env", "-i", "-C", known["HOME"], *variables]
        return [*space, "env", f"ROOT={self.folder}", "sh", "-ec", INSIDE, "sh", *inside, *map(str, command)]

    def run(
        self,
        *command: object,
        user: str = USER,
        environment: Mapping[str, str] | None = None,
        offline: bool = False,
        shown: bool = True,
    ) -> str:
        """Run something to its end, show what it says, and give it; it has to succeed."""
        whole = self.command(command, user, environment, offline)
        done = subprocess.run(whole, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
        if shown:
            print(f"{user}$ {shlex.join(map(str, command))}\n{_short(done.stdout + done.stderr)}")
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def as_root(self, *command: object, offline: bool = False) -> str:
        return self.run(*command, user="root", offline=offline)

    def given(self, path: Path, name: str = "") -> None:
        """Put a file of this machine into the user's home."""
        target = self.home / (name or path.name)
        shutil.copyfile(path, target)
        shutil.chown(target, 1000, 1000)

    def files(self) -> dict[str, tuple[object, ...]]:
        """Every file outside the user's home and what passes: its kind, size, and when it was written."""
        found = {}
        for place, folders, names in os.walk(self.folder):
            inner = f"/{os.path.relpath(place, self.folder)}".replace("/.", "", 1)
            if not inner:
                folders[:] = [name for name in folders if name not in PASSING]
            folders[:] = [name for name in folders if f"{inner}/{name}" != HOME]
            for name in (*names, *folders):
                state = os.lstat(Path(place, name))
                is_folder = name in folders
                found[f"{inner}/{name}"] = (state.st_mode, *(() if is_folder else (state.st_size, state.st_mtime_ns)))
        return found


PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
LONG = 24


def _short(text: str) -> str:
    """The first and last lines of ``text``, for the log."""
    lines = [re.sub(r"[^\n]*\r", "", line)[:200] for line in text.rstrip().splitlines()]
    if len(lines) > LONG:
        lines = [*lines[: LONG // 2], f"… {len(lines) - LONG} lines …", *lines[-LONG // 2 :]]
    return "".join(f"    {line}\n" for line in lines)


def mirror() -> str:
    """Where this machine's own apt gets the packages of its release from."""
    release = platform.freedesktop_os_release()["VERSION_CODENAME"]
    command = ["apt-get", "indextargets", "--format", "$(RELEASE) $(SITE)"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return next(line.split()[1] for line in listed if line.split()[0] == release)
