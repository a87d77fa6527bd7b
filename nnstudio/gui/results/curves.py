"""How a run goes: its figures, its loss and its first metric, drawn while it goes on."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnstudio.gui.panel import MARGIN, Banner, Button, Card, CardRow, EmptyState, Note, Pages, Still
from nnstudio.gui.plots.axes import following_end
from nnstudio.gui.plots.curve_plot import CurvePlot
from nnstudio.gui.plots.series import Numbers
from nnstudio.gui.results.batch_layer import BatchLayer
from nnstudio.gui.results.coach import CoachBanner
from nnstudio.gui.results.details import DetailsDialog
from nnstudio.gui.results.figures import LOSS, figures, has_validation, task_of
from nnstudio.gui.results.growing import GrowingTable
from nnstudio.gui.results.memory import MemoryBanner
from nnstudio.gui.results.rate_marks import RateMarks
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import GRID, Theme
from nnstudio.session.baselines import outcome_of
from nnstudio.session.live import Columns, History, Status
from nnstudio.session.sentences import finished_sentence
from nnstudio.spec.errors import StudioError
from nnstudio.spec.events import RunFinished
from nnstudio.spec.metrics import metrics_for

REDRAW_MILLISECONDS = 63
"""One plot takes some 6 ms to draw, and both in one go would be felt: while training goes on they take turns."""

BOTH = (0, 1)
"""The places of the plots, from above."""


class CurvesView(QWidget):
    """Follows the live run; what comes within a moment is drawn once, and nothing while it cannot be seen."""

    def __init__(self, studio: Studio, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._history: History | None = None
        self._arrays = GrowingTable()
        self._turn = 0
        self._is_stale = False
        self.redraw = QTimer(self, singleShot=True, interval=REDRAW_MILLISECONDS)
        self.redraw.timeout.connect(self._take_turn)
        self.empty = EmptyState(
            "No run yet",
            "Press Train: loss and accuracy of training and validation rows will be drawn here, epoch by epoch.",
        )
        self.cards = CardRow()
        self.problem = Banner("bad")
        self.memory = MemoryBanner(studio)
        self.coach = CoachBanner(studio)
        self.outcome = Outcome()
        self.loss_plot = CurvePlot(theme, write_file=studio.save_file)
        self.batches = BatchLayer(self.loss_plot, theme)
        low = 0.06  # at the lower edge, where curves of a metric seldom are
        self.metric_plot = CurvePlot(theme, write_file=studio.save_file, label_height=low)
        self.marks = [RateMarks(plot, theme) for plot in (self.loss_plot, self.metric_plot)]
        self._pages = Pages(self, self.empty, self._run_page())
        for plot in (self.loss_plot, self.metric_plot):
            plot.pointed.connect(self._point)
        self.destroyed.connect(studio.run.changed.listen(self._hear))

    def _run_page(self) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(MARGIN, MARGIN, MARGIN, GRID)
        layout.setSpacing(GRID)
        for widget in (Still(self.cards), self.problem, self.memory, self.outcome, self.coach):
            layout.addWidget(widget)
        layout.addSpacing(GRID // 2)
        for plot in (self.loss_plot, self.metric_plot):
            layout.addWidget(plot, 1)
        return page

    # when to draw

    def _hear(self) -> None:
        self._follow_run()
        if not self._studio.run.status.is_busy:
            self.redraw.stop()
            self._render(*BOTH)
            return
        self._is_stale = True
        if not self.redraw.isActive():
            self.redraw.start()

    def _take_turn(self) -> None:
        """Draw one plot now and the other a moment later, also when nothing is heard any more."""
        self._render(self._turn)
        self._turn = 1 - self._turn
        if self._is_stale:
            self._is_stale = False
            self.redraw.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._follow_run()
        self._render(*BOTH)

    def _follow_run(self) -> None:
        """Begin with empty columns, seen as a whole, where another run began."""
        if self._studio.run.history is not self._history:
            self._history, self._arrays = self._studio.run.history, GrowingTable()
            for plot in (self.loss_plot, self.metric_plot):
                plot.reset_view()

    # drawing

    def _render(self, *places: int) -> None:
        if not self.isVisible():
            return
        run = self._studio.run
        self._pages.show_content(run.status is not Status.IDLE)
        if run.status is Status.IDLE:
            return
        self.cards.show_figures(figures(run))
        self._render_problem(run.error)
        self._render_outcome(run.finished)
        self.coach.follow()
        self._render_plots(places)

    def _render_problem(self, error: StudioError | None) -> None:
        if error and error.details:
            self.problem.show_problem(error, [Button("Details", clicked=lambda: DetailsDialog(error, self).open())])
        else:
            self.problem.show_problem(error)

    def _render_outcome(self, finished: RunFinished | None) -> None:
        task = task_of(self._studio.run)
        self.outcome.setVisible(finished is not None and task is not None)
        if finished and task:
            self.outcome.say(outcome_of(self._studio.run), finished_sentence(finished, self._studio.run.project))

    def _render_plots(self, places: Sequence[int]) -> None:
        run, task = self._studio.run, task_of(self._studio.run)
        metric = metrics_for(task)[0] if task else None
        self.loss_plot.show_title("Loss")
        self.metric_plot.show_title(metric.title if metric else "")
        plots = (self.loss_plot, LOSS), (self.metric_plot, metric.key if metric else "")
        for plot, key in (plots[place] for place in places):
            epochs = self._arrays.follow("epochs", run.history.epochs)
            validation = self._column("validation", key) if has_validation(run) else None
            plot.show_span(*self._span())
            plot.show_curves(epochs, self._column("train", key), validation)
            plot.show_best(run.history.best_epoch)
        for place in places:
            self.marks[place].show_changes(run.changes, run.started.batches if run.started else 1)
        if 0 in places:
            self.batches.show_batches(run.batches, run.started.batches if run.started else 1)

    def _column(self, rows: str, key: str) -> Numbers:
        columns: Columns = getattr(self._studio.run.history, rows)
        return self._arrays.follow(f"{rows} {key}", columns.get(key, ()))

    def _span(self) -> tuple[int, int]:
        """Where the axis ends, and how far one may look: it follows the epochs, and those that are planned may come."""
        run = self._studio.run
        if run.finished:
            return (max(1, run.finished.epochs),) * 2
        planned = run.started.epochs if run.started else run.project.training.epochs if run.project else 1
        epochs = run.history.epochs[-1] if run.history.epochs else 0
        of_batches = run.batches.batches / max(1, run.started.batches) if run.started else 0
        return following_end(max(epochs, of_batches), planned), planned

    def _point(self, epoch: int | None) -> None:
        for plot in (self.loss_plot, self.metric_plot):
            plot.show_epoch(epoch)


class Outcome(Card):
    """What a finished run came to."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.result, self.how = Note(role="strong"), Note()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, GRID, MARGIN, GRID)
        layout.setSpacing(2)
        layout.addWidget(self.result)
        layout.addWidget(self.how)

    def say(self, result: str, how: str) -> None:
        """The result, and how it came about."""
        self.result.setText(result)
        self.how.setText(how)
