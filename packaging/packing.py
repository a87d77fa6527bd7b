"""Packs folders for Linux, so that the same files give the same bytes."""

from __future__ import annotations

import platform
import subprocess
import tarfile
from collections.abc import Mapping
from pathlib import Path

from release import release_date

PROGRAMS: Mapping[str, tuple[str, ...]] = {
    "x86_64": ("xz", "--x86", "--lzma2=preset=6", "--threads=0"),
    "aarch64": ("xz", "-6", "--threads=0"),
}
"""How machine code is packed: xz is told that it is some, which makes a sixth less."""
TEXTS = ("xz", "-6")
GZIP = ("gzip", "-6")


def pack(folder: Path, path: Path, name: str, compress: tuple[str, ...] | None = None) -> None:
    """Pack ``folder`` into ``path`` as ``name``: root’s, of the date of the release, in the order of the names."""
    command = compress or PROGRAMS[platform.machine()]
    with path.open("wb") as file, subprocess.Popen(command, stdin=subprocess.PIPE, stdout=file) as packer:
        assert packer.stdin
        with tarfile.open(fileobj=packer.stdin, mode="w|", format=tarfile.GNU_FORMAT) as archive:
            archive.add(folder, name, filter=_as_root)
        packer.stdin.close()
        if packer.wait():
            raise RuntimeError(f"{command[0]} failed with exit code {packer.returncode}.")


def _as_root(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """An entry that belongs to root, and that everybody may read."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    entry.mtime = int(release_date().timestamp())
    entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
    return entry
