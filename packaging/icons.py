"""Draws the program's icon in the sizes and formats that systems ask for, from the one in ``resources/icon.svg``."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

DRAWING = Path(__file__).resolve().parent.parent / "resources" / "icon.svg"
SIZES = (16, 24, 32, 48, 64, 128, 256, 512)
OF_WINDOWS = (16, 24, 32, 48, 64, 128, 256)
LARGEST = 1024


def write(folder: Path) -> None:
    """Write ``16.png`` and so on into ``folder``, with ``nnstudio.ico`` for Windows and ``nnstudio.icns`` for macOS."""
    folder.mkdir(parents=True, exist_ok=True)
    for size in (*SIZES, LARGEST):
        drawn(size).save(str(folder / f"{size}.png"))
    Image.open(folder / "256.png").save(folder / "nnstudio.ico", sizes=[(size, size) for size in OF_WINDOWS])
    Image.open(folder / f"{LARGEST}.png").save(folder / "nnstudio.icns")


def drawn(size: int) -> QImage:
    """The icon with ``size`` pixels a side."""
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(DRAWING)).render(painter)
    painter.end()
    return image
