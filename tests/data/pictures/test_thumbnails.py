"""Small pictures for a page: a PNG of what the cache holds, whatever its channels and levels."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from nnstudio.data.pictures.thumbnails import png_of


def opened(png: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(png))
    image.load()
    return image


@pytest.mark.parametrize(("channels", "mode"), [(1, "L"), (3, "RGB"), (4, "RGBA")])
def test_pixels_are_kept(channels: int, mode: str) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (6, 5, channels), np.uint8)
    image = opened(png_of(pixels))
    assert (image.mode, image.size) == (mode, (5, 6))
    assert np.asarray(image).reshape(pixels.shape).tolist() == pixels.tolist()


def test_large_pictures_are_shrunk_in_proportion() -> None:
    assert opened(png_of(np.zeros((400, 200, 3), np.uint8))).size == (32, 64)


def test_the_brightest_of_many_levels_is_white() -> None:
    pixels = np.array([[[0], [500], [1_000]]], np.uint16)
    assert np.asarray(opened(png_of(pixels))).tolist() == [[0, 127, 255]]


def test_transparency_stays_what_it_is() -> None:
    pixels = np.array([[[100, 50, 0, 65_535], [0, 0, 0, 0]]], np.uint16)
    assert np.asarray(opened(png_of(pixels))).tolist() == [[[255, 127, 0, 255], [0, 0, 0, 0]]]
