"""Pixels of the cache become images of Qt's, as large as there is room."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from nnstudio.gui.pixels import fitted, image_of


@pytest.mark.parametrize("levels", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_pixels_become_images(levels: type[np.unsignedinteger], channels: int) -> None:
    pixels = np.zeros((2, 3, channels), levels)
    pixels[0, 1] = np.iinfo(levels).max
    image = image_of(pixels)
    assert (image.width(), image.height()) == (3, 2)
    assert image.pixelColor(1, 0).lightness() == 255
    assert image.pixelColor(0, 0).lightness() == 0


def test_transparency_of_sixteen_bits() -> None:
    pixels = np.array([[[1_000, 500, 0, 65_535], [0, 0, 0, 32_768]]], np.uint16)
    image = image_of(pixels, 1_000)
    assert QColor.fromRgba(image.pixel(0, 0)).getRgb() == (255, 127, 0, 255)
    assert QColor.fromRgba(image.pixel(1, 0)).alpha() == 128


@pytest.mark.parametrize(
    ("size", "expected"), [((8, 8), (80, 80)), ((9, 6), (72, 48)), ((28, 28), (80, 80)), ((400, 100), (80, 20))]
)
def test_pictures_fill_their_room(size: tuple[int, int], expected: tuple[int, int], qtbot: QtBot) -> None:
    del qtbot
    image = image_of(np.zeros((size[1], size[0], 1), np.uint8))
    assert fitted(image, QSize(80, 80)).size() == QSize(*expected)
    sharp = fitted(image, QSize(80, 80), 2.0)
    assert sharp.devicePixelRatio() == 2
    assert max(sharp.width(), sharp.height()) > 120
