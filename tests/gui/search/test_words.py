"""What is said of a search that ended while trials were under way."""

from __future__ import annotations

import pytest

from nnstudio.gui.search.words import outcome, status, told
from nnstudio.session.live_search import LiveSearch
from nnstudio.spec.events import SearchFinished, SearchOutcome, SearchStarted, TrialDone

STARTED = SearchStarted("s", "iris", {}, "validation loss", "lower", 0, 0.5, "{}")
FIRST = TrialDone("s", 1, "completed", {}, 0.5, best=True)


@pytest.mark.parametrize(
    ("ended", "cut", "words"),
    [
        ("completed", (2,), "time ran out within trial 2, not counted"),
        ("completed", (2, 3), "time ran out within trials 2, 3, not counted"),
        ("stopped", (2,), "stopped within trial 2, not counted"),
        ("completed", (), ""),
    ],
)
def test_trials_that_the_end_cut_short_do_not_count(ended: SearchOutcome, cut: tuple[int, ...], words: str) -> None:
    search = LiveSearch()
    stopped = [TrialDone("s", number, "stopped", {}, None) for number in cut]
    search.receive([STARTED, FIRST, *stopped, SearchFinished("s", ended, 1, FIRST, "{}", 30.0)])
    assert search.done == 1
    said = status(search).split(" · ")
    assert said[0] == "1 trial"
    assert (words in said) is bool(words)
    for number in cut:
        trial = search.trials[number]
        assert outcome(trial) == "not counted"
        assert told(trial, is_best=False).startswith(f"Trial {number}: no result, not counted. The search ended while")
