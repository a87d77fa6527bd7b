"""A diagram as a file, in light colours on white whatever the window looks like: for papers and slides."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QIODevice, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QImage, QPainter

from nnstudio.gui.diagram.drawing import Drawing
from nnstudio.session.colours import LIGHT
from nnstudio.spec.diagram.picture import Picture

SUFFIXES = (".svg", ".png")
SHARPNESS = 2.0
"""Pixels to a point."""
MOST_PIXELS = 16_000
"""Of a side of a picture: more than programs open, and than Qt paints."""


def diagram_file(picture: Picture, font: QFont, suffix: str) -> bytes:
    """``picture`` as the content of a ``.svg`` or a ``.png`` file."""
    content = QBuffer()
    content.open(QIODevice.OpenModeFlag.WriteOnly)
    if suffix == ".svg":
        _write_svg(picture, font, content)
    else:
        _image(picture, font).save(content, "PNG")  # type: ignore[call-overload]  # the stubs want bytes, Qt text
    return bytes(content.data().data())


def _write_svg(picture: Picture, font: QFont, device: QIODevice) -> None:
    from PySide6.QtSvg import QSvgGenerator  # noqa: PLC0415  # loaded when asked for

    generator, whole = QSvgGenerator(), QRectF(0, 0, picture.width, picture.height)
    generator.setOutputDevice(device)
    generator.setTitle("Network")
    generator.setSize(whole.size().toSize())
    generator.setViewBox(whole)
    generator.setResolution(96)
    painter = QPainter(generator)
    painter.fillRect(whole, Qt.GlobalColor.white)
    Drawing(LIGHT, font).paint(painter, picture)
    painter.end()


def _image(picture: Picture, font: QFont) -> QImage:
    scale = min(SHARPNESS, MOST_PIXELS / max(picture.width, picture.height, 1))
    image = QImage(QSize(round(picture.width * scale), round(picture.height * scale)), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.scale(scale, scale)
    Drawing(LIGHT, font).paint(painter, picture)
    painter.end()
    return image
