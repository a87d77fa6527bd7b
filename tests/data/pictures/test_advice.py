"""Folders of pictures: what is a class, what is left out and why, and how the pictures are best read."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from nnstudio.data.pictures import decode_pool
from nnstudio.data.pictures.advice import suggest_image_source, suggest_picture_split
from nnstudio.data.pictures.image_set import MOST_LEFT_OUT
from nnstudio.data.pictures.picture_files import find_pictures
from nnstudio.data.source import open_source
from nnstudio.data.table import MappedTable
from nnstudio.resources import resource
from nnstudio.spec.columns import Column, Kind, Role
from nnstudio.spec.errors import DataError
from nnstudio.spec.sources import ImageFolderSource
from nnstudio.spec.splits import FileSplit
from nnstudio.spec.tasks import Task
from tests.data.pictures.test_decode import BOMB

MakePicture = Callable[[str, NDArray[Any]], Path]
GREY = np.arange(12, dtype=np.uint8).reshape(3, 4) * 20
WIDE = GREY.astype(np.uint16) * 18
"""Levels of 12 bits, the highest 3,960."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pictures").mkdir()
    return tmp_path / "pictures"


def small(folder: Path, **fields: Any) -> ImageFolderSource:
    return ImageFolderSource(str(folder), 4, 3, **({"colour": "grey"} | fields))


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
    (folder / "a/bomb.png").write_bytes(BOMB)
    (folder / "a/wrong name.jpg").write_bytes(whole.read_bytes())  # readable all the same
    facts = open_source(small(folder))
    assert facts.rows == 2
    assert facts.left_out == (
        "“a/bomb.png” was left out: it has more than 89,478,485 pixels.",
        "“a/cut.png” was left out: it is cut off.",
        "“a/empty.jpg” was left out: it is empty.",
        "“a/text.png” was left out: it is not a picture that nnstudio knows.",
    )


def test_only_the_first_of_very_many_that_were_left_out_are_named(picture: MakePicture, folder: Path) -> None:
    picture("a/x.png", GREY)
    for number in range(MOST_LEFT_OUT + 23):
        (folder / f"a/{number:03}.txt").write_text("x")
    left_out = open_source(small(folder)).left_out
    assert (len(left_out), left_out[-1]) == (MOST_LEFT_OUT + 1, "And 23 more were left out.")


def test_a_picture_that_may_not_be_read_is_left_out(
    picture: MakePicture, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture("a/open.png", GREY)
    picture("a/locked.png", GREY)
    read = decode_pool.content_of

    def read_unless_locked(found: Any) -> bytes:
        if found.name == "a/locked.png":
            raise PermissionError(13, "Permission denied")
        return read(found)

    monkeypatch.setattr(decode_pool, "content_of", read_unless_locked)
    facts = open_source(small(folder))
    assert (facts.rows, facts.left_out) == (1, ("“a/locked.png” was left out: Permission denied.",))


def test_a_picture_that_vanishes_while_reading_is_left_out(picture: MakePicture, folder: Path) -> None:
    picture("a/stays.png", GREY)
    gone = picture("a/gone.png", GREY)
    found = find_pictures(folder)
    gone.unlink()
    outcomes = list(decode_pool.decode_all(found, small(folder)))
    assert [(outcome.picture.name, outcome.reason) for outcome in outcomes] == [
        ("a/gone.png", "No such file or directory"),
        ("a/stays.png", ""),
    ]


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
def test_links_that_lead_away_or_round_are_harmless(picture: MakePicture, folder: Path, tmp_path: Path) -> None:
    picture("a/x.png", GREY)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    Image.fromarray(GREY).save(elsewhere / "secret.png")
    (folder / "a/away.png").symlink_to(elsewhere / "secret.png")
    (folder / "a/inside.png").symlink_to(folder / "a/x.png")
    (folder / "a/nothing.png").symlink_to(folder / "a/none.png")
    (folder / "a/round.png").symlink_to(folder / "a/round.png")
    (folder / "a/loop").symlink_to(folder)
    (folder / "b").symlink_to(elsewhere)
    facts = open_source(small(folder))
    with MappedTable(facts.cache) as table:
        assert table.column("path").to_pylist() == ["a/inside.png", "a/x.png"]
    reasons = {sentence.split("”")[0][1:]: sentence.split(": ")[1] for sentence in facts.left_out}
    assert reasons.keys() == {"a/away.png", "a/nothing.png", "a/round.png", "a/loop", "b"}
    assert reasons["a/away.png"] == "it is a link to a place outside the folder."
    assert reasons["a/loop"] == reasons["b"] == "it is a link to a folder, which is not followed."
    assert reasons["a/nothing.png"] == "it is a link to nothing."


@pytest.mark.skipif(os.name != "posix", reason="other systems have no such files")
def test_what_is_no_file_is_not_waited_for(picture: MakePicture, folder: Path) -> None:
    picture("a/x.png", GREY)
    os.mkfifo(folder / "a/pipe.png")
    assert open_source(small(folder)).left_out == ("“a/pipe.png” was left out: it is not an ordinary file.",)


def test_odd_classes_are_noted(picture: MakePicture, folder: Path) -> None:
    for name in ("Cat", "dog", "ünïcode 猫"):
        picture(f"{name}/x.png", GREY)
    assert open_source(small(folder)).notes == ()
    (folder / "empty").mkdir()
    (folder / "broken").mkdir()
    (folder / "broken/x.png").write_text("x")
    notes = open_source(small(folder, fit="pad")).notes
    assert [note.split("”")[0] for note in notes] == ["The folder “broken", "The folder “empty"]


def test_classes_that_differ_in_case_are_noted(picture: MakePicture, folder: Path) -> None:
    picture("Cat/x.png", GREY)
    if (folder / "cat").exists():
        pytest.skip("this file system does not tell upper from lower case")
    picture("cat/x.png", GREY)
    (note,) = open_source(small(folder)).notes
    assert note == "The classes “Cat” and “cat” differ only in how they are written: are they the same?"


def test_sixteen_bits_are_kept_and_suggested(picture: MakePicture, folder: Path) -> None:
    picture("a/x.png", GREY)
    picture("b/wide.png", WIDE)
    source = suggest_image_source(folder)
    assert source == small(folder, depth="16", white=4095)
    facts = open_source(source)
    assert facts.notes == ()
    with MappedTable(facts.cache) as table:
        np.testing.assert_array_equal(table.image(1)[..., 0], WIDE)
        np.testing.assert_array_equal(table.image(0)[..., 0], GREY.astype(np.uint16) * 257)
        assert table.image(0).dtype == np.uint16


def test_sixteen_bits_in_eight_are_no_black_pictures_and_said(picture: MakePicture, folder: Path) -> None:
    picture("b/wide.png", WIDE)
    facts = open_source(small(folder, white=4095))
    assert "There is 1 picture with more than 256 levels of grey: in 8 bits, 4,095 became 255" in facts.notes[0]
    with MappedTable(facts.cache) as table:
        assert table.image(0).max() == round(3960 / 4095 * 255)


def test_transparency_is_suggested_when_it_matters(picture: MakePicture, folder: Path) -> None:
    opaque = np.full((3, 4, 4), 255, np.uint8)
    picture("a/x.png", opaque)
    assert suggest_image_source(folder).colour == "grey"
    opaque[0, 0, 3] = 0
    picture("a/y.png", opaque)
    assert suggest_image_source(folder).colour == "rgba"


def test_every_option_of_reading_is_told_apart(picture: MakePicture, folder: Path) -> None:
    picture("a/x.png", WIDE)
    ways: tuple[dict[str, Any], ...] = ({}, {"depth": "16"}, {"fit": "pad"}, {"colour": "rgba"}, {"white": 255})
    facts = [open_source(small(folder, **way)) for way in ways]
    assert len({one.cache for one in facts}) == len(ways)
    assert len({one.fingerprint for one in facts}) == 1


def test_many_chunks_are_one_set(picture: MakePicture, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(25):
        picture(f"{number % 3}/{number}.png", np.full((3, 4), number, np.uint8))
    monkeypatch.setattr("nnstudio.data.pictures.image_set.CHUNK", 4 * 12)
    facts = open_source(small(folder))
    with MappedTable(facts.cache) as table:
        assert table.column("image").num_chunks == 7
        for row in range(25):
            name = table.cell(row, "path")
            assert table.image(row).ravel().tolist() == [int(name[2:-4])] * 12
            assert table.cell(row, "class") == name[0]


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


def test_a_folder_of_pictures_without_classes_is_there_to_be_reconstructed(picture: MakePicture, folder: Path) -> None:
    picture("1.png", GREY)
    picture("2.png", GREY)
    facts = open_source(suggest_image_source(folder))
    assert (facts.rows, facts.task) == (2, Task.RECONSTRUCTION)
    assert facts.suggested == (Column("image", Kind.IMAGE), Column("class", Kind.CATEGORY, Role.IGNORE))
    assert facts.notes[0].startswith("No picture lies in a folder for its class")


def test_folders_without_pictures(picture: MakePicture, folder: Path) -> None:
    (folder / "a").mkdir()
    for read_folder in (lambda: open_source(ImageFolderSource(str(folder))), lambda: suggest_image_source(folder)):
        with pytest.raises(DataError, match="“pictures” holds no pictures"):
            read_folder()
    (folder / "a/notes.txt").write_text("x")
    with pytest.raises(DataError, match="“pictures” holds no pictures"):
        suggest_image_source(folder)
    with pytest.raises(DataError, match="“a” has no folders for its classes"):
        find_pictures(folder / "a")
    (folder / "a/bomb.png").write_bytes(BOMB)
    (folder / "a/notes.txt").unlink()
    with pytest.raises(DataError, match="Of 1 of its files this is true: it has more than"):
        open_source(ImageFolderSource(str(folder)))
    path = picture("a/x.png", GREY)
    with pytest.raises(DataError, match=r"There is no folder “x[.]png”[.] It is a file"):
        open_source(ImageFolderSource(str(path)))


def test_folders_for_training_and_test(picture: MakePicture, folder: Path) -> None:
    for name in ("Train/cat", "Train/dog", "valid/cat", "test/dog"):
        picture(f"{name}/x.png", GREY)
    source = suggest_image_source(folder)
    assert source.path == str(folder / "Train")
    offered = FileSplit(str(folder / "valid"), str(folder / "test"))
    assert suggest_picture_split(folder) == suggest_picture_split(Path(source.path)) == offered


def test_test_folders_that_are_none(picture: MakePicture, folder: Path) -> None:
    picture("train/cat/x.png", GREY)
    picture("test/x.png", GREY)  # no classes: they are there to be predicted
    assert suggest_image_source(folder).path == str(folder / "train")
    assert suggest_picture_split(folder) is None
    picture("test/horse/x.png", GREY)  # of something else
    assert suggest_picture_split(folder) is None


def test_a_class_called_train(picture: MakePicture, folder: Path) -> None:
    for name in ("train/steam", "train/electric", "car"):
        picture(f"{name}/x.png", GREY)
    assert suggest_image_source(folder).path == str(folder)
    assert suggest_picture_split(folder) is None


def test_a_folder_around_the_class_folders_is_looked_through(picture: MakePicture, folder: Path) -> None:
    picture("archive/animals/cat/x.png", GREY)
    picture("archive/animals/dog/x.png", GREY)
    picture("__MACOSX/x.png", GREY)
    assert suggest_image_source(folder).path == str(folder / "archive/animals")


@pytest.mark.skipif(os.name != "posix", reason="other systems know no such names")
def test_names_that_are_no_utf8(picture: MakePicture, folder: Path) -> None:
    path = picture("a/x.png", GREY)
    path.rename(os.fsdecode(os.fsencode(folder / "a") + b"/\xff.png"))
    with MappedTable(open_source(ImageFolderSource(str(folder))).cache) as table:
        assert table.cell(0, "path") == "a/�.png"


def test_pictures_beside_folders_without_any_are_taken(picture: MakePicture) -> None:
    folder = picture("a.png", np.zeros((2, 2), np.uint8)).parent
    (folder / "scripts").mkdir()
    (folder / "scripts" / "make.pyc").write_bytes(b"no picture")
    found = find_pictures(folder, need_classes=False)
    assert [(one.name, one.label) for one in found] == [("a.png", None)]
    assert [one.label for one in find_pictures(folder)] == ["scripts"], "where classes are needed"
    picture("scripts/b.png", np.zeros((2, 2), np.uint8))
    assert {one.label for one in find_pictures(folder, need_classes=False)} == {"scripts"}
