"""The script that sees to Qt's system libraries, with stand-ins for the system's own programs."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from nnstudio.jobs.display import LIBRARIES

SCRIPT = Path(__file__).resolve().parent.parent.parent / "packaging" / "system-libraries.sh"
NEEDED = re.findall(r"^(\S+\.so\.\d+) \S+$", SCRIPT.read_text(encoding="utf-8"), flags=re.MULTILINE)


def test_the_doctor_knows_the_same_libraries() -> None:
    listed = re.findall(r"^(\S+\.so\.\d+) (\S+)$", SCRIPT.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert dict(listed) == LIBRARIES


pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the script looks after Linux only")


class Machine:
    """A pretended Debian: which libraries it has, who asks, and what was asked of apt-get."""

    def __init__(self, folder: Path) -> None:
        self.programs = folder / "bin"
        self.programs.mkdir()
        self.asked = folder / "asked"
        self.add("apt-get", f'echo "$@" >>{self.asked}')
        self.add("find", "echo /usr/share/fonts/opentype/inter/Inter-Regular.otf")
        self.has(NEEDED)
        self.is_used_by(uid=1000)

    def add(self, program: str, script: str) -> None:
        path = self.programs / program
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)

    def has(self, libraries: list[str]) -> None:
        listing = "\n".join(f"\t{name} (libc6,x86-64) => /usr/lib/{name}" for name in libraries)
        self.add("ldconfig", f"cat <<'END'\n{listing}\nEND")

    def is_used_by(self, uid: int) -> None:
        self.add("id", f"echo {uid}")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        paths = os.pathsep.join([str(self.programs), os.environ["PATH"]])
        environment = {**os.environ, "PATH": paths}
        return subprocess.run([SCRIPT, *arguments], env=environment, capture_output=True, text=True, check=False)

    def installed(self) -> list[str]:
        return self.asked.read_text(encoding="utf-8").splitlines() if self.asked.exists() else []


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_says_nothing_when_all_is_there(machine: Machine) -> None:
    result = machine.run()
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert machine.installed() == []


def test_tells_a_user_the_one_command(machine: Machine) -> None:
    machine.has([name for name in NEEDED if "cursor" not in name and "EGL" not in name])
    result = machine.run()
    assert result.returncode == 1
    assert result.stderr.splitlines()[1:] == ["  sudo apt-get install libegl1 libxcb-cursor0"]
    assert machine.installed() == []


def test_installs_for_root(machine: Machine) -> None:
    machine.has([name for name in NEEDED if "cursor" not in name])
    machine.is_used_by(uid=0)
    result = machine.run()
    assert result.returncode == 0
    assert machine.installed() == [
        "update -qq",
        "install -qq --yes --no-install-recommends libxcb-cursor0",
    ]


def test_any_font_will_do_for_a_user_but_there_must_be_one(machine: Machine) -> None:
    machine.add("find", "echo /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
    assert machine.run().returncode == 0
    machine.add("find", "exit 1")
    assert "apt-get install fonts-inter" in machine.run().stderr


def test_for_tests_it_looks_for_the_virtual_screen_too(machine: Machine) -> None:
    for program in ("Xvfb", "import", "openbox", "xdotool"):
        machine.add(program, "")
    assert machine.run("test").returncode == 0


def test_for_installers_it_looks_for_what_builds_and_tries_them(machine: Machine) -> None:
    for program in ("Xvfb", "import", "openbox", "xdotool", "lintian", "patchelf", "readelf", "unshare", "xz"):
        machine.add(program, "")
    machine.add("debootstrap", "")
    assert machine.run("installers").returncode == 0
    assert machine.installed() == []


def test_does_nothing_on_other_systems(tmp_path: Path) -> None:
    without_apt = {"PATH": str(tmp_path)}
    result = subprocess.run(["/bin/bash", SCRIPT, "test"], env=without_apt, capture_output=True, check=False)
    assert (result.returncode, result.stdout, result.stderr) == (0, b"", b"")
