"""Fills ``share`` of a Linux system: menu entry, icons, the type of the project file, manual, completion."""

from __future__ import annotations

import shutil
from pathlib import Path

from bundled import Bundle
from icons import DRAWING, SIZES
from terminal_files import write_terminal_files

SHARE = Path(__file__).resolve().parent / "share"
PLACES = {"nnstudio.desktop": "applications", "nnstudio.xml": "mime/packages"}


def fill(share: Path, bundle: Bundle) -> None:
    """Write all of it below ``share``."""
    for name, place in PLACES.items():
        (share / place).mkdir(parents=True)
        shutil.copyfile(SHARE / name, share / place / name)
    for size in SIZES:
        _icon(bundle.work / "icons" / f"{size}.png", share, f"{size}x{size}")
    _icon(DRAWING, share, "scalable")
    write_terminal_files(share)


def _icon(source: Path, share: Path, size: str) -> None:
    target = share / "icons" / "hicolor" / size / "apps" / f"nnstudio{source.suffix}"
    target.parent.mkdir(parents=True)
    shutil.copyfile(source, target)
