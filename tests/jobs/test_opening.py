"""Opening as a job: first the head, then how far it is, then what was found; it can be stopped."""

from __future__ import annotations

from pathlib import Path
from queue import SimpleQueue
from threading import Event as Flag

import pytest

from nnstudio.data.reading import text_table
from nnstudio.data.reading.readers import Read, Report
from nnstudio.jobs import opening
from nnstudio.jobs.opening import open_source
from nnstudio.jobs.runner import answer
from nnstudio.spec.errors import DataError
from nnstudio.spec.events import Failed, Inbox, Pause, Previewed, Reading, SourceOpened, Stop
from nnstudio.spec.requests import OpenPath, OpenSource, PreviewSource
from nnstudio.spec.sources import TableSource


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NNSTUDIO_CACHE", str(tmp_path / "cache"))
    path = tmp_path / "table.csv"
    path.write_text("a;b\n1,5;x\n2,5;y\n")
    return path


@pytest.fixture
def inbox() -> Inbox:
    return SimpleQueue()


def test_a_path_is_previewed_and_then_opened(path: Path, inbox: Inbox) -> None:
    first, *_, last = answer(OpenPath(str(path)), inbox)
    assert isinstance(first, Previewed)
    assert first.preview.rows == (("1.5", "x"), ("2.5", "y"))
    assert isinstance(last, SourceOpened)
    assert last.facts.source == first.preview.source == TableSource(str(path), ";", decimal=",", day_first=True)
    assert list(answer(OpenSource(last.facts.source), inbox)) == [last]


def test_a_preview_follows_the_options_or_finds_them_out(path: Path, inbox: Inbox) -> None:
    (plain,) = answer(PreviewSource(TableSource(str(path))), inbox)
    (found,) = answer(PreviewSource(TableSource(str(path)), detect=True), inbox)
    assert isinstance(plain, Previewed)
    assert isinstance(found, Previewed)
    assert len(plain.preview.columns) == 2  # torn apart at the decimal commas
    assert plain.preview.rows[0] == ("1", "5;x")
    assert [column.name for column in found.preview.columns] == ["a", "b"]


def test_what_cannot_be_opened_is_a_sentence(path: Path, inbox: Inbox) -> None:
    path.write_bytes(b"%PDF-1.7")
    (failed,) = answer(OpenPath(str(path)), inbox)
    assert isinstance(failed, Failed)
    assert isinstance(failed.error, DataError)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Flag:
    """Reading that tells how far it is, and goes on when the flag is set."""
    go_on, original = Flag(), text_table.read

    def read(source: TableSource, report: Report | None = None) -> Read:
        assert report is not None
        report(5, 20, "bytes")
        while not go_on.wait(0.01):
            report(10, 20, "bytes")
        return original(source, report)

    monkeypatch.setattr(text_table, "read", read)
    monkeypatch.setattr(opening, "REPORT_SECONDS", 0.02)
    return go_on


def test_it_is_told_how_far_reading_is(path: Path, inbox: Inbox, slow: Flag) -> None:
    events = answer(OpenSource(TableSource(str(path), delimiter=";")), inbox)
    reading = next(events)
    assert isinstance(reading, Reading)
    assert (reading.total, reading.unit, reading.seconds_left > 0) == (20, "bytes", True)
    inbox.put(Pause())  # says nothing to a job that reads
    slow.set()
    assert isinstance(list(events)[-1], SourceOpened)


@pytest.mark.parametrize("end", ["stopped", "abandoned"])
def test_reading_that_is_not_wanted_any_more_keeps_nothing(path: Path, inbox: Inbox, slow: Flag, end: str) -> None:
    events = open_source(OpenSource(TableSource(str(path), delimiter=";")), inbox)
    assert isinstance(next(events), Reading)
    if end == "stopped":
        inbox.put(Stop())
    else:
        events.close()
    assert not [event for event in events if isinstance(event, SourceOpened)]
    assert not slow.is_set()
    assert not list((path.parent / "cache" / "sources").iterdir())
