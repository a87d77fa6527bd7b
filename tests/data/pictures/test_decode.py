"""One picture of any kind becomes an array of the size, colour and depth that was asked for; its levels survive."""

import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from nnstudio.data.pictures.decode import (
    ORIENTATION,
    Decoded,
    UnreadablePicture,
    decode_picture,
    has_see_through,
    is_grey,
    opened,
    quietly,
)
from nnstudio.spec.sources import ImageFolderSource

GREY = np.arange(12, dtype=np.uint8).reshape(3, 4) * 20


def saved(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def decode(content: bytes, width: int = 4, height: int = 3, **fields: Any) -> Decoded:
    return decode_picture(content, ImageFolderSource("", width, height, **({"colour": "grey"} | fields)))


def wide(levels: Any, kind: str = "PNG", mode: Any = np.uint16) -> bytes:
    return saved(Image.fromarray(np.array(levels, mode)), kind)


def png(width: int, height: int, bits: int, colour: int, data: bytes) -> bytes:
    """A PNG of a kind that Pillow cannot write."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


BOMB = png(40_000, 40_000, 8, 0, b"\0" * 100)
"""1.6 billion pixels in about a hundred bytes."""


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("1", "PNG"), ("L", "PNG"), ("LA", "PNG"), ("P", "GIF"), ("RGB", "BMP"), ("RGBA", "PNG"), ("CMYK", "TIFF"),
     ("YCbCr", "JPEG"), ("LAB", "TIFF"), ("L", "PPM"), ("RGB", "PPM"), ("RGB", "WEBP")],
)  # fmt: skip
@pytest.mark.parametrize("depth", ["8", "16"])
def test_every_mode_and_format(mode: str, kind: str, depth: str) -> None:
    image = Image.new("LAB", (4, 3), (255, 128, 128)) if mode == "LAB" else Image.new("L", (4, 3), 255).convert(mode)
    content = saved(image, kind, **({"lossless": True} if kind == "WEBP" else {}))
    for colour, channels in (("grey", 1), ("rgb", 3), ("rgba", 4)):
        pixels = decode(content, colour=colour, depth=depth).pixels
        assert (pixels.shape, pixels.dtype) == ((3, 4, channels), np.dtype(f"uint{depth}"))
        assert (pixels >= (2 ** int(depth) - 1) * 254 // 255).all()


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "PPM"])
def test_sixteen_bits_keep_every_level(kind: str) -> None:
    levels = np.array([[0, 1, 255, 256], [257, 4095, 4096, 32_767], [32_768, 65_279, 65_534, 65_535]])
    found = decode(wide(levels, kind), depth="16")
    np.testing.assert_array_equal(found.pixels[..., 0], levels)
    assert (found.is_wide, found.is_clipped) == (True, False)


def test_big_endian_levels() -> None:
    levels = np.array([[0, 256, 513, 65_535]] * 3)
    big = Image.frombytes("I;16B", (4, 3), levels.astype(">u2").tobytes())
    np.testing.assert_array_equal(decode(saved(big, "TIFF"), depth="16").pixels[..., 0], levels)


@pytest.mark.parametrize(("white", "expected"), [(65_535, [0, 1, 16, 255]), (4095, [0, 16, 255, 255])])
def test_sixteen_bits_in_eight_are_scaled_from_white(white: int, expected: list[int]) -> None:
    found = decode(wide([[0, 0x0101, 0x0FFF, 0xFFFF]]), 4, 1, white=white)
    assert found.pixels.ravel().tolist() == expected
    assert found.is_clipped == (white == 4095)


@given(st.lists(st.integers(0, 65_535), min_size=4, max_size=4), st.sampled_from(["grey", "rgb"]))
def test_no_level_of_sixteen_bits_is_lost(levels: list[int], colour: str) -> None:
    found = decode(wide([levels]), 4, 1, depth="16", colour=colour)
    assert (found.pixels == np.array(levels)[None, :, None]).all()


@pytest.mark.parametrize(
    ("levels", "white", "depth", "expected", "is_clipped"),
    [
        ([0.0, 0.25, 0.5, 1.0], 1, "8", [0, 64, 128, 255], False),
        ([0.0, 0.25, 0.5, 1.0], 1, "16", [0, 16_384, 32_768, 65_535], False),
        ([0.0, 51.0, 102.0, 255.0], 255, "8", [0, 51, 102, 255], False),
        ([-1.0, np.nan, 2.0, np.inf], 1, "8", [0, 0, 255, 255], True),
    ],
)
def test_decimal_levels(levels: list[float], white: int, depth: str, expected: list[int], is_clipped: bool) -> None:
    found = decode(wide([levels], "TIFF", np.float32), 4, 1, white=white, depth=depth)
    assert found.pixels.ravel().tolist() == expected
    assert found.is_clipped == is_clipped


def test_levels_of_thirty_two_bits() -> None:
    content = wide([[-5, 0, 70_000, 65_535]], "TIFF", np.int32)
    kept = decode(content, 4, 1, depth="16")
    assert (kept.pixels.ravel().tolist(), kept.is_clipped) == ([0, 0, 65_535, 65_535], True)
    scaled = decode(content, 4, 1, depth="16", white=131_071)
    assert scaled.pixels.ravel().tolist() == [0, 0, 35_000, 32_767]


def test_sixteen_bits_a_colour_are_read_with_the_upper_eight() -> None:
    row = b"\0" + struct.pack(">6H", 0x0102, 0x8000, 0xFFFF, 0, 0, 0)
    found = decode(png(2, 1, 16, 2, row), 2, 1, colour="rgb")
    assert (found.pixels[0, 0].tolist(), found.is_shortened) == ([1, 128, 255], True)
    assert decode(b"P6 2 1 65535\n" + row[1:], 2, 1, colour="rgb").is_shortened
    assert not decode(saved(Image.new("RGB", (2, 1))), 2, 1, colour="rgb").is_shortened


def test_wide_grey_has_a_colour_when_one_is_asked_for() -> None:
    pixels = decode(wide([[7, 40_000]]), 2, 1, depth="16", colour="rgba").pixels
    assert pixels.tolist() == [[[7, 7, 7, 65_535], [40_000, 40_000, 40_000, 65_535]]]


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA", "P"])
def test_transparent_parts_are_white_unless_they_are_kept(mode: str) -> None:
    black = Image.new("RGBA", (2, 1), (0, 0, 0, 255))
    black.putpixel((0, 0), (0, 0, 0, 0))
    if mode == "P":
        paletted = Image.frombytes("P", (2, 1), b"\0\1")
        paletted.putpalette([9, 9, 9, 0, 0, 0])
        content = saved(paletted, transparency=0)
    else:
        content = saved(black.convert(mode), "PNG" if mode != "PA" else "TIFF")
    assert decode(content, 2, 1).pixels.ravel().tolist() == [255, 0]
    kept = decode(content, 2, 1, colour="rgba").pixels
    assert kept[0, :, 3].tolist() == [0, 255]


def test_a_transparent_colour_of_an_opaque_picture() -> None:
    content = saved(Image.fromarray(np.array([[0, 200]], np.uint8)), transparency=0)
    assert decode(content, 2, 1).pixels.ravel().tolist() == [255, 200]


def test_what_is_seen_through_and_what_has_colour() -> None:
    def look(image: Image.Image) -> tuple[bool, bool]:
        with opened(saved(image), 8) as found:
            return is_grey(found.image), has_see_through(found.image)

    assert look(Image.new("RGBA", (2, 2), (9, 9, 9, 255))) == (True, False)
    assert look(Image.new("RGBA", (2, 2), (9, 9, 9, 254))) == (True, True)
    assert look(Image.new("RGB", (2, 2), (9, 9, 8))) == (False, False)
    assert look(Image.new("LA", (2, 2), (9, 0))) == (True, True)
    assert look(Image.fromarray(np.zeros((2, 2), np.uint16))) == (True, False)


UPRIGHT = np.repeat(np.repeat(np.array([[0, 0], [255, 255], [0, 255]], np.uint8), 32, 0), 32, 1)
TURNED = {
    1: UPRIGHT, 2: UPRIGHT[:, ::-1], 3: UPRIGHT[::-1, ::-1], 4: UPRIGHT[::-1],
    5: UPRIGHT.T, 6: np.rot90(UPRIGHT), 7: UPRIGHT[::-1, ::-1].T, 8: np.rot90(UPRIGHT, -1),
}  # fmt: skip
"""How a camera stores it, by the orientation that it notes."""


@pytest.mark.parametrize("turn", [*TURNED, 0, 99])
@pytest.mark.parametrize("depth", [8, 16])
def test_a_camera_that_was_turned(turn: int, depth: int) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = turn
    stored = TURNED.get(turn, UPRIGHT)
    if depth == 16:
        content = saved(Image.fromarray(stored.astype(np.uint16) * 257), exif=exif)
    else:
        content = saved(Image.fromarray(np.ascontiguousarray(stored)), "JPEG", exif=exif, quality=100)
    found = decode(content, 2, 3).pixels[..., 0]
    assert (found > 128).tolist() == [[False, False], [True, True], [False, True]]
    with opened(content, 4) as picture:
        assert picture.size == (64, 96)


def test_broken_metadata_leaves_the_picture() -> None:
    content = saved(Image.fromarray(GREY), exif=b"Exif\0\0II*\0\xff\xff\xff\xff broken")
    np.testing.assert_array_equal(decode(content).pixels[..., 0], GREY)


def test_fits() -> None:
    columns = saved(Image.fromarray(np.array([[255, 10, 10, 255]] * 2, np.uint8)))
    stretched, cropped = (decode(columns, 2, 2, fit=fit).pixels[..., 0] for fit in ("stretch", "crop"))
    assert (stretched > 100).all()
    assert (cropped == 10).all()
    wide_one = saved(Image.fromarray(np.full((2, 4), 200, np.uint8)))
    assert decode(wide_one, 4, 4, fit="pad").pixels[..., 0].tolist() == [[0] * 4, [200] * 4, [200] * 4, [0] * 4]
    assert decode(wide_one, 4, 4, fit="pad", colour="rgba").pixels[0, 0].tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("fit", ["stretch", "crop", "pad"])
def test_sixteen_bits_fit_as_eight_do(fit: str) -> None:
    ramp = np.linspace(0, 255, 20 * 30).reshape(20, 30).round().astype(np.uint8)
    narrow = decode(saved(Image.fromarray(ramp)), 7, 7, fit=fit, depth="16").pixels.astype(int)
    deep = decode(wide(ramp.astype(np.uint16) * 257), 7, 7, fit=fit, depth="16").pixels.astype(int)
    assert np.abs(narrow - deep).max() <= 300  # 8 bits are rounded before they are made 16


def test_a_large_picture_is_smoothed_when_it_shrinks() -> None:
    board = (np.indices((64, 64)).sum(axis=0) % 2 * 255).astype(np.uint8)
    np.testing.assert_allclose(decode(saved(Image.fromarray(board)), 8, 8).pixels, 128, atol=2)


def test_only_the_first_frame_is_read() -> None:
    frames = [Image.new("L", (4, 3), level) for level in (10, 200, 250)]
    for kind in ("GIF", "TIFF", "WEBP"):
        content = saved(
            frames[0].convert("RGB"), kind, save_all=True, append_images=[one.convert("RGB") for one in frames[1:]]
        )
        assert np.abs(decode(content).pixels.astype(int) - 10).max() <= 2, kind


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (b"not a picture", "it is not a picture that nnstudio knows"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 4 4\n", "it is not a picture that nnstudio knows"),
        (saved(Image.fromarray(GREY))[:-30], "it is cut off"),
        (png(2, 1, 8, 0, b"\0\1\2").replace(b"x\x9c", b"x\x00"), "it is damaged"),
        (saved(Image.effect_noise((64, 64), 50), "JPEG")[:900], "it is cut off"),
        (BOMB, "it has more than 89,478,485 pixels"),
        (png(12_000, 12_000, 1, 0, b""), "it has more than 89,478,485 pixels"),  # Pillow only warns of so many
    ],
)
def test_what_is_left_out(content: bytes, reason: str) -> None:
    with quietly(), pytest.raises(UnreadablePicture, match=reason):
        decode(content)


@given(st.binary(max_size=64), st.integers(0, 300))
def test_damage_is_never_fatal(noise: bytes, place: int) -> None:
    whole = saved(Image.fromarray(np.dstack([GREY] * 3)))
    content = whole[:place] + noise + whole[place + len(noise) :]
    with quietly(), suppress(UnreadablePicture):
        assert decode(content).pixels.shape == (3, 4, 1)


def test_room_is_held_while_a_picture_is_decoded() -> None:
    held: list[int] = []

    @contextmanager
    def room(pixels: int) -> Iterator[None]:
        held.append(pixels)
        try:
            yield
        finally:
            held.append(-pixels)

    source = ImageFolderSource("", 2, 2)
    decode_picture(saved(Image.new("L", (30, 20))), source, room)
    assert held == [600, -600]
    with pytest.raises(UnreadablePicture):
        decode_picture(saved(Image.effect_noise((64, 64), 50), "JPEG")[:900], source, room)
    assert sum(held) == 0


def test_quiet_is_over_afterwards() -> None:
    with quietly():
        warnings.warn("odd metadata", stacklevel=1)
    with pytest.warns(UserWarning, match="heard"):
        warnings.warn("heard", stacklevel=1)
