"""The pages of an evaluation: matrix, curves, calibration, values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout

from nnstudio.gui.evaluate import drawn
from nnstudio.gui.evaluate.confusion import ConfusionTable
from nnstudio.gui.evaluate.drawn import Figures
from nnstudio.gui.exporting import Drawn, WriteFile
from nnstudio.gui.page import Page
from nnstudio.gui.panel import Choice
from nnstudio.gui.plots.chart import Chart
from nnstudio.gui.theme import GRID, Theme
from nnstudio.session.sentences import number
from nnstudio.spec.scores import Evaluation

Matrix = NDArray[np.int64]


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
