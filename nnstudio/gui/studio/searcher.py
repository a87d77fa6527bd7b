"""The verbs of searching: start, rest, stop, go on, look at an earlier search."""

from __future__ import annotations

from collections.abc import Callable

from nnstudio.gui.studio.engines import Engines, JobHandle
from nnstudio.session import searching
from nnstudio.session.document import Document, State
from nnstudio.session.listeners import Listeners
from nnstudio.session.live_search import LiveSearch, Trial
from nnstudio.session.notices import Notices
from nnstudio.session.preflight import Finding, preflight
from nnstudio.spec.errors import SpecError, StudioError
from nnstudio.spec.events import Event, Failed, KnownSearch, Pause, Resume, SearchesListed, SearchFinished, Stop
from nnstudio.spec.files import project_from_json
from nnstudio.spec.project import Project
from nnstudio.spec.requests import ContinueSearch, ListSearches, Request, SearchProject, ShowSearch
from nnstudio.spec.searched.places import find
from nnstudio.spec.searched.trial import applied, problem


class Searcher:
    """Searches the project that is open, one search at a time; ``search`` follows it.

    ``listed()`` is told when it is known anew which searches are remembered; ``marking()`` when the icons beside fields
    are to be shown, or not any more.
    """

    def __init__(self, document: Document, engines: Engines, notices: Notices, threads: Callable[[], int]) -> None:
        self._threads = threads
        self.search = LiveSearch()
        self.listed: Listeners[[]] = Listeners()
        self.marking: Listeners[[]] = Listeners()
        self.known: tuple[KnownSearch, ...] = ()
        self.marks_all = False
        """Whether every field that can be searched has its icon: while the search is looked at."""
        self._document, self._engines, self._notices = document, engines, notices
        self._job: JobHandle | None = None
        self._left: set[str] = set()
        self._is_warm = False
        document.changed.listen(self._follow_data)

    def _follow_data(self, old: State, new: State) -> None:
        """What was found for other data is not shown beside these."""
        before, now = (state.project.data.source if state.project.data else None for state in (old, new))
        if before != now and not self.search.status.is_busy:
            self.search.clear()

    # which fields

    def can_search(self, path: str) -> bool:
        """Whether the project has a field of that path that can be searched."""
        try:
            find(self._document.project, path)
        except SpecError:
            return False
        return True

    def is_searched(self, path: str) -> bool:
        return self._document.project.search.span(path) is not None

    def toggle(self, path: str) -> None:
        """Search a field over its usual range, or no more."""
        title = self.title(path)
        named = title[:1].lower() + title[1:]
        name = f"Do not search {named}" if self.is_searched(path) else f"Search {named}"
        self._document.apply(name, searching.toggle_field(self._document.project, path))

    def title(self, path: str) -> str:
        """What a field is called among all others; one that is gone has only its path."""
        try:
            return find(self._document.project, path).title
        except SpecError:
            return path

    def mark_all(self, marks_all: bool) -> None:
        """Show the icons of all fields that can be searched, or only where they are pointed at."""
        if marks_all != self.marks_all:
            self.marks_all = marks_all
            self.marking.tell()

    # searching

    def blocking(self) -> tuple[Finding, ...]:
        """What speaks against training at all."""
        return tuple(finding for finding in preflight(self._document.state) if finding.blocks)

    def problem(self) -> StudioError | None:
        """Why a search cannot begin, or None."""
        return problem(self._document.project)

    @property
    def can_start(self) -> bool:
        is_free = not self.search.status.is_busy and self._document.project.data is not None
        return is_free and self.problem() is None and not self.blocking()

    def start(self) -> None:
        """Search what the project says, or say what speaks against it."""
        state = self._document.state
        if self.search.status.is_busy or state.project.data is None:
            return
        trouble = self.problem() or next((finding.problem for finding in self.blocking()), None)
        if trouble:
            self._notices.error(trouble)
        else:
            self._ask(SearchProject(state.project, state.name, self._threads()))

    @property
    def can_continue(self) -> bool:
        """Whether the search that is shown could go on."""
        return self.search.started is not None and not self.search.status.is_busy

    def go_on(self, search: str = "") -> None:
        """Go on with a search, the one that is shown unless another is named.

        Budget and trials at a time are those of the project that is open, where it searches the same fields.
        """
        shown = self.search.started.search if self.search.started else ""
        if self.search.status.is_busy or not (search or shown):
            return
        now, then = self._document.project.search, self._searched(search or shown)
        same = then is not None and then.search.fields == now.fields
        trials, minutes, at_once = (now.trials, now.minutes, now.at_once) if same else (None, None, None)
        self._ask(ContinueSearch(search or shown, trials, minutes, at_once, self._threads()))

    def show(self, search: str) -> None:
        """Look at a search that is remembered."""
        if not self.search.status.is_busy:
            self._ask(ShowSearch(search))

    def pause(self) -> None:
        self._say(Pause())

    def resume(self) -> None:
        self._say(Resume())

    def stop(self) -> None:
        """End it at the next batch; what was found stays, and it can go on."""
        if self.search.status.is_busy and self._job:
            self._job.command(Stop())
            self.search.stopping()

    def look(self) -> None:
        """Find out which searches are remembered."""
        self._engines.submit(ListSearches(), self._hear_list)

    def project_of(self, trial: Trial) -> Project | None:
        """The project that a trial trained."""
        started = self.search.started
        return applied(project_from_json(started.project), trial.values) if started else None

    @property
    def interrupted(self) -> KnownSearch | None:
        """The newest search of the data that are open that could go on, and was not left for later."""
        data = self._document.project.data
        fitting = (
            known
            for known in self.known
            if known.status == "interrupted"
            and known.search not in self._left
            and data
            and data.source.path == known.data
        )
        return next(fitting, None)

    def leave(self, known: KnownSearch) -> None:
        """Do not offer an interrupted search any more, until the next start."""
        self._left.add(known.search)
        self.listed.tell()

    def warm_up(self) -> None:
        """Load what a search would otherwise wait for, once."""
        if not self._is_warm:
            self._is_warm = True
            self._engines.warm_up_to_search()

    def _searched(self, search: str) -> Project | None:
        """What a search was asked to search."""
        texts = {known.search: known.project for known in self.known}
        if started := self.search.started:
            texts[started.search] = started.project
        try:
            return project_from_json(texts[search]) if search in texts else None
        except SpecError:  # another version of nnstudio wrote it
            return None

    def _say(self, command: Pause | Resume) -> None:
        if self._job and self.search.status.is_busy:
            self._job.command(command)

    def _ask(self, request: Request) -> None:
        self.search.start()
        self._job = self._engines.submit(request, self._hear)

    def _hear(self, events: list[Event]) -> None:
        self.search.receive(events)
        for event in events:
            if isinstance(event, Failed):
                self._notices.error(event.error)
            if isinstance(event, Failed | SearchFinished):
                self._job = None
                self.look()

    def _hear_list(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, SearchesListed):
                self.known = event.searches
                self.listed.tell()
