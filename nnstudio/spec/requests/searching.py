"""What can be asked of searches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nnstudio.spec.facts import SharedExamples
from nnstudio.spec.project import Project


@dataclass(frozen=True, slots=True)
class SearchProject:
    """Search what ``project.search`` says, each trial a run of its own; records the search under ``name``.

    Yields `SearchStarted`, then `TrialStarted`, `TrialProgress` … and `TrialDone` for each trial (several may be under
    way), `ImportanceFound` now and then, at last `SearchFinished`. `Pause`, `Resume` and `Stop` count for all of it:
    a stopped search can go on. On the processor a trial has so many ``threads``, or its share of them beside others;
    0 measures them, and gives one each to those side by side.
    """

    project: Project
    name: str = ""
    threads: int = 0


@dataclass(frozen=True, slots=True)
class ContinueSearch:
    """Go on with a search that was stopped or interrupted (the newest, where none is named), or lengthen one.

    ``trials`` in all and ``minutes`` from now on stand in for its own where they are given, ``at_once``, too. Yields
    what `SearchProject` does, with the trials that are there in `SearchStarted`; ``threads`` are as there.
    """

    search: str = ""
    trials: int | None = None
    minutes: float | None = None
    at_once: int | None = None
    threads: int = 0


@dataclass(frozen=True, slots=True)
class TrainTrial:
    """Train one trial of a search beside others, on so many ``threads``: yields what training yields.

    Where the trial is better than ``bound`` by ``objective`` (a key of its validation measures), its best weights are
    written to ``weights``, with ``encoding`` (JSON) and ``fingerprint`` of the data.
    """

    project: Project
    examples: SharedExamples
    run: str
    objective: str
    better: Literal["higher", "lower"]
    bound: float | None
    weights: str
    encoding: str
    fingerprint: str
    threads: int = 1


@dataclass(frozen=True, slots=True)
class ShowSearch:
    """Look at a search as far as it is, without going on: yields `SearchStarted` and `SearchFinished`."""

    search: str


@dataclass(frozen=True, slots=True)
class ListSearches:
    """Say which searches are remembered: yields `SearchesListed`."""
