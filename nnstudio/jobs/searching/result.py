"""What a search begins and ends with, also where it is only looked at."""

from __future__ import annotations

from collections.abc import Sequence

from nnstudio.jobs.searching.study import Study
from nnstudio.runs.searches import SearchRecord
from nnstudio.spec.events import SearchFinished, SearchOutcome, SearchStarted, TrialDone
from nnstudio.spec.files import project_to_json
from nnstudio.spec.searched.objective import Judged, objective_of
from nnstudio.spec.searched.places import find
from nnstudio.spec.searched.trial import applied


def started(search: SearchRecord, done: Sequence[TrialDone]) -> SearchStarted:
    """The event that a search begins with."""
    project, settings = search.project, search.project.search
    return SearchStarted(
        search.id,
        search.name,
        {field.path: find(project, field.path).title for field in settings.fields},
        search.objective,
        search.better,
        settings.trials,
        settings.minutes,
        project_to_json(project),
        tuple(done),
    )


def finished(
    search: SearchRecord, done: Sequence[TrialDone], study: Study, outcome: SearchOutcome, seconds: float
) -> SearchFinished:
    """The event that it ends with."""
    best = best_of(done, objective_of(search.project))
    project = project_to_json(applied(search.project, best.values)) if best else ""
    return SearchFinished(search.id, outcome, len(done), best, project, seconds, study.importance())


def best_of(done: Sequence[TrialDone], judged: Judged) -> TrialDone | None:
    """The first of the best trials that were completed."""
    best: TrialDone | None = None
    for trial in done:
        value = trial.value if trial.outcome == "completed" else None
        if value is not None and judged.is_better(value, best.value if best else None):
            best = trial
    return best
