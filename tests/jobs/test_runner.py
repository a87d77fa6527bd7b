"""Jobs run one after another; what they say is bundled, and what goes wrong becomes a sentence."""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Iterator
from queue import SimpleQueue
from types import ModuleType

import pytest

from nnstudio.jobs import runner
from nnstudio.jobs.link import ThreadLink
from nnstudio.jobs.runner import Bundle, Runner, answer
from nnstudio.spec.errors import DataError, UnexpectedError
from nnstudio.spec.events import EpochDone, Event, Failed, Inbox, Pause, Paused, Resume, Resumed, Saved, Stop
from nnstudio.spec.requests import OpenModel, SaveModel


def three(request: OpenModel, inbox: Inbox) -> Iterator[Event]:
    del inbox
    yield from (Saved(f"{request.path}{number}") for number in range(3))


def epochs(request: OpenModel, inbox: Inbox) -> Iterator[Event]:
    """Three epochs, then a rest that would last for hours."""
    del request
    yield from (EpochDone(number, {}, {}, 0.1, best=False) for number in range(3))
    yield Paused()
    inbox.get()


def obedient(request: OpenModel, inbox: Inbox) -> Iterator[Event]:
    """Acknowledges commands until it is stopped."""
    yield Saved(request.path)
    while not isinstance(command := inbox.get(), Stop):
        yield Paused() if isinstance(command, Pause) else Resumed()


def careful(request: OpenModel, inbox: Inbox) -> Iterator[Event]:
    """Says for ever who began it, and notes who ended it."""
    del inbox
    began = threading.get_ident()
    try:
        while True:
            yield Saved(request.path)
    finally:
        ENDED.append((began, threading.get_ident()))


ENDED: list[tuple[int, int]] = []
"""The threads in which the careful job began and ended."""


def clumsy(request: OpenModel, inbox: Inbox) -> Iterator[Event]:
    del inbox
    yield Saved(request.path)
    raise ZeroDivisionError("one by nothing")


def refused(request: OpenModel, inbox: Inbox) -> Iterator[Event]:
    del inbox
    yield from ()  # a generator, as all jobs are
    raise DataError(f"“{request.path}” is empty.")


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = ModuleType("tests.fake")
    vars(jobs).update(three=three, obedient=obedient, epochs=epochs, careful=careful, clumsy=clumsy, refused=refused)
    ENDED.clear()
    monkeypatch.setitem(runner.ANSWERS, OpenModel, "tests.fake:three")
    monkeypatch.setitem(sys.modules, "tests.fake", jobs)


def use(monkeypatch: pytest.MonkeyPatch, job: str) -> None:
    monkeypatch.setitem(runner.ANSWERS, OpenModel, f"tests.fake:{job}")


def said(bundles: list[Bundle]) -> list[Event]:
    return [event for bundle in bundles for event in bundle.events]


@pytest.mark.usefixtures("answers")
class TestAnswer:
    def test_gives_what_the_job_says(self) -> None:
        assert list(answer(OpenModel("a"), SimpleQueue())) == [Saved("a0"), Saved("a1"), Saved("a2")]

    def test_an_error_of_ours_is_passed_on(self, monkeypatch: pytest.MonkeyPatch) -> None:
        use(monkeypatch, "refused")
        (failed,) = answer(OpenModel("a.csv"), SimpleQueue())
        assert isinstance(failed, Failed)
        assert isinstance(failed.error, DataError)
        assert failed.error.what == "“a.csv” is empty."

    def test_a_defect_becomes_a_sentence_with_details(self, monkeypatch: pytest.MonkeyPatch) -> None:
        use(monkeypatch, "clumsy")
        first, failed = answer(OpenModel("a"), SimpleQueue())
        assert first == Saved("a")
        assert isinstance(failed, Failed)
        assert isinstance(failed.error, UnexpectedError)
        assert "ZeroDivisionError: one by nothing" in failed.error.why
        assert "in clumsy" in failed.error.details

    def test_a_request_that_nobody_answers_is_a_defect(self) -> None:
        (failed,) = answer("nonsense", SimpleQueue())  # type: ignore[arg-type]  # that is the point
        assert isinstance(failed, Failed)
        assert isinstance(failed.error, UnexpectedError)


@pytest.mark.usefixtures("answers")
class TestRunner:
    def test_runs_jobs_in_order_and_says_when_each_is_done(self) -> None:
        jobs = Runner()
        jobs.submit(7, OpenModel("a"))
        jobs.submit(8, OpenModel("b"))
        told: list[Bundle] = []
        for bundle in jobs.bundles():
            told.append(bundle)
            if bundle.job == 8 and bundle.done:
                jobs.abandon()
        assert [bundle.job for bundle in told if bundle.done] == [7, 8]
        assert said(told) == [Saved(f"{name}{number}") for name in "ab" for number in range(3)]

    def test_events_within_a_moment_travel_together(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("time.monotonic", lambda: 1.0)  # time stands still
        assert self.sizes_of_bundles(monkeypatch) == [1, 3]  # the first is not kept waiting, nor is the rest announced

    def test_events_far_apart_travel_alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        hours = iter(range(1_000))
        monkeypatch.setattr("time.monotonic", lambda: float(next(hours)))
        assert self.sizes_of_bundles(monkeypatch) == [1, 1, 1, 1]

    def sizes_of_bundles(self, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        """How many events each bundle has, until the job rests."""
        use(monkeypatch, "epochs")
        jobs = Runner()
        jobs.submit(1, OpenModel("a"))
        sizes = []
        for bundle in jobs.bundles():
            sizes.append(len(bundle.events))
            if isinstance(bundle.events[-1], Paused):
                break
        return sizes

    def test_a_command_reaches_its_job_only(self, monkeypatch: pytest.MonkeyPatch) -> None:
        use(monkeypatch, "obedient")
        jobs = Runner()
        jobs.submit(1, OpenModel("a"))
        jobs.submit(2, OpenModel("b"))
        for command in (Pause(), Resume(), Stop()):
            jobs.command(1, command)
        jobs.command(2, Stop())
        jobs.command(99, Pause())  # a job that has ended does not mind
        told: list[Bundle] = []
        for bundle in jobs.bundles():
            told.append(bundle)
            if bundle.job == 2 and bundle.done:
                break
        assert said(told) == [Saved("a"), Paused(), Resumed(), Saved("b")]

    def test_abandoning_stops_the_job_and_forgets_the_rest(self, monkeypatch: pytest.MonkeyPatch) -> None:
        use(monkeypatch, "obedient")
        jobs = Runner()
        jobs.submit(1, OpenModel("a"))
        jobs.submit(2, OpenModel("b"))
        bundles = jobs.bundles()
        next(bundles)
        jobs.abandon()
        assert [bundle.job for bundle in bundles] == [1]


@pytest.mark.usefixtures("answers")
def test_a_thread_link_waits_for_work_and_ends_when_closed() -> None:
    link = ThreadLink()
    told: list[Bundle] = []

    def listen() -> None:
        while (bundle := link.receive()) is not None:
            told.append(bundle)
            if bundle.done:
                link.close()

    thread = threading.Thread(target=listen)
    thread.start()
    number = link.submit(OpenModel("a"))
    thread.join(10)
    assert not thread.is_alive()
    assert {bundle.job for bundle in told} == {number}
    assert said(told) == [Saved("a0"), Saved("a1"), Saved("a2")]


@pytest.mark.usefixtures("answers")
def test_a_job_ends_in_the_thread_that_ran_it_when_its_link_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """It holds a connection to the database and locks, which no other thread may give back."""
    use(monkeypatch, "careful")
    link = ThreadLink()

    def listen() -> None:
        link.receive()
        link.close()
        assert link.receive() is None

    thread = threading.Thread(target=listen)
    thread.start()
    link.submit(OpenModel("a"))
    thread.join(10)
    ((began, ended),) = ENDED
    assert began == ended == thread.ident


def test_every_request_is_answered_by_a_job_that_exists() -> None:
    missing = [where for where in runner.ANSWERS.values() if not callable(job_at(where))]
    assert missing == []
    assert SaveModel in runner.ANSWERS


def job_at(where: str) -> object:
    module, name = where.split(":")
    return getattr(importlib.import_module(module), name, None)
