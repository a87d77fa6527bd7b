"""Builds the disk image for macOS: the application, its licences, and a link to drag it on.

Untested: written without a Mac to try it on.
"""

from __future__ import annotations

import platform
import shutil
import subprocess
import tempfile
from pathlib import Path

import signing
from bundled import Bundle

PAPERS = ("licenses", "sbom.cdx.json")
"""What lies beside the application: PyInstaller has closed it before they are written."""


def build(bundle: Bundle, out: Path) -> Path:
    """Write the image into ``out``; signed and notarised where there are keys."""
    application = bundle.folder.parent / "nnstudio.app"
    signing.sign_application(application)
    path = out.absolute() / f"{bundle.package}-{bundle.version}-macos-{platform.machine()}.dmg"
    with tempfile.TemporaryDirectory(dir=bundle.work) as temporary:
        folder = Path(temporary)
        shutil.copytree(application, folder / application.name, symlinks=True)
        for paper in PAPERS:
            _copy(bundle.folder / paper, folder / paper)
        (folder / "Applications").symlink_to("/Applications")
        subprocess.run(command(folder, path), check=True)
    signing.notarise(path)
    return path


def command(folder: Path, path: Path) -> list[str]:
    """How a folder becomes an image."""
    return ["hdiutil", "create", "-volname", "nnstudio", "-srcfolder", str(folder), "-format", "ULMO", "-ov", str(path)]


def _copy(source: Path, target: Path) -> None:
    (shutil.copytree if source.is_dir() else shutil.copyfile)(source, target)
