"""One example: entered, taken from the data, answered while a slider is dragged, and what if it were otherwise."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio.gui.predict.fields import ChoiceField, DateField, NumberField
from nnstudio.gui.predict.form import MOST
from nnstudio.gui.predict.view import PredictView
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.jobs.runner import Bundle
from nnstudio.session.asking import sweep
from nnstudio.spec.errors import DataError, ModelFileError
from nnstudio.spec.events import ExampleTaken, Failed, ModelAnswered
from nnstudio.spec.facts import OTHER_CATEGORY
from nnstudio.spec.inputs import ModelForm, NumberInput, PictureInput, SeenValues
from nnstudio.spec.requests import AskModel, AskPicture, DescribeModel, TakeExample
from nnstudio.spec.tasks import Task
from tests.gui.fakes import FakeLink
from tests.gui.predict.conftest import FORM, INPUTS, TYPICAL, describe

SEEN = SeenValues("body_mass_g", 4200.0, tuple(2700.0 + 36 * step for step in range(101)), (1,) * 24)


def number_field(view: PredictView, at: int = 1) -> NumberField:
    field = view.example.form.fields[at]
    assert isinstance(field, NumberField)
    return field


def rows_asked(link: FakeLink) -> list[tuple[object, ...]]:
    """The single rows that were asked for, the newest last."""
    return [request.rows[0] for request in link.asked(AskModel) if len(request.rows) == 1]


def test_a_network_is_described_when_it_is_looked_at(trained: PredictView, studio: Studio, link: FakeLink) -> None:
    data = studio.state.project.data
    assert data is not None
    assert link.asked(DescribeModel) == [DescribeModel("/m/best.pth", data.source)]
    assert trained.model.text() == "The best weights of the last run, of epoch 8."


def test_it_begins_with_a_typical_row(described: PredictView, link: FakeLink, qtbot: QtBot) -> None:
    fields = described.example.form.fields
    island, length, day = fields[0], fields[1], fields[3]
    assert isinstance(island, ChoiceField)
    assert isinstance(length, NumberField)
    assert isinstance(day, DateField)
    assert (island.choice.currentText(), length.edit.text(), day.edit.text()) == ("Biscoe", "44.5", "2008-01-15")
    assert length.slider.value_now() == pytest.approx(44.5, abs=0.03)
    assert rows_asked(link) == [TYPICAL]
    curve = next(request for request in link.asked(AskModel) if len(request.rows) > 1)
    assert [row[0] for row in curve.rows] == ["Biscoe", "Dream", OTHER_CATEGORY, None]
    link.answer(AskModel, ModelAnswered(((0.1, 0.2, 0.7),) * 4))
    qtbot.waitUntil(lambda: not described.example.answer.isVisible() or True)


def test_the_answer_stands_beside_it(described: PredictView, studio: Studio) -> None:
    studio.predictor.asker._take_answer(ModelAnswered(((0.1, 0.2, 0.7),)))
    shown = described.example.answer
    assert shown.isVisible()
    assert shown.said.text() == "Gentoo"
    assert [chance.name for chance in shown.bars.chances] == ["Gentoo", "Chinstrap", "Adelie"]
    assert "Gentoo 70.0 %" in shown.bars.accessibleName()


def test_while_a_slider_is_dragged_one_row_is_asked_at_a_time(
    described: PredictView, studio: Studio, link: FakeLink, qtbot: QtBot
) -> None:
    slider = number_field(described).slider
    before = len(rows_asked(link))
    for x in (10, 40, 80):
        QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(x, 10))
    assert len(rows_asked(link)) == before, "the first answer is still to come"
    assert studio.predictor.asker.asked is not None
    now = studio.predictor.asker.asked.cells[0]
    assert number_field(described).edit.text() == f"{now[1]:.12g}"
    asked = {job: request for job, request in link.requests.items() if isinstance(request, AskModel)}
    job = next(job for job, request in asked.items() if len(request.rows) == 1)
    link.send(Bundle(job, [ModelAnswered(((0.1, 0.2, 0.7),))], done=True))
    qtbot.waitUntil(lambda: len(rows_asked(link)) == before + 1)
    assert rows_asked(link)[-1] == now, "of what was passed over meanwhile nothing is asked"


@pytest.mark.parametrize(
    ("typed", "cell"), [("50", 50.0), ("-3.5", -3.5), ("3,5", 3.5), ("", None), ("much", 44.5), ("1e999", 44.5)]
)
def test_numbers_are_typed(described: PredictView, studio: Studio, typed: str, cell: float | None) -> None:
    field = number_field(described)
    field.edit.selectAll()
    QTest.keyClicks(field.edit, typed) if typed else QTest.keyClick(field.edit, Qt.Key.Key_Delete)
    asked = studio.predictor.asker.asked
    assert asked is not None
    assert field.edit.property("invalid") is (typed in {"much", "1e999"})
    QTest.keyClick(field.edit, Qt.Key.Key_Return)
    assert studio.predictor.asker.asked is not None
    if typed not in {"much", "1e999"}:
        assert studio.predictor.asker.asked.cells[0][1] == cell
    else:
        assert field.edit.text() == f"{studio.predictor.asker.asked.cells[0][1]:.12g}"


def test_arrow_keys_step(described: PredictView, studio: Studio) -> None:
    year = number_field(described, 2)
    QTest.keyClick(year.edit, Qt.Key.Key_Up)
    assert studio.predictor.asker.asked is not None
    assert studio.predictor.asker.asked.cells[0][2] == 2009.0
    assert studio.predictor.asker.asked.focus == (0, 2)


def test_what_lies_outside_of_training_is_said(described: PredictView, studio: Studio) -> None:
    assert not described.example.remarks.isVisible()
    studio.predictor.asker.enter(0, 1, 80.0)
    assert described.example.remarks.isVisible()
    assert "“bill_length_mm” lies outside" in described.example.remarks.words
    studio.predictor.asker.be_typical()
    assert not described.example.remarks.isVisible()
    assert number_field(described).edit.text() == "44.5"


def test_the_curve_follows_the_input_that_the_keyboard_is_at(described: PredictView, studio: Studio) -> None:
    described.activateWindow()
    number_field(described).edit.setFocus()
    number_field(described).visited.emit()
    asker = studio.predictor.asker
    assert asker.asked is not None
    assert asker.asked.focused == INPUTS[1]
    going_rows = 100
    asker._take_answer(ModelAnswered(((0.1, 0.2, 0.7),)))
    asker._take_curve(sweep(asker.asked), ModelAnswered(((0.1, 0.2, 0.7),) * going_rows))
    whatif = described.example.whatif
    assert whatif.isVisible()
    assert whatif.title.text() == "What if: bill_length_mm"
    lines = [series for series in whatif._series if series.look == "line"]
    assert len(lines) == 3
    assert [line.y[0] for line in lines] == [0.1, 0.2, 0.7], "few classes keep their colours"
    marks = [series for series in whatif._series if series.look == "marks"]
    assert marks[0].x.tolist() == [44.5]


@pytest.mark.usefixtures("described")
def test_dragging_the_input_of_the_curve_only_moves_its_mark(studio: Studio) -> None:
    asker = studio.predictor.asker
    asker.go_to(0, 1)
    assert asker.asked is not None
    asker._take_curve(sweep(asker.asked), ModelAnswered(((0.1, 0.2, 0.7),) * 100))
    before = asker.swept
    asker.enter(0, 1, 50.0)
    assert asker.swept is before
    asker.enter(0, 1, 99.0)
    assert asker.swept is None, "the curve does not reach so far"


def test_a_row_of_the_data_is_shown_with_its_truth(
    described: PredictView, studio: Studio, link: FakeLink, qtbot: QtBot
) -> None:
    take = described.example.take
    QTest.mouseClick(take.next, Qt.MouseButton.LeftButton)
    asked = link.asked(TakeExample)[-1]
    assert (asked.part, asked.number, asked.mistaken) == ("validation", 1, False)
    row = ("Dream", 50.0, 2009.0, None)
    taken = ExampleTaken((0.2, 0.7, 0.1), (row,), number=1, total=34, row=12, truth=("Adelie",))
    link.answer(TakeExample, taken)
    qtbot.waitUntil(lambda: described.example.where.text().startswith("Row 12"))
    assert described.example.where.text() == "Row 12 of the file: 1 of 34 validation rows."
    assert number_field(described).edit.text() == "50"
    assert described.example.answer.verdict.text() == "True: Adelie. The network is wrong."
    assert [chance.name for chance in described.example.answer.bars.chances if chance.is_true] == ["Adelie"]
    QTest.mouseClick(take.mistake, Qt.MouseButton.LeftButton)
    assert link.asked(TakeExample)[-1] == replace(asked, mistaken=True)
    studio.predictor.asker.enter(0, 1, 51.0)
    assert described.example.where.text().startswith("Made up")


def test_that_there_is_no_mistake_is_said(described: PredictView, link: FakeLink, qtbot: QtBot) -> None:
    QTest.mouseClick(described.example.take.mistake, Qt.MouseButton.LeftButton)
    link.answer(TakeExample, Failed(DataError("The network makes no mistake in the validation rows.")))
    qtbot.waitUntil(described.example.problem.isVisible)
    assert described.example.form.isVisible(), "the row that was there stays"


def test_a_number_of_a_row_is_typed(described: PredictView, link: FakeLink) -> None:
    number = described.example.take.number
    QTest.keyClicks(number, "7")
    QTest.keyClick(number, Qt.Key.Key_Return)
    assert link.asked(TakeExample)[-1].number == 7


def test_the_row_and_what_is_said_to_it_are_copied(described: PredictView, studio: Studio) -> None:
    studio.predictor.asker._take_answer(ModelAnswered(((0.1, 0.2, 0.7),)))
    first, second = described.example.copy.menu().actions()
    first.trigger()
    assert QGuiApplication.clipboard().text().splitlines()[1] == "Biscoe\t44.5\t2008.0\t2008-01-15\t0.1\t0.2\t0.7"
    second.trigger()
    assert QGuiApplication.clipboard().text().splitlines()[1].startswith("Biscoe\t44.5\t2008.0\t2008-01-15\t")


def test_a_value_is_shown_among_those_of_training(
    trained: PredictView, studio: Studio, link: FakeLink, qtbot: QtBot
) -> None:
    form = ModelForm("/m/best.pth", Task.REGRESSION, "body_mass_g", INPUTS[1:2], seen=(SEEN,), parts=(9, 3, 3))
    describe(studio, link, qtbot, form)
    studio.predictor.asker._take_answer(ModelAnswered(((3_500.0,),)))
    (value,) = trained.example.answer.values
    assert value.value.text() == "3,500"
    assert value.standing.text().startswith("Higher than in 23 %")
    assert not trained.example.answer.bars.isVisible()


def test_of_very_many_inputs_those_are_shown_that_are_looked_for(
    trained: PredictView, studio: Studio, link: FakeLink, qtbot: QtBot
) -> None:
    inputs = tuple(replace(INPUTS[1], name=f"pixel {number:03}") for number in range(300))
    describe(studio, link, qtbot, replace(FORM, inputs=inputs))
    form = trained.example.form
    qtbot.waitUntil(lambda: len(form.fields) == MOST)
    assert form.more.text().startswith("The first 40 of 300 inputs")
    QTest.keyClicks(form.search, "299")
    qtbot.waitUntil(lambda: list(form.fields) == [299])
    form.search.setText("nothing")
    assert form.more.text() == "None of the 300 inputs is called so."


def test_a_window_is_a_table_that_can_be_typed_into(
    trained: PredictView, studio: Studio, link: FakeLink, qtbot: QtBot
) -> None:
    describe(studio, link, qtbot, replace(FORM, inputs=INPUTS[:2], steps=3))
    table = trained.example.steps
    assert table.isVisible()
    steps = table.steps
    assert (steps.rowCount(), steps.columnCount()) == (3, 2)
    assert [steps.headerData(row, Qt.Orientation.Vertical) for row in range(3)] == ["−2", "−1", "now"]
    assert steps.setData(steps.index(0, 1), "50")
    assert studio.predictor.asker.asked is not None
    assert studio.predictor.asker.asked.cells == (("Biscoe", 50.0), ("Biscoe", 44.5), ("Biscoe", 44.5))
    assert not steps.setData(steps.index(0, 1), "much")
    assert steps.setData(steps.index(1, 0), "another value")
    assert studio.predictor.asker.asked.cells[1][0] == OTHER_CATEGORY
    table.setCurrentIndex(steps.index(2, 1))
    assert studio.predictor.asker.asked.focus == (2, 1)


def test_pictures_are_shown_as_the_network_sees_them(
    trained: PredictView, studio: Studio, link: FakeLink, qtbot: QtBot, tmp_path: Path
) -> None:
    form = replace(FORM, inputs=(PictureInput("image", 4, 4, 1),))
    describe(studio, link, qtbot, form)
    field = trained.example.picture
    assert field.isVisible()
    assert field.words.text().endswith("The network sees 4 × 4 pixels in grey.")
    trained.open_path(Path("/pictures/cat.png"))
    assert link.asked(AskPicture) == [AskPicture("/m/best.pth", "/pictures/cat.png")]
    preview = tmp_path / "picture.arrow"
    pictures = pa.FixedShapeTensorArray.from_numpy_ndarray(np.zeros((1, 4, 4, 1), np.uint8))
    table = pa.table({"image": pictures})
    with pa.ipc.new_file(str(preview), table.schema) as writer:
        writer.write_table(table)
    link.answer(AskPicture, ExampleTaken((0.1, 0.2, 0.7), preview=str(preview)))
    qtbot.waitUntil(field.picture.isVisible)
    assert trained.example.answer.said.text() == "Gentoo"
    assert not trained.example.whatif.isVisible()


def test_weights_that_cannot_predict_say_why(trained: PredictView, link: FakeLink, qtbot: QtBot) -> None:
    link.answer(DescribeModel, Failed(ModelFileError("“w.pth” cannot predict by itself.", "It holds bare weights.")))
    qtbot.waitUntil(trained.example.problem.isVisible)
    problem = trained.example.problem
    assert problem.title == "“w.pth” cannot predict by itself."
    qtbot.waitUntil(lambda: problem.height() <= problem.heightForWidth(problem.width()))
    assert not trained.example.form.isVisible()


def test_ranges_that_are_estimated_say_so(trained: PredictView, studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
    form = replace(FORM, is_measured=False, why_not="“penguins.csv” is not there.", parts=(0, 0, 0))
    describe(studio, link, qtbot, form)
    assert "Ranges are estimated" in trained.example.where.text()
    assert not trained.example.take.next.isVisible()


def test_the_slider_follows_the_theme_and_marks_what_was_seen(theme: Theme, qtbot: QtBot) -> None:
    asked = INPUTS[1]
    assert isinstance(asked, NumberInput)
    field = NumberField(asked, theme)
    qtbot.addWidget(field)
    field.show()
    before = field.slider.grab().toImage()
    theme.choose("dark")
    assert field.slider.grab().toImage() != before
    assert "the middle half of it from 39 to 48.5" in field.slider.toolTip()
