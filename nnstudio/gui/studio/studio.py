"""The verbs of the window: what a click asks for, over the document, the live run and the engines."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from nnstudio.gui.studio.autosaver import Autosaver
from nnstudio.gui.studio.engines import Engines, JobHandle
from nnstudio.gui.studio.evaluator import Evaluator, Repeater
from nnstudio.gui.studio.file_verbs import FileVerbs
from nnstudio.gui.studio.follower import DataFollower
from nnstudio.gui.studio.looking import Looking
from nnstudio.gui.studio.opener import Opener
from nnstudio.gui.studio.predictor import Predictor
from nnstudio.gui.studio.printer import Printer
from nnstudio.gui.studio.reader import SourceReader
from nnstudio.gui.studio.rival import Rival
from nnstudio.gui.studio.searcher import Searcher
from nnstudio.gui.studio.trainer import Trainer
from nnstudio.gui.studio.transferring import Transferring
from nnstudio.gui.studio.weights_follower import WeightsFollower
from nnstudio.session import edits
from nnstudio.session.choice import Choice
from nnstudio.session.document import Document, describes
from nnstudio.session.finding import Fix
from nnstudio.session.fitting import Fitting
from nnstudio.session.guard import Guard
from nnstudio.session.listeners import Listeners
from nnstudio.session.live import LiveRun
from nnstudio.session.notices import Notices
from nnstudio.session.pointed import PointedRun
from nnstudio.session.preferences import Preferences, save_preferences
from nnstudio.session.preflight import Finding
from nnstudio.session.suggest import suggest_network, use_template
from nnstudio.spec.errors import StudioError
from nnstudio.spec.events import Event, InterruptedRun
from nnstudio.spec.files import project_from_json
from nnstudio.spec.model import Weights
from nnstudio.spec.networks.template import NetworkTemplate
from nnstudio.spec.project import Project
from nnstudio.spec.requests import ContinueRun

if TYPE_CHECKING:
    from nnstudio.runs.unsaved import Unsaved


class Studio(FileVerbs):
    """What the window shows and what can be asked of it. Everything here happens in the window's thread.

    ``blocked(findings)`` is told when Train was refused, ``preferred(preferences)`` when others are preferred, and
    ``cache_used()`` when `uses_cache` may be another.
    """

    def __init__(self, engines: Engines, preferences: Preferences) -> None:
        self.engines = engines
        self.preferences = preferences
        self.document = Document()
        self.notices = Notices()
        self.fitting = Fitting()
        self.choice = Choice()
        self.pointed = PointedRun()
        self.guard = Guard(self.document, lambda: self.model_file)
        engines.guard = self.guard.check
        self.preferred: Listeners[[Preferences]] = Listeners()
        self.cache_used: Listeners[[]] = Listeners()
        self.evaluator = Evaluator(self.document, engines, lambda: self.model_file)
        self.repeater = Repeater(self.document, engines, self.notices)
        self.searcher = Searcher(self.document, engines, self.notices, lambda: self.preferences.threads)
        self._reader = SourceReader(engines)
        self.trainer = Trainer(self.document, engines, self.notices, lambda: self.preferences.threads)
        follower = DataFollower(self.document, engines, self._reader, self.notices)
        self._opener = Opener(self.document, engines, follower, self.trainer.run, self.notices)
        self._opener.opened.listen(self._remember)
        self.autosaver = Autosaver(self.document, self.notices, engines)
        self.autosaver.turn(on=preferences.keep_unsaved)
        queue = self.trainer.queue
        queue.changed.listen(lambda: self.autosaver.keep_queue(queue.waiting))
        self.looking = Looking(self.document, engines)
        self.printer = Printer(self.document, engines, self.trainer.run)
        self._weights = WeightsFollower(self.document, engines)
        run, notices = self.trainer.run, self.notices
        self.predictor = Predictor(self.document, engines, run, notices, lambda: self.model_file)
        self.transfer = Transferring(self.document, self.choice, engines, self._opener, run=run, notices=notices)
        self._follow_use_of_cache()

    @property
    def run(self) -> LiveRun:
        return self.trainer.run

    @property
    def blocked(self) -> Listeners[[tuple[Finding, ...]]]:
        return self.trainer.blocked

    @property
    def interrupted(self) -> Listeners[[tuple[InterruptedRun, ...]]]:
        return self.trainer.interrupted

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

    def use_fix(self, fix: Fix) -> None:
        """Make the edit that a finding offers."""
        self.apply(fix.title, fix.apply(self.state.project))

    def take_over(self, name: str, project: Project) -> None:
        """Go on with a project that came of this one, as an edit; one of other data is opened where nothing is lost."""
        if self.state.is_saved and describes(project.data) != describes(self.state.project.data):
            self._opener.open(project, None)
        self.apply(name, project)

    def suggest_network(self) -> None:
        """Replace the stack by one that fits the data."""
        if facts := self.state.facts:
            self.apply("Suggest a network", suggest_network(self.state.project, facts))

    def use_template(self, template: NetworkTemplate) -> None:
        """Replace the stack by a whole network; what does not fit the data says why in a notice."""
        if (facts := self.state.facts) is None:
            return
        try:
            project = use_template(self.state.project, facts, template)
        except StudioError as problem:
            self.notices.error(problem)
        else:
            self.apply(f"Use {template.title}", project)

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
        try:
            save_preferences(preferences)
        except OSError as error:
            self.notices.error(error)
        self.autosaver.turn(on=preferences.keep_unsaved)
        self.preferred.tell(preferences)

    @property
    def uses_cache(self) -> bool:
        """Whether something goes on that needs what was read."""
        return self.is_busy or self.evaluator.is_busy or self.predictor.file.is_busy or self.reading_now is not None

    def _follow_use_of_cache(self) -> None:
        trained = (self.run, self.transfer.rival.run, self.repeater, self.searcher.search)
        for each in (*trained, self.evaluator, self.predictor.file):
            each.changed.listen(self.cache_used.tell)
        self.reading.listen(lambda _: self.cache_used.tell())

    # training

    @property
    def is_busy(self) -> bool:
        """Whether something goes on that belongs to the project, and may last for hours."""
        runs = (self.run, self.transfer.rival.run)
        is_training = any(run.status.is_busy for run in runs) or self.repeater.is_busy
        return is_training or self.searcher.search.status.is_busy

    @property
    def can_train(self) -> bool:
        return self.state.project.data is not None and self.can_train_now

    @property
    def can_train_now(self) -> bool:
        """Whether nothing else is trained."""
        return not self.run.status.is_busy and not self.transfer.rival.run.status.is_busy

    def train(self) -> None:
        """Start a run, or let it wait for the one that is going on, unless something speaks against it."""
        if not self.transfer.rival.run.status.is_busy:
            self.trainer.train()

    def look_for_interrupted(self) -> None:
        """Find the runs that could go on after a crash."""
        self.trainer.look_for_interrupted()

    def resume_run(self, found: InterruptedRun) -> None:
        """Open the project of an interrupted run, unless it is open, and train it to its end."""
        self._show_project("Open the interrupted run", project_from_json(found.project))
        self.trainer.go_on(found)

    def train_longer(self, request: ContinueRun, project: Project) -> None:
        """Train a run of ``project`` for longer; where it is about other data than those that are open, open it."""
        if project.data != self.state.project.data:
            self._show_project("Open the project of the run", project)
        self.trainer.train_longer(request, project)

    def restore(self, found: Unsaved) -> None:
        """Open a project that an earlier window could not save, as unsaved as it was."""
        if self.state.is_saved:
            self._opener.open(found.project, found.path, saved=False)
        self.apply(f"Restore {found.name}", found.project)  # undo leads back to what was not saved
        self.autosaver.replace(found)

    def _show_project(self, name: str, project: Project) -> None:
        if self.state.project != project and self.state.is_saved:
            self._opener.open(project, None)
        self.apply(name, project)  # undo leads back to what was not saved

    def discard_run(self, found: InterruptedRun) -> None:
        """Give an interrupted run up for good."""
        self.trainer.discard(found)

    def pause(self) -> None:
        self.trainer.pause()

    def resume(self) -> None:
        self.trainer.resume()

    @property
    def can_stop(self) -> bool:
        """Whether something is trained that was not asked to end yet."""
        return any(each.can_stop for each in self._training)

    def stop(self) -> None:
        """End whatever is trained at the next batch and keep what was learned; of repeats, the others do not follow."""
        for each in self._training:
            each.stop()

    @property
    def _training(self) -> tuple[Trainer, Rival, Repeater]:
        return self.trainer, self.transfer.rival, self.repeater

    def fit_batch(self, receive: Callable[[list[Event]], None]) -> JobHandle | None:
        """Learn one batch by heart, then all training rows; None where something speaks against training at all."""
        return self.trainer.fit_batch(receive)

    def try_rates(self, receive: Callable[[list[Event]], None]) -> JobHandle | None:
        """Try growing learning rates; None where something speaks against training at all."""
        return self.trainer.try_rates(receive)

    def _remember(self, path: Path) -> None:
        self.prefer(self.preferences.with_recent(path))
