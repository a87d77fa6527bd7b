"""Dialogs ask before anything is lost, and tell what a report needs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QLabel, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.gui.actions.table import ACTIONS
from nnstudio.gui.dialogs.about import AboutDialog
from nnstudio.gui.dialogs.ask import Answer, ask_end_run, ask_unsaved
from nnstudio.gui.dialogs.files import OPEN_FILTERS, FileDialogs
from nnstudio.gui.dialogs.shortcuts import ShortcutsDialog
from nnstudio.gui.drop import ELSEWHERE
from nnstudio.gui.studio import Studio
from nnstudio.resources import resource
from nnstudio.session import edits
from nnstudio.session.preferences import Preferences
from nnstudio.spec.diagnosis import CardFacts, DeviceTrial, Diagnosis, Machine, StoreFacts
from nnstudio.spec.errors import FileError
from nnstudio.spec.events import Diagnosed, EngineReady, Failed, SourceOpened
from nnstudio.spec.files import load_project
from nnstudio.spec.requests import Diagnose, ExportRows, OpenPath, OpenSource, SaveModel
from nnstudio.spec.sources import ImageFolderSource
from nnstudio.spec.splits import FileSplit
from tests.gui.fakes import FakeLink, iris_source, open_iris, started
from tests.gui.search.searches import search_iris

FILES = "nnstudio.gui.dialogs.files"
DIAGNOSIS = Diagnosis(
    {"nnstudio": "0.1.0", "Python": "3.11.7"},
    Machine("Linux", "x86_64", 2, 1, 0, 0),
    CardFacts("2.13.0+cpu", trials=(DeviceTrial("cpu", "x86_64", 0.1),)),
    (),
    StoreFacts(),
)


@pytest.fixture
def dialogs(studio: Studio, plain_window: QWidget) -> FileDialogs:
    return FileDialogs(studio, plain_window)


def choose(monkeypatch: pytest.MonkeyPatch, path: Path | str) -> None:
    """Let the user choose ``path`` in every dialog; empty cancels."""
    for name in ("getOpenFileName", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, name, lambda *_: (str(path), ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(path))


def answer(monkeypatch: pytest.MonkeyPatch, unsaved: Answer, end_run: bool = True) -> list[str]:
    """Let the user answer every question so; gives the names that were asked about."""
    asked: list[str] = []

    def ask(_: QWidget, name: str) -> Answer:
        asked.append(name)
        return unsaved

    monkeypatch.setattr(f"{FILES}.ask_unsaved", ask)
    monkeypatch.setattr(f"{FILES}.ask_end_run", lambda *_: end_run)
    return asked


def test_a_table_is_opened_without_asking(
    studio: Studio, link: FakeLink, dialogs: FileDialogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_iris(studio)
    asked = answer(monkeypatch, "cancel")
    choose(monkeypatch, "/data/wine.csv")
    dialogs.open()
    assert asked == []
    assert link.asked(OpenPath)[-1].path == str(Path("/data/wine.csv").absolute())


def test_cancelling_a_dialog_opens_nothing(
    link: FakeLink, dialogs: FileDialogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(monkeypatch, "")
    dialogs.open()
    dialogs.open_folder()
    dialogs.save_as()
    dialogs.save_model()
    assert link.requests == {}


def test_a_folder_is_opened(
    link: FakeLink, dialogs: FileDialogs, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    choose(monkeypatch, tmp_path)
    dialogs.open_folder()
    assert link.asked(OpenPath)[-1].path == str(tmp_path)


def test_another_project_asks_for_unsaved_changes(
    studio: Studio, dialogs: FileDialogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_iris(studio)
    before = studio.state.project
    asked = answer(monkeypatch, "cancel")
    dialogs.open_path(Path("other.nnstudio"))
    dialogs.new()
    assert asked == ["iris", "iris"]
    assert studio.state.project == before
    answer(monkeypatch, "discard")
    dialogs.new()
    assert studio.state.project.data is None


def test_a_project_is_refused_without_a_question_while_a_run_goes_on(
    studio: Studio, dialogs: FileDialogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_iris(studio)
    before = studio.state.project
    asked = answer(monkeypatch, "discard")
    studio.train()
    dialogs.open_path(resource("samples/penguins.nnstudio"))
    assert asked == []
    assert studio.state.project == before
    assert [notice.what for notice in studio.notices.all][-1] == "A run is under way."


def test_save_asks_for_a_name_once(
    studio: Studio, dialogs: FileDialogs, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    open_iris(studio)
    choose(monkeypatch, tmp_path / "mine")
    assert dialogs.save()
    path = tmp_path / "mine.nnstudio"
    assert studio.state.path == path
    choose(monkeypatch, "")
    studio.suggest_network()
    assert dialogs.save()
    assert load_project(path) == studio.state.project


def test_a_sample_is_saved_elsewhere_and_stays_as_it_is(
    studio: Studio, dialogs: FileDialogs, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sample = resource("samples/iris.nnstudio")
    before = sample.read_bytes()
    studio.open_project(sample)
    studio.apply("Epochs", edits.set_training(studio.state.project, replace(studio.state.project.training, epochs=7)))
    asked: list[str] = []

    def ask(_parent: QWidget, _title: str, suggested: str, *_: object) -> tuple[str, str]:
        asked.append(suggested)
        return str(tmp_path / "mine.nnstudio"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    assert dialogs.save()
    assert asked == [str(Path.home() / "iris.nnstudio")]
    assert sample.read_bytes() == before
    assert load_project(tmp_path / "mine.nnstudio") == studio.state.project


def test_a_dialog_begins_where_the_last_file_was(
    studio: Studio, dialogs: FileDialogs, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    begun: list[str] = []

    def ask(_parent: QWidget, _title: str, begin: str, _filters: str) -> tuple[str, str]:
        begun.append(begin)
        return "", ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", ask)
    dialogs.open()
    studio.prefer(Preferences(recent=(str(tmp_path / "a.nnstudio"),)))
    dialogs.open()
    assert begun == [str(Path.home()), str(tmp_path)]


def test_closing_with_unsaved_changes_can_save_them(
    studio: Studio, dialogs: FileDialogs, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert dialogs.may_close()
    open_iris(studio)
    answer(monkeypatch, "cancel")
    assert not dialogs.may_close()
    answer(monkeypatch, "save")
    choose(monkeypatch, "")
    assert not dialogs.may_close()  # the question for a name was cancelled
    choose(monkeypatch, tmp_path / "mine.nnstudio")
    assert dialogs.may_close()
    assert (tmp_path / "mine.nnstudio").exists()


def test_closing_during_a_run_asks(studio: Studio, dialogs: FileDialogs, monkeypatch: pytest.MonkeyPatch) -> None:
    open_iris(studio)
    studio.run.start(studio.state.project)
    studio.run.receive([started()])
    answer(monkeypatch, "discard", end_run=False)
    assert not dialogs.may_close()
    answer(monkeypatch, "discard", end_run=True)
    assert dialogs.may_close()


def test_closing_while_seeds_are_repeated_asks(
    studio: Studio, dialogs: FileDialogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_iris(studio)
    studio.repeater.repeat(3)
    answer(monkeypatch, "discard", end_run=False)
    assert not dialogs.may_close()


def test_closing_during_a_search_asks(studio: Studio, dialogs: FileDialogs, monkeypatch: pytest.MonkeyPatch) -> None:
    search_iris(studio)
    studio.searcher.start()
    answer(monkeypatch, "discard")
    asked: list[QWidget] = []
    monkeypatch.setattr(f"{FILES}.ask_end_search", asked.append)
    assert not dialogs.may_close()
    assert len(asked) == 1


@pytest.mark.parametrize(("chosen", "saved"), [("/m/a", "/m/a.pth"), ("/m/a.pt", "/m/a.pt")])
def test_a_model_is_saved_as_a_pth(
    link: FakeLink, dialogs: FileDialogs, monkeypatch: pytest.MonkeyPatch, chosen: str, saved: str
) -> None:
    choose(monkeypatch, chosen)
    dialogs.save_model(state_dict_only=True)
    request = link.asked(SaveModel)[-1]
    assert request == replace(request, out=str(Path(saved)), state_dict_only=True)


@pytest.mark.parametrize(
    ("button", "expected"),
    [
        (QMessageBox.StandardButton.Save, "save"),
        (QMessageBox.StandardButton.Discard, "discard"),
        (QMessageBox.StandardButton.Cancel, "cancel"),
    ],
)
def test_three_answers(
    plain_window: QWidget, monkeypatch: pytest.MonkeyPatch, button: QMessageBox.StandardButton, expected: str
) -> None:
    monkeypatch.setattr(QMessageBox, "exec", lambda _: button.value)
    assert ask_unsaved(plain_window, "iris") == expected


def test_a_run_is_not_ended_by_default(plain_window: QWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    told: list[str] = []

    def cancel(box: QMessageBox) -> int:
        asked.append(box.text())
        told.append(box.informativeText())
        box.defaultButton().click()
        return 0

    def end(box: QMessageBox) -> int:
        next(button for button in box.buttons() if button.text() == "End and close").click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", cancel)
    assert not ask_end_run(plain_window)
    assert not ask_end_run(plain_window, 2)
    assert asked[1] == "A run is under way, and 2 more wait. End it and close?"
    assert "go on from its last checkpoint at the next start" in told[0], "as it does: no run is lost with the window"
    monkeypatch.setattr(QMessageBox, "exec", end)
    assert ask_end_run(plain_window)


def test_diagnostics_can_be_copied(plain_window: QWidget, studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
    about = AboutDialog(studio.engines, EngineReady("2.13.0+cpu", "cpu", 2.5), plain_window)
    assert about.text.splitlines()[-1] == "Looking at this machine …"
    link.answer(Diagnose, Diagnosed(DIAGNOSIS))
    qtbot.waitUntil(lambda: "Looking" not in about.text)
    about.copy.click()
    copied = QGuiApplication.clipboard().text()
    assert "Engine: 2.13.0+cpu on cpu, ready after 2.5 s" in copied
    assert "(offscreen), screen " in copied
    assert "Versions: nnstudio 0.1.0, Python 3.11.7." in copied
    assert "Graphics card: None is used. PyTorch finds none that it can compute on." in copied


def test_about_says_what_it_could_not_find_out(
    plain_window: QWidget, studio: Studio, link: FakeLink, qtbot: QtBot
) -> None:
    about = AboutDialog(studio.engines, None, plain_window)
    assert "Engine: not ready yet" in about.text
    link.answer(Diagnose, Failed(FileError("It is not there.")))
    qtbot.waitUntil(lambda: about.text.endswith("It is not there."))


def test_about_may_be_closed_before_the_answer(
    plain_window: QWidget, studio: Studio, link: FakeLink, qtbot: QtBot
) -> None:
    about = AboutDialog(studio.engines, None, plain_window)
    about.reject()
    before = about.text
    link.answer(Diagnose, Diagnosed(DIAGNOSIS))
    heard: list[object] = []
    studio.engines.submit(Diagnose(), heard.extend)
    link.answer(Diagnose, Diagnosed(DIAGNOSIS))
    qtbot.waitUntil(lambda: bool(heard))
    assert about.text == before


def test_every_shortcut_is_on_the_sheet(plain_window: QWidget) -> None:
    sheet = ShortcutsDialog(ACTIONS, plain_window)
    shown = {label.text() for label in sheet.findChildren(QLabel)}
    assert {row.title for row in ACTIONS if row.shortcut} <= shown
    assert {row.shortcut for row in ACTIONS if row.shortcut} <= shown


class TestSeveralFilesAndTheClipboard:
    def test_files_for_training_and_test_are_opened_as_one(
        self, studio: Studio, link: FakeLink, dialogs: FileDialogs, qtbot: QtBot
    ) -> None:
        dialogs.open_paths([Path("/d/test.csv"), Path("/d/train.csv")])
        assert [request.path for request in link.asked(OpenPath)] == [str(Path("/d/train.csv").absolute())]
        link.answer(OpenPath, SourceOpened(iris_source()))
        qtbot.waitUntil(lambda: studio.state.project.data is not None)
        assert studio.state.project.data is not None
        assert studio.state.project.data.split == FileSplit("", str(Path("/d/test.csv").absolute()))

    def test_of_others_the_first_is_opened_and_that_is_said(
        self, studio: Studio, link: FakeLink, dialogs: FileDialogs
    ) -> None:
        dialogs.open_paths([Path("/d/b.csv"), Path("/d/a.csv")])
        assert [Path(request.path).name for request in link.asked(OpenPath)] == ["b.csv"]
        assert studio.notices.all[-1].what == "Only “b.csv” was opened."

    def test_while_a_run_is_under_way_no_project_is_opened(self, studio: Studio, dialogs: FileDialogs) -> None:
        open_iris(studio)
        project, table = Path("/d/other.nnstudio"), Path("/d/new.csv")
        assert dialogs.plan([project]).open == (project,)
        studio.run.start(studio.state.project)
        assert dialogs.plan([project]).open == ()
        assert "stop it first" in dialogs.plan([project]).text
        assert dialogs.plan([table]).open == (table,), "other data count from the next run on"

    def test_what_is_no_file_is_refused_in_words(self, studio: Studio, dialogs: FileDialogs) -> None:
        dialogs.refuse(ELSEWHERE)
        assert str(studio.notices.all[-1].what) == "Only files of this computer can be opened."

    def test_cells_are_pasted(self, link: FakeLink, dialogs: FileDialogs, own_configuration: Path) -> None:
        del own_configuration
        QGuiApplication.clipboard().setText("a\tb\n1\t2\n")
        dialogs.paste()
        (request,) = link.asked(OpenPath)
        assert Path(request.path).read_text(encoding="utf-8") == "a\tb\n1\t2\n"

    def test_files_are_pasted(self, link: FakeLink, dialogs: FileDialogs) -> None:
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile("/d/iris.csv")])
        QGuiApplication.clipboard().setMimeData(mime)
        dialogs.paste()
        assert [Path(request.path).name for request in link.asked(OpenPath)] == ["iris.csv"]

    def test_an_empty_clipboard_is_said(self, studio: Studio, link: FakeLink, dialogs: FileDialogs) -> None:
        QGuiApplication.clipboard().clear()
        dialogs.paste()
        assert studio.notices.all[-1].what == "There is no table on the clipboard."
        assert link.requests == {}

    @pytest.fixture(autouse=True)
    def own_data(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("NNSTUDIO_DATA", str(tmp_path / "data"))


def test_every_kind_of_data_can_be_chosen() -> None:
    for ending in ("csv", "tsv", "gz", "zst", "xlsx", "parquet", "feather", "jsonl", "npz", "pt", "sqlite", "nnstudio"):
        assert f"*.{ending}" in OPEN_FILTERS.partition(";;")[0]


def test_a_folder_of_pictures_is_located_as_a_folder(
    studio: Studio, link: FakeLink, dialogs: FileDialogs, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    dialogs.locate()  # there is nothing to look for yet
    source = replace(iris_source(), source=ImageFolderSource(str(tmp_path / "gone" / "pets")))
    studio.document.found_source(source)
    studio.apply("Open", edits.open_source(studio.state.project, source))
    choose(monkeypatch, tmp_path / "pets")
    dialogs.locate()
    assert link.asked(OpenSource)[-1].source == ImageFolderSource(str(tmp_path / "pets"))


def test_exporting_rows_asks_where(
    studio: Studio, link: FakeLink, dialogs: FileDialogs, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    choose(monkeypatch, tmp_path / "rows")
    dialogs.export_rows()
    assert link.requests == {}
    open_iris(studio)
    dialogs.export_rows("validation")
    (request,) = link.asked(ExportRows)
    assert (request.out, request.part) == (str(tmp_path / "rows.csv"), "validation")
