"""How much of a score is luck: several seeds in a row, and the folds of a cross-validation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtWidgets import QComboBox

from nnstudio.gui.exporting import Drawn, WriteFile
from nnstudio.gui.page import Page
from nnstudio.gui.panel import Button, ElidedLabel
from nnstudio.gui.studio import Studio
from nnstudio.gui.studio.evaluator import Repeater
from nnstudio.gui.studio.how_far import where_repeats
from nnstudio.gui.tables.cells import Cell, CellTable, Column
from nnstudio.gui.theme import Theme
from nnstudio.session.baselines import always
from nnstudio.session.evaluation import spread_words
from nnstudio.session.sentences import number
from nnstudio.spec.events import FoldDone, RepeatDone
from nnstudio.spec.metrics import metrics_for

COUNTS, USUAL = (2, 3, 5, 10, 20, 50), 5
"""Of seeds."""
TOLD = "Train again from other seeds: how far the scores lie apart is how much of them is luck."


class RepeatsPage(Page):
    """Asks for runs with several seeds and lists what each scored, with mean and deviation."""

    def __init__(self, studio: Studio, theme: Theme, write_file: WriteFile) -> None:
        super().__init__(TOLD)
        self._studio = studio
        self.count = QComboBox()
        for count in COUNTS:
            self.count.addItem(f"{count} seeds", count)
        self.count.setCurrentIndex(self.count.findData(USUAL))
        self.count.setAccessibleName("Number of seeds")
        self.count.setToolTip(
            "How many networks are trained, each from other first weights, with another order of rows."
        )
        self.start = Button("Train", "", self._start, "Train the project that is open with so many seeds.")
        self.stop = Button("Stop", "", self._repeater.stop, "End it at the next batch; the runs that are done stay.")
        self.progress = ElidedLabel(role="small")
        self.table = CellTable(theme, "Repeats", write_file)
        for widget in (self.count, self.start, self.stop):
            self.head.addWidget(widget)
        self.body.addWidget(self.progress)
        self.body.addWidget(self.table, 1)
        self.body.addStretch(0)
        self.destroyed.connect(self._repeater.changed.listen(self.render_runs))
        self.destroyed.connect(studio.document.changed.listen(lambda _old, _new: self._render_buttons()))
        self.render_runs()

    @property
    def _repeater(self) -> Repeater:
        return self._studio.repeater

    def exports(self) -> Sequence[Drawn]:
        return (self.table,)

    def _start(self) -> None:
        self._repeater.repeat(self.count.currentData())

    def render_runs(self) -> None:
        """Show what there is of seeds and folds."""
        self._render_buttons()
        self._render_progress()
        rows = [*seed_rows(self._repeater.done), *fold_rows(self._studio.run.folds)]
        keys = list(dict.fromkeys(key for _, measures in rows for key in measures))
        titles = self._titles()
        columns = [Column("Run"), *(Column(titles.get(key, key)) for key in keys)]
        self.table.show_cells(columns, [_cells(name, measures, keys) for name, measures in rows])
        self.table.setVisible(bool(rows))

    def _render_buttons(self) -> None:
        busy = self._repeater.is_busy
        can = self._studio.state.project.data is not None and not self._repeater.blocking()
        self.start.setVisible(not busy)
        self.start.setEnabled(can)
        self.count.setEnabled(not busy)
        self.stop.setVisible(busy)
        self.stop.setEnabled(self._repeater.can_stop)

    def _render_progress(self) -> None:
        now = where_repeats(self._repeater)
        words = " · ".join(filter(None, (now.left, now.right)))
        self.progress.setText(words)
        self.progress.setVisible(bool(words))

    def _titles(self) -> dict[str, str]:
        data = self._studio.state.project.data
        titles = {"loss": "loss"} | ({metric.key: metric.title for metric in metrics_for(data.task)} if data else {})
        return {
            f"{part} {key}": f"{part.capitalize()} {title.lower() if title[1:].islower() else title}"
            for part in ("validation", "test")
            for key, title in titles.items()
        }


Row = tuple[str, Mapping[str, float | str]]


def seed_rows(done: Sequence[RepeatDone]) -> list[Row]:
    """What the run of each seed scored, their mean and deviation, and last what always giving one answer scores."""
    rows: list[Row] = [(f"seed {each.seed}", _measures(each.validation, each.test)) for each in done]
    if not rows:
        return []
    baseline = done[-1].baseline
    against = [(always(baseline), _measures(baseline.validation, baseline.test))] if baseline.answer else []
    return [*rows, _spread(f"mean ± deviation of {len(rows)} seeds", rows), *against]


def fold_rows(folds: Sequence[FoldDone]) -> list[Row]:
    """What the network of each fold scored, their mean and deviation, and last that of always giving one answer."""
    rows: list[Row] = [(f"fold {each.fold}", _measures(each.measures, {})) for each in folds]
    if not rows:
        return []
    known: list[Row] = [("", _measures(each.baseline, {})) for each in folds if each.baseline]
    against = [_spread("always one answer", known)] if known else []
    return [*rows, _spread(f"mean ± deviation of {len(rows)} folds", rows), *against]


def _measures(validation: Mapping[str, float], test: Mapping[str, float]) -> dict[str, float | str]:
    parts = {"validation": validation, "test": test}
    return {f"{part} {key}": value for part, measures in parts.items() for key, value in measures.items()}


def _spread(name: str, rows: Sequence[Row]) -> Row:
    keys = dict.fromkeys(key for _, measures in rows for key in measures)
    values = {key: [float(measures[key]) for _, measures in rows if key in measures] for key in keys}
    return name, {key: spread_words(found) for key, found in values.items()}


def _cells(name: str, measures: Mapping[str, float | str], keys: Sequence[str]) -> list[Cell]:
    return [Cell(name), *(_cell(measures.get(key)) for key in keys)]


def _cell(value: float | str | None) -> Cell:
    if value is None:
        return Cell("–", "")
    return Cell(value, value) if isinstance(value, str) else Cell(number(value), value)
