"""How good the network at hand is: scores with intervals and baselines, where it fails, and the rows behind it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from nnstudio.data.judging.files import Answers, read_figures
from nnstudio.data.judging.listed import mistakes
from nnstudio.gui.dialogs.like_data import ask_for_data
from nnstudio.gui.evaluate.head import PARTS
from nnstudio.gui.evaluate.listing import Listing
from nnstudio.gui.evaluate.sections import Sections
from nnstudio.gui.exporting import export_actions
from nnstudio.gui.lazily import Pieces
from nnstudio.gui.panel import MARGIN, Banner, Button, CardRow, Choice, ElidedLabel, EmptyState, Figure, Note, Pages
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import GRID, Theme
from nnstudio.session.evaluation import figure, score_caption, score_help, score_title
from nnstudio.session.verdict import verdict
from nnstudio.spec.errors import StudioError, as_studio_error
from nnstudio.spec.events import Evaluating
from nnstudio.spec.parts import JudgedPart
from nnstudio.spec.scores import Evaluation, Score

MOST_CARDS = 3
LISTED_MILLISECONDS = 120
"""So long the threshold must rest before rows are listed anew."""


class EvaluateView(QWidget):
    """Asks how good the network at hand is as soon as it is looked at, and shows the answer."""

    def __init__(self, studio: Studio, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio, self._evaluator = studio, studio.evaluator
        self._found: Evaluation | None = None
        self._answers: Answers | None = None
        self._gone: StudioError | None = None
        """Why what was found cannot be shown."""
        self._cell: tuple[int, int] | None = None
        self.pieces = Pieces(self)
        self.relist = QTimer(self, singleShot=True, interval=LISTED_MILLISECONDS)
        self.relist.timeout.connect(self._list)
        self.untrained = EmptyState(
            "No trained network yet",
            "Press Train, or open a model file (.pth): here it will be measured on rows that it has not learned, with "
            "the scores of guessing beside it, and its worst mistakes to look at.",
        )
        self.parts = Choice(PARTS)
        self.export = Button("Export", tooltip="Write what is shown to a file.")
        self.verdict, self.where = Note(), ElidedLabel(role="small")
        self.problem, self.warnings = Banner("bad"), Banner("warning")
        self.cards = CardRow()
        self.sections, self.listing = Sections(studio, theme), Listing(studio, theme)
        self.export.setMenu(QMenu(self.export))
        self.export.setProperty("hasMenu", True)
        self.export.menu().setToolTipsVisible(True)
        self._lay_out()
        self._listen()
        self._render()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(self.parts)
        head.addStretch(1)
        head.addWidget(self.export)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.sections)
        self.splitter.addWidget(self.listing)
        self.splitter.setSizes([60 * GRID, 40 * GRID])
        self.splitter.setStretchFactor(0, 3)
        self.splitter.setStretchFactor(1, 2)
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(MARGIN, GRID, MARGIN, GRID)
        layout.setSpacing(GRID)
        layout.addLayout(head)
        for widget in (self.verdict, self.where, self.problem, self.warnings, self.cards):
            layout.addWidget(widget)
        layout.addWidget(self.splitter, 1)
        layout.addStretch(0)
        self._pages = Pages(self, self.untrained, page)

    def _listen(self) -> None:
        studio = self._studio
        self.parts.chosen.connect(self._choose_part)
        self.export.menu().aboutToShow.connect(self._fill_export)
        self.sections.section_chosen.connect(lambda section: self.listing.setVisible(section != "repeats"))
        self.sections.threshold_moved.connect(self.relist.start)
        self.sections.cell_chosen.connect(self._choose_cell)
        self.sections.target_chosen.connect(self._choose_target)
        self.listing.all.clicked.connect(self._list_all)
        for stop in (
            self._evaluator.changed.listen(self._render),
            studio.run.changed.listen(self._follow_model),
            studio.document.changed.listen(lambda _old, _new: self._follow_model()),
        ):
            self.destroyed.connect(stop)

    # when to ask

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._follow_model()
        self.sections.repeats.render_runs()

    def _follow_model(self) -> None:
        """Judge another network as soon as it is looked at; until then nothing is asked."""
        model = self._studio.model_file
        if not self.isVisible() or model == self._evaluator.asked:
            return
        self._evaluator.ask(self._first_part())

    def _first_part(self) -> JudgedPart:
        """The rows that judge best among those that there are."""
        started = self._studio.run.started if self._studio.run.finished else None
        if started is None or started.rows.test:
            return "test"
        return "validation" if started.rows.validation else "train"

    def _choose_part(self, part: str) -> None:
        if part != "file":
            self._evaluator.ask(cast(JudgedPart, part))
            return
        self.parts.show_choice(self._evaluator.part)
        ask_for_data(self, "Rows whose answers are known", self._studio.state.project.data, self.open_path)

    def open_path(self, path: Path) -> None:
        """Judge the network on the rows of another file, or on another folder of pictures."""
        self._evaluator.ask("file", path)

    # rendering

    def _render(self) -> None:
        evaluator = self._evaluator
        self._pages.show_content(bool(evaluator.asked))
        self.parts.show_choice(evaluator.part)
        if evaluator.found is not self._found:
            self._open(evaluator.found)
        self._render_where()
        self._render_problem(evaluator.error or self._gone)
        found = self._found
        for widget in (self.verdict, self.cards, self.splitter):
            widget.setVisible(found is not None)
        self.export.setEnabled(found is not None)

    def _render_where(self) -> None:
        evaluator, found = self._evaluator, self._found
        if evaluator.is_busy:
            progress = evaluator.progress
            self.where.setText(f"The network is being measured …{_far(progress)}")
        elif found:
            drawn_from = f" {found.resamples:,} resamples." if found.resamples else ""
            self.where.setText(f"Measured on {found.where}. {found.caution}".strip())
            self.where.explain(f"Model: {found.model}\nIntervals: 95 %, bootstrap,{drawn_from} Seed {found.seed}.")
        else:
            self.where.setText("")

    def _render_problem(self, error: StudioError | None) -> None:
        self.problem.show_problem(error)
        warnings = self._found.warnings if self._found else ()
        self.warnings.setVisible(bool(warnings))
        self.warnings.say("Not every row counts.", "\n".join(warnings[:5]))

    def _open(self, found: Evaluation | None) -> None:
        """Show another evaluation, or none."""
        self._close()
        if found is None:
            return
        try:
            self._answers, figures = Answers(found.answers), read_figures(found.figures)
        except (OSError, ValueError) as error:  # the cache was emptied; pyarrow's errors are ValueErrors
            self._gone = as_studio_error(error)
            return
        self._found = found
        self._cell = None
        self.verdict.setText(" ".join(verdict(found)))
        self.cards.show_figures([_card(score, found) for score in _cards(found)])
        self.pieces.begin([*self.sections.show_found(found, figures), self._list])

    def _close(self) -> None:
        self._found = self._gone = None
        self.pieces.forget()
        self.listing.grid.show_table(None)
        if self._answers:
            self._answers.close()
            self._answers = None

    # what the user asks for

    def _choose_cell(self, true: int, said: int) -> None:
        self._cell = true, said
        self._list()

    def _list_all(self) -> None:
        self._cell = None
        self.sections.matrix.table.clearSelection()
        self._list()

    def _choose_target(self, target: int) -> None:
        if self._found and self._found.targets:
            self.cards.show_figures([_card(score, self._found) for score in _cards(self._found, target)])

    # the rows

    def _list(self) -> None:
        """List the mistakes, or the rows of the chosen cell."""
        found, answers = self._found, self._answers
        if found is None or answers is None:
            return
        self.listing.all.setVisible(self._cell is not None)
        if not found.classes:
            self.listing.show_rows(found, answers, np.arange(len(answers)), None, "Worst mistakes first")
            return
        truth, said = answers.truth, self._said(answers)
        places, title = mistakes(truth, said), "Worst mistakes first"
        if self._cell:
            true, named = self._cell
            places = np.flatnonzero((truth == true) & (said == named))
            title = f"“{found.classes[true]}” taken for “{found.classes[named]}”"
            if true == named:
                title = f"“{found.classes[true]}” recognised, the least certain first"
        self.listing.show_rows(found, answers, places, said, title)

    def _said(self, answers: Answers) -> NDArray[Any]:
        """The class that the network says, at the threshold where it has one."""
        threshold = self.sections.moved_threshold
        if threshold is None:
            return answers.predicted
        return (answers.chances[:, 1] > np.float32(threshold)).astype(np.int32)

    def _fill_export(self) -> None:
        """Offer what stands on the page that is shown, and the rows below it."""
        menu = self.export.menu()
        menu.clear()
        for shown in (*self.sections.page.exports(), self.listing):
            menu.addAction(shown.export_title()).setEnabled(False)  # the style draws no titles of sections
            menu.addActions(export_actions(shown, menu, self._studio.save_file))


def _far(progress: Evaluating | None) -> str:
    """How far it is: so many rows, and when all are answered that they are counted."""
    if progress is None:
        return ""
    if progress.done == progress.total:
        return " All rows are answered; the scores are next."
    return f" {progress.done:,} of {progress.total:,} rows."


def _cards(found: Evaluation, target: int = 0) -> list[Score]:
    """The scores that stand large, those of one target of several."""
    if found.classes:
        third = "auroc" if len(found.classes) == 2 else "f1"
        wanted = [found.score(key) for key in ("accuracy", "balanced_accuracy", third)]
        return [score for score in wanted if score]
    name = found.targets[target] if found.targets else ""
    return [score for score in found.scores if score.target == name][:MOST_CARDS]


def _card(score: Score, found: Evaluation) -> Figure:
    return Figure(score_title(score, found), figure(score, score.value), score_caption(score), score_help(score, found))
