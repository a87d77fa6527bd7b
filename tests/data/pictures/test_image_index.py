"""Tables that name pictures: which column does, what lies beside it, and nothing outside the folder."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from nnstudio.data.pictures.image_index import list_index, picture_column, suggest_index_source
from nnstudio.data.pictures.image_set import PictureList
from nnstudio.data.pictures.picture_source import cached_pictures, picture_profile, read_like, suggest_picture_columns
from nnstudio.data.table import MappedTable
from nnstudio.spec.columns import Kind, Role
from nnstudio.spec.errors import DataError
from nnstudio.spec.facts import ColumnProfile
from nnstudio.spec.sources import ImageFolderSource, ImageIndexSource, TableSource
from nnstudio.spec.tasks import Task

MakePicture = Callable[[str, NDArray[Any]], Path]
GREY = np.arange(12, dtype=np.uint8).reshape(3, 4) * 20


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pictures").mkdir()
    return tmp_path / "pictures"


def index(folder: Path, column: str = "path") -> ImageIndexSource:
    return ImageIndexSource(str(folder / "index.csv"), column, 4, 3, "grey")


def listed(folder: Path, *paths: object) -> PictureList:
    return list_index(index(folder), pa.table({"path": pa.array(paths, pa.large_string())}), "sha256:x")


def test_the_columns_beside_the_pictures_stay(picture: MakePicture, folder: Path, tmp_path: Path) -> None:
    for name in ("a.png", "deep/b.png", "c.png"):
        picture(name, GREY + len(name))
    (folder / "broken.png").write_text("x")
    table = pa.table(
        {
            "image": ["a.png", "broken.png", "deep\\b.png", "none.png", " ./c.png "],
            "price": [1.5, 2.5, 3.5, 4.5, None],
            "path": ["u", "v", "w", "x", "y"],
        }
    )
    cached = cached_pictures(index(folder, "image"), tmp_path, lambda _: (table, "sha256:x"))
    assert cached.left_out == (
        "“broken.png” was left out: it is not a picture that nnstudio knows.",
        "“none.png” was left out: it is not there.",
    )
    with MappedTable(cached.path) as found:
        assert found.names == ("path", "price", "path (2)", "image")
        assert found.column("path").to_pylist() == ["a.png", "deep\\b.png", "./c.png"]
        assert found.column("price").to_pylist() == [1.5, 3.5, None]
        assert found.column("path (2)").to_pylist() == ["u", "w", "y"]
        np.testing.assert_array_equal(found.image(1)[..., 0], GREY + len("deep/b.png"))
        columns = picture_profile(found).columns
    assert [profile.name for profile in columns] == ["image", "price", "path (2)"]
    assert columns[1].missing == 1


def test_another_index_of_the_same_pictures_has_another_fingerprint(
    picture: MakePicture, folder: Path, tmp_path: Path
) -> None:
    picture("a.png", GREY)
    table = pa.table({"path": ["a.png"], "y": [1]})
    first = cached_pictures(index(folder), tmp_path, lambda _: (table, "a"))
    second = cached_pictures(index(folder), tmp_path, lambda _: (table, "b"))
    assert (first.fingerprint != second.fingerprint, first.path != second.path) == (True, True)


def test_nothing_outside_the_folder_is_read(picture: MakePicture, folder: Path, tmp_path: Path) -> None:
    inside = picture("a.png", GREY)
    outside = picture("../secret.png", GREY)
    paths = ["a.png", str(inside), "../pictures/a.png", "../secret.png", str(outside), "a.png/../../secret.png"]
    found = listed(folder, *paths)
    assert [picture.problem for picture in found.pictures[:3]] == ["", "", ""]
    assert {picture.problem for picture in found.pictures[3:5]} == {"it lies outside the folder of the table"}
    assert found.pictures[5].problem
    assert all(picture.state == (0, 0) for picture in found.pictures[3:])
    if os.name == "posix":
        (folder / "link.png").symlink_to(outside)
        (folder / "way").symlink_to(tmp_path)
        problems = [picture.problem for picture in listed(folder, "link.png", "way/secret.png", "a.png").pictures]
        assert problems == [
            "it is a link to a place outside the folder",
            "it lies outside the folder of the table",
            "",
        ]


@pytest.mark.parametrize("path", [None, "", "  ", "sub", "a\0b", "x" * 5_000, "https://example.org/a.png", "~/a.png"])
def test_cells_that_name_no_picture(picture: MakePicture, folder: Path, path: str | None) -> None:
    picture("sub/a.png", GREY)
    found = listed(folder, path, "sub/a.png")
    assert found.pictures[0].problem
    assert not found.pictures[1].problem


def test_pictures_in_a_folder_beside_the_index(picture: MakePicture, folder: Path) -> None:
    for name in ("images/1.png", "images/2.png", "other/2.png"):
        picture(name, GREY)
    found = listed(folder, "1.png", "2.png", "3.png")
    assert [picture.problem for picture in found.pictures] == ["", "", "it is not there"]
    assert found.pictures[1].path == folder / "images/2.png"
    assert found.notes == ("The pictures lie in the folder “images”.",)


def test_a_column_that_is_not_there_or_no_text(folder: Path) -> None:
    with pytest.raises(DataError, match=r"no column called “path”[.] Its columns are x, y"):
        list_index(index(folder), pa.table({"x": [1], "y": [2]}))
    with pytest.raises(DataError, match=r"“path” of “index[.]csv” names no pictures"):
        list_index(index(folder), pa.table({"path": pa.array([[1]], pa.list_(pa.int64()))}))
    found = list_index(index(folder), pa.table({"path": [1, 2]}))
    assert [picture.problem for picture in found.pictures] == ["it is not there"] * 2


def test_the_column_of_paths_is_found(picture: MakePicture, folder: Path) -> None:
    for name in ("a.png", "b.PNG", "sub/c.jpg"):
        picture(name, GREY)
    names = ["id", "file", "label"]
    rows = [("1", "a.png", "cat.png"), ("2", "b.PNG", "cat"), ("3", "sub\\c.jpg", "dog"), ("4", "", "dog")]
    assert picture_column(names, rows, folder) == "file"
    assert picture_column(names, rows, folder / "sub") is None
    assert picture_column(names, [("1", "x.png", "cat"), ("2", "y.png", "dog")], folder) is None
    assert picture_column(names, [], folder) is None
    assert picture_column(["notes"], [("see a.png",), ("text",)], folder) is None


def test_the_look_of_the_pictures_is_suggested(picture: MakePicture, folder: Path) -> None:
    picture("a.png", GREY.astype(np.uint16))
    source = suggest_index_source(folder / "index.csv", "path", ["a.png", "none.png", ""])
    assert source == ImageIndexSource(str(folder / "index.csv"), "path", 4, 3, "grey", "16", white=255)
    with pytest.raises(DataError, match=r"“index[.]csv” holds no pictures"):
        suggest_index_source(folder / "index.csv", "path", ["none.png"])


def test_new_pictures_are_read_as_those_that_were_trained_on() -> None:
    trained = ImageIndexSource("/a.csv", "file", 5, 6, "rgba", "16", "pad", 4095)
    new = ImageFolderSource("/new", 64, 64)
    assert read_like(new, trained) == ImageFolderSource("/new", 5, 6, "rgba", "16", "pad", 4095)
    assert read_like(new, TableSource("/a.csv")) is new
    assert read_like(TableSource("/b.csv"), trained) == TableSource("/b.csv")


def test_what_stands_beside_the_pictures_is_target_or_ignored() -> None:
    profiles = (
        ColumnProfile("image", Kind.IMAGE, 0, 50),
        ColumnProfile("age", Kind.NUMBER, 0, 40, 1.0, 90.0, 40.0, is_numeric=True),
        ColumnProfile("label", Kind.CATEGORY, 0, 2, top=(("cat", 30), ("dog", 20))),
    )
    columns, task = suggest_picture_columns(ImageIndexSource("x"), profiles, 50)
    assert [(column.name, column.role) for column in columns] == [
        ("image", Role.FEATURE),
        ("age", Role.IGNORE),
        ("label", Role.TARGET),
    ]
    assert task is Task.BINARY
    columns, task = suggest_picture_columns(ImageIndexSource("x"), profiles[:1], 50)
    assert ([column.name for column in columns], task) == (["image"], Task.RECONSTRUCTION)
