"""The verbs of transfer learning: whose weights, which head, what is frozen, and a rival that learns from scratch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from nnstudio.gui.studio.engines import Engines
from nnstudio.gui.studio.hearing import hearing
from nnstudio.gui.studio.opener import Opener
from nnstudio.gui.studio.rival import Rival
from nnstudio.session import edits, starts, transfer
from nnstudio.session.choice import Choice
from nnstudio.session.document import Document
from nnstudio.session.fine_tuning import Step, steps
from nnstudio.session.listeners import Listeners
from nnstudio.session.live import LiveRun
from nnstudio.session.notices import Notices
from nnstudio.spec.errors import SpecError
from nnstudio.spec.events import ModelOpened, Saved
from nnstudio.spec.files import model_in
from nnstudio.spec.mapping import Place
from nnstudio.spec.model import MatchBy, Model, Weights, paths
from nnstudio.spec.model import Path as RowPath
from nnstudio.spec.project import Project
from nnstudio.spec.requests import OpenModel, SaveLayers

Page = Literal["steps", "tensors"]


class Transferring:
    """Every edit has its name, and what cannot be done is said in a notice.

    ``shown(page)`` is told when somebody asks to see the steps of fine-tuning, or the tensors.
    """

    def __init__(
        self, document: Document, choice: Choice, engines: Engines, opener: Opener, *, run: LiveRun, notices: Notices
    ) -> None:
        self.shown: Listeners[[Page]] = Listeners()
        self.rival = Rival(engines, run, notices)
        self._document, self._choice, self._engines = document, choice, engines
        self._opener, self._run, self._notices = opener, run, notices

    @property
    def steps(self) -> tuple[Step, ...]:
        """The way to a fine-tuned network, as it stands."""
        return steps(self._document.state, self._run, self.rival.run)

    # where training starts

    def choose_weights(self, path: Path) -> None:
        """Start from a file, for the data that are open: with the network that it carries, if it carries one."""
        self._opener.open_model(path.absolute(), keeps_data=True)

    def match_by(self, by: MatchBy) -> None:
        """Let tensors find their places by name, by order, or by hand alone."""
        self._apply(f"Match by {by}", lambda project: starts.match_by(project, by))

    def pair(self, number: int, place: Place, source: str) -> None:
        """Give a place of the network a tensor of a file, or (empty) keep it fresh."""
        name = f"Pair {place.name}" if source else f"Keep {place.name} fresh"
        self._apply(name, lambda project: starts.pair(project, number, place, source))

    def unpair(self, number: int, place: Place) -> None:
        """Let a place go by the rule again."""
        self._apply(f"Unpair {place.name}", lambda project: starts.unpair(project, number, place))

    def forget_pairs(self) -> None:
        """Let all tensors go by the rule again."""
        self._apply("Forget pairs", starts.forget_pairs)

    # the network

    def fit_head(self) -> None:
        """Let the head give what the data need, and start fresh."""
        if facts := self._document.state.facts:
            self._apply("Fit the head", lambda project: transfer.fit_head(project, facts))

    def replace_head(self, outputs: int) -> None:
        """Let the head give so many outputs, and start fresh."""
        self._apply("Replace the head", lambda project: transfer.replace_head(project, outputs))

    def cut_after(self) -> None:
        """Remove everything behind the chosen layer."""
        if row_id := self._chosen():
            self._apply("Cut the network", lambda project: transfer.cut_after(project, row_id))

    def freeze_up_to(self) -> None:
        """Lock the chosen layer and all before it."""
        if row_id := self._chosen():
            self._apply("Freeze up to here", lambda project: transfer.freeze_up_to(project, row_id))

    def freeze_all_but_head(self) -> None:
        self._apply("Freeze all but the head", transfer.freeze_all_but_head)

    def freeze_matching(self, pattern: str) -> None:
        """Lock what a pattern names."""
        if walked := self._document.state.walked:
            self._apply(f"Freeze {pattern}", lambda project: transfer.freeze_matching(project, walked, [pattern]))

    def unfreeze_all(self) -> None:
        self._apply("Unfreeze all", transfer.unfreeze_all)

    def lower_rates(self) -> None:
        """Let layers learn the slower the nearer they are to the input."""
        self._apply("Lower rates towards the input", transfer.lower_rates)

    def same_rates(self) -> None:
        self._apply("Same rate everywhere", transfer.same_rates)

    def smaller_rate(self) -> None:
        """Take a tenth of the usual learning rate."""
        self._apply("Smaller learning rate", transfer.smaller_rate)

    # layers as files

    def save_layers(self, path: Path) -> None:
        """Write the chosen layers with the weights at hand: those of the last run, else those to start from."""
        state, rows = self._document.state, self._chosen_rows()
        if state.walked is None or not rows:
            return
        request = SaveLayers(self._at_hand(state.project), state.walked.input_shape, rows, str(path))
        self._engines.submit(request, hearing(Saved, self._tell_saved, self._notices.error))

    def _tell_saved(self, saved: Saved) -> None:
        self._notices.info(f"The layers were saved as “{Path(saved.path).name}”.", saved.path)

    def _at_hand(self, project: Project) -> Model:
        if finished := self._run.finished:
            return edits.start_from(project, Weights(finished.best_weights, finished.best_sha256)).model
        return project.model

    def insert_layers(self, path: Path) -> None:
        """Put the layers of a file in behind the chosen one, with their weights."""
        self._engines.submit(OpenModel(str(path.absolute())), hearing(ModelOpened, self._insert, self._notices.error))

    def _insert(self, opened: ModelOpened) -> None:
        self._document.found_file(opened.path, opened)
        layers, name = model_in(opened.project), Path(opened.path).name
        if layers is None and opened.rebuilt:
            layers = Model(opened.rebuilt.rows)
        if layers is None or not layers.rows:
            why = "Its tensors do not say how the layers were."
            self._notices.error(SpecError(f"“{name}” holds no layers.", why, "Start from it instead."))
            return
        named = not opened.project
        weights = Weights(opened.path, opened.sha256)

        def put_in(project: Project) -> Project:
            changed, rows = starts.insert_layers(project, layers, weights, self._behind_chosen(project), named)
            self._choice.choose(row.id for row in rows)
            return changed

        self._apply(f"Insert layers of {name}", put_in)

    def _behind_chosen(self, project: Project) -> RowPath | None:
        row_id = self._chosen()
        if not row_id:
            return None
        *outer, place = project.model.path(row_id)
        return (*outer, place + 1)

    # the rival

    def compare(self) -> None:
        """Train the same experiment from scratch, beside the run that is there."""
        self.rival.start(self._document.state.name)

    def toggle_rival(self) -> None:
        """Start that run, or stop it where it is under way."""
        if self.rival.run.status.is_busy:
            self.rival.stop()
        else:
            self.compare()

    # what they share

    @property
    def has_choice(self) -> bool:
        """Whether a layer is chosen."""
        return bool(self._chosen())

    def _chosen(self) -> str:
        """The row that was chosen last, if it is there."""
        return next(reversed(self._chosen_rows()), "")

    def _chosen_rows(self) -> tuple[str, ...]:
        there = {row.id for _, row in paths(self._document.project.model.rows)}
        return tuple(row_id for row_id in self._choice.rows if row_id in there)

    def _apply(self, name: str, change: Callable[[Project], Project]) -> None:
        try:
            project = change(self._document.project)
        except SpecError as error:
            self._notices.error(error)
            return
        self._document.apply(name, project)
