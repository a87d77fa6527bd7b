"""The jobs: search, go on with a search, look at one, and say which there are."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import replace

from nnstudio.data.encoding.encode import Encoded
from nnstudio.jobs.given import encoded_for, require_unchanged
from nnstudio.jobs.repeating import without_folds
from nnstudio.jobs.searching.conductor import Conductor
from nnstudio.jobs.searching.result import finished, started
from nnstudio.jobs.searching.study import Study
from nnstudio.runs.searches import SearchRecord, SearchStore
from nnstudio.runs.store import RunStore
from nnstudio.spec.errors import DataError, TrainingError
from nnstudio.spec.events import Event, Inbox, SearchesListed
from nnstudio.spec.project import Project, data_to_train_on
from nnstudio.spec.requests import ContinueSearch, ListSearches, SearchProject, ShowSearch
from nnstudio.spec.searched.objective import objective_of
from nnstudio.spec.searched.trial import problem


def search_project(request: SearchProject, inbox: Inbox) -> Generator[Event]:
    """Search what the project says; every trial is validated on the rows of the split, without cross-validation."""
    project = without_folds(request.project)
    encoded = _encoded(project)
    judged = objective_of(project)
    with closing(RunStore()) as runs:
        searches = SearchStore(runs)
        search = searches.begin(project, request.name, encoded.fingerprint, judged.name, judged.better)
        yield from _conducted(runs, searches, search, encoded, inbox, threads=request.threads)


def continue_search(request: ContinueSearch, inbox: Inbox) -> Iterator[Event]:
    """Go on where a search ended, with the same proposals that would have come."""
    with closing(RunStore()) as runs:
        searches = SearchStore(runs)
        search = searches.search(request.search)
        budget = {name: getattr(request, name) for name in ("trials", "minutes", "at_once")}
        given = {name: value for name, value in budget.items() if value is not None}
        project = replace(search.project, search=replace(search.project.search, **given))
        encoded = _encoded(project)
        changed = DataError("The search cannot go on.", "Its data changed since it began.", "Start a new one.")
        require_unchanged(encoded, search.fingerprint, changed)
        yield from _conducted(runs, searches, replace(search, project=project), encoded, inbox, threads=request.threads)


def _encoded(project: Project) -> Encoded:
    """The data of a project that can be searched; raises `SpecError` or `TrainingError` where it cannot."""
    data_to_train_on(project)  # raises where there is none, before anything else is said
    if found := problem(project):
        raise found
    encoded = encoded_for(project)
    if not len(encoded.rows.validation):
        raise TrainingError(
            "There are no validation rows to judge trials by.",
            "The training rows would prefer whatever learns them by heart.",
            "Give the validation a share of the rows.",
        )
    return encoded


def _conducted(
    runs: RunStore, searches: SearchStore, search: SearchRecord, encoded: Encoded, inbox: Inbox, *, threads: int
) -> Iterator[Event]:
    with searches.held(search.id):
        searches.change(search.id, search.project)
        yield from Conductor(runs, searches, search, encoded, threads).events(inbox)


def show_search(request: ShowSearch, inbox: Inbox) -> Iterator[Event]:
    """Say how far a search is."""
    del inbox
    with closing(RunStore()) as runs:
        searches = SearchStore(runs)
        search = searches.search(request.search)
        records = searches.trials(search.id)
    done = [record.done for record in records]
    yield started(search, done)
    study = Study(search.project, search.better, records)
    yield finished(search, done, study, "completed" if search.status == "completed" else "stopped", 0.0)


def list_searches(request: ListSearches, inbox: Inbox) -> Iterator[Event]:
    """Say which searches are remembered."""
    del request, inbox
    with closing(RunStore()) as runs:
        yield SearchesListed(SearchStore(runs).searches())
