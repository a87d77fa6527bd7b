"""A trained network is applied to other tables by choosing or dropping a file, and the answers can be saved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from PySide6.QtCore import QCoreApplication, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from nnstudio.gui.data.header import MARKED
from nnstudio.gui.results.predict import MOST_WARNINGS, PredictView
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.session import edits
from nnstudio.spec.errors import DataError
from nnstudio.spec.events import Failed, Predicted
from nnstudio.spec.model import Weights
from nnstudio.spec.requests import PredictTable
from nnstudio.spec.sources import ImageFolderSource, TableSource
from tests.gui.data.penguins import open_found, open_penguins, picture_facts, picture_source
from tests.gui.fakes import FakeLink
from tests.gui.results.runs import epochs, finished, start

COLUMNS = ("island", "bill_length_mm", "predicted_species", "probability_Adelie")


@pytest.fixture
def view(qtbot: QtBot, theme: Theme, studio: Studio) -> PredictView:
    view = PredictView(studio, theme)
    qtbot.addWidget(view)
    view.resize(600, 400)
    view.show()
    return view


@pytest.fixture
def trained(view: PredictView, studio: Studio) -> PredictView:
    """The view after a run."""
    open_penguins(studio)
    start(studio)
    studio.run.receive([*epochs(10, best=8), finished()])
    return view


@pytest.fixture
def preview(tmp_path: Path) -> Path:
    path = tmp_path / "preview.arrow"
    values = (["Dream", "Biscoe"], [39.1, None], ["Adelie", "Gentoo"], [0.99, 0.25])
    table = pa.table(dict(zip(COLUMNS, values, strict=True)))
    with pa.ipc.new_file(str(path), table.schema) as writer:
        writer.write_table(table)
    return path


def predicted(preview: Path, out: str = "", warnings: tuple[str, ...] = ()) -> Predicted:
    return Predicted(2, COLUMNS, str(preview), out, warnings)


def drop(view: PredictView, *paths: str) -> bool:
    """Hold files over the view and let go; says whether it wanted them."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(path) for path in paths])
    copy, left, no_keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(50, 50), copy, mime, left, no_keys)
    enter.ignore()
    QCoreApplication.sendEvent(view, enter)
    if enter.isAccepted():
        QCoreApplication.sendEvent(view, QDropEvent(QPointF(50, 50), copy, mime, left, no_keys))
    return enter.isAccepted()


def dialogs(view: PredictView) -> Iterator[QFileDialog]:
    return (dialog for dialog in view.findChildren(QFileDialog) if dialog.isVisible())


def test_without_a_network_it_says_how_to_get_one(view: PredictView, studio: Studio) -> None:
    assert view.untrained.isVisible()
    assert not drop(view, "/data/new.csv"), "the window takes it"
    open_penguins(studio)
    assert view.untrained.isVisible()


def test_after_a_run_it_invites(trained: PredictView, studio: Studio) -> None:
    assert trained.invitation.isVisible()
    studio.new_project()
    assert trained.untrained.isVisible()


def test_weights_that_training_would_start_from_can_predict(view: PredictView, studio: Studio) -> None:
    studio.apply("Start", edits.start_from(studio.state.project, Weights("/m/theirs.pth", "abc")))
    assert view.invitation.isVisible()


def test_chosen_file_is_predicted(
    trained: PredictView, studio: Studio, link: FakeLink, qtbot: QtBot, preview: Path
) -> None:
    table = preview.with_name("new.csv")
    table.touch()
    QTest.mouseClick(trained.choose, Qt.MouseButton.LeftButton)
    dialog = next(dialogs(trained))
    dialog.setDirectory(str(table.parent))
    dialog.selectFile(str(table))
    dialog.accept()
    qtbot.waitUntil(lambda: bool(link.asked(PredictTable)))
    assert link.asked(PredictTable) == [PredictTable("/m/best.pth", TableSource(str(table)))]
    assert trained.note.text() == "Predicting new.csv …"
    assert not trained.again.isEnabled()
    link.answer(PredictTable, predicted(preview))
    qtbot.waitUntil(trained.again.isEnabled)
    assert trained.note.text() == "new.csv · 2 rows predicted"
    assert trained.grid.mapped.rowCount() == 2
    assert studio.notices.all == []


def test_answers_stand_in_front_and_stand_out(trained: PredictView, preview: Path, studio: Studio) -> None:
    assert drop(trained, "/data/new.csv")
    studio.predicted.tell(predicted(preview))
    grid = trained.grid
    header = grid.horizontalHeader()
    names = [grid.mapped.names[header.logicalIndex(place)] for place in range(4)]
    assert names == ["predicted_species", "probability_Adelie", "island", "bill_length_mm"]
    assert [grid.mapped.headerData(column, Qt.Orientation.Horizontal, MARKED) for column in range(4)] == [
        False,
        False,
        True,
        True,
    ]


@pytest.mark.parametrize("paths", [("/p/other.nnstudio",), ("/m/other.pth",), ("/data/a.csv", "/data/b.csv")])
def test_what_is_no_table_is_left_to_the_window(trained: PredictView, link: FakeLink, paths: tuple[str, ...]) -> None:
    assert not drop(trained, *paths)
    assert link.asked(PredictTable) == []


def test_warnings_are_named(trained: PredictView, studio: Studio, preview: Path) -> None:
    drop(trained, "/data/new.csv")
    studio.predicted.tell(predicted(preview, warnings=("“island” has the unknown category “Foo” in 3 rows.",)))
    assert trained.warnings.isVisible()
    assert "“Foo”" in trained.warnings._text.text()
    studio.predicted.tell(predicted(preview, warnings=tuple(f"warning {number}" for number in range(9))))
    assert trained.warnings._text.text().endswith(f"and {9 - MOST_WARNINGS} more")
    studio.predicted.tell(predicted(preview))
    assert not trained.warnings.isVisible()


def test_missing_columns_are_said_here_and_as_a_notice(
    trained: PredictView, studio: Studio, link: FakeLink, qtbot: QtBot, preview: Path
) -> None:
    drop(trained, "/data/new.csv")
    error = DataError("“new.csv” cannot be predicted.", "The model needs the column “sex”.", "Add it.")
    link.answer(PredictTable, Failed(error))
    qtbot.waitUntil(trained.problem.isVisible)
    assert trained.problem.title == "“new.csv” cannot be predicted."
    assert [notice.what for notice in studio.notices.all] == ["“new.csv” cannot be predicted."]
    assert trained.again.isEnabled()
    assert not trained.save.isEnabled()
    assert not trained.grid.isVisible()
    drop(trained, "/data/better.csv")
    link.answer(PredictTable, predicted(preview))
    qtbot.waitUntil(trained.grid.isVisible)
    assert not trained.problem.isVisible()
    assert trained.save.isEnabled()


def test_answers_are_saved_as_csv(
    trained: PredictView, studio: Studio, link: FakeLink, qtbot: QtBot, preview: Path
) -> None:
    table = preview.with_name("new.csv")
    drop(trained, str(table))
    studio.predicted.tell(predicted(preview))
    QTest.mouseClick(trained.save, Qt.MouseButton.LeftButton)
    dialog = next(dialogs(trained))
    assert Path(dialog.selectedFiles()[0]).name == "new-predicted.csv"
    dialog.selectFile(str(preview.with_name("answers")))
    dialog.accept()
    qtbot.waitUntil(lambda: len(link.asked(PredictTable)) == 2)
    out = str(preview.with_name("answers.csv"))
    assert link.asked(PredictTable)[-1] == PredictTable("/m/best.pth", TableSource(str(table)), out)
    link.answer(PredictTable, predicted(preview, out))
    qtbot.waitUntil(lambda: bool(studio.notices.all))
    assert trained.note.text() == "new.csv · 2 rows predicted · saved as answers.csv"
    assert studio.notices.all[-1].what == "The predictions were saved as “answers.csv”."


def test_another_network_clears_the_answers_of_the_last(trained: PredictView, studio: Studio, preview: Path) -> None:
    drop(trained, "/data/new.csv")
    studio.predicted.tell(predicted(preview))
    start(studio)
    assert trained.untrained.isVisible(), "while it trains there is none"
    studio.run.receive([finished()])
    assert trained.invitation.isVisible()
    assert trained.grid.mapped.table is None


def test_answers_that_come_too_late_are_not_shown(trained: PredictView, studio: Studio, preview: Path) -> None:
    drop(trained, "/data/new.csv")
    start(studio)
    studio.predicted.tell(predicted(preview))
    studio.not_predicted.tell(DataError("too late"))
    assert trained.untrained.isVisible()
    assert trained.grid.mapped.table is None


def test_preview_that_is_gone_is_said(trained: PredictView, studio: Studio, tmp_path: Path) -> None:
    drop(trained, "/data/new.csv")
    studio.predicted.tell(predicted(tmp_path / "gone.arrow"))
    assert trained.problem.isVisible()
    assert not trained.save.isEnabled()


def test_pictures_are_predicted_by_the_folder(
    view: PredictView, studio: Studio, link: FakeLink, tmp_path: Path
) -> None:
    open_found(studio, picture_source(), picture_facts())
    start(studio)
    studio.run.receive([finished()])
    drop(view, str(tmp_path))
    (asked,) = link.asked(PredictTable)
    assert asked.source == ImageFolderSource(str(tmp_path), 8, 8, "grey")
    QTest.mouseClick(view.again, Qt.MouseButton.LeftButton)
    assert next(dialogs(view), None) is None, "one at a time"


def test_another_file_of_the_same_kind_is_read_in_the_same_way(
    trained: PredictView, studio: Studio, link: FakeLink
) -> None:
    source = TableSource("/data/penguins.csv", ";", "cp1252", decimal=",")
    studio.apply("Read", edits.set_source(studio.state.project, source))
    trained.open_path(Path("/new/birds.CSV"))
    asked = link.asked(PredictTable)[-1]
    assert (asked.source, asked.detect) == (replace(source, path="/new/birds.CSV"), False)
    trained.open_path(Path("/new/birds.xlsx"))
    asked = link.asked(PredictTable)[-1]
    assert (asked.source.path, asked.detect) == ("/new/birds.xlsx", True)
