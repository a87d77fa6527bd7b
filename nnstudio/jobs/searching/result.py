"""What a search begins and ends with, also where it is only looked at, and what its trials come to."""

from __future__ import annotations

from collections.abc import Sequence

from nnstudio.jobs.searching.study import Study
from nnstudio.runs.searches import SearchRecord
from nnstudio.spec.errors import TrainingError
from nnstudio.spec.events import SearchFinished, SearchOutcome, SearchStarted, TrialDone
from nnstudio.spec.files import project_to_json
from nnstudio.spec.search import Values
from nnstudio.spec.searched.objective import Judged, objective_of
from nnstudio.spec.searched.places import find
from nnstudio.spec.searched.trial import applied

HOPELESS = 10
"""If so many trials, all there are, fail for the same reason, no other one will succeed."""


def started(search: SearchRecord, done: Sequence[TrialDone]) -> SearchStarted:
    """The event that a search begins with."""
    project, settings = search.project, search.project.search
    return SearchStarted(
        search.id,
        search.name,
        {field.path: find(project, field.path).title for field in settings.fields},
        search.objective,
        search.better,
        settings.planned,
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


def repeated(search: str, number: int, values: Values, known: TrialDone) -> TrialDone:
    """A trial of values that were tried: what the ``known`` one came to, in no time."""
    same_as = known.same_as or known.number
    return TrialDone(
        search, number, known.outcome, values, known.value, known.run, known.epochs, 0.0, known.error, same_as
    )


def need_hope(done: Sequence[TrialDone]) -> None:
    """Raise `TrainingError` when every trial fails for one reason."""
    reasons = {trial.error for trial in done}
    if len(done) == HOPELESS and len(reasons) == 1 and "" not in reasons:
        raise TrainingError(
            f"All of the first {HOPELESS} trials failed for the same reason.",
            reasons.pop(),
            "Put that right, then search again.",
        )
