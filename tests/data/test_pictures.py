"""Pictures of all sorts become uint8 arrays of one size; what is none is left out with a word why."""

import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from nnstudio.data.pictures import find_pictures, read_picture, suggest_image_source
from nnstudio.data.source import open_source
from nnstudio.data.table import MappedTable
from nnstudio.resources import resource
from nnstudio.spec.data import Column, ImageFolderSource, Kind, Role
from nnstudio.spec.errors import DataError
from nnstudio.spec.tasks import Task

MakePicture = Callable[[str, NDArray[np.uint8]], Path]
GREY = np.arange(12, dtype=np.uint8).reshape(3, 4) * 20
ORIENTATION = 0x0112


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pictures").mkdir()
    return tmp_path / "pictures"


def read(path: Path, width: int = 4, height: int = 3, colour: str = "grey") -> NDArray[np.uint8]:
    with path.open("rb") as file:
        return read_picture(file, ImageFolderSource("", width, height, "grey" if colour == "grey" else "rgb"))


def bomb() -> bytes:
    """A PNG of 1.6 billion pixels in about a hundred bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


def test_the_sample_folder() -> None:
    folder = resource("samples/digits")
    source = suggest_image_source(folder)
    assert source == ImageFolderSource(str(folder), 8, 8, "grey")
    facts = open_source(source)
    assert open_source(source) == facts
    assert (facts.rows, facts.task, facts.left_out) == (600, Task.MULTICLASS, ())
    assert facts.suggested == (Column("image", Kind.IMAGE), Column("class", Kind.CATEGORY, Role.TARGET))
    assert (facts.column("class").distinct, facts.column("class").top[0]) == (10, ("0", 60))
    first = min((folder / "0").iterdir())
    with MappedTable(facts.cache) as table:
        assert table.cell(0, "path") == f"0/{first.name}"
        np.testing.assert_array_equal(table.image(0)[..., 0], np.asarray(Image.open(first)))


def test_two_classes_are_a_yes_or_no(picture: MakePicture, folder: Path) -> None:
    picture("cat/1.png", GREY)
    picture("dog/1.png", GREY)
    assert open_source(suggest_image_source(folder)).task is Task.BINARY


def test_what_systems_leave_behind_is_neither_class_nor_picture(picture: MakePicture, folder: Path) -> None:
    for name in ("b/2.png", "b/deep/1.png", "a/x.png", ".git/x.png", "__MACOSX/x.png", "b/.hidden/x.png"):
        picture(name, GREY)
    for name in (".DS_Store", "b/Thumbs.db", "a/.x.png", "notes.txt"):
        (folder / name).write_bytes(b"x")
    found = [(picture.name, picture.label) for picture in find_pictures(folder)]
    assert found == [("a/x.png", "a"), ("b/2.png", "b"), ("b/deep/1.png", "b")]


def test_what_cannot_be_read_is_left_out_with_a_reason(picture: MakePicture, folder: Path) -> None:
    whole = picture("a/whole.png", GREY)
    (folder / "a/cut.png").write_bytes(whole.read_bytes()[:-30])
    (folder / "a/text.png").write_text("not a picture")
    (folder / "a/empty.jpg").write_bytes(b"")
    (folder / "a/bomb.png").write_bytes(bomb())
    (folder / "a/script.eps").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 4 4\n")
    facts = open_source(ImageFolderSource(str(folder), 4, 3, "grey"))
    assert facts.rows == 1
    assert facts.left_out == (
        "“a/bomb.png” was left out: it has more than 89,478,485 pixels.",
        "“a/cut.png” was left out: it is damaged.",
        "“a/empty.jpg” was left out: it is not a picture that nnstudio knows.",
        "“a/script.eps” was left out: it is not a picture that nnstudio knows.",
        "“a/text.png” was left out: it is not a picture that nnstudio knows.",
    )


def test_a_picture_that_may_not_be_read_is_left_out(
    picture: MakePicture, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture("a/open.png", GREY)
    picture("a/locked.png", GREY)
    whole_open = Path.open

    def open_unless_locked(path: Path, *args: Any, **options: Any) -> Any:
        if path.name == "locked.png":
            raise PermissionError(13, "Permission denied")
        return whole_open(path, *args, **options)

    monkeypatch.setattr(Path, "open", open_unless_locked)
    assert suggest_image_source(folder).width == 4
    facts = open_source(ImageFolderSource(str(folder)))
    assert (facts.rows, facts.left_out) == (1, ("“a/locked.png” was left out: Permission denied.",))


@pytest.mark.parametrize("pixels", [10_000, 13_000])  # 100 and 169 million: Pillow warns of one and refuses the other
def test_pictures_beyond_the_limit_are_refused(folder: Path, pixels: int) -> None:
    (folder / "a").mkdir()
    Image.new("1", (pixels, pixels)).save(folder / "a/large.png")
    with pytest.raises(DataError, match="“pictures” holds no pictures"):
        open_source(ImageFolderSource(str(folder)))


def test_a_camera_that_was_turned(folder: Path) -> None:
    upright = np.repeat(np.repeat(np.array([[0, 0], [255, 255], [0, 255]], np.uint8), 32, 0), 32, 1)
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # to be turned by 90 degrees clockwise
    Image.fromarray(np.rot90(upright)).save(folder / "turned.jpg", exif=exif, quality=100)
    found = read(folder / "turned.jpg", 2, 3)[..., 0]
    assert (found > 128).tolist() == [[False, False], [True, True], [False, True]]
    assert suggest_image_source(folder) == ImageFolderSource(str(folder), 43, 64, "grey")


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_every_mode_becomes_grey_or_rgb(folder: Path, mode: str) -> None:
    path = folder / ("x.tif" if mode == "CMYK" else "x.png")
    if mode == "I;16":
        Image.fromarray(np.full((3, 4), 0xFF00, np.uint16)).save(path)
    else:
        Image.new("L", (4, 3), 255).convert(mode).save(path)
    assert read(path).shape == (3, 4, 1)
    assert (read(path) == 255).all()
    assert read(path, colour="rgb").shape == (3, 4, 3)
    assert (read(path, colour="rgb") == 255).all()


def test_sixteen_bits_are_scaled_not_clipped(folder: Path) -> None:
    Image.fromarray(np.array([[0, 0x0100, 0x8000, 0xFFFF]], np.uint16)).save(folder / "x.png")
    assert read(folder / "x.png", 4, 1).ravel().tolist() == [0, 1, 128, 255]


def test_a_large_picture_is_smoothed_when_it_shrinks(folder: Path) -> None:
    board = (np.indices((64, 64)).sum(axis=0) % 2 * 255).astype(np.uint8)
    Image.fromarray(board).save(folder / "x.png")
    np.testing.assert_allclose(read(folder / "x.png", 8, 8), 128, atol=2)


@pytest.mark.parametrize(
    ("sizes", "size"),
    [([(8, 6)] * 3 + [(9, 9)], (8, 6)), ([(640, 480)], (64, 48)), ([(1, 1000)], (1, 64))],
)
def test_the_most_common_size_is_suggested(
    picture: MakePicture, folder: Path, sizes: list[tuple[int, int]], size: tuple[int, int]
) -> None:
    for number, (width, height) in enumerate(sizes):
        picture(f"a/{number}.png", np.zeros((height, width), np.uint8))
    source = suggest_image_source(folder)
    assert (source.width, source.height) == size


def test_grey_is_suggested_when_nothing_has_colour(picture: MakePicture, folder: Path) -> None:
    picture("a/grey.png", np.dstack([GREY] * 3))
    assert suggest_image_source(folder).colour == "grey"
    picture("a/red.png", np.dstack([GREY, GREY, GREY // 2]))
    assert suggest_image_source(folder).colour == "rgb"


def test_a_changed_picture_or_size_is_read_again(picture: MakePicture, folder: Path) -> None:
    picture("a/x.png", GREY)
    source = ImageFolderSource(str(folder), 4, 3, "grey")
    first = open_source(source)
    larger = open_source(ImageFolderSource(str(folder), 8, 6, "grey"))
    assert larger.cache != first.cache
    assert larger.fingerprint == first.fingerprint  # the same pictures
    picture("a/x.png", GREY[::-1])
    assert open_source(source).fingerprint != first.fingerprint


def test_folders_without_classes_or_pictures(picture: MakePicture, folder: Path) -> None:
    with pytest.raises(DataError, match="“pictures” has no folders for its classes"):
        open_source(ImageFolderSource(str(folder)))
    (folder / "a").mkdir()
    for read_folder in (lambda: open_source(ImageFolderSource(str(folder))), lambda: suggest_image_source(folder)):
        with pytest.raises(DataError, match="“pictures” holds no pictures"):
            read_folder()
    (folder / "a/notes.txt").write_text("x")
    with pytest.raises(DataError, match="“pictures” holds no pictures"):
        suggest_image_source(folder)
    path = picture("a/x.png", GREY)
    with pytest.raises(DataError, match=r"There is no folder “x[.]png”[.] It is a file"):
        open_source(ImageFolderSource(str(path)))


@pytest.mark.skipif(os.name != "posix", reason="other systems know no such names")
def test_names_that_are_no_utf8(picture: MakePicture, folder: Path) -> None:
    path = picture("a/x.png", GREY)
    path.rename(os.fsdecode(os.fsencode(folder / "a") + b"/\xff.png"))
    with MappedTable(open_source(ImageFolderSource(str(folder))).cache) as table:
        assert table.cell(0, "path") == "a/�.png"
