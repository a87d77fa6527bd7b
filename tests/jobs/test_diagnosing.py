"""The job behind ``doctor`` and About: folders, runs, preferences, the display."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path
from queue import SimpleQueue

import pytest

from nnstudio.jobs import awake, diagnosing, display
from nnstudio.jobs.diagnosing import diagnose, folder_facts, preferences_problem, store_facts
from nnstudio.runs.store import DATABASE, RunStore
from nnstudio.session.preferences import Preferences, save_preferences
from nnstudio.spec.diagnosis import DisplayFacts
from nnstudio.spec.project import Project
from nnstudio.spec.requests import Diagnose


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATA", "CACHE", "CONFIG"):
        monkeypatch.setenv(f"NNSTUDIO_{name}", str(tmp_path / name.lower()))


def test_everything_is_looked_at_and_nothing_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnosing, "what_keeps_awake", lambda: "systemd-inhibit")
    (event,) = diagnose(Diagnose(display=False), SimpleQueue())
    told = event.diagnosis
    assert told.versions["torch"].startswith("2.")
    assert "not installed" not in told.versions.values()
    assert told.machine.cores > 0
    assert told.machine.processor
    assert told.cards.trials[0].device == "cpu"
    assert [folder.path for folder in told.folders] == [str(tmp_path / name) for name in ("data", "cache", "config")]
    assert all(folder.free > 0 for folder in told.folders)
    assert (told.display, told.preferences, told.awake) == (None, "", "systemd-inhibit")
    assert list(tmp_path.iterdir()) == []


def test_what_has_another_release_than_is_declared_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert diagnosing.unsuitable() == {}
    declared = ["torch>=99,<100", "pandas>=3", "not-there>=1", 'pyinstaller>=99; extra == "dev"']
    monkeypatch.setattr(metadata, "requires", {"nnstudio": declared}.get)
    assert diagnosing.unsuitable() == {"torch": "<100,>=99"}


def test_a_bundle_declares_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnosing, "PROJECT", "nobody-has-this")
    assert diagnosing.unsuitable() == {}


def test_a_window_is_tried_when_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnosing, "what_keeps_awake", lambda: "")
    monkeypatch.setattr(diagnosing, "card_facts", lambda: None)
    monkeypatch.setattr(diagnosing, "display_facts", lambda: DisplayFacts(screen=True, platform="xcb"))
    (event,) = diagnose(Diagnose(), SimpleQueue())
    assert event.diagnosis.display == DisplayFacts(screen=True, platform="xcb")


def test_a_folder_that_cannot_be_written_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(dir: Path) -> None:  # as the standard library calls it
        raise PermissionError(13, "Permission denied", str(dir))

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    assert folder_facts("runs", tmp_path / "none" / "yet").problem == "Permission denied"


def test_runs_are_counted_with_their_files(tmp_path: Path) -> None:
    assert store_facts(tmp_path).runs == 0
    store = RunStore(tmp_path)
    run = store.begin(Project(), "iris", "0.1.0")
    store.close()
    (store.run_folder(run) / "best.pth").write_bytes(b"w" * 5_000)
    told = store_facts(tmp_path)
    assert (told.runs, told.problem) == (1, "")
    assert told.size > 5_000


def test_a_folder_of_runs_that_cannot_be_looked_into_ends_no_diagnosis(tmp_path: Path) -> None:
    folder = tmp_path / ("r" * 300)
    assert store_facts(folder).runs == 0
    assert folder_facts("runs", folder).problem == ""


def test_a_damaged_database_says_so(tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_bytes(b"no database, but long enough to be looked at as one" * 40)
    assert store_facts(tmp_path).problem


def test_preferences_that_cannot_be_read_say_why(tmp_path: Path) -> None:
    path = tmp_path / "preferences.json"
    assert preferences_problem(path) == ""
    save_preferences(Preferences(), path)
    assert preferences_problem(path) == ""
    path.write_text("{", encoding="utf-8")
    assert preferences_problem(path).startswith("JSONDecodeError")


def test_a_package_without_papers_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnosing, "PACKAGES", ("no-such-package",))
    assert diagnosing.versions()["no-such-package"] == "not installed"


def test_what_keeps_awake_is_tried_out(monkeypatch: pytest.MonkeyPatch) -> None:
    codes: list[int | OSError] = [0, 1, FileNotFoundError()]

    def run(command: tuple[str, ...], **_: object) -> subprocess.CompletedProcess[bytes]:
        assert command[0] in ("systemd-inhibit", "caffeinate")
        assert command[-1] == "true"
        code = codes.pop(0)
        if isinstance(code, OSError):
            raise code
        return subprocess.CompletedProcess(command, code)

    monkeypatch.setattr(subprocess, "run", run)
    assert awake.what_keeps_awake("linux") == "systemd-inhibit"
    assert awake.what_keeps_awake("linux") == ""
    assert awake.what_keeps_awake("darwin") == ""
    assert awake.what_keeps_awake("win32") == "Windows"


# ---- the display ----


class Qt:
    """A pretended process that starts Qt."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.answer = (code, out, err)
        self.environment: dict[str, str] = {}

    def __call__(self, environment: dict[str, str]) -> tuple[int, str, str]:
        self.environment = environment
        return self.answer


def test_where_qt_starts_its_platform_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    qt = Qt(0, "xcb\n", "")
    monkeypatch.setattr(display, "start_qt", qt)
    assert display.display_facts({"DISPLAY": ":0"}, "linux") == DisplayFacts(True, "xcb")
    assert qt.environment == {"DISPLAY": ":0"}
    assert display.display_facts({}, "darwin") == DisplayFacts(True, "xcb")
    assert display.display_facts({}, "linux") == DisplayFacts(False, "xcb")
    assert qt.environment == {"QT_QPA_PLATFORM": "offscreen"}


def test_where_qt_aborts_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display, "start_qt", Qt(-6, "", "\nqt.qpa.plugin: Could not load.\nAborted\n"))
    monkeypatch.setattr(display, "loads", lambda name: "cursor" not in name and "EGL" not in name)
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/apt-get")
    told = display.display_facts({"DISPLAY": ":0"}, "linux")
    assert told.problem == "qt.qpa.plugin: Could not load."
    assert told.missing == ("libEGL.so.1", "libxcb-cursor.so.0")
    assert told.command == "sudo apt-get install libegl1 libxcb-cursor0"
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert display.display_facts({"DISPLAY": ":0"}, "linux").command == ""
    monkeypatch.setattr(display, "start_qt", Qt(-6, "", ""))
    assert display.display_facts({}, "win32") == DisplayFacts(True, "", "It ended with code -6.")


def test_libraries_are_looked_for_where_the_system_has_them() -> None:
    assert not display.loads("libnnstudio-has-no-such-library.so.1")
    if sys.platform == "linux":
        assert display.loads("libc.so.6")


def test_qt_is_started_by_this_program(monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[tuple[str, ...]] = []

    def run(command: tuple[str, ...], **_: object) -> subprocess.CompletedProcess[str]:
        commands.append(command)
        if len(commands) > 2:
            raise subprocess.TimeoutExpired(command, 60.0)
        return subprocess.CompletedProcess(command, 0, "xcb\n", "")

    monkeypatch.setattr(subprocess, "run", run)
    assert display.start_qt({}) == (0, "xcb\n", "")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    display.start_qt({})
    assert commands == [(sys.executable, "-m", "nnstudio", "--try-display"), (sys.executable, "--try-display")]
    assert display.start_qt({})[0] == 1
