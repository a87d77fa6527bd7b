"""Pictures: which files of a folder are some, and how one becomes an array; Pillow reads them."""

from __future__ import annotations

import os
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from nnstudio.spec.data import ImageFolderSource
from nnstudio.spec.errors import DataError

FORMATS = ("BMP", "GIF", "JPEG", "PNG", "PPM", "TIFF", "WEBP")
"""What is opened; Pillow knows more, some of which start other programs."""

NO_PICTURES = frozenset({"thumbs.db", "desktop.ini", "__macosx"})
"""What systems and packers leave in folders, in lower case."""

LARGEST_SIDE = 64
"""Pixels that are suggested at most: networks that are trained from nothing rarely need more."""

SAMPLES = 32
"""Pictures that are looked at for a suggestion."""


class UnreadablePicture(Exception):
    """A file that is left out; says why in a sentence."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A file that may be a picture: where it lies, its path below the folder, its class (None: it has none)."""

    path: Path
    name: str
    label: str | None


def find_pictures(folder: Path, need_classes: bool = True) -> list[Picture]:
    """Every visible file in the class folders of ``folder``, by class and path; raises `DataError` where there is none.

    Files in folders within a class folder belong to it. Where there are no class folders and none are needed,
    the files of the folder itself are taken.
    """
    if not folder.is_dir():
        why = "It is a file." if folder.exists() else "It was moved, renamed or deleted."
        raise DataError(
            f"There is no folder “{folder.name}”.", why, "Open a folder that holds one folder for each class."
        )
    classes = sorted(path for path in folder.iterdir() if path.is_dir() and _is_visible(path.name))
    if not classes and need_classes:
        raise DataError(
            f"“{folder.name}” has no folders for its classes.",
            "The name of the folder that a picture lies in says what it shows.",
            "Make one folder for each class and move the pictures there.",
        )
    found = [_picture(path, folder, root.name) for root in classes for path in _files(root)]
    if not classes:
        found = [_picture(path, folder, None) for path in _files(folder)]
    if not found:
        raise no_pictures(folder)
    return found


def _picture(path: Path, folder: Path, label: str | None) -> Picture:
    return Picture(path, _as_text(path.relative_to(folder).as_posix()), label and _as_text(label))


def _as_text(name: str) -> str:
    """A file name as UTF-8 can have it; some systems allow others."""
    return os.fsencode(name).decode("utf-8", "replace")


def no_pictures(folder: Path) -> DataError:
    """Why a folder in which no picture could be read is of no use."""
    kinds = ", ".join(FORMATS)
    return DataError(
        f"“{folder.name}” holds no pictures.", f"None of these was found: {kinds}.", "Choose another folder."
    )


def _files(root: Path) -> list[Path]:
    found: list[Path] = []
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = sorted(name for name in subfolders if _is_visible(name))
        found += [Path(folder, name) for name in sorted(names) if _is_visible(name)]
    return [path for path in found if path.is_file()]


def _is_visible(name: str) -> bool:
    return not name.startswith(".") and name.casefold() not in NO_PICTURES


def read_picture(file: BinaryIO, source: ImageFolderSource) -> NDArray[np.uint8]:
    """The picture in an open file, upright, in the size and colour of ``source``.

    Returns uint8 ``(height, width, channels)``; resized bilinearly with smoothing, its proportions not kept. Raises
    `UnreadablePicture`, also where it would unfold to more pixels than Pillow's limit against decompression bombs.
    """
    size = (source.width, source.height)
    image, _ = _open(file, source.colour == "grey", 2 * max(size))
    if image.size != size:
        image = image.resize(size, Image.Resampling.BILINEAR)
    return np.asarray(image).reshape(source.height, source.width, source.channels)


def _open(file: BinaryIO, grey: bool, enough: int) -> tuple[Image.Image, tuple[int, int]]:
    """Decode a picture upright as ``L`` or ``RGB``; a JPEG only as finely as ``enough`` pixels a side need.

    Returns its full size, too.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd metadata
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(file, formats=FORMATS)
            width, height = image.size
            image.draft(None, (enough, enough))
            upright = ImageOps.exif_transpose(image)
            turned = upright.size != image.size
            return _in_colour(upright, grey), (height, width) if turned else (width, height)
    except UnidentifiedImageError:
        raise UnreadablePicture("it is not a picture that nnstudio knows") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnreadablePicture(f"it has more than {Image.MAX_IMAGE_PIXELS or 0:,} pixels") from error
    except Exception as error:  # Pillow's decoders raise almost anything for a broken file
        raise UnreadablePicture("it is damaged") from error


def _in_colour(image: Image.Image, grey: bool) -> Image.Image:
    if image.mode.startswith("I"):  # 16 bits a pixel, which Pillow would clip at 255 rather than scale
        levels = np.asarray(image).astype(np.int64) >> 8
        image = Image.fromarray(levels.clip(0, 255).astype(np.uint8))
    return image.convert("L" if grey else "RGB")


def suggest_image_source(path: Path) -> ImageFolderSource:
    """How the pictures in a folder are best read, judged by some of them.

    Their most common size, scaled down to `LARGEST_SIDE` pixels on the longer side; grey when all are grey. Raises
    `DataError` where the folder holds no pictures.
    """
    path = path.absolute()
    found = find_pictures(path, need_classes=False)
    looks = _look_at(found[:: max(1, len(found) // SAMPLES)])
    if not looks:
        raise no_pictures(path)
    (width, height), _ = Counter(size for size, _ in looks).most_common(1)[0]
    scale = min(1.0, LARGEST_SIDE / max(width, height))
    return ImageFolderSource(
        str(path),
        width=max(1, round(width * scale)),
        height=max(1, round(height * scale)),
        colour="grey" if all(is_grey for _, is_grey in looks) else "rgb",
    )


def _look_at(pictures: Sequence[Picture]) -> list[tuple[tuple[int, int], bool]]:
    """The upright size of each picture that can be read, and whether it has no colour."""
    looks = []
    for picture in pictures:
        try:
            with picture.path.open("rb") as file:
                image, size = _open(file, grey=False, enough=LARGEST_SIDE)
        except (UnreadablePicture, OSError):
            continue
        red, green, blue = image.split()
        looks.append((size, red.tobytes() == green.tobytes() == blue.tobytes()))
    return looks
