"""Makes the files of a bundle for Linux fit for passing on.

They lose the symbols for debuggers, a tenth of the size, and search paths of the machine that built them.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ELF, SCRIPT = b"\x7fELF", b"#!"

BY_AUDITWHEEL = re.compile(r"-[0-9a-f]{8}\.so\b")
"""In the names of libraries that were put into a wheel, such as ``libgomp-e985bcbb.so.1.0.0``."""


def tidy(folder: Path) -> None:
    """Tidy the bundle in ``folder``; does nothing on other systems."""
    if sys.platform == "linux":
        _strip_symbols(folder)
        _forget_search_paths(folder)
        _set_modes(folder)


def _strip_symbols(folder: Path) -> None:
    """Strip libraries and helpers; those that auditwheel has put beside a package stay as they are.

    auditwheel moved their tables, and strip makes files of them that the linker refuses; it ends their names with a
    part of their hash, wherever PyInstaller puts them. The program itself carries its modules behind its own end, which
    strip would cut off.
    """
    helpers = (path for path in programs(folder / "_internal") if _begins_with(path, ELF))
    found = [*libraries(folder), *helpers]
    stripped = [path for path in found if not BY_AUDITWHEEL.search(path.name)]
    subprocess.run(["strip", "--strip-unneeded", *map(str, stripped)], check=True)


def _forget_search_paths(folder: Path) -> None:
    """Take out absolute paths at which libraries would be looked for: they name folders of the machine that built."""
    if shutil.which("patchelf") is None:
        print("Libraries keep search paths of this machine: patchelf is not installed.")
        return
    for path in libraries(folder):
        command = ["patchelf", "--print-rpath", str(path)]
        found = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        if found.startswith("/"):
            subprocess.run(["patchelf", "--remove-rpath", str(path)], check=True)


def _set_modes(folder: Path) -> None:
    """Let only programs be executable: some packages bring libraries and texts that say they were programs."""
    executable = set(programs(folder))
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            path.chmod(0o755 if path in executable else 0o644)


def libraries(folder: Path) -> Iterator[Path]:
    """The shared libraries and extension modules in ``folder``, without the links to them."""
    for path in sorted(folder.rglob("*.so*")):
        if path.is_file() and not path.is_symlink() and _begins_with(path, ELF):
            yield path


def programs(folder: Path) -> Iterator[Path]:
    """The programs and scripts in ``folder``: what may be executed, and can be."""
    for path in sorted(folder.rglob("*")):
        may_be = path.is_file() and not path.is_symlink() and ".so" not in path.name
        if may_be and path.stat().st_mode & 0o100 and _begins_with(path, ELF, SCRIPT):
            yield path


def _begins_with(path: Path, *magic: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(max(map(len, magic))).startswith(magic)
