"""What an evaluation shows, section by section, and the threshold that some of them share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from nnstudio.gui.evaluate import drawn
from nnstudio.gui.evaluate.drawn import Figures
from nnstudio.gui.evaluate.head import ThresholdBar
from nnstudio.gui.evaluate.pages import CalibrationPage, CurvesPage, MatrixPage, ValuesPage
from nnstudio.gui.evaluate.repeats import RepeatsPage
from nnstudio.gui.evaluate.score_pages import ClassesPage, ScoresPage
from nnstudio.gui.page import Page
from nnstudio.gui.panel import Choice
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import GRID, Theme
from nnstudio.session.evaluation import threshold_sentence
from nnstudio.spec.scores import Evaluation

SECTIONS: Mapping[str, tuple[str, str]] = {
    "matrix": ("Confusion", "Which classes are taken for which."),
    "classes": ("Classes", "Precision and recall of every class."),
    "curves": ("ROC and PR", "What other thresholds would give."),
    "calibration": ("Calibration", "How far the network can be taken at its word."),
    "predicted": ("Predicted", "What was predicted against what is true."),
    "residuals": ("Residuals", "How far the answers are off."),
    "scores": ("Scores", "Every measure with its interval and baseline."),
    "repeats": ("Repeats", "How much of it is luck: several seeds, and folds."),
}
CLASSES = ("matrix", "classes", "curves", "calibration", "scores", "repeats")
VALUES = ("predicted", "residuals", "scores", "repeats")
INPUT = ("residuals", "scores", "repeats")


class Sections(QWidget):
    """The pages of an evaluation behind a row of buttons.

    Signals
    -------
    cell_chosen(int, int)
        The rows of a true class that the network takes for another are to be listed.
    target_chosen(int)
        Another of several targets is looked at.
    threshold_moved()
        A yes-or-no network says yes from another probability on.
    section_chosen(str)
        Another section is shown.
    """

    cell_chosen = Signal(int, int)
    target_chosen = Signal(int)
    threshold_moved = Signal()
    section_chosen = Signal(str)

    def __init__(self, studio: Studio, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: Evaluation | None = None
        self._figures: Figures = {}
        self._matrix: NDArray[np.int64] = np.zeros((0, 0), np.int64)
        self.choice, self.threshold, self.stack = Choice(SECTIONS), ThresholdBar(), QStackedWidget()
        self._make_pages(studio, theme)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, GRID // 2)
        layout.setSpacing(GRID)
        layout.addWidget(self.choice, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.threshold)
        layout.addWidget(self.stack, 1)
        self.choice.chosen.connect(self.show_section)
        self.threshold.moved.connect(self._move_threshold)
        self.matrix.table.chosen.connect(self.cell_chosen)
        for page in (self.predicted, self.residuals):
            page.chosen.connect(self.show_target)

    def _make_pages(self, studio: Studio, theme: Theme) -> None:
        write = studio.save_file
        self.matrix, self.curves = MatrixPage(theme, write), CurvesPage(theme, write)
        self.classes = ClassesPage(theme, write)
        self.calibration = CalibrationPage(theme, write)
        self.predicted, self.residuals = ValuesPage(theme, False, write), ValuesPage(theme, True, write)
        self.scores = ScoresPage(theme, write)
        self.repeats = RepeatsPage(studio, theme, write)
        pages = (self.matrix, self.classes, self.curves, self.calibration)
        self._pages: dict[str, Page] = dict(
            zip(SECTIONS, (*pages, self.predicted, self.residuals, self.scores, self.repeats), strict=True)
        )
        for page in self._pages.values():
            self.stack.addWidget(page)

    @property
    def page(self) -> Page:
        """The page that is shown."""
        return cast(Page, self.stack.currentWidget())

    @property
    def moved_threshold(self) -> float | None:
        """The threshold where it is not the usual one, and counts."""
        return self.threshold.threshold if self._is_binary and not self.threshold.is_usual else None

    @property
    def _is_binary(self) -> bool:
        return self._found is not None and len(self._found.classes) == 2

    def show_found(self, found: Evaluation, figures: Figures) -> list[Callable[[], object]]:
        """Show another evaluation, in the section that is open where it has that; gives what is to be done for it."""
        self._found, self._figures = found, figures
        self.threshold.reset()
        offers = CLASSES if found.classes else VALUES if found.targets else INPUT
        self.choice.show_offers(offers)
        self.show_section(self.choice.choice if self.choice.choice in offers else offers[0])
        if not found.classes:
            return [lambda: self.show_target(0), lambda: self.scores.show_scores(found)]
        self._matrix = drawn.matrix_of(figures, len(found.classes))
        return [
            lambda: self.curves.show_found(found, figures),
            self._show_matrix,
            lambda: self.classes.show_classes(found.class_scores),
            lambda: self.calibration.show_found(found, figures),
            lambda: self.scores.show_scores(found),
        ]

    def show_section(self, section: str) -> None:
        """Bring a section to the front."""
        self.choice.show_choice(section)
        self.stack.setCurrentWidget(self._pages[section])
        self.threshold.setVisible(self._is_binary and section in ("matrix", "curves"))
        self.section_chosen.emit(section)

    def show_target(self, target: int) -> None:
        """Look at another of several targets."""
        if self._found is None:
            return
        if self._found.targets:
            self.predicted.show_found(self._found, self._figures, target)
        self.residuals.show_found(self._found, self._figures, target)
        self.target_chosen.emit(target)

    def _move_threshold(self) -> None:
        self._show_matrix()
        self.threshold_moved.emit()

    def _show_matrix(self) -> None:
        """Show the matrix at the threshold; only a yes-or-no network has one."""
        if self._found is None or not self._found.classes:
            return
        matrix = self._matrix
        if self._is_binary:
            matrix = drawn.matrix_at(self._figures, self._matrix, self.threshold.slider.value())
            self.curves.show_matrix(matrix)
            words = threshold_sentence(self.threshold.threshold, self._found.classes[1], matrix.tolist())
            self.threshold.words.setText(words)
        self.matrix.table.show_matrix(self._found.classes, matrix)
