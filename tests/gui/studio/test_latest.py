"""Typing asks the engine once, and an answer to what was wished before is dropped."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnstudio.gui.studio.engines import JobHandle
from nnstudio.gui.studio.latest import Latest, Newest
from nnstudio.spec.events import Command, Stop


class Handle:
    """Stands in for a job that was asked for."""

    def __init__(self) -> None:
        self.commands: list[Command] = []

    def command(self, command: Command) -> None:
        self.commands.append(command)


class Asked:
    """Everything that was asked, with the ways to answer."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.answers: dict[str, Callable[[str], None]] = {}
        self.handles: dict[str, Handle] = {}

    def asking(self, name: str) -> Callable[[Callable[[str], None]], JobHandle]:
        def ask(receive: Callable[[str], None]) -> JobHandle:
            self.names.append(name)
            self.answers[name], self.handles[name] = receive, Handle()
            return self.handles[name]  # type: ignore[return-value]  # all that is asked of one

        return ask


@pytest.fixture
def asked() -> Asked:
    return Asked()


def test_only_the_last_wish_of_a_quick_series_is_asked(
    qapp: QApplication, qtbot: QtBot, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nnstudio.gui.studio.latest.QUIET_MILLISECONDS", 30)
    latest: Latest[str] = Latest(qapp)
    told: list[str] = []
    for name in ("1", "12", "128"):
        latest.ask(asked.asking(name), told.append)
        qapp.processEvents()
    assert asked.names == [], "there was no quiet yet"
    assert latest.is_waiting
    qtbot.waitUntil(lambda: asked.names == ["128"])
    asked.answers["128"]("shown")
    assert told == ["shown"]
    assert not latest.is_waiting


def test_an_overtaken_question_is_stopped_and_its_answer_dropped(qapp: QApplication, asked: Asked) -> None:
    latest: Latest[str] = Latest(qapp)
    told: list[str] = []
    latest.ask(asked.asking("first"), told.append, at_once=True)
    latest.ask(asked.asking("second"), told.append, at_once=True)
    asked.answers["first"]("too late")
    asked.answers["second"]("right")
    assert told == ["right"]
    assert asked.handles["first"].commands == [Stop()]
    assert asked.handles["second"].commands == []


def test_a_question_that_was_answered_is_not_stopped(qapp: QApplication, asked: Asked) -> None:
    latest: Latest[str] = Latest(qapp)
    latest.ask(asked.asking("first"), lambda _: None, at_once=True)
    asked.answers["first"]("answer")
    latest.forget()
    assert asked.handles["first"].commands == []


def test_what_is_forgotten_is_neither_asked_nor_told(qapp: QApplication, asked: Asked) -> None:
    latest: Latest[str] = Latest(qapp)
    told: list[str] = []
    latest.ask(asked.asking("waiting"), told.append)
    latest.forget()
    qapp.processEvents()
    assert asked.names == []
    latest.ask(asked.asking("asked"), told.append, at_once=True)
    latest.forget()
    asked.answers["asked"]("dropped")
    assert told == []


def test_of_many_wishes_while_one_is_asked_only_the_newest_follows(asked: Asked) -> None:
    newest: Newest[str] = Newest()
    told: list[str] = []
    for name in ("1", "2", "3"):
        newest.ask(asked.asking(name), told.append)
    assert asked.names == ["1"]
    asked.answers["1"]("one")
    assert asked.names == ["1", "3"]
    asked.answers["3"]("three")
    assert told == ["one", "three"]


def test_what_was_forgotten_while_it_was_asked_is_not_told(asked: Asked) -> None:
    newest: Newest[str] = Newest()
    told: list[str] = []
    newest.ask(asked.asking("before"), told.append)
    newest.ask(asked.asking("waiting"), told.append)
    newest.forget()
    newest.ask(asked.asking("after"), told.append)
    asked.answers["before"]("too late")
    asked.answers["after"]("right")
    assert (asked.names, told) == (["before", "after"], ["right"])
