"""The network at hand is measured as soon as that is looked at; a click on the matrix lists the rows behind it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from nnstudio.gui.evaluate.view import EvaluateView
from nnstudio.gui.exporting import export
from nnstudio.gui.studio import Studio
from nnstudio.gui.tables.grid import MappedGrid
from nnstudio.spec.errors import DataError
from nnstudio.spec.events import Evaluated, Evaluating, Failed, Stop
from nnstudio.spec.facts import Rows
from nnstudio.spec.requests import Evaluate
from nnstudio.spec.scores import Evaluation
from nnstudio.spec.sources import TableSource
from tests.gui.data.penguins import open_penguins
from tests.gui.evaluate.conftest import Make
from tests.gui.fakes import FakeLink
from tests.gui.results.runs import epochs, finished, start


def train(studio: Studio, rows: Rows | None = None) -> None:
    open_penguins(studio)
    start(studio, rows or Rows(275, 34, 35))
    studio.run.receive([*epochs(10, best=8), finished()])


def show(view: EvaluateView, studio: Studio, link: FakeLink, qtbot: QtBot, found: Evaluation) -> None:
    """Let the network be trained, and measured like this."""
    assert view.isVisible(), "nothing is measured while nobody looks"
    train(studio)
    link.answer(Evaluate, Evaluated(found))
    qtbot.waitUntil(lambda: studio.evaluator.found is found and view.pieces.is_done)


def column(grid: MappedGrid, name: str) -> list[str]:
    place = list(grid.mapped.names).index(name)
    return [grid.mapped.shown(row, place) for row in range(grid.mapped.rowCount())]


def press(view: EvaluateView, section: str) -> None:
    QTest.mouseClick(view.sections.choice.buttons[section], Qt.MouseButton.LeftButton)


def test_without_a_network_it_says_what_will_be_here(view: EvaluateView, studio: Studio, link: FakeLink) -> None:
    assert view.untrained.isVisible()
    open_penguins(studio)
    assert link.asked(Evaluate) == []


def test_after_a_run_its_test_rows_are_measured(
    view: EvaluateView, studio: Studio, link: FakeLink, qtbot: QtBot, classes: Make
) -> None:
    show(view, studio, link, qtbot, classes())
    (asked,) = link.asked(Evaluate)
    assert (asked.model, asked.part) == ("/m/best.pth", "test")
    assert view.where.text() == "Measured on the 60 test rows of rows.csv."
    cards = [(card.title.text(), card.value.text(), card.caption.text()) for card in view.cards.cards]
    assert cards == [
        ("Accuracy", "0.800", "0.70–0.90 · baseline 0.350"),
        ("Balanced accuracy", "0.810", "0.70–0.90 · baseline 0.333"),
        ("F1 (macro)", "0.790", "0.70–0.90 · baseline 0.200"),
    ]


@pytest.mark.parametrize(("rows", "part"), [(Rows(90, 10, 0), "validation"), (Rows(100, 0, 0), "train")])
def test_without_test_rows_the_next_best_are_measured(
    view: EvaluateView, studio: Studio, link: FakeLink, rows: Rows, part: str
) -> None:
    assert view.isVisible()
    train(studio, rows)
    assert [asked.part for asked in link.asked(Evaluate)] == [part]


def test_nothing_is_measured_while_nobody_looks(view: EvaluateView, studio: Studio, link: FakeLink) -> None:
    view.hide()
    train(studio)
    assert link.asked(Evaluate) == []
    view.show()
    assert len(link.asked(Evaluate)) == 1


def test_another_part_takes_the_question_before_it_back(view: EvaluateView, studio: Studio, link: FakeLink) -> None:
    train(studio)
    QTest.mouseClick(view.parts.buttons["validation"], Qt.MouseButton.LeftButton)
    assert [asked.part for asked in link.asked(Evaluate)] == ["test", "validation"]
    assert [type(command) for _, command in link.commands] == [Stop]


def test_how_far_it_is_and_why_it_failed_are_said(
    view: EvaluateView, studio: Studio, link: FakeLink, qtbot: QtBot
) -> None:
    train(studio)
    link.answer(Evaluate, Evaluating(20, 60), done=False)
    qtbot.waitUntil(lambda: "20 of 60 rows" in view.where.text())
    link.answer(Evaluate, Failed(DataError("There are no test rows.", "The split keeps none.", "Choose another.")))
    qtbot.waitUntil(view.problem.isVisible)
    assert view.problem.title == "There are no test rows."
    assert not view.splitter.isVisible()
    assert view.parts.buttons["validation"].isEnabled()


def test_the_worst_mistakes_stand_below(
    view: EvaluateView, studio: Studio, link: FakeLink, qtbot: QtBot, classes: Make
) -> None:
    show(view, studio, link, qtbot, classes())
    assert view.listing.note.text() == "Worst mistakes first: 12 rows"
    grid = view.listing.grid
    assert column(grid, "true")[0] != column(grid, "predicted")[0]
    assert column(grid, "confidence")[0] == "0.8"
    assert column(grid, "probabilities")[0] == "class 1 0.80 · class 0 0.10 · class 2 0.10"
    assert column(grid, "colour")[:2] == ["c0", "c5"], "the rows of the file stand behind the answers"


def test_a_cell_lists_its_rows(view: EvaluateView, studio: Studio, link: FakeLink, qtbot: QtBot, classes: Make) -> None:
    show(view, studio, link, qtbot, classes())
    table = view.sections.matrix.table
    place = table.visualRect(table.confusion.index(0, 1)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert view.listing.note.text() == "“class 0” taken for “class 1”: 4 rows"
    assert set(column(view.listing.grid, "true")) == {"class 0"}
    QTest.keyClick(table, Qt.Key.Key_Left)
    QTest.keyClick(table, Qt.Key.Key_Return)
    assert view.listing.note.text() == "“class 0” recognised, the least certain first: 16 rows"
    QTest.mouseClick(view.listing.all, Qt.MouseButton.LeftButton)
    assert view.listing.note.text() == "Worst mistakes first: 12 rows"
    assert not view.listing.all.isVisible()


def test_what_is_shown_can_be_exported(
    view: EvaluateView, studio: Studio, link: FakeLink, qtbot: QtBot, classes: Make
) -> None:
    found = classes()
    show(view, studio, link, qtbot, found)
    view.export.menu().aboutToShow.emit()
    titles = [action.text() for action in view.export.menu().actions()]
    assert titles == [
        *("Confusion matrix", "Export as PNG…", "Export as SVG…", "Export as CSV…"),
        *("Rows", "Export as PNG…", "Export as SVG…", "Export as CSV…"),
    ]
    assert [action.text() for action in view.export.menu().actions() if not action.isEnabled()] == titles[::4]
    out = Path(found.answers).with_name("rows.csv")
    export(view.listing, out)
    lines = out.read_text().splitlines()
    assert lines[0] == "row,true,predicted,confidence,p(true),probabilities,size,colour"
    assert len(lines) == 13


def test_the_threshold_moves_the_matrix(
    view: EvaluateView, studio: Studio, link: FakeLink, qtbot: QtBot, classes: Make
) -> None:
    show(view, studio, link, qtbot, classes(2))
    assert view.sections.threshold.isVisible()
    before = view.sections.matrix.table.confusion.matrix.tolist()
    assert before == [[24, 6], [6, 24]]
    view.sections.threshold.slider.setValue(900)
    assert view.sections.matrix.table.confusion.matrix.tolist() == [[30, 0], [30, 0]]
    assert "0 of 30 found (recall 0.000)" in view.sections.threshold.words.text()
    qtbot.waitUntil(lambda: view.listing.note.text() == "Worst mistakes first: 30 rows")
    QTest.mouseClick(view.sections.threshold.back, Qt.MouseButton.LeftButton)
    assert view.sections.matrix.table.confusion.matrix.tolist() == before
    press(view, "curves")
    assert view.sections.threshold.isVisible()
    press(view, "calibration")
    assert not view.sections.threshold.isVisible()


def test_only_two_classes_have_a_threshold(
    view: EvaluateView, studio: Studio, link: FakeLink, qtbot: QtBot, classes: Make
) -> None:
    show(view, studio, link, qtbot, classes(3))
    assert not view.sections.threshold.isVisible()
    press(view, "curves")
    assert [view.sections.curves.choice.itemText(place) for place in range(3)] == ["class 0", "class 1", "class 2"]
    assert len(view.sections.curves.roc._series) == 2


def test_every_class_and_every_score_has_a_row(
    view: EvaluateView, studio: Studio, link: FakeLink, qtbot: QtBot, classes: Make
) -> None:
    show(view, studio, link, qtbot, classes())
    assert [row[0].text for row in view.sections.classes.table.content.cells] == ["class 0", "class 1", "class 2"]
    view.sections.classes.table.sortByColumn(5, Qt.SortOrder.AscendingOrder)
    assert view.sections.classes.table.model().index(0, 0).data() == "class 2"
    scores = [[cell.text for cell in row] for row in view.sections.scores.table.content.cells]
    assert scores[0] == ["Accuracy", "0.800", "0.700", "0.900", "0.350"]
    assert scores[-1] == ["Calibration error", "0.050", "–", "–", "–"]


def test_values_are_drawn_against_what_is_true(
    view: EvaluateView, studio: Studio, link: FakeLink, qtbot: QtBot, values: Make
) -> None:
    show(view, studio, link, qtbot, values("mass"))
    assert not view.sections.choice.buttons["matrix"].isVisible()
    assert view.sections.predicted.isVisible()
    assert len(view.sections.predicted.charts[0]._series[0].x) == 60
    assert view.listing.note.text() == "Worst mistakes first: 60 rows"
    assert column(view.listing.grid, "error")[0] == "5.9"
    press(view, "residuals")
    assert view.sections.residuals.charts[0]._series[0].y.sum() == 6


def test_several_targets_are_looked_at_one_by_one(
    view: EvaluateView, studio: Studio, link: FakeLink, qtbot: QtBot, values: Make
) -> None:
    show(view, studio, link, qtbot, values("mass", "length"))
    assert [card.title.text() for card in view.cards.cards] == ["R2 of mass", "MAE of mass", "RMSE of mass"]
    view.sections.predicted.choice.setCurrentIndex(1)
    view.sections.predicted.choice.activated.emit(1)
    assert view.cards.cards[0].title.text() == "R2 of length"
    assert "true length" in view.listing.grid.mapped.names


def test_another_network_is_another_question(
    view: EvaluateView, studio: Studio, link: FakeLink, qtbot: QtBot, classes: Make
) -> None:
    show(view, studio, link, qtbot, classes())
    start(studio)
    assert view.untrained.isVisible(), "while it trains there is none"
    assert view.listing.grid.mapped.table is None
    studio.run.receive([finished()])
    assert len(link.asked(Evaluate)) == 2


def test_another_file_is_asked_for(
    view: EvaluateView, studio: Studio, link: FakeLink, qtbot: QtBot, tmp_path: Path
) -> None:
    train(studio)
    other = tmp_path / "other.csv"
    other.touch()
    QTest.mouseClick(view.parts.buttons["file"], Qt.MouseButton.LeftButton)
    dialog = next(dialog for dialog in view.findChildren(QFileDialog) if dialog.isVisible())
    assert view.parts.choice == "test", "until a file is chosen"
    dialog.setDirectory(str(tmp_path))
    dialog.selectFile(str(other))
    dialog.accept()
    qtbot.waitUntil(lambda: len(link.asked(Evaluate)) == 2)
    asked = link.asked(Evaluate)[-1]
    assert (asked.part, asked.source, asked.detect) == ("file", TableSource(str(other)), True)
    assert view.parts.choice == "file"


def test_what_was_left_out_is_said(
    view: EvaluateView, studio: Studio, link: FakeLink, qtbot: QtBot, classes: Make
) -> None:
    show(view, studio, link, qtbot, classes(warnings=("3 rows are left out.",)))
    assert view.warnings.isVisible()


def test_a_cache_that_is_gone_is_said(
    view: EvaluateView, studio: Studio, link: FakeLink, qtbot: QtBot, classes: Make
) -> None:
    found = classes()
    Path(found.sources[0]).unlink()
    show(view, studio, link, qtbot, found)
    assert view.listing.problem.isVisible()
    gone = classes(part="validation")
    Path(gone.answers).unlink()
    studio.evaluator.ask("validation")
    link.answer(Evaluate, Evaluated(gone))
    qtbot.waitUntil(view.problem.isVisible)
