"""What an evaluation says in figures: a table of its measures, and one of its classes."""

from __future__ import annotations

from collections.abc import Sequence

from nnstudio.gui.exporting import WriteFile
from nnstudio.gui.tables.cells import Cell, Column
from nnstudio.gui.tables.page import TablePage
from nnstudio.gui.theme import Theme
from nnstudio.session.evaluation import figure, score_help, score_title
from nnstudio.session.sentences import number
from nnstudio.spec.scores import ClassScore, Evaluation


class ScoresPage(TablePage):
    """Every measure, with its interval and its baseline."""

    def __init__(self, theme: Theme, write_file: WriteFile) -> None:
        super().__init__(theme, "Scores", "Every measure on these rows; its tooltip says what it means.", write_file)

    def show_scores(self, found: Evaluation) -> None:
        """A row for each measure."""
        cells = []
        for score in found.scores:
            values = (score.value, score.low, score.high, score.baseline)
            figures = [Cell(figure(score, value), value if value is not None else "") for value in values]
            cells.append([Cell(score_title(score, found), tip=score_help(score, found)), *figures])
        self.table.show_cells(_SCORE_COLUMNS, cells)


_SCORE_COLUMNS = (
    Column("Measure", "What is counted; the tooltip of each says how."),
    Column("Value", "On the rows that were judged."),
    Column("From", "Lower end of the 95 % interval: with other rows like these it would hardly be less."),
    Column("To", "Upper end of the 95 % interval: with other rows like these it would hardly be more."),
    Column("Baseline", "What always giving one answer scores on the same rows."),
)


class ClassesPage(TablePage):
    """What each class scores."""

    def __init__(self, theme: Theme, write_file: WriteFile) -> None:
        super().__init__(theme, "Classes", "A click on a title sorts.", write_file)

    def show_classes(self, scores: Sequence[ClassScore]) -> None:
        """A row for each class."""
        self.table.show_cells(_CLASS_COLUMNS, list(map(_class_cells, scores)))


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
