"""A second start of the program hands its files to the window that is open, and to nobody else."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QUrl
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.gui import claim, handover
from nnstudio.gui.arrivals import Arrivals, come_forward
from nnstudio.gui.claim import Claim, is_handed_over
from nnstudio.gui.handover import (
    LONGEST,
    TAKEN,
    Handover,
    hand_over,
    is_private,
    read_handover,
    socket_name,
    this_user,
    write_handover,
)
from nnstudio.spec.startup import NEW_WINDOW

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has named pipes, and no user numbers")

PRIVATE = 0o700


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the session that is one's own."""
    folder = tmp_path / "run"
    folder.mkdir(mode=PRIVATE)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    return folder


@pytest.fixture
def name(runtime: Path) -> str:
    del runtime
    return socket_name(os.environ, this_user())


class Window:
    """Takes files, or has other things to do."""

    def __init__(self) -> None:
        self.taken: list[Handover] = []
        self.is_free = True

    def take(self, handed: Handover) -> bool:
        if self.is_free:
            self.taken.append(handed)
        return self.is_free


@pytest.fixture
def window() -> Window:
    return Window()


@pytest.fixture
def arrivals(qapp: QApplication, name: str, window: Window) -> Iterator[Arrivals]:
    arrivals = Arrivals(name, Claim(name), window.take, qapp)
    yield arrivals
    end(arrivals)


def end(arrivals: Arrivals) -> None:
    """As if its window had been closed, and its process had ended."""
    QApplication.instance().removeEventFilter(arrivals)  # type: ignore[union-attr]  # there is one
    arrivals.close()
    arrivals.deleteLater()


# what is said


@given(st.lists(st.text()), st.text())
def test_what_is_handed_over_arrives(paths: list[str], token: str) -> None:
    given_ = Handover(tuple(paths), token)
    assert read_handover(write_handover(given_)) == given_


@given(st.binary(max_size=200) | st.from_regex(r"\{.*\}").map(str.encode))
def test_other_words_hand_nothing_over(line: bytes) -> None:
    assert read_handover(line) is None


@pytest.mark.parametrize(
    "content",
    [
        [],
        {},
        {"nnstudio": 2, "paths": [], "token": ""},
        {"nnstudio": 1, "paths": "a", "token": ""},
        {"nnstudio": 1, "paths": [1], "token": ""},
        {"nnstudio": 1, "paths": []},
    ],
)
def test_nor_does_another_protocol_or_form(content: object) -> None:
    assert read_handover(json.dumps(content).encode()) is None


def test_nor_does_a_line_without_end() -> None:
    assert read_handover(write_handover(Handover(("a" * LONGEST,)))) is None


# who meets whom


def test_users_displays_configurations_and_versions_never_meet(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = {"DISPLAY": ":0", "XDG_RUNTIME_DIR": str(runtime)}
    names = [
        socket_name(here, "1000"),
        socket_name(here, "1001"),
        socket_name(here | {"DISPLAY": ":1"}, "1000"),
        socket_name(here | {"WAYLAND_DISPLAY": "wayland-0"}, "1000"),
    ]
    monkeypatch.setattr(handover, "__version__", "99")
    names.append(socket_name(here, "1000"))
    monkeypatch.setenv("NNSTUDIO_CONFIG", "/elsewhere")
    names.append(socket_name(here, "1000"))
    assert len(set(names)) == len(names)
    assert all(len(name) < 108 for name in (*names, socket_name({}, "1000"))), "the longest path of a socket"


def test_a_folder_that_others_can_write_to_is_not_used(tmp_path: Path) -> None:
    assert is_private(tmp_path / "new")
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    assert not is_private(shared)
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "new")
    assert not is_private(link)
    assert not is_private(tmp_path / "missing" / "below")


# two programs


def start(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "nnstudio", *arguments]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


def test_a_second_start_hands_its_files_over_and_ends(
    qtbot: QtBot, arrivals: Arrivals, window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert arrivals.is_listening
    monkeypatch.setenv("XDG_ACTIVATION_TOKEN", "leave")
    with start(str(tmp_path / "iris.nnstudio"), "beside.csv") as program:
        qtbot.waitUntil(lambda: program.poll() is not None, timeout=60_000)
        assert program.returncode == 0, program.stderr and program.stderr.read()
    expected = (str(tmp_path / "iris.nnstudio"), str(Path.cwd() / "beside.csv"))
    assert window.taken == [Handover(expected, "leave")]


def test_a_window_of_its_own_asks_nobody(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no screen, a window that would be opened says so, and one that is handed over does not."""
    del runtime
    for variable in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(variable, raising=False)
    with start(NEW_WINDOW, "iris.csv") as program:
        assert program.stderr is not None
        assert "There is no screen" in program.stderr.read()


def test_who_finds_no_window_opens_one(name: str, arrivals: Arrivals) -> None:
    arrivals.close()
    assert not Path(name).exists()
    assert not hand_over(["iris.csv"], os.environ)


def test_what_a_crash_left_is_put_away(qapp: QApplication, name: str, window: Window) -> None:
    left = socket.socket(socket.AF_UNIX)
    left.bind(name)
    left.close()
    assert Path(name).exists()
    assert not hand_over(["iris.csv"], os.environ)
    arrivals = Arrivals(name, Claim(name), window.take, qapp)
    assert arrivals.is_listening
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(name)
    end(arrivals)


def test_who_listens_where_others_can_write_is_told_nothing(runtime: Path, name: str) -> None:
    with socket.socket(socket.AF_UNIX) as another:
        another.bind(name)
        another.listen()
        another.setblocking(False)
        runtime.chmod(0o777)
        assert hand_over(["iris.csv"], os.environ) is None
        with pytest.raises(BlockingIOError):
            another.accept()


# several windows


def test_one_window_takes_the_files_and_the_next_one_after_it(
    qtbot: QtBot, qapp: QApplication, arrivals: Arrivals, name: str
) -> None:
    later = [Window(), Window()]
    waiting = [Arrivals(name, Claim(name), each.take, qapp) for each in later]
    assert arrivals.is_listening
    assert not any(each.is_listening for each in waiting)
    arrivals.close()
    qtbot.waitUntil(lambda: any(each.is_listening for each in waiting))
    assert [each.is_listening for each in waiting].count(True) == 1
    first = next(each for each in waiting if each.is_listening)
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(name)
        client.sendall(write_handover(Handover(("/a.csv",))))
        qtbot.waitUntil(lambda: any(each.taken for each in later))
    end(first)
    (last,) = (each for each in waiting if each is not first)
    qtbot.waitUntil(lambda: last.is_listening)
    end(last)
    assert not Path(name).exists()


RACE = """
import os, sys
from PySide6.QtWidgets import QApplication
from nnstudio.gui.arrivals import Arrivals
from nnstudio.gui.claim import Claim, is_handed_over
from nnstudio.gui.handover import socket_name, this_user
app = QApplication([])
name = socket_name(os.environ, this_user())
claim = Claim(name)
print("ready", flush=True)
sys.stdin.readline()
if is_handed_over(["/a.csv"], os.environ, claim):
    print("handed over")
else:
    taken = []
    arrivals = Arrivals(name, claim, lambda handed: taken.append(handed) or app.quit() or True, app)
    app.exec()
    print("opened", *(path for handed in taken for path in handed.paths))
"""
"""What two starts do, without a window; the one that opens it ends when it has got the other’s files."""


def test_of_two_starts_in_the_same_instant_one_opens_a_window(runtime: Path) -> None:
    del runtime
    command = [sys.executable, "-c", RACE]
    programs = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) for _ in "ab"
    ]
    for program in programs:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("go\n")
    said = sorted(program.communicate(timeout=60)[0] for program in programs)
    assert said == ["handed over\n", "opened /a.csv\n"]


@pytest.mark.parametrize(("answers", "waits"), [([None, None, True], 3), ([None, False], 2)])
def test_a_window_that_does_not_listen_yet_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, name: str, answers: list[bool | None], waits: int
) -> None:
    starting, asking = Claim(name), Claim(name)
    assert not is_handed_over([], os.environ, starting), "nobody else is there"
    asked: list[Sequence[str]] = []

    def answer(paths: Sequence[str], environment: Mapping[str, str]) -> bool | None:
        del environment
        asked.append(paths)
        return answers[len(asked) - 1]

    monkeypatch.setattr(claim, "hand_over", answer)
    assert is_handed_over(["a.csv"], os.environ, asking) is answers[-1]
    assert asked == [["a.csv"]] * waits
    assert starting.take(), "it has it still"
    starting.release()
    assert asking.take()


def test_one_that_gets_no_window_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(claim, "STARTING_SECONDS", -1.0)
    hanging, asking = Claim(name), Claim(name)
    assert hanging.take()
    assert not is_handed_over([], os.environ, asking)
    assert Claim(name).take() is False, "who has waited has it now"


def test_where_no_folder_is_ones_own_every_start_opens_a_window(
    qapp: QApplication, runtime: Path, window: Window
) -> None:
    runtime.chmod(0o777)
    name = socket_name(os.environ, this_user())
    assert not is_handed_over([], os.environ, Claim(name))
    arrivals = Arrivals(name, Claim(name), window.take, qapp)
    assert not arrivals.is_listening
    end(arrivals)


def test_a_window_that_has_other_things_to_do_says_so(
    qtbot: QtBot, arrivals: Arrivals, window: Window, name: str
) -> None:
    del arrivals
    window.is_free = False
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(name)
        client.sendall(write_handover(Handover(("/a.nnstudio",))))
        client.setblocking(False)
        heard = bytearray()

        def answered() -> bool:
            try:
                heard.extend(client.recv(100))
            except BlockingIOError:
                return False
            return heard.endswith(b"\n")

        qtbot.waitUntil(answered)
    assert heard != TAKEN
    assert window.taken == []


def test_who_did_not_wait_for_the_answer_opens_the_files_elsewhere(
    qtbot: QtBot, arrivals: Arrivals, window: Window, name: str
) -> None:
    del arrivals
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(name)
        client.sendall(write_handover(Handover(("/given-up.csv",))))
    assert not window.taken, "it has not looked yet, as if it hung"
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(name)
        client.sendall(write_handover(Handover(("/waits.csv",))))
        qtbot.waitUntil(lambda: bool(window.taken))
        assert window.taken == [Handover(("/waits.csv",))]


def test_who_says_something_else_is_not_answered(qtbot: QtBot, arrivals: Arrivals, window: Window, name: str) -> None:
    del arrivals
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(name)
        client.sendall(b"GET / HTTP/1.1\n")
        client.setblocking(False)

        def ended() -> bool:
            try:
                return client.recv(100) == b""
            except BlockingIOError:
                return False

        qtbot.waitUntil(ended)
    assert window.taken == []


def test_macos_sends_files_as_events(qapp: QApplication, arrivals: Arrivals, window: Window) -> None:
    assert arrivals.eventFilter(qapp, QFileOpenEvent(QUrl.fromLocalFile("/data/iris.nnstudio")))
    assert window.taken == [Handover(("/data/iris.nnstudio",))]


def test_the_window_comes_to_the_front(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_ACTIVATION_TOKEN", "")
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.showMinimized()
    come_forward(widget, "leave")
    assert not widget.isMinimized()
    assert widget.isVisible()
    assert os.environ["XDG_ACTIVATION_TOKEN"] == "leave"  # noqa: S105  # a leave of the desktop, no password
