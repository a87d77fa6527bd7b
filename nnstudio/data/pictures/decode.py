"""One picture file becomes an array: upright, in one size, colour and depth; Pillow reads it."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from nnstudio.spec.sources import PictureSource

FORMATS = ("BMP", "GIF", "JPEG", "PNG", "PPM", "TIFF", "WEBP")
"""What is opened; Pillow knows more, some of which start other programs."""

ORIENTATION = 0x0112
"""The EXIF tag that says how the camera was turned; 1 is upright."""

WIDE = 65_535
"""The highest level of 16 bits."""

SIDEWAYS = range(5, 9)
"""The orientations in which width and height change places."""

RESAMPLING = Image.Resampling.BILINEAR
"""With smoothing where a picture shrinks."""

MODES = {"grey": "L", "rgb": "RGB", "rgba": "RGBA"}

Levels = NDArray[np.uint8] | NDArray[np.uint16]
Room = Callable[[int], AbstractContextManager[object]]


def _unbounded(pixels: int) -> AbstractContextManager[object]:
    return nullcontext(pixels)


class UnreadablePicture(Exception):
    """A file that is left out; says why in half a sentence."""


@dataclass(frozen=True, eq=False, slots=True)
class Decoded:
    """A picture as it is kept, and what was lost on the way."""

    pixels: Levels
    """``(height, width, channels)``, uint8 or uint16 by the depth that was asked for."""
    is_wide: bool = False
    """It has more than 256 levels of grey."""
    is_clipped: bool = False
    """Some of its levels lie below black or above white."""
    is_shortened: bool = False
    """It has 16 bits a channel in colour, of which Pillow reads the upper 8."""


def decode_picture(content: bytes, source: PictureSource, room: Room = _unbounded) -> Decoded:
    """The picture in the bytes of a file, upright, in the size, colour, depth and fit of ``source``.

    Transparent parts become white unless transparency is kept. Grey levels of more than 8 bits (whole or decimal) are
    never cut to their lower or upper byte: in 16 bits, whole levels up to 65,535 stay what they are, all others are
    scaled so that ``source.white`` becomes 65,535; in 8 bits ``source.white`` becomes 255. Colour of more than 8 bits
    a channel is read by Pillow with its upper 8. In 16 bits, a level of 8 bits is multiplied by 257.

    ``room`` is held while the picture is decoded: given its pixels, it waits until there is memory for them. Raises
    `UnreadablePicture`, also where the picture would unfold to more pixels than Pillow's limit against bombs.
    """
    with opened(content, 2 * max(source.width, source.height), room) as found:
        if is_wide(found.image):
            return _decode_wide(found.image, source)
        fitted = _fitted(_in_colour(found.image, MODES[source.colour]), source)
        pixels = np.asarray(fitted).reshape(source.height, source.width, source.channels)
        return Decoded(_deepened(pixels) if source.depth == "16" else pixels, is_shortened=found.is_shortened)


@dataclass(frozen=True, eq=False, slots=True)
class Opened:
    """A decoded, upright Pillow image; ``size`` is that of the file, which a JPEG is not always decoded at."""

    image: Image.Image
    size: tuple[int, int]
    is_shortened: bool = False


@contextmanager
def opened(content: bytes, enough: int, room: Room = _unbounded) -> Iterator[Opened]:
    """The first frame of a picture, a JPEG only as finely as ``enough`` pixels a side need.

    Raises `UnreadablePicture`, also for what goes wrong in its block.
    """
    try:
        image = Image.open(io.BytesIO(content), formats=FORMATS)
        pixels = image.width * image.height
        if pixels > (Image.MAX_IMAGE_PIXELS or 0):  # Pillow itself only warns up to twice as many
            raise _too_large()
        with room(pixels):
            yield _upright(image, enough)
    except UnidentifiedImageError as error:
        what = "it is not a picture that nnstudio knows" if content else "it is empty"
        raise UnreadablePicture(what) from error
    except Image.DecompressionBombError as error:
        raise _too_large() from error
    except (UnreadablePicture, MemoryError):
        raise
    except Exception as error:  # Pillow's decoders raise almost anything for a broken file
        why = "it is cut off" if "truncated" in str(error) else "it is damaged"
        raise UnreadablePicture(why) from error


@contextmanager
def quietly() -> Iterator[None]:
    """Ignore what Pillow says of odd metadata; stands around all threads that decode, for they share the filters."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _upright(image: Image.Image, enough: int) -> Opened:
    size = image.size
    is_shortened = image.mode in {"RGB", "RGBA", "LA", "CMYK"} and _is_deep(image)
    image.draft(None, (enough, enough))
    image.load()
    turn = _orientation(image)
    upright = image if turn == 1 else ImageOps.exif_transpose(image)
    return Opened(upright, size[::-1] if turn in SIDEWAYS else size, is_shortened)


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(ORIENTATION, 1))
    except Exception:  # noqa: BLE001  # metadata may be broken in any way; the picture is none the worse for it
        return 1


def _is_deep(image: Image.Image) -> bool:
    """Whether the decoder is about to drop the lower byte of each channel."""
    depths = [part for tile in getattr(image, "tile", ()) for part in _parts(tile[3])]
    return any(isinstance(part, str) and ";16" in part for part in depths) or (
        image.format == "PPM" and any(isinstance(part, int) and part > 255 for part in depths)
    )


def _parts(args: object) -> tuple[object, ...]:
    return args if isinstance(args, tuple) else (args,)


def _too_large() -> UnreadablePicture:
    return UnreadablePicture(f"it has more than {Image.MAX_IMAGE_PIXELS or 0:,} pixels")


def is_wide(image: Image.Image) -> bool:
    """Whether a picture has more than 256 levels of grey."""
    return image.mode.startswith(("I", "F"))


def wide_levels(image: Image.Image) -> NDArray[np.float32]:
    """The levels of a wide picture as float32 ``(height, width)``; what is not a number is 0."""
    return np.nan_to_num(np.asarray(image).astype(np.float32), copy=False, nan=0.0, posinf=WIDE, neginf=0.0)


def _decode_wide(image: Image.Image, source: PictureSource) -> Decoded:
    levels = wide_levels(image)
    stays = source.depth == "16" and not image.mode.startswith("F") and source.white <= WIDE
    white = WIDE if stays else source.white
    is_clipped = bool(levels.size and (levels.min() < 0 or levels.max() > white))
    most = WIDE if source.depth == "16" else 255
    fitted = np.asarray(_fitted(Image.fromarray(levels.clip(0, white) * np.float32(most / white)), source))
    grey = np.rint(fitted).clip(0, most).astype(np.uint16 if source.depth == "16" else np.uint8)
    channels = np.repeat(grey[..., None], source.channels, axis=2)
    if source.colour == "rgba":
        channels[..., 3] = most
    return Decoded(channels, is_wide=True, is_clipped=is_clipped)


def _deepened(pixels: NDArray[np.uint8]) -> NDArray[np.uint16]:
    return pixels.astype(np.uint16) * np.uint16(257)


def _fitted(image: Image.Image, source: PictureSource) -> Image.Image:
    size = (source.width, source.height)
    if image.size == size:
        return image
    match source.fit:
        case "crop":
            return ImageOps.fit(image, size, RESAMPLING)
        case "pad":
            return ImageOps.pad(image, size, RESAMPLING)
    return image.resize(size, RESAMPLING)


def _in_colour(image: Image.Image, mode: str) -> Image.Image:
    """An image of any mode but the wide ones in ``L``, ``RGB`` or ``RGBA``."""
    if image.mode == mode and not image.has_transparency_data:
        return image
    if image.mode == "LAB":
        image = _lab_to_rgb().apply(image)
    if mode != "RGBA" and image.has_transparency_data:
        seen = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen)
    return image.convert(mode)


def has_see_through(image: Image.Image) -> bool:
    """Whether some part of an image of any mode lets something shine through."""
    if is_wide(image) or not image.has_transparency_data:
        return False
    return image.convert("RGBA").getchannel("A").getextrema() != (255, 255)


def is_grey(image: Image.Image) -> bool:
    """Whether every pixel of an image of any mode has no colour."""
    if is_wide(image) or image.mode in {"1", "L", "LA"}:
        return True
    red, green, blue = _in_colour(image, "RGB").split()
    return red.tobytes() == green.tobytes() == blue.tobytes()


@cache
def _lab_to_rgb() -> ImageCms.ImageCmsTransform:
    lab, rgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    return ImageCms.buildTransform(lab, rgb, "LAB", "RGB")
