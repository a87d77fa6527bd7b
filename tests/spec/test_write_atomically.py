"""A file is replaced as a whole or not at all."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from nnstudio.spec.data import DataSpec
from nnstudio.spec.errors import FileError
from nnstudio.spec.files import Needed, need_place, needed_by, write_atomically
from nnstudio.spec.model import Model, Weights
from nnstudio.spec.project import Project
from nnstudio.spec.sources import TableSource
from nnstudio.spec.splits import FileSplit
from nnstudio.spec.tasks import Task

Write = Callable[[Path], object]
posix_only = pytest.mark.skipif(os.name == "nt", reason="permissions are POSIX's")
links_only = pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")


class Trouble(Exception):
    """What a test lets go wrong."""


def fill(text: str) -> Write:
    return lambda partial: partial.write_text(text, encoding="utf-8")


def fail(partial: Path) -> None:
    partial.write_text("half", encoding="utf-8")
    raise Trouble


def interrupt(partial: Path) -> None:
    partial.write_text("half", encoding="utf-8")
    raise KeyboardInterrupt


def remove_and_fail(partial: Path) -> None:
    partial.unlink()
    raise Trouble


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A file with something in it, alone in its folder."""
    path = tmp_path / "file.txt"
    path.write_text("old", encoding="utf-8")
    return path


def test_a_new_file_is_written(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    write_atomically(path, fill("new"))
    assert path.read_text(encoding="utf-8") == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_an_old_file_is_replaced(old: Path) -> None:
    write_atomically(old, fill("new"))
    assert old.read_text(encoding="utf-8") == "new"
    assert list(old.parent.iterdir()) == [old]


@pytest.mark.parametrize(
    ("write", "check", "error"),
    [
        (fail, None, Trouble),
        (interrupt, None, KeyboardInterrupt),
        (remove_and_fail, None, Trouble),
        (fill("new"), fail, Trouble),
        (Path.unlink, None, FileNotFoundError),
    ],
    ids=["write fails", "interrupted", "write removes", "check fails", "nothing written"],
)
def test_whatever_fails_the_old_file_stays_and_nothing_is_left(
    old: Path, write: Write, check: Write | None, error: type[BaseException]
) -> None:
    with pytest.raises(error):
        write_atomically(old, write, check)
    assert old.read_text(encoding="utf-8") == "old"
    assert list(old.parent.iterdir()) == [old]


def test_a_failure_leaves_no_new_file_either(tmp_path: Path) -> None:
    with pytest.raises(Trouble):
        write_atomically(tmp_path / "file.txt", fail)
    assert list(tmp_path.iterdir()) == []


def test_what_is_checked_is_what_was_written_before_it_takes_its_place(old: Path) -> None:
    seen: list[str] = []

    def check(partial: Path) -> None:
        seen.extend([partial.read_text(encoding="utf-8"), old.read_text(encoding="utf-8")])
        assert partial.parent == old.parent

    write_atomically(old, fill("new"), check)
    assert seen == ["new", "old"]


@posix_only
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o755])
def test_permissions_are_kept(old: Path, mode: int) -> None:
    old.chmod(mode)
    write_atomically(old, fill("new"))
    assert stat.S_IMODE(old.stat().st_mode) == mode


@posix_only
def test_a_new_file_gets_the_permissions_that_new_files_get(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    write_atomically(tmp_path / "ours", fill("new"))
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_a_folder_in_the_way_stays(tmp_path: Path) -> None:
    folder = tmp_path / "taken"
    folder.mkdir()
    with pytest.raises(OSError, match="taken"):
        write_atomically(folder, fill("new"))
    assert list(tmp_path.iterdir()) == [folder]


def test_a_missing_folder_is_named_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as raised:
        write_atomically(tmp_path / "gone" / "file.txt", fill("new"))
    assert raised.value.filename == str(tmp_path / "gone")


def test_a_place_is_tried_and_left_as_it_was(tmp_path: Path) -> None:
    out, given = tmp_path / "out.csv", tmp_path / "given"
    given.write_text("given")
    need_place(out, Needed(given), Needed(tmp_path / "none"))
    with pytest.raises(FileError, match="“given” is what this begins with"):
        need_place(given, Needed(given))
    with pytest.raises(IsADirectoryError) as caught:
        need_place(tmp_path)
    assert caught.value.filename == str(tmp_path)
    with pytest.raises(FileNotFoundError):
        need_place(tmp_path / "none" / "out.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["given"]


@posix_only
def test_a_device_is_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for attempt in (need_place, lambda path: write_atomically(path, fill("new"))):
        with pytest.raises(FileError, match="“pipe” is no ordinary file"):
            attempt(tmp_path / "pipe")
    assert (tmp_path / "pipe").is_fifo()
    assert len(list(tmp_path.iterdir())) == 1


def test_a_project_needs_its_data_and_its_weights() -> None:
    data = DataSpec(TableSource("/a.csv"), (), Task.BINARY, FileSplit(test="/b.csv"))
    project = Project(data, Model((), Weights("/w.pth", ""), (Weights("/g.pth", ""),)))
    assert [str(each.path) for each in needed_by(project)] == ["/a.csv", "/b.csv", "/w.pth", "/g.pth"]
    assert list(needed_by(Project())) == []


def test_a_name_may_be_as_long_as_names_can_be(tmp_path: Path) -> None:
    long = tmp_path / ("n" * 255)
    need_place(long)
    write_atomically(long, fill("new"))
    assert long.read_text() == "new"


@links_only
@pytest.mark.parametrize("is_there", [True, False])
def test_a_link_stays_and_what_it_names_is_written(tmp_path: Path, is_there: bool) -> None:
    (tmp_path / "elsewhere").mkdir()
    named, link = tmp_path / "elsewhere" / "real.csv", tmp_path / "link.csv"
    link.symlink_to(named)
    if is_there:
        named.write_text("old")
    need_place(link)
    write_atomically(link, lambda partial: partial.write_text("new"))
    assert link.is_symlink()
    assert named.read_text() == "new"
    assert {path.name for path in tmp_path.rglob("*.*")} == {"link.csv", "real.csv"}


@links_only
def test_a_link_into_a_folder_that_is_not_there_is_told_before_the_work(tmp_path: Path) -> None:
    link = tmp_path / "link.csv"
    link.symlink_to(tmp_path / "gone" / "real.csv")
    with pytest.raises(FileNotFoundError) as caught:
        need_place(link)
    assert caught.value.filename == str(tmp_path / "gone")
