"""What a hyperparameter search says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from nnstudio.spec.search import Values

TrialOutcome = Literal["completed", "pruned", "failed", "stopped"]
SearchOutcome = Literal["completed", "stopped"]


@dataclass(frozen=True, slots=True)
class TrialDone:
    """How a trial ended; ``number`` counts from 1 within its search.

    ``value`` is what it is judged by, in its best epoch; None where it failed, of which ``error`` is the sentence. One
    that was stopped with the search will be tried anew when that goes on. ``run`` is its identity among the runs; empty
    where there is none. ``same_as`` is the number of an earlier trial of the same values (else 0): its result was
    taken, and nothing was trained. ``best`` says that no trial before it was better.
    """

    search: str
    number: int
    outcome: TrialOutcome
    values: Values
    value: float | None
    run: str = ""
    epochs: int = 0
    seconds: float = 0.0
    error: str = ""
    same_as: int = 0
    best: bool = False


@dataclass(frozen=True, slots=True)
class SearchStarted:
    """A search begins or goes on; ``search`` is its identity.

    ``fields`` are the titles of the searched fields by their paths, in order. ``objective`` names what trials are
    judged by, such as ``validation loss``, and ``better`` which way it is better. ``trials`` is how many are planned in
    all (0: no limit), ``done`` are those that are there already, in their order. ``project`` is JSON.
    """

    search: str
    name: str
    fields: Mapping[str, str]
    objective: str
    better: Literal["higher", "lower"]
    trials: int
    minutes: float
    project: str
    done: tuple[TrialDone, ...] = ()


@dataclass(frozen=True, slots=True)
class TrialStarted:
    """A trial begins: ``values`` lacks the fields that do not count with the others (Adam has no momentum)."""

    search: str
    number: int
    values: Values


@dataclass(frozen=True, slots=True)
class TrialProgress:
    """How far a trial is, told a few times a second; ``value`` is what it is judged by, after ``epoch``."""

    search: str
    number: int
    epoch: int
    epochs: int
    value: float


@dataclass(frozen=True, slots=True)
class ImportanceFound:
    """How much of the difference between good trials and the others each field accounts for: shares of 1, by path.

    Told from time to time while a search goes on, and at its end.
    """

    search: str
    importance: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class SearchFinished:
    """A search is over, or rests: a stopped one can go on (`ContinueSearch`).

    ``trials`` counts all that are done. ``project`` (JSON) is that of the ``best`` trial, to be opened; empty where
    there is none. ``seconds`` is how long it went on this time.
    """

    search: str
    outcome: SearchOutcome
    trials: int
    best: TrialDone | None
    project: str
    seconds: float
    importance: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KnownSearch:
    """A search that is remembered; ``started`` is in seconds since 1970, UTC, ``project`` is JSON.

    It is ``running`` in some process, ``completed``, or ``interrupted``: stopped, or left by its process.
    """

    search: str
    name: str
    started: float
    status: Literal["running", "completed", "interrupted"]
    done: int
    trials: int
    best: float | None
    objective: str
    data: str
    project: str


@dataclass(frozen=True, slots=True)
class SearchesListed:
    """The searches that are remembered, newest first."""

    searches: tuple[KnownSearch, ...]


SearchEvent = (
    SearchStarted | TrialStarted | TrialProgress | TrialDone | ImportanceFound | SearchFinished | SearchesListed
)
