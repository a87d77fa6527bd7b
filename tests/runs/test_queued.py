"""What waits in the queue of a window has a file for each run, in its order, until it waits no longer."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnstudio.runs.queued import QueuedFiles, left_waiting
from nnstudio.runs.unsaved import FILE
from nnstudio.session import edits
from nnstudio.spec.layers import Linear
from nnstudio.spec.project import Project


def project(units: int) -> Project:
    made, _ = edits.add_layer(Project(), Linear(units))
    return made


FIRST, SECOND, THIRD = (1, "first", project(1)), (2, "second", project(2)), (3, "third", project(3))


def names(root: Path) -> list[str]:
    return [run.name for run in left_waiting(root)[0]]


def test_what_waits_when_the_window_closes_is_found_in_its_order(tmp_path: Path) -> None:
    files = QueuedFiles(tmp_path)
    files.keep([FIRST, SECOND])
    files.keep([THIRD, FIRST, SECOND])
    assert names(tmp_path) == [], "another window's, while it lives"
    files.close()
    found, problems = left_waiting(tmp_path)
    assert [(run.name, run.project) for run in found] == [THIRD[1:], FIRST[1:], SECOND[1:]]
    assert problems == []


def test_what_waits_no_longer_leaves_nothing(tmp_path: Path) -> None:
    files = QueuedFiles(tmp_path)
    files.keep([FIRST, SECOND])
    files.keep([SECOND])
    files.close()
    assert names(tmp_path) == ["second"]
    later = QueuedFiles(tmp_path / "later")
    later.keep([FIRST])
    later.keep([])
    later.close()
    assert list((tmp_path / "later").iterdir()) == []


def test_a_file_that_cannot_be_read_keeps_none_of_the_others(tmp_path: Path) -> None:
    files = QueuedFiles(tmp_path)
    files.keep([FIRST, SECOND])
    files.close()
    damaged = next(file for file in tmp_path.glob(f"*/{FILE}") if "first" in file.read_text())
    damaged.write_text("no JSON")
    found, problems = left_waiting(tmp_path)
    assert [run.name for run in found] == ["second"]
    assert len(problems) == 1


def test_whether_all_is_kept_is_known(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    files = QueuedFiles(tmp_path / "file")
    known = [files.are_whole]
    with pytest.raises(OSError, match="file"):
        files.keep([FIRST])
    known.append(files.are_whole)
    files.keep([])
    assert [*known, files.are_whole] == [True, False, True]
    files.close()
