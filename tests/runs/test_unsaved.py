"""Unsaved projects are kept for each window, found when its process is gone, and never in the way."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nnstudio.runs.unsaved import ASIDE, FILE, UnsavedFile, discard, left_behind
from nnstudio.spec.files import project_to_json
from nnstudio.spec.project import Project
from nnstudio.spec.training import Training

PROJECT = Project(training=Training(epochs=7))
ROOT = Path(__file__).resolve().parents[2]


def left(root: Path, name: str = "digits", path: Path | None = None, project: Project = PROJECT) -> Path:
    """What a window leaves that is ended from outside; gives its folder."""
    file = UnsavedFile(root)
    file.keep(name, path, project)
    file.close(forget=False)
    return file.folder


def test_a_project_comes_back_as_it_was_kept_last(tmp_path: Path) -> None:
    file = UnsavedFile(tmp_path)
    file.keep("digits", None, Project())
    file.keep("digits.nnstudio", Path("/home/ada/digits.nnstudio"), PROJECT)
    file.close(forget=False)
    (found,), problems = left_behind(tmp_path)
    assert (found.name, found.path, found.project) == ("digits.nnstudio", Path("/home/ada/digits.nnstudio"), PROJECT)
    assert abs(found.changed - time.time()) < 60
    assert problems == []


def test_windows_that_live_keep_theirs_to_themselves(tmp_path: Path) -> None:
    one, other = UnsavedFile(tmp_path), UnsavedFile(tmp_path)
    for file in (one, other):
        file.keep("digits", None, PROJECT)
    assert left_behind(tmp_path) == ([], [])
    assert not discard(one.folder)
    one.close(forget=False)
    assert [found.folder for found in left_behind(tmp_path)[0]] == [one.folder]
    other.close(forget=True)


def test_what_was_saved_or_closed_leaves_nothing(tmp_path: Path) -> None:
    saved, closed, untouched = (UnsavedFile(tmp_path) for _ in range(3))
    saved.keep("digits", None, PROJECT)
    saved.forget()
    saved.close(forget=False)
    closed.keep("digits", None, PROJECT)
    closed.close(forget=True)
    untouched.close(forget=True)
    assert list(tmp_path.iterdir()) == []


def test_the_newest_comes_first_and_what_is_discarded_is_gone(tmp_path: Path) -> None:
    first, second = left(tmp_path, "first"), left(tmp_path, "second")
    assert [found.name for found in left_behind(tmp_path)[0]] == ["second", "first"]
    assert discard(first)
    assert not discard(first), "another window was faster"
    assert [found.folder for found in left_behind(tmp_path)[0]] == [second]


GOOD = {"format": "nnstudio-unsaved", "version": 1, "name": "x", "path": None, "changed": 1.0}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\xff\xfe",
        b"[1]",
        b"[" * 100_000,
        b'{"format": "nnstudio-unsaved", "version": 99}',
        json.dumps(GOOD | {"project": "{"}).encode(),
        json.dumps(GOOD | {"project": None}).encode(),
        json.dumps(GOOD | {"name": 5, "project": project_to_json(PROJECT)}).encode(),
        json.dumps(GOOD | {"project": project_to_json(PROJECT)}).encode()[:-40],
    ],
    ids=["empty", "no text", "a list", "too deep", "newer", "torn project", "no project", "no name", "torn"],
)
def test_what_cannot_be_read_is_set_aside_and_told_once(content: bytes, tmp_path: Path) -> None:
    good, bad = left(tmp_path, "good"), left(tmp_path, "bad")
    (bad / FILE).write_bytes(content)
    found, (problem,) = left_behind(tmp_path)
    assert [each.folder for each in found] == [good], "the others are not in its way"
    assert (tmp_path / ASIDE / f"{bad.name}.json").read_bytes() == content
    assert "cannot be restored" in str(problem)
    assert str(tmp_path / ASIDE) in problem.remedy
    assert left_behind(tmp_path)[1] == []


def test_foreign_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "empty").mkdir()
    assert left_behind(tmp_path) == ([], [])
    assert (tmp_path / "notes.txt").exists()
    assert left_behind(tmp_path / "nowhere") == ([], [])


KEEPS = """
import sys, time
from pathlib import Path
from nnstudio.runs.unsaved import UnsavedFile
from nnstudio.spec.project import Project
from nnstudio.spec.training import Training
file = UnsavedFile(Path(sys.argv[1]))
file.keep("digits", None, Project(training=Training(epochs=7)))
print("kept", flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is one of POSIX")
def test_a_process_that_is_killed_leaves_its_project(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", KEEPS, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"kept\n"
        assert left_behind(tmp_path) == ([], []), "its process lives"
        process.send_signal(signal.SIGKILL)
    (found,), _ = left_behind(tmp_path)
    assert found.project == PROJECT
