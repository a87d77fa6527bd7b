"""Every row of a file: chosen, dropped or pasted, checked with progress, cancelled, shown and written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from nnstudio.gui.drop import DropHint
from nnstudio.gui.predict.file import MOST_WARNINGS, FilePage, progress_words
from nnstudio.gui.predict.view import PredictView
from nnstudio.gui.studio import Studio
from nnstudio.gui.tables.header import MARKED
from nnstudio.session import edits
from nnstudio.spec.errors import DataError
from nnstudio.spec.events import Failed, Predicted, PredictedFirst, Predicting, PredictingStopped, Reading, Stop
from nnstudio.spec.model import Weights
from nnstudio.spec.requests import PredictTable
from nnstudio.spec.sources import ImageFolderSource, TableSource
from tests.gui.data.penguins import open_found, open_penguins, picture_facts, picture_source
from tests.gui.fakes import FakeLink
from tests.gui.predict.conftest import COLUMNS
from tests.gui.results.runs import finished, start


def predicted(preview: Path, out: str = "", warnings: tuple[str, ...] = (), rows: int = 2) -> Predicted:
    return Predicted(rows, COLUMNS, str(preview), out, warnings, COLUMNS[2:])


def files(*paths: str) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(path) for path in paths])
    return mime


def hold(view: PredictView, mime: QMimeData) -> str:
    """Hold files over the view; gives what it says that letting go would do, or nothing where it does not want them."""
    copy, left, no_keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(50, 50), copy, mime, left, no_keys)
    enter.ignore()
    QCoreApplication.sendEvent(view, enter)
    return view.findChildren(DropHint)[0].words.text() if enter.isAccepted() else ""


def drop(view: PredictView, *paths: str) -> bool:
    """Hold files over the view and let go; says whether it wanted them."""
    mime = files(*paths)
    if not hold(view, mime):
        return False
    copy, left, no_keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QCoreApplication.sendEvent(view, QDropEvent(QPointF(50, 50), copy, mime, left, no_keys))
    assert not view.findChildren(DropHint)[0].isVisible()
    return True


def dialogs(page: FilePage) -> Iterator[QFileDialog]:
    return (dialog for dialog in page.findChildren(QFileDialog) if dialog.isVisible())


@pytest.fixture
def page(trained: PredictView) -> FilePage:
    trained.show_page("file")
    return trained.file


@pytest.fixture
def shown(page: FilePage, trained: PredictView, link: FakeLink, qtbot: QtBot, preview: Path) -> FilePage:
    """The page with the two rows of a file."""
    drop(trained, str(preview.with_name("new.csv")))
    link.answer(PredictTable, predicted(preview))
    qtbot.waitUntil(page.grid.isVisible)
    return page


def test_without_a_network_it_says_how_to_get_one(view: PredictView, studio: Studio) -> None:
    assert view.untrained.isVisible()
    assert not drop(view, "/data/new.csv"), "the window takes it"
    open_penguins(studio)
    assert view.untrained.isVisible()


def test_after_a_run_it_invites(page: FilePage, trained: PredictView, studio: Studio) -> None:
    assert page.invitation.isVisible()
    studio.new_project()
    assert trained.untrained.isVisible()


def test_weights_that_training_would_start_from_can_predict(view: PredictView, studio: Studio) -> None:
    studio.apply("Start", edits.start_from(studio.state.project, Weights("/m/theirs.pth", "abc")))
    assert view.model.text() == "The weights of “theirs.pth”."


def test_probabilities_are_shown_with_four_decimals(shown: FilePage) -> None:
    names = shown.grid.mapped.names
    chance = names.index("probability_Adelie")
    text = shown.grid.mapped.shown(0, chance)
    assert len(text.partition(".")[2]) == 4


def test_a_chosen_file_is_predicted(page: FilePage, link: FakeLink, qtbot: QtBot, preview: Path) -> None:
    table = preview.with_name("new.csv")
    table.touch()
    QTest.mouseClick(page.choose, Qt.MouseButton.LeftButton)
    dialog = next(dialogs(page))
    dialog.setDirectory(str(table.parent))
    dialog.selectFile(str(table))
    dialog.accept()
    qtbot.waitUntil(lambda: bool(link.asked(PredictTable)))
    assert link.asked(PredictTable) == [PredictTable("/m/best.pth", TableSource(str(table)))]
    assert page.how_far.text() == "Checking the rows…"
    assert not page.again.isEnabled()
    link.answer(PredictTable, predicted(preview))
    qtbot.waitUntil(page.again.isEnabled)
    assert page.note.text() == "new.csv · 2 rows"
    assert page.grid.mapped.rowCount() == 2


def test_answers_stand_in_front_and_stand_out(shown: FilePage) -> None:
    grid = shown.grid
    header = grid.horizontalHeader()
    names = [grid.mapped.names[header.logicalIndex(place)] for place in range(4)]
    assert names == ["predicted_species", "probability_Adelie", "island", "bill_length_mm"]
    marked = [grid.mapped.headerData(column, Qt.Orientation.Horizontal, MARKED) for column in range(4)]
    assert marked == [False, False, True, True]


def test_of_a_long_file_the_first_rows_come_while_the_others_are_checked(
    page: FilePage, trained: PredictView, link: FakeLink, qtbot: QtBot, preview: Path
) -> None:
    drop(trained, "/data/huge.csv")
    head, how_far = PredictedFirst(str(preview)), Reading(2_000_000, 8_000_000, "bytes", 3.0)
    link.answer(PredictTable, head, how_far, done=False)
    qtbot.waitUntil(page.grid.isVisible)
    assert page.how_far.text() == "Checking · 2 of 8 MB · 0:03 left"
    assert page.progress.value() == 250
    assert not page.save.isVisible()
    link.answer(PredictTable, predicted(preview, rows=10_000_000))
    qtbot.waitUntil(page.save.isVisible)
    assert page.note.text() == "huge.csv · 10,000,000 rows · the first 2 are shown"


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        (None, "Checking the rows…"),
        (Reading(30, 600, "pictures", 4.0), "Checking · 30 of 600 pictures · 0:04 left"),
        (Predicting(50_000, 1_000_000, 9.5, 100_000.0), "50,000 of 1,000,000 rows · 100,000 rows/s · 0:10 left"),
    ],
)
def test_how_far_it_is_is_said(progress: Reading | Predicting | None, words: str) -> None:
    assert progress_words(progress) == words


def test_all_rows_are_written_as_it_is_wanted(
    shown: FilePage, studio: Studio, link: FakeLink, qtbot: QtBot, preview: Path
) -> None:
    QTest.mouseClick(shown.probabilities, Qt.MouseButton.LeftButton)
    QTest.mouseClick(shown.save, Qt.MouseButton.LeftButton)
    dialog = next(dialogs(shown))
    assert Path(dialog.selectedFiles()[0]).name == "new-predicted.csv"
    dialog.selectFile(str(preview.with_name("answers")))
    dialog.accept()
    qtbot.waitUntil(lambda: len(link.asked(PredictTable)) == 2)
    out, source = str(preview.with_name("answers.csv")), TableSource(str(preview.with_name("new.csv")))
    asked = PredictTable("/m/best.pth", source, out, inputs=True, probabilities=False)
    assert link.asked(PredictTable)[-1] == asked
    link.answer(PredictTable, Predicting(1, 2, 1.0, 1.0), done=False)
    qtbot.waitUntil(lambda: shown.progress.value() == 500)
    link.answer(PredictTable, predicted(preview, out))
    qtbot.waitUntil(lambda: bool(studio.notices.all))
    assert studio.notices.all[-1].what == "The predictions were saved as “answers.csv”."
    assert not shown.progress.isVisible()


def test_a_prediction_is_cancelled(shown: FilePage, studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
    studio.predictor.file.write(Path("/data/out.csv"))
    QTest.mouseClick(shown.cancel, Qt.MouseButton.LeftButton)
    assert [command for _, command in link.commands][-1] == Stop()
    link.answer(PredictTable, PredictingStopped())
    qtbot.waitUntil(lambda: not shown.cancel.isVisible())
    assert studio.notices.all[-1].what == "The prediction was cancelled."
    assert shown.grid.isVisible(), "what was looked at stays"


@pytest.mark.parametrize("paths", [("/p/other.nnstudio",), ("/m/other.pth",), ("/data/a.csv", "/data/b.csv")])
def test_what_is_no_table_is_left_to_the_window(trained: PredictView, link: FakeLink, paths: tuple[str, ...]) -> None:
    assert not drop(trained, *paths)
    assert link.asked(PredictTable) == []


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("new.csv", "Drop to predict all of “new.csv”"),
        ("gone.csv", "“gone.csv” is not there."),
        ("letter.pdf", "“letter.pdf” cannot be predicted."),
        ("cat.png", "“cat.png” is no table."),
        ("pictures", "“pictures” is no table."),
    ],
)
def test_it_is_said_before_letting_go_what_cannot_be_predicted(
    described: PredictView, tmp_path: Path, name: str, says: str
) -> None:
    for each in ("new.csv", "letter.pdf", "cat.png"):
        (tmp_path / each).touch()
    (tmp_path / "pictures").mkdir()
    assert hold(described, files(str(tmp_path / name))) == says


def test_rows_are_pasted(
    trained: PredictView, link: FakeLink, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, studio: Studio
) -> None:
    monkeypatch.setenv("NNSTUDIO_DATA", str(tmp_path))
    mime = QMimeData()
    mime.setText("island\tbill_length_mm\nDream\t40\n")
    trained.paste(mime)
    (asked,) = link.asked(PredictTable)
    assert asked.detect
    assert Path(asked.source.path).read_text() == "island\tbill_length_mm\nDream\t40\n"
    assert trained.file.isVisible()
    clipboard = QGuiApplication.clipboard()
    clipboard.setText("island\nBiscoe\n")
    QTest.keyClick(trained, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert Path(link.asked(PredictTable)[-1].source.path).read_text() == "island\nBiscoe\n"
    trained.paste(QMimeData())
    assert studio.notices.all[-1].what == "There is no table on the clipboard."


def test_warnings_are_named(page: FilePage, trained: PredictView, link: FakeLink, qtbot: QtBot, preview: Path) -> None:
    drop(trained, "/data/new.csv")
    link.answer(PredictTable, predicted(preview, warnings=tuple(f"warning {number}" for number in range(9))))
    qtbot.waitUntil(page.warnings.isVisible)
    assert page.warnings.words.startswith("warning 0\n")
    assert page.warnings.words.endswith(f"and {9 - MOST_WARNINGS} more")


def test_missing_columns_are_said_here_and_as_a_notice(
    trained: PredictView, studio: Studio, link: FakeLink, qtbot: QtBot, preview: Path
) -> None:
    page = trained.file
    trained.show_page("file")
    drop(trained, "/data/new.csv")
    error = DataError("“new.csv” cannot be predicted.", "The model needs the column “sex”.", "Add it.")
    link.answer(PredictTable, Failed(error))
    qtbot.waitUntil(page.problem.isVisible)
    assert page.problem.title == "“new.csv” cannot be predicted."
    assert [notice.what for notice in studio.notices.all] == ["“new.csv” cannot be predicted."]
    assert page.again.isEnabled()
    assert not page.save.isVisible()
    assert not page.grid.isVisible()
    drop(trained, "/data/better.csv")
    link.answer(PredictTable, predicted(preview))
    qtbot.waitUntil(page.grid.isVisible)
    assert not page.problem.isVisible()
    assert page.save.isVisible()


def test_while_a_run_goes_on_the_network_before_it_answers(
    shown: FilePage, trained: PredictView, studio: Studio
) -> None:
    start(studio)
    assert shown.grid.isVisible()
    assert trained.model.text().endswith("while another run is going on.")
    studio.run.receive([replace(finished(), best_weights="/m/second.pth")])
    assert shown.invitation.isVisible()
    assert studio.predictor.answering.model == "/m/second.pth"


def test_answers_that_come_too_late_are_not_shown(
    trained: PredictView, studio: Studio, link: FakeLink, qtbot: QtBot, preview: Path
) -> None:
    page = trained.file
    trained.show_page("file")
    drop(trained, "/data/new.csv")
    start(studio)
    studio.run.receive([replace(finished(), best_weights="/m/second.pth")])
    assert [command for _, command in link.commands][-1] == Stop()
    link.answer(PredictTable, predicted(preview))
    drop(trained, "/data/newer.csv")
    qtbot.waitUntil(lambda: page.note.text() == "newer.csv")
    assert page.grid.mapped.table is None


def test_a_file_is_written_to_its_end_although_another_network_comes_to_hand(
    trained: PredictView, shown: FilePage, link: FakeLink, qtbot: QtBot, preview: Path
) -> None:
    studio = trained._studio
    studio.predictor.file.write(Path("/out/all.csv"))
    start(studio)
    studio.run.receive([replace(finished(), best_weights="/m/second.pth")])
    assert trained.model.text() == "The best weights of run m. Another network is at hand since then."
    trained.show_page("example")
    assert trained.model.text() == "The best weights of the last run, of epoch 8."
    trained.show_page("file")
    assert shown.cancel.isVisible()
    assert Stop() not in [command for _, command in link.commands]
    link.answer(PredictTable, predicted(preview, out="/out/all.csv"))
    qtbot.waitUntil(shown.invitation.isVisible)
    assert studio.notices.all[-1].what == "The predictions were saved as “all.csv”."
    assert trained.model.text() == "The best weights of the last run, of epoch 8."


def test_a_file_is_given_up_with_a_word_where_no_network_is_at_hand_any_more(
    shown: FilePage, studio: Studio, link: FakeLink
) -> None:
    studio.predictor.file.write(Path("/out/all.csv"))
    studio.new_project()
    assert shown.invitation.isVisibleTo(shown)
    assert [command for _, command in link.commands][-1] == Stop()
    assert studio.notices.all[-1].what == "The prediction was cancelled."


def test_a_preview_that_is_gone_is_said(
    page: FilePage, trained: PredictView, link: FakeLink, qtbot: QtBot, tmp_path: Path
) -> None:
    drop(trained, "/data/new.csv")
    link.answer(PredictTable, predicted(tmp_path / "gone.arrow"))
    qtbot.waitUntil(page.problem.isVisible)
    assert not page.grid.isVisible()


def test_pictures_are_predicted_by_the_folder(
    view: PredictView, studio: Studio, link: FakeLink, tmp_path: Path
) -> None:
    open_found(studio, picture_source(), picture_facts())
    start(studio)
    studio.run.receive([finished()])
    drop(view, str(tmp_path))
    (asked,) = link.asked(PredictTable)
    assert asked.source == ImageFolderSource(str(tmp_path), 8, 8, "grey")


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


def test_a_network_of_pictures_asks_for_a_folder(trained: PredictView, studio: Studio) -> None:
    page = trained.file
    trained.show_page("file")
    assert (page.choose.text(), page.paste.isHidden()) == ("Choose a file…", False)
    data = edits.data_of(studio.state.project)
    studio.apply("Open pictures", replace(studio.state.project, data=replace(data, source=ImageFolderSource("/p"))))
    trained.show_page("example")
    trained.show_page("file")
    assert (page.choose.text(), page.paste.isHidden()) == ("Choose a folder…", True)
    assert page.invitation.heading.text() == "Predict every picture of a folder"
