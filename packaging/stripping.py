"""Takes the symbols for debuggers out of the libraries of a bundle for Linux: a tenth of its size."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ELF = b"\x7fELF"


def strip_symbols(folder: Path) -> None:
    """Strip the libraries in ``folder``; those that auditwheel has put beside a package stay as they are.

    auditwheel moved their tables, and strip makes files of them that the linker refuses.
    """
    if sys.platform == "linux":
        found = [path for path in libraries(folder) if not path.parent.name.endswith(".libs")]
        subprocess.run(["strip", "--strip-unneeded", *map(str, found)], check=True)


def libraries(folder: Path) -> Iterator[Path]:
    """The shared libraries and extension modules in ``folder``, without the links to them."""
    for path in sorted(folder.rglob("*.so*")):
        if path.is_file() and not path.is_symlink() and _begins_with(path, ELF):
            yield path


def _begins_with(path: Path, magic: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(magic)) == magic
