"""Pictures of the cache as small PNG files, to be put into a page."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

LARGEST = 64
"""Pixels of the longer side; smaller pictures stay as they are."""


def png_of(pixels: NDArray[np.uint8] | NDArray[np.uint16], largest: int = LARGEST) -> bytes:
    """A PNG file of ``pixels`` ``(height, width, channels)``; of 65,536 levels the brightest becomes white."""
    image = Image.fromarray(_eight_bits(pixels))
    image.thumbnail((largest, largest))
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _eight_bits(pixels: NDArray[np.uint8] | NDArray[np.uint16]) -> NDArray[np.uint8]:
    """8 bits a level, and no last side where there is one channel or an odd number of them."""
    levels = pixels if pixels.shape[-1] in (3, 4) else pixels[..., 0]
    if levels.dtype == np.uint8:
        return levels.astype(np.uint8)
    opaque = levels[..., 3:] if levels.ndim == 3 and levels.shape[-1] == 4 else None
    colours = levels if opaque is None else levels[..., :3]
    shown = (colours.astype(np.uint32) * 255 // max(1, int(colours.max()))).astype(np.uint8)
    return shown if opaque is None else np.concatenate([shown, (opaque >> 8).astype(np.uint8)], axis=-1)
