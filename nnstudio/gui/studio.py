"""The verbs of the window: what a click asks for, over the document, the live run and the engines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from nnstudio.gui.engines import Engines, JobHandle
from nnstudio.session import edits
from nnstudio.session.document import Document, State, describes
from nnstudio.session.listeners import Listeners
from nnstudio.session.live import LiveRun
from nnstudio.session.notices import Notices
from nnstudio.session.preferences import Preferences, save_preferences
from nnstudio.session.preflight import Finding, preflight
from nnstudio.session.sentences import finished_sentence, matching_sentence, unusable
from nnstudio.session.suggest import suggest_network, suggest_settings
from nnstudio.spec.data import DataSpec, Source
from nnstudio.spec.errors import StudioError
from nnstudio.spec.events import (
    Command,
    DataDescribed,
    Event,
    Failed,
    ModelOpened,
    Pause,
    Predicted,
    Resume,
    RunFinished,
    Saved,
    SourceOpened,
    Stop,
)
from nnstudio.spec.facts import DataFacts, SourceFacts
from nnstudio.spec.files import SUFFIX, load_project, project_from_json, save_project
from nnstudio.spec.model import Weights
from nnstudio.spec.project import Project
from nnstudio.spec.requests import DescribeData, OpenModel, OpenPath, OpenSource, PredictTable, SaveModel, TrainProject

T = TypeVar("T")

MODEL_SUFFIXES = (".pth", ".pt")


class Studio:
    """What the window shows and what can be asked of it. Everything here happens in the window's thread.

    ``predicted(result)`` is told when a prediction is there, ``not_predicted(error)`` when there is none;
    ``blocked(findings)`` when Train was refused; ``reading(name)`` when a file is being opened, empty once it is over.
    """

    def __init__(self, engines: Engines, preferences: Preferences) -> None:
        self.engines = engines
        self.preferences = preferences
        self.document = Document()
        self.run = LiveRun()
        self.notices = Notices()
        self.predicted: Listeners[[Predicted]] = Listeners()
        self.not_predicted: Listeners[[StudioError]] = Listeners()
        self.reading: Listeners[[str]] = Listeners()
        self.blocked: Listeners[[tuple[Finding, ...]]] = Listeners()
        self.preferred: Listeners[[Preferences]] = Listeners()
        self._job: JobHandle | None = None
        self._asked: DataSpec | None = None
        self._suggest_next = False
        self.document.changed.listen(self._follow_data)

    @property
    def state(self) -> State:
        return self.document.state

    # files

    def open_path(self, path: Path) -> None:
        """Open whatever ``path`` is: a project, a model, a folder of pictures or a table."""
        path = path.absolute()
        if path.suffix == SUFFIX:
            self.open_project(path)
        elif path.suffix in MODEL_SUFFIXES:
            self.open_model(path)
        else:
            self._open_data(OpenPath(str(path)))

    def new_project(self) -> None:
        """Begin with nothing."""
        self._open(Project(), None)

    def open_project(self, path: Path) -> None:
        """Open a project file; what was open stays where the file cannot be read."""
        if project := self._attempt(lambda: load_project(path)):
            self._open(project, path)
            self._remember(path)

    def open_source(self, source: Source) -> None:
        """Read a table or a folder of pictures in a stated way, and make it the data of the project."""
        self._open_data(OpenSource(source))

    def _open_data(self, request: OpenSource | OpenPath) -> None:
        def receive(events: list[Event]) -> None:
            self.reading.tell("")
            for event in self._succeeded(events):
                if isinstance(event, SourceOpened):
                    self._use_source(event.facts)

        path = request.path if isinstance(request, OpenPath) else request.source.path
        self.reading.tell(Path(path).name)
        self.engines.submit(request, receive)

    def open_model(self, path: Path) -> None:
        """Open a weights file: its project if it carries one, else its tensors for the network that is open."""

        def receive(events: list[Event]) -> None:
            for event in self._succeeded(events):
                if isinstance(event, ModelOpened):
                    self._use_model(event)

        self.engines.submit(OpenModel(str(path)), receive)

    def save(self, path: Path) -> bool:
        """Write the project to ``path``; says whether it did."""
        try:
            save_project(self.state.project, path)
        except (StudioError, OSError) as error:
            self.notices.error(error)
            return False
        self.document.mark_saved(path)
        self._remember(path)
        return True

    def save_model(self, path: Path, state_dict_only: bool = False) -> None:
        """Write the best weights of the last run (or those that were opened) to ``path``."""

        def receive(events: list[Event]) -> None:
            for event in self._succeeded(events):
                if isinstance(event, Saved):
                    self.notices.info(f"The model was saved as “{Path(event.path).name}”.", event.path)

        self.engines.submit(SaveModel(self.model_file, str(path), state_dict_only), receive)

    @property
    def model_file(self) -> str:
        """The file with the weights that are at hand: those of the last run, else those to start from, else empty."""
        if self.run.finished:
            return self.run.finished.best_weights
        start = self.state.project.model.start
        return start.path if start else ""

    # editing

    def apply(self, name: str, project: Project, merge: str = "") -> None:
        """Make an edit that undo calls ``name``."""
        self.document.apply(name, project, merge)

    def suggest_network(self) -> None:
        """Replace the stack by one that fits the data."""
        if facts := self.state.facts:
            self.apply("Suggest a network", suggest_network(self.state.project, facts))

    def start_from_last_run(self) -> None:
        """Let the next run start from the best weights of the last one."""
        if finished := self.run.finished:
            weights = Weights(finished.best_weights, finished.best_sha256)
            self.apply("Start from the trained weights", edits.start_from(self.state.project, weights))

    def start_fresh(self) -> None:
        """Let the next run start from fresh weights."""
        self.apply("Start from fresh weights", edits.start_from(self.state.project, None))

    def prefer(self, preferences: Preferences) -> None:
        """Change and store the preferences."""
        self.preferences = preferences
        self._attempt(lambda: save_preferences(preferences))
        self.preferred.tell(preferences)

    # training

    @property
    def can_train(self) -> bool:
        return self.state.project.data is not None and not self.run.status.is_busy

    def train(self) -> None:
        """Start a run, unless something speaks against it."""
        if self.run.status.is_busy:
            return
        findings = preflight(self.state)
        if any(finding.blocks for finding in findings):
            self.blocked.tell(findings)
            return
        project = self.state.project
        self.run.start(project)
        self._job = self.engines.submit(TrainProject(project, name=self.state.name), self._hear_run)

    def pause(self) -> None:
        self._command(Pause())

    def resume(self) -> None:
        self._command(Resume())

    def stop(self) -> None:
        """End the run at the next batch and keep what was learned."""
        if self.run.status.is_busy:
            self._command(Stop())
            self.run.stopping()

    def _command(self, command: Command) -> None:
        if self._job and self.run.status.is_busy:
            self._job.command(command)

    def _hear_run(self, events: list[Event]) -> None:
        self.run.receive(events)
        for event in self._succeeded(events):
            if isinstance(event, RunFinished):
                self.notices.info(finished_sentence(event))

    # predicting

    def predict(self, source: Source, out: str = "") -> None:
        """Apply the weights at hand to another table; ``out`` is the CSV file to write, or empty to only look."""

        def receive(events: list[Event]) -> None:
            for event in self._succeeded(events, self.not_predicted):
                if isinstance(event, Predicted):
                    if event.out:
                        self.notices.info(f"The predictions were saved as “{Path(event.out).name}”.", event.out)
                    self.predicted.tell(event)

        self.engines.submit(PredictTable(self.model_file, source, out), receive)

    # what follows

    def _open(self, project: Project, path: Path | None) -> None:
        if self.run.status.is_busy:
            self.notices.warn("A run is under way.", "It belongs to the project that is open.", "Stop it first.")
            return
        self.run.clear()
        self._asked = None
        self.document.open(project, path)

    def _use_source(self, found: SourceFacts) -> None:
        self._suggest_next = not self.state.project.model.rows
        self.document.found_source(found)
        self.apply(f"Open {Path(found.source.path).name}", edits.open_source(self.state.project, found))
        self._remember(Path(found.source.path))
        for sentence in found.left_out:
            self.notices.warn(sentence)

    def _use_model(self, opened: ModelOpened) -> None:
        path, weights = Path(opened.path), Weights(opened.path, opened.sha256)
        if opened.project:
            if project := self._attempt(lambda: project_from_json(opened.project)):
                self._open(edits.start_from(project, weights), None)
                self._remember(path)
            return
        if problem := unusable(opened, self.state.walked):
            self.notices.error(problem)
            return
        self.apply(f"Start from {path.name}", edits.start_from(self.state.project, weights))
        self.notices.info(f"Training will start from “{path.name}”.", matching_sentence(opened, self.state.walked))

    def _follow_data(self, _: State, new: State) -> None:
        """Look at new data as soon as the project names it."""
        data = new.project.data
        if data is None or describes(data) == self._asked:
            return
        self._asked = describes(data)
        if not new.source_is_current:
            self.engines.submit(OpenSource(data.source), self._hear_source)
        self.engines.submit(DescribeData(data), lambda events: self._hear_description(data, events))

    def _hear_source(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, SourceOpened):
                self.document.found_source(event.facts)

    def _hear_description(self, data: DataSpec, events: list[Event]) -> None:
        if describes(data) != self._asked:
            return  # overtaken by a later edit
        for event in events:
            if isinstance(event, DataDescribed):
                self._described(data, event.facts)
            elif isinstance(event, Failed):
                self.document.found_problem(data, event.error)
                self.notices.error(event.error)

    def _described(self, data: DataSpec, facts: DataFacts) -> None:
        before = self.state.facts
        self.document.found_facts(data, facts)
        project = self.state.project
        if self._suggest_next:
            self._suggest_next = False
            self.document.amend(suggest_settings(suggest_network(project, facts), facts))
        elif before and (before.task, before.classes) != (facts.task, facts.classes):
            self.document.amend(edits.fit_output(project, facts))

    def _succeeded(self, events: list[Event], failed: Listeners[[StudioError]] | None = None) -> Iterator[Event]:
        """The events of a job, after every failure among them became a notice, and was told to ``failed``."""
        for event in events:
            if isinstance(event, Failed):
                self.notices.error(event.error)
                if failed:
                    failed.tell(event.error)
            else:
                yield event

    def _attempt(self, do: Callable[[], T]) -> T | None:
        """What ``do`` gives, or None and a notice where it fails."""
        try:
            return do()
        except (StudioError, OSError) as error:
            self.notices.error(error)
            return None

    def _remember(self, path: Path) -> None:
        self.prefer(self.preferences.with_recent(path))
