"""Searches as the engine tells of them, for tests of what shows them."""

from __future__ import annotations

from nnstudio.gui.studio import Studio
from nnstudio.session import searching
from nnstudio.spec.events import (
    Event,
    ImportanceFound,
    KnownSearch,
    SearchFinished,
    SearchStarted,
    TrialDone,
    TrialProgress,
    TrialStarted,
)
from nnstudio.spec.files import project_to_json
from nnstudio.spec.search import Values
from tests.gui.fakes import open_iris

RATE, SIZE, KIND = "optimizer.lr", "batches.size", "optimizer"
VALUES: tuple[Values, ...] = (
    {RATE: 0.01, SIZE: 32, KIND: "adam"},
    {RATE: 0.0001, SIZE: 8, KIND: "sgd"},
    {RATE: 0.1, SIZE: 256, KIND: "adam"},
)
SCORES = (0.3, 0.2, 0.9)


def search_iris(studio: Studio) -> None:
    """Let the iris table be open, with three searched fields."""
    open_iris(studio)
    for path in (RATE, SIZE, KIND):
        studio.apply(f"Search {path}", searching.search_field(studio.state.project, path))


def began(studio: Studio, done: tuple[TrialDone, ...] = (), trials: int = 3) -> SearchStarted:
    titles = {RATE: "Learning rate", SIZE: "Batch size", KIND: "Optimiser"}
    project = project_to_json(studio.state.project)
    return SearchStarted("s1", "iris", titles, "validation loss", "lower", trials, 0.0, project, done)


def trial(number: int, best: bool = False, outcome: str = "completed") -> TrialDone:
    """One trial; the second is the best of them."""
    values, score = VALUES[number - 1], SCORES[number - 1]
    return TrialDone("s1", number, outcome, values, score, f"run-{number}", 40, 1.5, best=best)  # type: ignore[arg-type]


def going_on(studio: Studio) -> list[Event]:
    """Two trials are done, and the third is under way."""
    return [
        began(studio),
        TrialStarted("s1", 1, VALUES[0]),
        TrialStarted("s1", 2, VALUES[1]),
        trial(1, best=True),
        trial(2, best=True),
        TrialStarted("s1", 3, VALUES[2]),
        TrialProgress("s1", 3, 4, 40, 0.8),
    ]


def ended() -> list[Event]:
    """The third trial is pruned, and the search is over."""
    importance = {RATE: 0.7, SIZE: 0.1, KIND: 0.2}
    return [
        trial(3, outcome="pruned"),
        ImportanceFound("s1", importance),
        SearchFinished("s1", "completed", 3, trial(2), "{}", 61.0, importance),
    ]


def known(status: str = "interrupted") -> KnownSearch:
    return KnownSearch("s0", "iris", 1e9, status, 12, 50, 0.25, "validation loss", "/data/iris.csv", "{}")  # type: ignore[arg-type]
