"""What runs before the bundled program."""

from __future__ import annotations

import gc
import os
import runpy
import sys
from pathlib import Path

import pytest

from nnstudio import __version__

PACKAGING = Path(__file__).resolve().parent.parent.parent / "packaging"


def begin(monkeypatch: pytest.MonkeyPatch, hook: str, *words: str) -> None:
    monkeypatch.setattr("sys.argv", ["nnstudio", *words])
    runpy.run_path(str(PACKAGING / hook))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--version"], f"nnstudio {__version__}\n"),
        (["--help"], "usage: nnstudio COMMAND"),
        (["-h"], "usage: nnstudio COMMAND"),
        (["train", "--help"], "usage: nnstudio train"),
    ],
)
def test_what_only_tells_of_the_program_is_answered_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setitem(sys.modules, "multiprocessing", None)  # it would take longer to load than the answer does
    collecting = []
    monkeypatch.setattr(gc, "disable", lambda: collecting.append(False))  # this process goes on
    with pytest.raises(SystemExit) as ended:
        begin(monkeypatch, "answer_at_once.py", *words)
    assert collecting == [False]
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith(said)


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["table.csv"],
        ["table.csv", "--help"],
        ["train", "iris.nnstudio"],
        ["train", "iris.nnstudio", "--help"],
        ["--multiprocessing-fork", "tracker_fd=5", "pipe_handle=7"],
        ["-c", "from multiprocessing.resource_tracker import main;main(5)"],
    ],
)
def test_whatever_goes_on_is_left_to_the_program(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], words: list[str]
) -> None:
    begin(monkeypatch, "answer_at_once.py", *words)
    assert capfd.readouterr() == ("", "")


def test_programs_that_are_started_find_the_libraries_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {"LD_LIBRARY_PATH": "/bundle", "LD_LIBRARY_PATH_ORIG": "/own"})
    begin(monkeypatch, "restore_environment.py")
    assert os.environ == {"LD_LIBRARY_PATH": "/own", "PYINSTALLER_RESET_ENVIRONMENT": "1"}
    begin(monkeypatch, "restore_environment.py")
    assert os.environ == {"PYINSTALLER_RESET_ENVIRONMENT": "1"}
