"""The pages of an evaluation: matrix, classes, curves, calibration, values, scores."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from nnstudio.gui.evaluate import drawn
from nnstudio.gui.evaluate.chart import Chart
from nnstudio.gui.evaluate.confusion import ConfusionTable
from nnstudio.gui.evaluate.drawn import Figures
from nnstudio.gui.evaluate.head import Choice
from nnstudio.gui.evaluate.score_table import Cell, Column, ScoreTable
from nnstudio.gui.exporting import Drawn, WriteFile
from nnstudio.gui.panel import Note
from nnstudio.gui.theme import GRID, Theme
from nnstudio.session.evaluation import figure, score_help
from nnstudio.session.sentences import number
from nnstudio.spec.scores import ClassScore, Evaluation

Matrix = NDArray[np.int64]


class Page(QWidget):
    """One page: a layout, and what it shows that can be exported."""

    def __init__(self, note: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.note = Note(note, "small")
        self.head = QHBoxLayout()
        self.head.setSpacing(GRID)
        self.head.addWidget(self.note, 1)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(GRID // 2)
        self.body.addLayout(self.head)

    def exports(self) -> Sequence[Drawn]:
        """What the menu exports."""
        return ()


class MatrixPage(Page):
    """The confusion matrix, in rows or percent."""

    def __init__(self, theme: Theme, write_file: WriteFile) -> None:
        super().__init__("True classes down, predicted ones across; a cell lists its rows.")
        self.table = ConfusionTable(theme, write_file)
        self.table.setAccessibleDescription(self.note.text())
        self.unit = Choice({"rows": ("Rows", "How many rows."), "percent": ("Percent", "Share of the true class.")})
        self.unit.show_choice("rows")
        self.unit.chosen.connect(lambda unit: self.table.show_percent(unit == "percent"))
        self.head.addWidget(self.unit)
        self.body.addWidget(self.table, 1)

    def exports(self) -> Sequence[Drawn]:
        return (self.table,)


class TablePage(Page):
    """A table of scores."""

    def __init__(self, theme: Theme, name: str, note: str, write_file: WriteFile) -> None:
        super().__init__(note)
        self.table = ScoreTable(theme, name, write_file)
        self.table.setAccessibleDescription(note)
        self.body.addWidget(self.table, 1)

    def exports(self) -> Sequence[Drawn]:
        return (self.table,)

    def show_classes(self, scores: Sequence[ClassScore]) -> None:
        """A row for each class."""
        self.table.show_cells(_CLASS_COLUMNS, list(map(_class_cells, scores)))

    def show_scores(self, found: Evaluation) -> None:
        """A row for each measure."""
        columns = list(_SCORE_COLUMNS)
        cells = []
        for score in found.scores:
            title = f"{score.title} of {score.target}" if len(found.targets) > 1 else score.title
            values = (score.value, score.low, score.high, score.baseline)
            figures = [Cell(figure(score, value), value if value is not None else "") for value in values]
            cells.append([Cell(title, tip=score_help(score, found)), *figures])
        self.table.show_cells(columns, cells)


_SCORE_COLUMNS = (
    Column("Measure", "What is counted; the tooltip of each says how."),
    Column("Value", "On the rows that were judged."),
    Column("From", "Lower end of the 95 % interval: with other rows like these it would hardly be less."),
    Column("To", "Upper end of the 95 % interval: with other rows like these it would hardly be more."),
    Column("Baseline", "What always giving one answer scores on the same rows."),
)
_CLASS_COLUMNS = (
    Column("Class"),
    Column("Precision", "Of the rows that were taken for the class, the share that is it."),
    Column("Recall", "Of the rows of the class, the share that was found."),
    Column("F1", "The harmonic mean of precision and recall."),
    Column("ROC AUC", "How often a row of the class is given a higher probability of it than another row."),
    Column("Rows", "The rows of the class (support)."),
    Column("Predicted", "The rows that were taken for the class."),
)


def _class_cells(score: ClassScore) -> list[Cell]:
    shares = [Cell(number(value), value) for value in (score.precision, score.recall, score.f1)]
    area = Cell("–", -1.0, "There are not both rows of the class and others.")
    if score.auroc is not None:
        area = Cell(number(score.auroc), score.auroc)
    counts = [Cell(f"{count:,}", count) for count in (score.support, score.predicted)]
    return [Cell(score.name), *shares, area, *counts]


class CurvesPage(Page):
    """ROC and precision-recall side by side; of several classes one against the rest."""

    def __init__(self, theme: Theme, write_file: WriteFile) -> None:
        super().__init__()
        self.roc = Chart(theme, "ROC", ("false positive rate", "true positive rate"), write_file)
        self.pr = Chart(theme, "Precision and recall", ("recall", "precision"), write_file)
        self.choice = QComboBox()
        self.choice.setAccessibleName("Class")
        self.choice.setToolTip("The class that is told apart from the rest.")
        self.choice.setMaximumWidth(24 * GRID)
        self.choice.activated.connect(lambda _: self._draw())
        self.head.addWidget(self.choice)
        both = QHBoxLayout()
        both.setSpacing(GRID)
        for chart in (self.roc, self.pr):
            both.addWidget(chart, 1)
            chart.set_square()
        self.body.addLayout(both, 1)
        self._figures: Figures = {}
        self._found: Evaluation | None = None
        self._matrix: list[list[int]] | None = None

    def exports(self) -> Sequence[Drawn]:
        return (self.roc, self.pr)

    def show_found(self, found: Evaluation, figures: Figures) -> None:
        """Draw another evaluation."""
        self._found, self._figures, self._matrix = found, figures, None
        self.choice.clear()
        for series in drawn.curve_classes(figures):
            self.choice.addItem(found.classes[series], series)
        self.choice.setVisible(len(found.classes) > 2)
        some = f" Drawn from {found.curve_rows:,} rows." if found.curve_rows < found.rows else ""
        kind = f"“{found.classes[1]}” is the yes." if len(found.classes) == 2 else "One class against the rest."
        self.note.setText(f"{kind} Dashed: what guessing would give.{some}")
        self._draw()

    def show_matrix(self, matrix: Matrix) -> None:
        """Mark where the threshold lies that gives the ``matrix`` of two classes."""
        self._matrix = matrix.tolist()
        self._draw()

    def _draw(self) -> None:
        series = self.choice.currentData()
        if self._found is None or series is None:
            self.roc.show_series(())
            self.pr.show_series(())
            return
        score = self._found.class_scores[series]
        self.roc.name("ROC" if score.auroc is None else f"ROC, area {number(score.auroc)}")
        self.roc.show_series(drawn.roc(self._figures, series, self._matrix))
        rate = score.support / max(1, self._found.rows)
        self.pr.show_series(drawn.precision_recall(self._figures, series, rate, self._matrix))


class CalibrationPage(Page):
    """How far the network can be taken at its word."""

    def __init__(self, theme: Theme, write_file: WriteFile) -> None:
        super().__init__()
        self.reliability = Chart(theme, "Calibration", ("what the network says", "how often it is so"), write_file)
        self.confidence = Chart(theme, "Confidence", ("what the network says", "rows"), write_file)
        both = QHBoxLayout()
        both.setSpacing(GRID)
        both.addWidget(self.reliability, 1)
        both.addWidget(self.confidence, 1)
        self.reliability.set_square()
        self.body.addLayout(both, 1)

    def exports(self) -> Sequence[Drawn]:
        return (self.reliability, self.confidence)

    def show_found(self, found: Evaluation, figures: Figures) -> None:
        self.reliability.show_series(drawn.calibration(figures))
        self.confidence.show_series(drawn.confidence(figures))
        self.confidence.reset_view()
        error = found.score("calibration_error")
        of = f"the probability of “{found.classes[1]}”" if len(found.classes) == 2 else "that of the class it names"
        gap = f"Expected calibration error {number(error.value)}. " if error else ""
        self.note.setText(f"{gap}What it says is {of}: below the diagonal it is too sure of itself.")


class ValuesPage(Page):
    """Two plots of one target of several.

    Signals
    -------
    chosen(int)
        Another target is to be shown.
    """

    chosen = Signal(int)

    def __init__(self, theme: Theme, residuals: bool, write_file: WriteFile) -> None:
        super().__init__(
            "Right of 0 the network says too much, left of it too little."
            if residuals
            else "What is right lies on the dashed line; a pattern in the errors could still be learned."
        )
        self._residuals = residuals
        if residuals:
            self.charts = [Chart(theme, "Residuals", ("predicted − true", "rows"), write_file)]
        else:
            self.charts = [
                Chart(theme, "Predicted against true", ("true", "predicted"), write_file),
                Chart(theme, "Errors", ("predicted", "predicted − true"), write_file),
            ]
        self.choice = QComboBox()
        self.choice.setAccessibleName("Target")
        self.choice.setToolTip("Which of the predicted values is shown.")
        self.choice.setMaximumWidth(24 * GRID)
        self.choice.activated.connect(self.chosen)
        self.head.addWidget(self.choice)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        for chart in self.charts:
            row.addWidget(chart, 1)
        self.body.addLayout(row, 1)

    def exports(self) -> Sequence[Drawn]:
        return self.charts

    def show_found(self, found: Evaluation, figures: Figures, target: int) -> None:
        """Draw one target of an evaluation."""
        self.choice.clear()
        self.choice.addItems(found.targets)
        self.choice.setCurrentIndex(target)
        self.choice.setVisible(len(found.targets) > 1)
        if self._residuals:
            self.charts[0].show_series(drawn.residuals(figures, target))
            if not found.targets:
                self.charts[0].name("Errors of rows", "mean squared error, as encoded")
        else:
            name = found.targets[target]
            self.charts[0].name("Predicted against true", f"true {name}", f"predicted {name}")
            self.charts[0].show_series(drawn.predicted(figures, target))
            self.charts[1].show_series(drawn.over_prediction(figures, target))
        for chart in self.charts:
            chart.reset_view()
