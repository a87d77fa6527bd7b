"""Looks at the data as soon as the project names it, and lets the network follow what was found."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from nnstudio.gui.studio.engines import Engines, JobHandle
from nnstudio.gui.studio.hearing import either
from nnstudio.gui.studio.latest import Latest
from nnstudio.gui.studio.reader import ReadingNow, SourceReader
from nnstudio.session import edits
from nnstudio.session.document import Document, State, describes
from nnstudio.session.notices import Notices
from nnstudio.session.suggest import suggest, use_template
from nnstudio.spec.data import DataSpec
from nnstudio.spec.errors import StudioError
from nnstudio.spec.events import DataDescribed
from nnstudio.spec.facts import DataFacts
from nnstudio.spec.networks.template import NetworkTemplate
from nnstudio.spec.project import Project
from nnstudio.spec.requests import DescribeData, OpenSource
from nnstudio.spec.sources import Source

Answer = DataFacts | StudioError


class DataFollower:
    """Reads the source of the project that is open, then asks what a network has to fit, after every edit anew."""

    def __init__(self, document: Document, engines: Engines, reader: SourceReader, notices: Notices) -> None:
        self.reader = reader
        self._document, self._engines, self._notices = document, engines, notices
        self._latest: Latest[Answer] = Latest(engines)
        self._read: Source | None = None
        self._asked: DataSpec | None = None
        self.suggests_next = False
        """The next description brings a network."""
        self._template: NetworkTemplate | None = None
        document.changed.listen(self._follow)
        reader.changed.listen(self._go_on)

    def suggest_next(self, template: NetworkTemplate | None = None) -> None:
        """Let the next description bring a network and settings that fit, made by ``template`` if that fits."""
        self.suggests_next, self._template = True, template

    def forget(self) -> None:
        """Another project is about to be opened."""
        self._latest.forget()
        self._read = self._asked = None
        self.suggests_next = False

    def read_again(self) -> None:
        """Read the source of the project once more, for example because its file is there again."""
        if data := self._document.project.data:
            self._start_reading(data.source)

    def _start_reading(self, source: Source) -> None:
        self._latest.forget()  # whatever is to come is about another file
        self._read, self._asked = source, None
        self.reader.read(OpenSource(source), self._document.found_source, self._not_read)

    def _follow(self, old: State, new: State) -> None:
        data = new.project.data
        if data is None:
            if old.project.data is not None:
                self.reader.forget()
                self._latest.forget()
                self._asked = None
            return
        if not new.source_is_current:
            if data.source != self._read:
                self._start_reading(data.source)
        elif describes(data) != self._asked:
            self._read = data.source
            is_first = self._asked is None or self._asked.source != data.source
            self._asked = describes(data)
            self._latest.ask(partial(self._describe, data), partial(self._hear, data), at_once=is_first)

    def _describe(self, data: DataSpec, receive: Callable[[Answer], None]) -> JobHandle:
        return self._engines.submit(DescribeData(data), either(DataDescribed, lambda it: it.facts, receive))

    def _go_on(self, now: ReadingNow | None) -> None:
        """Read the project's own source after all, where another file took its place and could not be opened."""
        state = self._document.state
        if now is None and state.project.data and not state.source_is_current and not state.facts_are_current:
            self.read_again()

    def _not_read(self, problem: StudioError) -> None:
        data = self._document.project.data
        if data:
            self._document.lost_source(data, problem)
            self._notices.warn(problem.what, problem.why, problem.remedy)  # the data panel asks what to do about it

    def _hear(self, data: DataSpec, answer: Answer) -> None:
        if isinstance(answer, StudioError):
            self._document.found_problem(data, answer)
            self._notices.error(answer)
        else:
            self._described(data, answer)

    def _suggested(self, project: Project, facts: DataFacts) -> Project:
        suggested = suggest(project, facts)
        if self._template is None:
            return suggested
        try:
            return use_template(suggested, facts, self._template)
        except StudioError as problem:
            what = f"“{self._template.title}” does not fit the data, so that another network is suggested."
            self._notices.warn(what, problem.what, problem.remedy)
            return suggested

    def _described(self, data: DataSpec, facts: DataFacts) -> None:
        before = self._document.state.facts
        self._document.found_facts(data, facts)
        project = self._document.project
        if self.suggests_next:
            self.suggests_next = False
            self._document.amend(self._suggested(project, facts))
        elif before and _asks_for(before) != _asks_for(facts):
            self._document.amend(edits.fit_output(project, facts))


def _asks_for(facts: DataFacts) -> tuple[object, ...]:
    """What the output of a network follows."""
    return facts.task, facts.classes, facts.answers
