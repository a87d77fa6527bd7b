"""Builds the ``.tar.xz``: the program in one folder that runs where it lies, and scripts that put it into the menu."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
from pathlib import Path

import share_folder
from bundled import Bundle
from packing import pack

SCRIPTS = Path(__file__).resolve().parent / "share"


def build(bundle: Bundle, out: Path) -> Path:
    """Write the archive into ``out``."""
    name = f"{bundle.package}-{bundle.version}-linux-{platform.machine()}"
    path = out / f"{name}.tar.xz"
    with tempfile.TemporaryDirectory(dir=bundle.work) as temporary:
        tree = Path(temporary) / name
        shutil.copytree(bundle.folder, tree, symlinks=True, copy_function=os.link)
        share_folder.fill(tree / "share", bundle)
        for script in ("install", "uninstall", "README.txt"):
            shutil.copy(SCRIPTS / script, tree / script)
        pack(tree, path, name)
    return path
