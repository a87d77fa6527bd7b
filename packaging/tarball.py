"""Builds the archives: the program in one folder that runs where it lies, and scripts that put it into the menu.

There are two with the same content: a ``.tar.xz``, which is as small as the package, and a ``.tar.gz``, which every
Linux unpacks.
"""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
from pathlib import Path

import share_folder
from bundled import Bundle
from packing import GZIP, pack

SCRIPTS = Path(__file__).resolve().parent / "share"


def build_small(bundle: Bundle, out: Path) -> Path:
    """Write the ``.tar.xz`` into ``out``."""
    return _build(bundle, out, ".tar.xz")


def build_for_all(bundle: Bundle, out: Path) -> Path:
    """Write the ``.tar.gz`` into ``out``."""
    return _build(bundle, out, ".tar.gz", GZIP)


def _build(bundle: Bundle, out: Path, suffix: str, compress: tuple[str, ...] | None = None) -> Path:
    name = f"{bundle.package}-{bundle.version}-linux-{platform.machine()}"
    path = out / f"{name}{suffix}"
    with tempfile.TemporaryDirectory(dir=bundle.work) as temporary:
        tree = Path(temporary) / name
        shutil.copytree(bundle.folder, tree, symlinks=True, copy_function=os.link)
        share_folder.fill(tree / "share", bundle)
        for script in ("install", "uninstall", "README.txt"):
            shutil.copy(SCRIPTS / script, tree / script)
        pack(tree, path, name, compress)
    return path
