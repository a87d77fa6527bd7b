"""A file on its way into the window: how it is read, how far it is, and what is asked about one that went astray."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.gui.data.file_banner import FileBanner
from nnstudio.gui.data.preview_grid import KIND, PreviewGrid
from nnstudio.gui.data.reading import ReadingProgress
from nnstudio.gui.data.reading_dialog import ReadingDialog
from nnstudio.gui.data.reading_line import ReadingLine
from nnstudio.gui.forms.editors import ChoiceEdit
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.session import edits
from nnstudio.spec.columns import Column, Kind
from nnstudio.spec.errors import DataError
from nnstudio.spec.events import Event, Failed, Previewed, Reading, SourceOpened, Stop
from nnstudio.spec.facts import Preview
from nnstudio.spec.requests import OpenPath, OpenSource, PreviewSource
from nnstudio.spec.sources import ColumnarSource, ExcelSource, ImageFolderSource, Source, TableSource
from tests.gui.data.penguins import data_of, open_penguins, penguin_facts, penguin_source
from tests.gui.fakes import FakeLink

Horizontal = Qt.Orientation.Horizontal


def preview_of(source: Source, rows: int = 3, choices: tuple[str, ...] = ()) -> Preview:
    columns = (Column("species", Kind.CATEGORY), Column("body_mass_g", Kind.NUMBER))
    cells = tuple(("Adelie", "" if row == 1 else f"{3_700 + row}") for row in range(rows))
    return Preview(source, columns, cells, choices)


def own(qtbot: QtBot, widget: QWidget) -> None:
    qtbot.addWidget(widget)
    widget.resize(360, 400)
    widget.show()


@pytest.fixture
def progress(qtbot: QtBot, theme: Theme, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> ReadingProgress:
    monkeypatch.setattr("nnstudio.gui.data.reading.PREVIEW_AFTER", 0)
    progress = ReadingProgress(studio, theme)
    qtbot.addWidget(progress)
    return progress


@pytest.fixture
def line(qtbot: QtBot, theme: Theme, studio: Studio) -> ReadingLine:
    line = ReadingLine(studio, theme)
    own(qtbot, line)
    return line


class TestProgress:
    def test_name_share_time_and_first_rows_are_shown_while_a_file_is_read(
        self, progress: ReadingProgress, studio: Studio, link: FakeLink, qtbot: QtBot, tmp_path: Path
    ) -> None:
        assert progress.isHidden()
        studio.open_path(tmp_path / "penguins.csv")
        assert not progress.isHidden()
        assert progress.words.text() == "Reading penguins.csv …"
        assert progress.bar.isHidden(), "nothing is known yet"
        events: Sequence[Event] = (
            Previewed(preview_of(TableSource("/p.csv"))),
            Reading(30_000_000, 120_000_000, "bytes", 9.0),
        )
        link.answer(OpenPath, *events, done=False)
        qtbot.waitUntil(lambda: progress.grid is not None)
        assert progress.grid is not None
        assert not progress.grid.isHidden()
        assert progress.amount.text() == "30 of 120 MB · 0:09 left"
        assert progress.bar.value() == 250
        assert progress.grid.rows.index(0, 0).data() == "Adelie"
        link.answer(OpenPath, SourceOpened(penguin_source()))
        qtbot.waitUntil(progress.isHidden)
        assert progress.grid.rows.preview is None, "the rows are let go"

    def test_reading_is_given_up_by_its_button(
        self, progress: ReadingProgress, studio: Studio, link: FakeLink, tmp_path: Path
    ) -> None:
        studio.open_path(tmp_path / "penguins.csv")
        progress.cancel.click()
        assert progress.isHidden()
        assert [command for _, command in link.commands] == [Stop()]
        assert studio.state.project.data is None

    def test_a_quick_file_shows_no_rows(
        self, progress: ReadingProgress, studio: Studio, link: FakeLink, qtbot: QtBot, tmp_path: Path
    ) -> None:
        progress._patience.setInterval(60_000)
        studio.open_path(tmp_path / "penguins.csv")
        link.answer(OpenPath, Previewed(preview_of(TableSource("/p.csv"))), SourceOpened(penguin_source()))
        qtbot.waitUntil(progress.isHidden)
        assert progress.grid is None
        assert not progress._patience.isActive()


class TestPreviewGrid:
    def test_kinds_stand_under_the_names_and_missing_cells_say_so(self, qtbot: QtBot, theme: Theme) -> None:
        grid = PreviewGrid(theme)
        own(qtbot, grid)
        grid.show_preview(preview_of(TableSource("/p.csv")))
        assert grid.rows.headerData(1, Horizontal) == "body_mass_g"
        assert grid.rows.headerData(1, Horizontal, KIND) == "number"
        assert [grid.rows.index(row, 1).data() for row in range(3)] == ["3700", "missing", "3702"]
        assert grid.grab().toImage().pixelColor(2, 2).isValid()
        theme.choose("dark")
        assert grid.grab().toImage().pixelColor(2, 2).isValid()

    def test_ragged_rows_and_enormous_cells_are_shown(self, qtbot: QtBot, theme: Theme) -> None:
        grid = PreviewGrid(theme)
        own(qtbot, grid)
        ragged = replace(preview_of(TableSource("/p.csv")), rows=(("x" * 1_000_000, "1"), ("a",)))
        grid.show_preview(ragged)
        assert grid.rows.index(1, 1).data() == "missing"
        assert len(str(grid.rows.index(0, 0).data())) == 300


class TestLine:
    def test_it_says_how_the_data_is_read(self, line: ReadingLine, studio: Studio) -> None:
        assert line.words.text() == ""
        open_penguins(studio)
        assert line.words.text() == "Read as text · comma · UTF-8"
        assert line.isVisible()

    def test_it_says_which_sheet_of_how_many(self, line: ReadingLine, studio: Studio) -> None:
        source = ExcelSource("/data/sales.xlsx", "Q1")
        found = replace(penguin_source(), source=source, choices=("Q1", "Q2"), notes=("One sheet is empty.",))
        studio.document.found_source(found)
        studio.apply("Open", edits.open_source(studio.state.project, found))
        assert line.words.text() == "Read as Excel · sheet “Q1” (1 of 2)"
        assert "One sheet is empty." in line.words.toolTip()

    def test_change_opens_the_dialog(self, line: ReadingLine, studio: Studio, link: FakeLink) -> None:
        open_penguins(studio)
        line.change.click()
        dialog = line.findChild(ReadingDialog)
        assert dialog is not None
        assert link.asked(PreviewSource) == [PreviewSource(data_of(studio).source)]
        dialog.reject()


class TestFileBanner:
    @pytest.fixture
    def banner(self, line: ReadingLine) -> FileBanner:
        return line.banner

    def be_missing(self, studio: Studio, path: Path) -> None:
        """Let a project be open whose file cannot be read."""
        open_penguins(studio)
        source = TableSource(str(path))
        project = edits.set_source(studio.state.project, source)
        studio.document.open(project)
        studio.document.found_problem(data_of(studio), DataError(f"“{path.name}” could not be read.", "It is a test."))

    def test_a_missing_file_can_be_located(
        self, banner: FileBanner, studio: Studio, link: FakeLink, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert banner.isHidden()
        self.be_missing(studio, tmp_path / "penguins.csv")
        assert not banner.isHidden()
        assert banner.title == "penguins.csv is not where the project says."
        begun: list[str] = []

        def choose(_parent: QWidget, _title: str, folder: str, _filters: str) -> tuple[str, str]:
            begun.append(folder)
            return str(tmp_path / "moved.csv"), ""

        monkeypatch.setattr(QFileDialog, "getOpenFileName", choose)
        banner.buttons[0].click()
        assert begun == [str(tmp_path)]
        assert link.asked(OpenSource)[-1].source.path == str(tmp_path / "moved.csv")
        studio.document.found_source(replace(penguin_source(), source=data_of(studio).source))
        assert banner.isHidden(), "the same file elsewhere needs no question"

    def test_a_file_that_is_there_and_cannot_be_read_says_why(
        self, banner: FileBanner, studio: Studio, link: FakeLink, tmp_path: Path
    ) -> None:
        path = tmp_path / "penguins.csv"
        path.write_text("")
        self.be_missing(studio, path)
        assert banner.title == "“penguins.csv” could not be read."
        banner.buttons[0].click()
        assert link.asked(OpenSource)[-1].source.path == str(path)

    def test_a_changed_file_can_be_accepted(self, banner: FileBanner, studio: Studio) -> None:
        open_penguins(studio)
        assert banner.isHidden()
        studio.document.found_source(replace(penguin_source(), fingerprint="f2"))
        assert banner.title == "penguins.csv has changed."
        assert [button.text() for button in banner.buttons] == ["Accept it", "Locate the old one…"]
        banner.buttons[0].click()
        assert data_of(studio).fingerprint == "f2"
        assert banner.isHidden()
        studio.document.undo()
        assert not banner.isHidden()

    def test_cancelling_the_search_changes_nothing(
        self, banner: FileBanner, studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.be_missing(studio, tmp_path / "penguins.csv")
        before = studio.state
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
        banner.buttons[0].click()
        assert studio.state == before


class TestDialog:
    @pytest.fixture
    def window(self, qtbot: QtBot) -> QWidget:
        window = QWidget()
        own(qtbot, window)
        return window

    def open(self, studio: Studio, theme: Theme, window: QWidget, source: Source) -> ReadingDialog:
        open_penguins(studio)
        dialog = ReadingDialog(studio, theme, source, window)
        dialog.open()
        return dialog

    def test_first_rows_are_shown_and_read_so_on_agreement(
        self, studio: Studio, theme: Theme, window: QWidget, link: FakeLink, qtbot: QtBot
    ) -> None:
        source = TableSource("/data/penguins.csv")
        dialog = self.open(studio, theme, window, source)
        assert not dialog.agree.isEnabled()
        link.answer(PreviewSource, Previewed(preview_of(source, rows=50)))
        qtbot.waitUntil(dialog.agree.isEnabled)
        assert dialog.words.text() == "The first 50 rows, 2 columns."
        editor = dialog.form.editor("delimiter")
        assert isinstance(editor, ChoiceEdit)
        editor.setCurrentIndex(editor.findData(";"))
        editor.activated.emit(editor.currentIndex())
        wanted = replace(source, delimiter=";")
        assert link.asked(PreviewSource)[-1] == PreviewSource(wanted)
        assert not dialog.agree.isEnabled(), "what would be read is not known yet"
        link.answer(PreviewSource, Previewed(preview_of(wanted)))
        qtbot.waitUntil(dialog.agree.isEnabled)
        dialog.agree.click()
        assert link.asked(OpenSource)[-1] == OpenSource(wanted)
        assert data_of(studio).source == source, "nothing is read otherwise before the file is there"

    def test_the_table_of_an_archive_is_chosen_and_looked_at_anew(
        self, studio: Studio, theme: Theme, window: QWidget, link: FakeLink, qtbot: QtBot
    ) -> None:
        source = TableSource("/data/all.zip", member="a.csv")
        dialog = self.open(studio, theme, window, source)
        editor = dialog.form.editor("member")
        assert isinstance(editor, ChoiceEdit)
        assert editor.isHidden(), "whether there is a choice is not known yet"
        shown = replace(preview_of(source), choices=("a.csv", "b.csv"))
        link.answer(PreviewSource, Previewed(shown))
        qtbot.waitUntil(dialog.agree.isEnabled)
        assert not editor.isHidden()
        assert [editor.itemText(row) for row in range(editor.count())] == ["The first table", "a.csv", "b.csv"]
        editor.setCurrentIndex(2)
        editor.activated.emit(2)
        qtbot.waitUntil(lambda: len(link.asked(PreviewSource)) == 2)
        assert link.asked(PreviewSource)[-1] == PreviewSource(replace(source, member="b.csv"), detect=True)

    def test_options_are_detected_again(
        self, studio: Studio, theme: Theme, window: QWidget, link: FakeLink, qtbot: QtBot
    ) -> None:
        source = TableSource("/data/penguins.csv")
        dialog = self.open(studio, theme, window, source)
        dialog.detect.click()
        assert link.asked(PreviewSource)[-1] == PreviewSource(source, detect=True)
        found = replace(source, delimiter="\t", skip=2, encoding="utf-16")
        link.answer(PreviewSource, Previewed(preview_of(found)))
        qtbot.waitUntil(dialog.agree.isEnabled)
        editor = dialog.form.editor("delimiter")
        assert isinstance(editor, ChoiceEdit)
        assert editor.currentData() == "\t"

    def test_what_speaks_against_it_is_said_in_place(
        self, studio: Studio, theme: Theme, window: QWidget, link: FakeLink, qtbot: QtBot
    ) -> None:
        dialog = self.open(studio, theme, window, TableSource("/data/penguins.csv"))
        link.answer(PreviewSource, Failed(DataError("“penguins.csv” is not UTF-8.", "Byte 4 is none.", "Try cp1252.")))
        qtbot.waitUntil(dialog.problem.isVisible)
        assert dialog.problem.title == "“penguins.csv” is not UTF-8."
        assert not dialog.agree.isEnabled()
        assert not dialog.grid.isVisible()
        assert studio.notices.all == []

    def test_options_that_contradict_each_other_are_refused_below_the_field(
        self, studio: Studio, theme: Theme, window: QWidget, link: FakeLink
    ) -> None:
        dialog = self.open(studio, theme, window, TableSource("/data/penguins.csv"))
        asked = len(link.asked(PreviewSource))
        editor = dialog.form.editor("decimal")
        assert isinstance(editor, ChoiceEdit)
        editor.activated.emit(editor.findData(","))
        assert "fractions" in dialog.form.problem("decimal")
        assert len(link.asked(PreviewSource)) == asked

    def test_sheets_are_offered_by_name(
        self, studio: Studio, theme: Theme, window: QWidget, link: FakeLink, qtbot: QtBot
    ) -> None:
        source = ExcelSource("/data/penguins.xlsx")
        dialog = self.open(studio, theme, window, source)
        link.answer(PreviewSource, Previewed(preview_of(replace(source, sheet="Q1"), choices=("Q1", "Q2"))))
        qtbot.waitUntil(dialog.agree.isEnabled)
        editor = dialog.form.editor("sheet")
        assert isinstance(editor, ChoiceEdit)
        assert [editor.itemText(index) for index in range(editor.count())] == ["The first sheet", "Q1", "Q2"]
        assert editor.currentData() == "Q1"
        editor.activated.emit(editor.findData("Q2"))
        assert link.asked(PreviewSource)[-1].source == replace(source, sheet="Q2")

    def test_a_file_without_options_says_so(
        self, studio: Studio, theme: Theme, window: QWidget, link: FakeLink, qtbot: QtBot
    ) -> None:
        dialog = self.open(studio, theme, window, ColumnarSource("/data/penguins.parquet"))
        link.answer(PreviewSource, Previewed(preview_of(ColumnarSource("/data/penguins.parquet"))))
        qtbot.waitUntil(dialog.agree.isEnabled)
        before = len(link.asked(OpenSource))
        dialog.agree.click()
        assert len(link.asked(OpenSource)) == before, "nothing was changed, so nothing is read"

    def test_pictures_have_no_rows_to_show(
        self, studio: Studio, theme: Theme, window: QWidget, link: FakeLink, qtbot: QtBot
    ) -> None:
        source = ImageFolderSource("/data/pets", 64, 64)
        dialog = self.open(studio, theme, window, source)
        link.answer(PreviewSource, Previewed(Preview(source, (), ())))
        qtbot.waitUntil(dialog.agree.isEnabled)
        assert not dialog.grid.isVisible()
        assert "Table tab" in dialog.words.text()

    def test_an_answer_after_the_dialog_was_closed_is_dropped(
        self, studio: Studio, theme: Theme, window: QWidget, link: FakeLink, qtbot: QtBot
    ) -> None:
        source = TableSource("/data/penguins.csv")
        dialog = self.open(studio, theme, window, source)
        dialog.reject()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        link.answer(PreviewSource, Previewed(preview_of(source)))
        studio.open_path(Path("/data/b.csv"))
        link.answer(OpenPath, Failed(DataError("Heard.")))
        qtbot.waitUntil(lambda: bool(studio.notices.all))
        assert [notice.what for notice in studio.notices.all] == ["Heard."]


def test_a_described_project_needs_no_banner(line: ReadingLine, studio: Studio) -> None:
    open_penguins(studio)
    studio.document.found_facts(data_of(studio), penguin_facts())
    assert line.banner.isHidden()
