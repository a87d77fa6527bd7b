"""Pixels of the cache as images that Qt paints."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPixmap

FORMATS = {
    1: QImage.Format.Format_Grayscale8,
    3: QImage.Format.Format_RGB888,
    4: QImage.Format.Format_RGBA8888,
}

DOT_BY_DOT = 4
"""Pictures that are enlarged at least so many times are not smoothed."""


def image_of(pixels: Any, white: int = 0) -> QImage:
    """An image of uint8 or uint16 ``(height, width, channels)``; of 65,536 levels ``white`` is shown as white.

    Unless it is given, that is the brightest level of the picture; transparency is as it is.
    """
    if pixels.dtype == np.uint16:
        opaque = pixels[..., 3:] >> 8
        levels = pixels[..., :3] if pixels.shape[-1] == 4 else pixels
        white = white or max(1, int(levels.max()))
        shown = levels.clip(0, white).astype(np.uint32) * 255 // white
        pixels = np.concatenate([shown, opaque], axis=-1).astype(np.uint8)
    height, width, channels = pixels.shape
    if channels not in FORMATS:
        pixels, channels = pixels[..., :1], 1
    return QImage(pixels.tobytes(), width, height, width * channels, FORMATS[channels]).copy()


def fitted(image: QImage, room: QSize, ratio: float = 1.0) -> QPixmap:
    """``image`` as large as ``room`` (pixels) lets it be, on a screen with ``ratio`` dots a pixel.

    Tiny pictures are enlarged dot by dot, so that it is seen what the network gets.
    """
    dots = QSize(round(room.width() * ratio), round(room.height() * ratio))
    times = min(dots.width() // max(1, image.width()), dots.height() // max(1, image.height()))
    if times >= DOT_BY_DOT:
        scaled = image.scaled(image.size() * times)
    else:
        smooth = Qt.TransformationMode.SmoothTransformation
        scaled = image.scaled(dots, Qt.AspectRatioMode.KeepAspectRatio, smooth)
    pixmap = QPixmap.fromImage(scaled)
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
