"""The verbs that open something: whatever cannot be opened leaves what was open as it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QTimer

from nnstudio.gui.studio.engines import Engines
from nnstudio.gui.studio.follower import DataFollower
from nnstudio.gui.studio.hearing import hearing
from nnstudio.gui.studio.pasting import keep_pasted
from nnstudio.session import edits
from nnstudio.session.document import Document, State
from nnstudio.session.foreign import build_network, can_build, offer_words
from nnstudio.session.listeners import Listeners
from nnstudio.session.live import LiveRun
from nnstudio.session.notices import Notices
from nnstudio.session.rereading import read_otherwise
from nnstudio.session.sentences import matching_sentence, unusable
from nnstudio.session.starts import fits, take_network, use_weights
from nnstudio.spec.endings import MODEL_SUFFIXES
from nnstudio.spec.errors import ModelFileError, StudioError
from nnstudio.spec.events import ModelOpened
from nnstudio.spec.facts import SourceFacts
from nnstudio.spec.files import SUFFIX, load_project, model_in, project_from_json
from nnstudio.spec.model import Model, Weights
from nnstudio.spec.networks.template import NetworkTemplate
from nnstudio.spec.project import Project
from nnstudio.spec.requests import OpenModel, OpenPath, OpenSource
from nnstudio.spec.sources import ExcelSource, Source, SqliteSource, TableSource
from nnstudio.spec.splits import Split

T = TypeVar("T")

MOST_LEFT_OUT = 5
"""As many things that could not be used are notices of their own."""


class Opener:
    """Opens projects, models and data. ``opened(path)`` is told of each file that was."""

    def __init__(
        self, document: Document, engines: Engines, follower: DataFollower, run: LiveRun, notices: Notices
    ) -> None:
        self.opened: Listeners[[Path]] = Listeners()
        self._document, self._engines, self._reader = document, engines, follower.reader
        self._follower, self._run, self._notices = follower, run, notices

    def open_path(self, path: Path, split: Split | None = None) -> None:
        """Open whatever ``path`` is, which is absolute."""
        if path.suffix == SUFFIX:
            self.open_project(path)
        elif path.name.lower().endswith(MODEL_SUFFIXES):
            self.open_model(path)
        else:
            self._open_data(path, split)

    # projects

    def open(self, project: Project, path: Path | None, *, saved: bool = True) -> bool:
        """Begin with ``project``, unless a run is under way; says whether it did."""
        if self._run.status.is_busy:
            self._notices.warn("A run is under way.", "It belongs to the project that is open.", "Stop it first.")
            return False
        self._run.clear()
        self._follower.forget()
        self._document.open(project, path, saved)
        return True

    def open_project(self, path: Path) -> None:
        if (project := self._attempt(lambda: load_project(path))) and self.open(project, path):
            self.opened.tell(path)

    # data

    def open_source(self, source: Source) -> None:
        self._reader.read(OpenSource(source), self._use, self._notices.error)

    def open_for(self, path: Path, template: NetworkTemplate) -> None:
        """Begin with the data at ``path``, and with the network that ``template`` makes for them."""

        def use(found: SourceFacts) -> None:
            if self.open(Project(), None):
                self._follower.suggest_next(template)
                self._use(found)

        self._reader.read(OpenPath(str(path)), use, self._notices.error)

    def read_otherwise(self, source: Source) -> None:
        self._reader.read(OpenSource(source), self._use_otherwise, self._notices.error)

    def read_again(self) -> None:
        self._follower.read_again()

    def paste_data(self, text: str) -> None:
        if path := self._attempt(lambda: keep_pasted(text)):
            self._open_data(path)

    def locate(self, path: Path) -> None:
        if self._document.project.data:
            self._document.apply(f"Locate {path.name}", edits.relocate(self._document.project, str(path)))

    def accept_file(self) -> None:
        state = self._document.state
        if state.source and state.source_is_current:
            name = Path(state.source.source.path).name
            self._document.apply(f"Accept {name} as it is now", edits.accept_file(state.project, state.source))

    def _open_data(
        self, path: Path, split: Split | None = None, failed: Callable[[StudioError], None] | None = None
    ) -> None:
        request = OpenPath(str(path))
        self._reader.read(request, lambda found: self._use(found, split), failed or self._notices.error)

    def _use(self, found: SourceFacts, split: Split | None = None) -> None:
        """Make what was found the data of the project, dealt out by ``split`` if there is one."""
        path = Path(found.source.path)
        if not self._document.project.model.rows and not self._follower.suggests_next:
            self._follower.suggest_next()
        project = edits.open_source(self._document.project, found)
        self._take(found, f"Open {path.name}", edits.set_split(project, split) if split else project)
        self.opened.tell(path)

    def _use_otherwise(self, found: SourceFacts) -> None:
        state = self._document.state
        before = state.source if state.source_is_current else None
        if state.project.data:
            name = Path(found.source.path).name
            self._take(found, f"Read {name} otherwise", read_otherwise(state.project, found, before))

    def _take(self, found: SourceFacts, name: str, project: Project) -> None:
        self._document.found_source(found)
        self._document.apply(name, project)
        if found.notes:
            self._notices.info(found.notes[0], " ".join(found.notes[1:]))
        if sentence := which_part(found):
            self._notices.info(sentence, "“Change…” in the data panel opens another.")
        for sentence in found.left_out[:MOST_LEFT_OUT]:
            self._notices.warn(sentence)
        if more := found.left_out[MOST_LEFT_OUT:]:
            what = f"{len(more):,} more could not be used, either."
            self._notices.warn(what, " ".join(more[:MOST_LEFT_OUT]) + (" …" if len(more) > MOST_LEFT_OUT else ""))

    # models

    def open_model(self, path: Path, build: bool = False, keeps_data: bool = False) -> None:
        """Open a weights file, to ``build`` its network or for the one that is open.

        With ``keeps_data`` only the network of a project in the file is used, for the data that are open. A ``.pt``
        that holds no weights may hold data instead.
        """

        def use(opened: ModelOpened) -> None:
            self._document.found_file(opened.path, opened)
            self._use_model(opened, build, keeps_data)

        facts = self._document.state.facts
        request = OpenModel(str(path), facts.input_shape if facts else None)
        self._engines.submit(request, hearing(ModelOpened, use, lambda problem: self._not_a_model(path, problem)))

    def _build(self, opened: ModelOpened) -> None:
        """Replace the stack by the network that the file seems to hold, with its weights to start from."""
        if not can_build(opened):
            self._notices.error(ModelFileError(*offer_words(opened), "Build it by hand, layer by layer."))
            return
        name = Path(opened.path).name
        self._document.offer(None)
        self._document.apply(f"Build the network of {name}", build_network(self._document.project, opened))
        what, why = offer_words(opened)
        self._notices.info(f"The network of “{name}” is built.", f"{what} {why}".strip())
        self.opened.tell(Path(opened.path))

    def _not_a_model(self, path: Path, problem: StudioError) -> None:
        if path.suffix.lower() == ".pt":
            self._open_data(path, failed=lambda _: self._notices.error(problem))
        else:
            self._notices.error(problem)

    def _use_model(self, opened: ModelOpened, build: bool = False, keeps_data: bool = False) -> None:
        path, weights = Path(opened.path), Weights(opened.path, opened.sha256)
        if keeps_data and self._document.project.data and (model := model_in(opened.project)):
            self._when_described(lambda: self._take_network(path, model, weights))
            return
        if opened.project:
            project = self._attempt(lambda: project_from_json(opened.project))
            if project and self.open(edits.start_from(project, weights), None):
                self.opened.tell(path)
            return
        self._when_described(lambda: self._build(opened) if build else self._start_from(opened, path, weights))

    def _when_described(self, do: Callable[[], None]) -> None:
        """Do it as soon as the data that is being read is known; at once where there is none, or it cannot be read."""

        def is_settled(state: State) -> bool:
            return state.project.data is None or bool(state.facts or state.data_problem)

        def follow(_: State, new: State) -> None:
            if is_settled(new):
                stop()
                QTimer.singleShot(0, do)  # others still hear of this change

        if is_settled(self._document.state):
            do()
        else:
            stop = self._document.changed.listen(follow)

    def _take_network(self, path: Path, model: Model, weights: Weights) -> None:
        self._document.apply(f"Start from {path.name}", take_network(self._document.project, model, weights))
        self.opened.tell(path)

    def _start_from(self, opened: ModelOpened, path: Path, weights: Weights) -> None:
        state = self._document.state
        walked = state.walked
        if problem := unusable(opened, walked):
            in_order = use_weights(state.project, replace(weights, by="order"))
            if _looks_like_data(opened):
                self._not_a_model(path, problem)
            elif can_build(opened):
                self._document.offer(opened)
                self._notices.info(offer_words(opened)[0], "The network panel offers to build its network.")
            elif fits(in_order, walked, state.files):
                self._start_in_order(path, in_order)
            else:
                self._notices.error(problem)
            return
        self._document.apply(f"Start from {path.name}", use_weights(self._document.project, weights))
        self._notices.info(f"Training will start from “{path.name}”.", matching_sentence(opened, walked))

    def _start_in_order(self, path: Path, project: Project) -> None:
        """Start from a file whose names say nothing, in the order of its tensors."""
        self._document.apply(f"Start from {path.name}", project)
        self._notices.warn(
            f"None of the names in “{path.name}” are those of the network, so that its tensors go by their order.",
            "Only shapes say that they belong together.",
            "See which are matched under Transfer.",
        )

    def _attempt(self, do: Callable[[], T]) -> T | None:
        """What ``do`` gives, or None and a notice where it fails."""
        try:
            return do()
        except (StudioError, OSError) as error:
            self._notices.error(error)
            return None


def which_part(found: SourceFacts) -> str:
    """Which sheet or table of a file with several was opened; empty for other files."""
    match found.source:
        case ExcelSource(sheet=name):
            things = "sheets"
        case SqliteSource(table=name):
            things = "tables"
        case TableSource(member=name):
            things = "files"
        case _:
            return ""
    if len(found.choices) < 2 or name not in found.choices:
        return ""
    place = found.choices.index(name) + 1
    return f"“{name}” is open, {place} of {len(found.choices)} {things}."


def _looks_like_data(opened: ModelOpened) -> bool:
    """Whether the tensors are equally long and none is called a weight or a bias: then they are examples."""
    lengths = {shape[0] if shape else 0 for shape in opened.tensors.values()}
    names = {name.rpartition(".")[2] for name in opened.tensors}
    return len(lengths) == 1 and names.isdisjoint({"weight", "bias", "running_mean", "running_var"})
