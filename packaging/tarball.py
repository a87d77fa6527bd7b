"""Builds the ``.tar.gz``: the program in one folder that runs where it lies, and scripts that put it into the menu."""

from __future__ import annotations

import gzip
import os
import platform
import shutil
import tarfile
import tempfile
from pathlib import Path

import share_folder
from bundled import Bundle
from debian import as_root

SCRIPTS = Path(__file__).resolve().parent / "share"
LEVEL = 6


def build(bundle: Bundle, out: Path) -> Path:
    """Write the archive into ``out``."""
    name = f"{bundle.package}-{bundle.version}-linux-{platform.machine()}"
    path = out / f"{name}.tar.gz"
    with tempfile.TemporaryDirectory(dir=bundle.work) as temporary:
        tree = Path(temporary) / name
        shutil.copytree(bundle.folder, tree, symlinks=True, copy_function=os.link)
        share_folder.fill(tree / "share", bundle)
        for script in ("install", "uninstall", "README.txt"):
            shutil.copy(SCRIPTS / script, tree / script)
        with (
            path.open("wb") as file,
            gzip.GzipFile("", "wb", LEVEL, file, mtime=0) as packer,
            tarfile.open(fileobj=packer, mode="w|", format=tarfile.GNU_FORMAT) as archive,
        ):
            archive.add(tree, name, filter=as_root)
    return path
