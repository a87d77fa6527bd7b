"""A trial of this process trains for a moment at a time, or from event to event where each is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from nnstudio.engine.examples import Examples
from nnstudio.jobs.searching import workers
from nnstudio.jobs.searching.trial import NO_ROWS, Keeping
from nnstudio.jobs.searching.workers import Own
from nnstudio.spec.errors import TrainingError
from nnstudio.spec.events import EpochDone, Event, Failed
from nnstudio.spec.facts import DataFacts, Rows
from nnstudio.spec.project import Project
from nnstudio.spec.searched.objective import Judged
from nnstudio.spec.tasks import Task

EPOCHS = [EpochDone(epoch, {}, {}, 0.1, best=False) for epoch in (1, 2, 3)]


@pytest.fixture
def error(monkeypatch: pytest.MonkeyPatch) -> list[Exception]:
    """Training tells of three epochs, and then raises what stands here, if anything."""
    raised: list[Exception] = []

    def trained(*_: object, **__: object) -> Iterator[Event]:
        yield from EPOCHS
        if raised:
            raise raised[0]

    monkeypatch.setattr(workers, "trained", trained)
    return raised


def begun(tmp_path: Path, *, one_by_one: bool) -> Own:
    facts = DataFacts(Task.REGRESSION, (1,), Rows(0, 0, 0), "y")
    none = np.empty((0, 1), np.float32)
    own = Own(Examples(none, none, NO_ROWS, NO_ROWS, NO_ROWS, facts), threads=0, one_by_one=one_by_one)
    own.start(Project(), "run", Keeping(Judged("loss", "", "lower"), None, tmp_path, "", ""))
    return own


@pytest.mark.usefixtures("error")
def test_events_that_are_looked_at_come_one_by_one(tmp_path: Path) -> None:
    own = begun(tmp_path, one_by_one=True)
    assert [own.pull().events for _ in EPOCHS] == [[epoch] for epoch in EPOCHS]
    assert not own.is_free
    last = own.pull()
    assert last.done
    assert last.events == []
    assert own.is_free


@pytest.mark.usefixtures("error")
def test_else_all_come_that_a_moment_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "PULL_SECONDS", 60.0)
    own = begun(tmp_path, one_by_one=False)
    said = own.pull()
    assert said.done
    assert said.events == EPOCHS
    assert own.is_free


@pytest.mark.parametrize("one_by_one", [True, False])
def test_an_error_is_what_the_trial_says_last(
    one_by_one: bool, error: list[Exception], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "PULL_SECONDS", 60.0)
    error.append(TrainingError("No."))
    own = begun(tmp_path, one_by_one=one_by_one)
    said = []
    while not own.is_free:
        said += own.pull().events
    assert said[:-1] == EPOCHS
    assert isinstance(said[-1], Failed)
