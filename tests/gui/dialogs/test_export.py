"""A trained model is written in the forms that are ticked; each says how that went."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.gui.dialogs.export import ExportDialog, ask_export
from nnstudio.gui.dialogs.files import FileDialogs
from nnstudio.gui.studio import Studio
from nnstudio.spec.errors import DataError
from nnstudio.spec.events import Exported, ExportFailed, Exporting, Failed, Stop
from nnstudio.spec.exports import EXPORTS
from nnstudio.spec.requests import ExportModel
from tests.gui.fakes import FINISHED, FakeLink, open_iris, started

Left = Qt.MouseButton.LeftButton


@pytest.fixture
def dialog(studio: Studio, plain_window: QWidget, tmp_path: Path) -> ExportDialog:
    dialog = ask_export(studio, "/runs/best.pth", "iris", plain_window)
    dialog.folder.setText(str(tmp_path))
    return dialog


def tick(dialog: ExportDialog, *keys: str) -> None:
    for key in keys:
        QTest.keyClick(dialog.rows[key].wanted, Qt.Key.Key_Space)


def test_every_kind_is_offered_with_its_sentence_and_its_file(dialog: ExportDialog, tmp_path: Path) -> None:
    assert list(dialog.rows) == list(EXPORTS)
    assert dialog.rows["python"].file.text() == "iris-train.py"
    (tmp_path / "flowers-train.py").touch()
    dialog.name.setText("flowers")
    assert dialog.rows["python"].file.text() == "flowers-train.py"
    assert not dialog.export.isEnabled(), "nothing is ticked"
    tick(dialog, "python")
    assert dialog.rows["python"].file.text() == "flowers-train.py (replaces the old one)"


def test_the_words_tick_as_well(dialog: ExportDialog) -> None:
    row = dialog.rows["python"]
    QTest.mouseClick(row, Left, pos=QPoint(row.width() // 2, row.height() - 3))
    assert dialog.wanted == ["python"]


def test_a_name_that_no_file_can_have_is_changed(studio: Studio, plain_window: QWidget) -> None:
    assert ask_export(studio, "/m.pth", "a/b: c.nnstudio", plain_window).name.text() == "a-b- c"


@pytest.mark.parametrize(
    ("name", "folder", "said"),
    [
        ("", "", "Give the files"),
        ("a/b", "", "a name"),
        ("a", "/no/where", "no such"),
        ("x" * 300, "", "too long for a file"),
        ("a", "/" + "x" * 300, "no such"),
        ("a", "~nobody-of-that-name/x", "no such"),
    ],
)
def test_what_cannot_be_a_file_is_said(dialog: ExportDialog, name: str, folder: str, said: str) -> None:
    tick(dialog, "python")
    assert dialog.export.isEnabled()
    dialog.name.setText(name)
    dialog.folder.setText(folder or dialog.folder.text())
    assert said in dialog.problem.text()
    assert not dialog.export.isEnabled()


def test_what_is_ticked_is_written(
    qtbot: QtBot, studio: Studio, link: FakeLink, dialog: ExportDialog, tmp_path: Path
) -> None:
    tick(dialog, "python", "notebook")
    QTest.mouseClick(dialog.export, Left)
    script, cells = str(tmp_path / "iris-train.py"), str(tmp_path / "iris-train.ipynb")
    assert link.asked(ExportModel) == [
        ExportModel("/runs/best.pth", {"python": script, "notebook": cells}),
    ]
    assert not dialog.name.isEnabled()
    first = min(link.requests)
    link.answer(ExportModel, Exporting("notebook", "Looking at the rows"), done=False)
    qtbot.waitUntil(lambda: dialog.rows["notebook"].said.text() == "Looking at the rows…")
    link.answer(ExportModel, Exported("notebook", cells, "Run it."))
    qtbot.waitUntil(lambda: dialog.rows["notebook"].said.text() == "Written. Run it.")
    assert first in link.requests
    assert dialog.close_button.text() == "Stop", "the script is still to come"
    assert "Jupyter notebook saved as “iris-train.ipynb”." in [notice.what for notice in studio.notices.all]
    assert not dialog.show_folder.isHidden()


def test_what_failed_says_why_and_can_be_tried_again(qtbot: QtBot, link: FakeLink, dialog: ExportDialog) -> None:
    tick(dialog, "python")
    QTest.mouseClick(dialog.export, Left)
    link.answer(ExportModel, Failed(DataError("The data are others.", "The file changed.", "Train anew.")))
    qtbot.waitUntil(lambda: dialog.close_button.text() == "Close")
    assert dialog.rows["python"].said.text() == "The data are others. The file changed. Train anew."
    assert dialog.show_folder.isHidden()
    assert dialog.export.isEnabled()


def test_what_one_form_lacks_costs_that_form_alone(qtbot: QtBot, link: FakeLink, dialog: ExportDialog) -> None:
    tick(dialog, "python", "report")
    QTest.mouseClick(dialog.export, Left)
    link.answer(ExportModel, ExportFailed("python", DataError("The data are others.")), done=False)
    qtbot.waitUntil(lambda: dialog.rows["python"].said.text() == "The data are others.")
    assert dialog.rows["report"].said.text() == "Waiting…"
    assert dialog.close_button.text() == "Stop"
    link.answer(ExportModel, Failed(DataError("The engine is gone.")))
    qtbot.waitUntil(lambda: dialog.close_button.text() == "Close")
    assert dialog.rows["report"].said.text() == "The engine is gone."
    assert dialog.rows["python"].said.text() == "The data are others."


def test_stop_ends_what_is_under_way(link: FakeLink, dialog: ExportDialog) -> None:
    tick(dialog, "python")
    QTest.mouseClick(dialog.export, Left)
    QTest.mouseClick(dialog.close_button, Left)
    assert [command for _, command in link.commands] == [Stop()]
    assert dialog.rows["python"].said.text() == "Stopped."
    assert dialog.isVisible()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_what_comes_behind_its_end_finds_nobody(
    qtbot: QtBot, link: FakeLink, dialog: ExportDialog, studio: Studio
) -> None:
    tick(dialog, "python")
    QTest.mouseClick(dialog.export, Left)
    for _ in ("stop", "close"):
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    link.answer(ExportModel, Exporting("python", "Writing"), Exported("python", "/x.py", "Done."))
    heard: list[object] = []
    studio.export("/runs/best.pth", {}, heard.extend)
    link.answer(ExportModel, Failed(DataError("The next one.")))
    qtbot.waitUntil(lambda: bool(heard))


def test_what_people_read_is_opened(
    qtbot: QtBot, link: FakeLink, dialog: ExportDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    tick(dialog, "report")
    QTest.mouseClick(dialog.export, Left)
    report = str(tmp_path / "iris-report.html")
    link.answer(ExportModel, Exported("report", report, "Any browser opens it."))
    qtbot.waitUntil(lambda: not dialog.rows["report"].open.isHidden())
    assert dialog.rows["python"].open.isHidden()
    QTest.mouseClick(dialog.rows["report"].open, Left)
    assert opened == [report]


def test_the_folder_is_chosen_and_shown(dialog: ExportDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path.parent))
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    QTest.mouseClick(dialog.choose, Left)
    assert dialog.folder.text() == str(tmp_path.parent)
    dialog.show_folder.show()
    QTest.mouseClick(dialog.show_folder, Left)
    assert opened == [str(tmp_path.parent)]


def test_the_file_menu_exports_the_weights_at_hand(studio: Studio, plain_window: QWidget) -> None:
    open_iris(studio)
    studio.train()
    studio.run.receive([started(10), FINISHED])
    FileDialogs(studio, plain_window).export()
    (dialog,) = plain_window.findChildren(ExportDialog)
    assert dialog.windowTitle() == "Export iris"
    assert dialog._model == FINISHED.best_weights
