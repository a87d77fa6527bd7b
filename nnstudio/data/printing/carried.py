"""What printed code carries along, word for word: functions of a few lines that pandas and Pillow lack.

Each stands for itself: it imports NumPy, pandas and Pillow only.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image, ImageOps


def common_or_other(cells: pd.Series[Any], common: Sequence[object]) -> pd.Categorical[Any]:
    """The cells as categories: the common values in their order, and "other" for the rest but what is missing."""
    is_rare = ~cells.isin(common) & cells.notna()
    return pd.Categorical(cells.astype(object).mask(is_rare, "other"), [*common, "other"])


def read_picture(path: Path, mode: str, size: tuple[int, int], fit: str) -> NDArray[np.uint8]:
    """One picture, upright, in one mode and size (width, height), as levels from 0 to 255."""
    with Image.open(path) as image:
        image.draft(None, (2 * max(size), 2 * max(size)))  # a JPEG need not be decoded more finely
        upright = ImageOps.exif_transpose(image)
        if mode != "RGBA" and upright.has_transparency_data:
            seen = upright.convert("RGBA")
            upright = Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen)
        seen = upright if upright.mode == mode else upright.convert(mode)
        return np.asarray(fitted(seen, size, fit))


def read_wide_picture(
    path: Path, mode: str, size: tuple[int, int], fit: str, *, white: int, most: int
) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """One picture, upright, as levels from 0 to ``most``; of more than 256 levels of grey, ``white`` is the highest."""
    with Image.open(path) as image:
        upright = ImageOps.exif_transpose(image)
        if not upright.mode.startswith(("I", "F")):
            return read_picture(path, mode, size, fit) * np.uint16(most // 255)
        levels = np.nan_to_num(np.asarray(upright, np.float32), posinf=65_535.0, neginf=0.0)
        is_kept = most > 255 and upright.mode != "F" and white <= most  # whole levels stay what they are
    top = most if is_kept else white
    grey = fitted(Image.fromarray(levels.clip(0, top) * np.float32(most / top)), size, fit)
    whole = np.rint(np.asarray(grey)).clip(0, most).astype(np.uint16 if most > 255 else np.uint8)
    channels = np.repeat(whole[..., None], len(mode), axis=2)
    if mode == "RGBA":
        channels[..., 3] = most
    return channels


def fitted(image: Image.Image, size: tuple[int, int], fit: str) -> Image.Image:
    """The image in that size (width, height): stretched, cropped at the edges, or padded with black."""
    if image.size == size:
        return image
    if fit == "crop":
        return ImageOps.fit(image, size, Image.Resampling.BILINEAR)
    if fit == "pad":
        return ImageOps.pad(image, size, Image.Resampling.BILINEAR)
    return image.resize(size, Image.Resampling.BILINEAR)
