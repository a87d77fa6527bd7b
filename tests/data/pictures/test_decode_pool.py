"""Pictures are decoded on all cores in their order, and nothing stays behind when somebody stops."""

import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from nnstudio.data.pictures import decode_pool
from nnstudio.data.pictures.decode_pool import bounded_room, decode_all
from nnstudio.data.pictures.image_set import PictureList, write_image_set
from nnstudio.data.pictures.picture_files import find_pictures
from nnstudio.data.reading.readers import Cancelled
from nnstudio.spec.sources import ImageFolderSource

MakePicture = Callable[[str, NDArray[Any]], Path]
SIZE = (3, 4)


@pytest.fixture
def source(picture: MakePicture, tmp_path: Path) -> ImageFolderSource:
    """A folder of 200 pictures; each has the level that its name says."""
    for number in range(200):
        picture(f"a/{number:03}.png", np.full(SIZE, number, np.uint8))
    return ImageFolderSource(str(tmp_path / "pictures"), 4, 3, "grey")


def workers() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("pictures")]


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_the_order_is_that_of_the_names(source: ImageFolderSource, threads: int) -> None:
    found = find_pictures(Path(source.path))
    outcomes = list(decode_all(found, source, threads))
    assert [outcome.picture for outcome in outcomes] == found
    levels = [outcome.decoded and outcome.decoded.pixels[0, 0, 0] for outcome in outcomes]
    assert levels == list(range(200))
    assert len({outcome.digest for outcome in outcomes}) == 200
    assert not workers()


def test_closing_ends_the_threads(source: ImageFolderSource) -> None:
    with closing(decode_all(find_pictures(Path(source.path)), source, 2)) as outcomes:
        next(outcomes)
        assert workers()
    assert not workers()


def test_progress_is_told_and_may_cancel(source: ImageFolderSource, tmp_path: Path) -> None:
    told: list[tuple[int, int, str]] = []
    found = PictureList(find_pictures(Path(source.path)))
    write_image_set(source, found, tmp_path / "a.arrow", lambda *progress: told.append(progress))
    assert told[0] == (0, 200, "pictures")
    assert told[-1] == (200, 200, "pictures")
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)

    def cancel(done: int, total: int, unit: str) -> None:
        del total, unit
        if done:
            raise Cancelled

    with pytest.raises(Cancelled):
        write_image_set(source, found, tmp_path / "b.arrow", cancel)
    assert not workers()


def test_a_file_that_is_too_large_is_not_read(source: ImageFolderSource, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode_pool, "LARGEST_FILE", 10)
    outcomes = list(decode_all(find_pictures(Path(source.path))[:2], source))
    assert {outcome.reason for outcome in outcomes} == {"it has more than 0 MB"}


def test_who_finds_no_room_waits() -> None:
    room = bounded_room(100)
    inside = threading.Event()
    leave = threading.Event()

    def hold() -> None:
        with room(60):
            inside.set()
            leave.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    assert inside.wait(10)
    with room(40):
        entered = threading.Event()

        def enter() -> None:
            with room(500):  # more than there is: only when alone
                entered.set()

        other = threading.Thread(target=enter)
        other.start()
        assert not entered.wait(0.05)
    leave.set()
    assert entered.wait(10)
    holder.join()
    other.join()
