"""The search that is going on, built up from what the engine tells."""

from __future__ import annotations

import pytest

from nnstudio.session.live_search import LiveSearch, SearchStatus
from nnstudio.spec.errors import TrainingError
from nnstudio.spec.events import (
    DiskFull,
    EngineReady,
    Event,
    Failed,
    ImportanceFound,
    Paused,
    Resumed,
    SearchFinished,
    SearchStarted,
    TrialDone,
    TrialProgress,
    TrialStarted,
)

STARTED = SearchStarted("s", "iris", {"optimizer.lr": "Learning rate"}, "validation loss", "lower", 3, 0.0, "{}")
FIRST = TrialDone("s", 1, "completed", {"optimizer.lr": 0.1}, 0.5, "r1", 10, 1.0, best=True)
SECOND = TrialDone("s", 2, "completed", {"optimizer.lr": 0.2}, 0.4, "r2", 10, 1.0, best=True)
FINISHED = SearchFinished("s", "completed", 2, SECOND, "{}", 3.0, {"optimizer.lr": 1.0})
STOPPED = SearchFinished("s", "stopped", 1, FIRST, "{}", 3.0)
FAILED = Failed(TrainingError("There is no room."))


@pytest.fixture
def search() -> LiveSearch:
    search = LiveSearch()
    search.start()
    return search


@pytest.mark.parametrize(
    ("events", "status"),
    [
        ([], SearchStatus.STARTING),
        ([STARTED], SearchStatus.RUNNING),
        ([STARTED, Paused()], SearchStatus.PAUSED),
        ([STARTED, DiskFull("“runs” could not be written.")], SearchStatus.PAUSED),
        ([STARTED, Paused(), Resumed()], SearchStatus.RUNNING),
        ([STARTED, FINISHED], SearchStatus.FINISHED),
        ([STARTED, STOPPED], SearchStatus.STOPPED),
        ([STARTED, FAILED], SearchStatus.FAILED),
    ],
)
def test_the_status_follows_the_events(search: LiveSearch, events: list[Event], status: SearchStatus) -> None:
    search.receive(events)
    assert search.status is status


def test_a_stop_is_answered_by_the_end_only(search: LiveSearch) -> None:
    search.receive([STARTED])
    search.stopping()
    seen = []
    for event in (Resumed(), Paused(), STOPPED):
        search.receive([event])
        seen.append((search.status, search.status.is_busy))
    assert seen == [*[(SearchStatus.STOPPING, True)] * 2, (SearchStatus.STOPPED, False)]


def test_trials_are_followed_from_their_beginning_to_their_end(search: LiveSearch) -> None:
    search.receive([STARTED, TrialStarted("s", 1, {"optimizer.lr": 0.1})])
    assert search.trials[1].state == "running"
    search.receive([TrialProgress("s", 1, 3, 20, 0.8)])
    assert (search.trials[1].epoch, search.trials[1].epochs, search.trials[1].value) == (3, 20, 0.8)
    assert search.done == 0
    search.receive([FIRST])
    assert (search.trials[1].state, search.trials[1].epoch, search.trials[1].epochs) == ("completed", 10, 20)
    assert search.done == 1


def test_the_best_trial_is_the_last_that_said_so(search: LiveSearch) -> None:
    search.receive([STARTED, FIRST])
    assert search.best is search.trials[1]
    search.receive([SECOND, TrialDone("s", 3, "completed", {"optimizer.lr": 0.3}, 0.6)])
    assert search.best is search.trials[2]
    assert not search.higher_is_better
    search.receive([FINISHED])
    assert search.best is search.trials[2]
    assert search.importance == {"optimizer.lr": 1.0}


def test_a_search_that_goes_on_has_its_trials(search: LiveSearch) -> None:
    again = SearchStarted("s", "iris", {}, "validation loss", "lower", 3, 0.0, "{}", (FIRST, SECOND))
    search.receive([again, ImportanceFound("s", {"optimizer.lr": 0.5})])
    assert list(search.trials) == [1, 2]
    assert search.best is search.trials[2]
    assert search.importance == {"optimizer.lr": 0.5}


def test_what_was_stopped_is_not_done(search: LiveSearch) -> None:
    search.receive([STARTED, FIRST, TrialDone("s", 2, "stopped", {}, None)])
    assert search.done == 1


def test_another_start_forgets_the_last_search(search: LiveSearch) -> None:
    search.receive([STARTED, FIRST, FAILED])
    assert search.error is not None
    search.clear()
    assert search.status is SearchStatus.IDLE
    assert not search.trials
    assert search.best is None


def test_what_no_search_says_is_a_defect(search: LiveSearch) -> None:
    with pytest.raises(ValueError, match="does not send"):
        search.receive([EngineReady("2", "CPU", 1.0)])


def test_listeners_are_told_once_a_bundle(search: LiveSearch) -> None:
    told: list[int] = []
    search.changed.listen(lambda: told.append(search.done))
    search.receive([STARTED, FIRST, SECOND])
    assert told == [2]
