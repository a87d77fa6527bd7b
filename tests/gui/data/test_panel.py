"""The data panel shows what is open, and turns every click into an edit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio.gui.data.columns_model import ColumnsModel
from nnstudio.gui.data.encoded import EncodedDialog
from nnstudio.gui.data.panel import DataPanel
from nnstudio.gui.forms.editors import ChoiceEdit
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.session import edits
from nnstudio.spec.columns import Column, Kind, Role
from nnstudio.spec.errors import DataError
from nnstudio.spec.events import DataDescribed, Failed, SourceOpened
from nnstudio.spec.requests import DescribeData, OpenPath, OpenSource
from nnstudio.spec.sources import ImageIndexSource, TableSource
from nnstudio.spec.tasks import Task
from tests.gui.data.penguins import (
    column,
    data_of,
    open_found,
    open_penguins,
    penguin_facts,
    penguin_source,
    picture_facts,
    picture_source,
    wide_source,
)
from tests.gui.fakes import FakeLink


@pytest.fixture
def panel(qtbot: QtBot, theme: Theme, studio: Studio) -> DataPanel:
    panel = DataPanel(studio, theme)
    qtbot.addWidget(panel)
    panel.resize(360, 760)
    panel.show()
    return panel


def choose(combo: ChoiceEdit, value: str) -> None:
    """Choose as a user does: go to the entry by its name, and take it."""
    combo.setFocus()
    place = combo.findData(value)
    while combo.currentIndex() != place:
        QTest.keyClick(combo, Qt.Key.Key_Down if combo.currentIndex() < place else Qt.Key.Key_Up)


def test_empty_panel_teaches(panel: DataPanel) -> None:
    assert panel.empty.isVisible()
    assert not panel.content.isVisible()
    assert panel.header.note.text() == ""
    names = [action.text() for action in panel.empty.samples_button.menu().actions()]
    assert "penguins" in names
    assert "iris" in names


def test_sample_is_opened(panel: DataPanel, studio: Studio) -> None:
    actions = {action.text(): action for action in panel.empty.samples_button.menu().actions()}
    actions["penguins"].trigger()
    assert studio.state.path is not None
    assert studio.state.path.name == "penguins.nnstudio"
    assert panel.content.isVisible()
    assert panel.busy.words.text() == "Reading penguins.csv …", "its rows are on their way"


def test_file_that_is_being_opened_is_said_quietly(
    panel: DataPanel, studio: Studio, link: FakeLink, qtbot: QtBot, tmp_path: Path
) -> None:
    studio.open_path(tmp_path / "penguins.csv")
    assert panel.busy.isVisible()
    assert panel.busy.words.text() == "Reading penguins.csv …"
    link.answer(OpenPath, SourceOpened(penguin_source()))
    qtbot.waitUntil(panel.content.isVisible)
    assert not panel.busy.isVisible()


def test_nothing_is_said_any_more_when_a_file_could_not_be_opened(
    panel: DataPanel, studio: Studio, link: FakeLink, qtbot: QtBot, tmp_path: Path
) -> None:
    studio.open_path(tmp_path / "broken.csv")
    link.answer(OpenPath, Failed(DataError("“broken.csv” is empty.")))
    qtbot.waitUntil(lambda: not panel.busy.isVisible())
    assert panel.empty.isVisible()


def test_open_data_is_shown(panel: DataPanel, studio: Studio) -> None:
    open_penguins(studio)
    assert panel.header.note.text() == "penguins.csv · 344 rows · 5 columns"
    assert panel.content.target.target.currentText() == "species"
    assert panel.content.target.target.hint.label.text() == "3 classes"
    assert panel.content.target.task.currentText() == "Classification"
    assert panel.content.target.task.hint.label.text() == "suggested"
    assert [entry.name for entry in panel.content.columns.entries()][:2] == ["species", "island"]
    assert panel.content.sight.text() == "What the network sees: 8 numbers a row (float32) from 4 columns."
    assert panel.content.cells.text().startswith("4 cells are missing")
    assert not panel.content.filter.isVisible()
    assert not panel.content.pictures.isVisible()


def test_another_target_brings_its_task(panel: DataPanel, studio: Studio) -> None:
    open_penguins(studio)
    choose(panel.content.target.target, "body_mass_g")
    data = data_of(studio)
    assert data.target is not None
    assert (data.target.name, data.task) == ("body_mass_g", Task.REGRESSION)
    assert column(studio, "species").role is Role.FEATURE
    assert studio.document.undo_name == "Predict body_mass_g"
    assert panel.content.target.task.hint.label.text() == "suggested"


def test_task_can_be_overridden(panel: DataPanel, studio: Studio) -> None:
    open_penguins(studio)
    choose(panel.content.target.task, Task.REGRESSION)
    assert data_of(studio).task is Task.REGRESSION
    assert panel.content.target.task.hint.label.text() == ""
    studio.document.undo()
    assert panel.content.target.task.currentData() == Task.MULTICLASS


def test_target_cannot_be_chosen_before_its_values_are_known(panel: DataPanel, studio: Studio) -> None:
    open_penguins(studio)
    assert panel.content.target.target.isEnabled()
    studio.apply("Other", edits.set_data(studio.state.project, replace(data_of(studio), source=TableSource("/b.csv"))))
    assert not panel.content.target.target.isEnabled()


def test_space_in_the_list_is_an_edit(panel: DataPanel, studio: Studio) -> None:
    open_penguins(studio)
    panel.content.columns.selectRow(1)
    QTest.keyClick(panel.content.columns, Qt.Key.Key_Space)
    assert column(studio, "island").role is Role.IGNORE
    assert not panel.content.columns.entries()[1].is_used
    assert panel.content.columns.selectionModel().selectedRows()[0].row() == 1


def test_what_is_seen_is_said_of_the_columns_that_were_described(panel: DataPanel, studio: Studio) -> None:
    open_penguins(studio)
    studio.apply("Ignore", edits.set_used(studio.state.project, {"island"}, False))
    assert panel.content.sight.text() == "What the network sees: 8 numbers a row (float32) from 4 columns."
    assert not panel.content.show_sight.isEnabled()
    origins = tuple(name for name in penguin_facts().origins if name != "island")
    studio.document.found_facts(data_of(studio), replace(penguin_facts(), input_shape=(5,), origins=origins))
    assert panel.content.sight.text() == "What the network sees: 5 numbers a row (float32) from 3 columns."
    assert panel.content.show_sight.isEnabled()


def test_show_lists_every_number_with_its_column(panel: DataPanel, studio: Studio) -> None:
    open_penguins(studio)
    QTest.mouseClick(panel.content.show_sight, Qt.MouseButton.LeftButton)
    dialog = panel.findChild(EncodedDialog)
    assert dialog is not None
    model = dialog.table.model()
    rows = [[model.index(row, field).data() for field in range(3)] for row in range(model.rowCount())]
    assert rows[0] == ["island = Biscoe", "island", "1 where it is “Biscoe”, else 0"]
    assert rows[3][:2] == ["bill_length_mm", "bill_length_mm"]
    assert rows[3][2] == "(cell − 43.9) ÷ 5.46"
    assert rows[7] == ["sex = (missing)", "sex", "1 where it is missing, else 0"]
    assert model.headerData(0, Qt.Orientation.Vertical) == "0", "as x[0] in code"
    dialog.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert panel.findChild(EncodedDialog) is None


def test_problem_with_the_data_is_said_with_its_remedy(panel: DataPanel, studio: Studio) -> None:
    open_found(studio, penguin_source(), None)
    problem = DataError("“bill_length_mm” has 164 classes.", "Most occur once.", "Choose regression.")
    studio.document.found_problem(data_of(studio), problem)
    assert panel.content.problem.isVisible()
    assert panel.content.problem.title == "“bill_length_mm” has 164 classes."
    assert not panel.content.sight.isVisible()
    studio.document.found_facts(data_of(studio), penguin_facts())
    assert not panel.content.problem.isVisible()


def test_source_that_cannot_be_read_is_a_problem_and_no_endless_wait(
    panel: DataPanel, studio: Studio, link: FakeLink, qtbot: QtBot
) -> None:
    open_penguins(studio)
    studio.apply("Other", edits.set_data(studio.state.project, replace(data_of(studio), source=TableSource("/b.csv"))))
    assert panel.busy.isVisible()
    assert not panel.content.sight.isVisible(), "what is known is about another file"
    gone = DataError("“b.csv” is not there.")
    link.answer(OpenSource, Failed(gone))
    link.answer(DescribeData, Failed(gone))
    qtbot.waitUntil(panel.content.reading.banner.isVisible)
    assert not panel.busy.isVisible()
    assert not panel.content.problem.isVisible(), "said once is enough"


def test_answers_of_the_engine_arrive(panel: DataPanel, studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
    open_found(studio, penguin_source(), None)
    assert not panel.content.sight.isVisible()
    link.answer(DescribeData, DataDescribed(penguin_facts()))
    qtbot.waitUntil(panel.content.sight.isVisible)
    assert panel.content.show_sight.isVisible()


def test_pictures_have_a_form_instead_of_columns(panel: DataPanel, studio: Studio) -> None:
    open_found(studio, picture_source(), picture_facts())
    assert panel.content.pictures.isVisible()
    assert not panel.content.columns.isVisible()
    assert not panel.content.target.target.isVisible(), "its folders name the classes"
    assert panel.content.target.task.isVisible(), "an autoencoder reads them, too"
    assert panel.content.split.isVisible()
    assert not panel.content.show_sight.isVisible(), "pixels have no names"


def test_thousands_of_columns_are_shown_quickly_and_can_be_searched(panel: DataPanel, studio: Studio) -> None:
    open_found(studio, wide_source(), None)
    assert panel.content.filter.isVisible()
    assert panel.content.columns.height() <= panel.height()
    QTest.keyClicks(panel.content.filter, "0042")
    assert [entry.name for entry in panel.content.columns.entries()][:2] == ["gene_00042", "gene_00420"]
    open_penguins(studio)
    assert not panel.content.filter.isVisible()
    assert len(panel.content.columns.entries()) == 5, "what was searched for in another table is forgotten"


def test_nothing_is_clipped_in_a_narrow_panel(panel: DataPanel, studio: Studio) -> None:
    open_penguins(studio)
    assert panel.minimumSizeHint().width() <= 340
    panel.resize(340, 700)
    for widget in (panel.content.target, panel.content.columns, panel.content.split, panel.content.sight):
        assert widget.mapTo(panel, widget.rect().topRight()).x() < panel.width()


def test_closing_the_project_brings_the_invitation_back(panel: DataPanel, studio: Studio) -> None:
    open_penguins(studio)
    studio.new_project()
    assert panel.empty.isVisible()
    assert not panel.content.isVisible()


def test_sections_stand_below_each_other(panel: DataPanel, studio: Studio) -> None:
    open_penguins(studio)
    panel.resize(360, 1_200)
    sections = (
        panel.content.target,
        panel.content.columns,
        panel.content.layout_section,
        panel.content.split,
        panel.content.batches,
    )
    assert all(section.isVisible() for section in sections)
    tops = [section.mapTo(panel, section.rect().topLeft()).y() for section in sections]
    assert tops == sorted(tops)


def test_pictures_by_an_index_keep_their_columns(panel: DataPanel, studio: Studio) -> None:
    source = penguin_source()
    image = Column("image", Kind.IMAGE)
    index = replace(source, source=ImageIndexSource("/data/index.csv"), suggested=(*source.suggested, image))
    open_found(studio, index, None)
    assert panel.content.columns.isVisible()
    assert panel.content.target.isVisible()


def test_one_of_hundreds_of_columns_is_rendered_alone(qtbot: QtBot, panel: DataPanel, studio: Studio) -> None:
    open_found(studio, wide_source(500), None)
    assert len(panel.content.columns.entries()) == 500
    model = panel.content.columns.findChild(ColumnsModel)
    assert model is not None
    with qtbot.assertNotEmitted(model.modelReset), qtbot.waitSignal(model.dataChanged) as changed:
        studio.apply("Use", edits.set_used(studio.state.project, {"gene_00007"}, False))
    first, last = changed.args[:2]
    assert (first.row(), last.row()) == (7, 7)
