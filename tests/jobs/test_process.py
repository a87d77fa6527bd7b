"""The engine process: answers over a pipe, ends with it, and its death is noticed."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from nnstudio.jobs.link import ProcessLink
from nnstudio.spec.errors import EngineLost
from nnstudio.spec.events import Event, Failed, Reading, SourceOpened
from nnstudio.spec.requests import OpenSource, Request
from nnstudio.spec.sources import TableSource


@pytest.fixture
def link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ProcessLink]:
    monkeypatch.setenv("NNSTUDIO_CACHE", str(tmp_path / "cache"))
    link = ProcessLink()
    yield link
    link.close()


def ask(link: ProcessLink, request: Request) -> list[Event]:
    """What the engine answers, but for how far reading is: that is told where it takes longer, as in a new process."""
    number = link.submit(request)
    events: list[Event] = []
    while (bundle := link.receive()) is not None:
        assert bundle.job == number
        events += [event for event in bundle.events if not isinstance(event, Reading)]
        if bundle.done:
            break
    return events


def test_answers_come_back_over_the_pipe(link: ProcessLink, tmp_path: Path) -> None:
    table = tmp_path / "small.csv"
    table.write_text("a,b\n1,x\n2,y\n3,x\n", encoding="utf-8")
    (opened,) = ask(link, OpenSource(TableSource(str(table))))
    assert isinstance(opened, SourceOpened)
    assert opened.facts.rows == 3
    (failed,) = ask(link, OpenSource(TableSource(str(tmp_path / "nowhere.csv"))))
    assert isinstance(failed, Failed)
    assert "nowhere.csv" in str(failed.error)
    assert len(ask(link, OpenSource(TableSource(str(table))))) == 1, "a failure does not end the engine"


def test_an_engine_that_is_killed_is_reported(link: ProcessLink) -> None:
    assert link.process.pid
    os.kill(link.process.pid, signal.SIGKILL)
    with pytest.raises(EngineLost, match="stopped unexpectedly") as lost:
        link.receive()
    assert str(-signal.SIGKILL) in lost.value.details


def test_a_closed_link_ends_quietly_and_takes_its_process_along(link: ProcessLink) -> None:
    link.close()
    assert link.receive() is None
    assert not link.process.is_alive()
    link.submit(OpenSource(TableSource("late.csv")))  # nobody hears it, and nobody minds


def test_the_engine_ends_when_its_pipe_does(link: ProcessLink) -> None:
    link._pipe.close()
    link.process.join(20)
    assert link.process.exitcode == 0
