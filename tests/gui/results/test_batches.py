"""Batches are stepped through: what the network is given, what it is to answer, and which rows were taken."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio.gui.forms.editors import CheckEdit, ChoiceEdit, NumberEdit
from nnstudio.gui.results.batch_model import TINT
from nnstudio.gui.results.batch_words import lesson, sizes
from nnstudio.gui.results.batches import BatchesView
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.session import edits
from nnstudio.spec.data import Batches
from nnstudio.spec.errors import DataError
from nnstudio.spec.events import DataDescribed, ExamplesShown, Failed
from nnstudio.spec.facts import ShownExamples
from nnstudio.spec.requests import DescribeData, ShowExamples
from tests.gui.data.penguins import data_of, open_found, picture_facts, picture_source
from tests.gui.fakes import FakeLink, iris_facts, iris_source, open_iris

FEATURES = ("sepal_length", "sepal_width", "petal_length", "petal_width")
CLASSES = ("setosa", "versicolor", "virginica")
Horizontal = Qt.Orientation.Horizontal


def write(path: Path, columns: dict[str, object]) -> str:
    table = pa.table(columns)
    with pa.ipc.new_file(str(path), table.schema) as writer:
        writer.write_table(table)
    return str(path)


def iris_batch(path: Path, rows: tuple[int, ...] = (80, 3, 140), start: int = 0) -> ShownExamples:
    """Examples of iris as the engine writes them down."""
    count = len(rows)
    columns: dict[str, object] = {"row": list(rows)}
    columns |= {name: np.linspace(-2, 2, count, dtype=np.float32) for name in FEATURES}
    y = np.arange(count) % 3
    columns |= {"target": [CLASSES[place] for place in y], "y": y}
    columns |= {f"y = {name}": (y == place).astype(np.float32) for place, name in enumerate(CLASSES)}
    return ShownExamples(write(path, columns), "train", 1, start, 120, (4,), (), "int64", FEATURES, -2.0, 2.0)


@pytest.fixture
def view(qtbot: QtBot, theme: Theme, studio: Studio) -> BatchesView:
    view = BatchesView(studio, theme)
    qtbot.addWidget(view)
    view.resize(900, 600)
    return view


def open_described(studio: Studio) -> None:
    """Let iris be open, in batches of 16, and described."""
    open_iris(studio)
    studio.apply("Batches", edits.set_batches(studio.state.project, Batches(16)))


def show(view: BatchesView, link: FakeLink, qtbot: QtBot, shown: ShownExamples) -> None:
    """Let the engine answer, and wait until that is seen."""
    link.answer(ShowExamples, ExamplesShown(shown))
    qtbot.waitUntil(lambda: view._batch is not None and view._batch.shown is shown)


def shown_cells(view: BatchesView, row: int) -> list[str]:
    model = view.labels.grid.cells
    return [str(model.index(row, column).data()) for column in range(model.columnCount())]


def headers(view: BatchesView) -> list[str]:
    model = view.labels.grid.cells
    return [str(model.headerData(column, Horizontal)) for column in range(model.columnCount())]


def test_nothing_is_asked_while_nobody_looks(view: BatchesView, studio: Studio, link: FakeLink) -> None:
    open_described(studio)
    assert link.asked(ShowExamples) == []
    view.show()
    (request,) = link.asked(ShowExamples)
    assert (request.part, request.start, request.count, request.epoch) == ("train", 0, 16, 1)


def test_an_empty_studio_says_what_will_be_here(view: BatchesView, link: FakeLink) -> None:
    view.show()
    assert view.empty.isVisible()
    assert link.requests == {}


def test_a_batch_is_two_tensors_with_shape_and_dtype(
    view: BatchesView, studio: Studio, link: FakeLink, qtbot: QtBot, tmp_path: Path
) -> None:
    open_described(studio)
    view.show()
    show(view, link, qtbot, iris_batch(tmp_path / "b.arrow"))
    assert view.place.text() == "Batch 1 of 8"
    assert view.inputs.caption.text() == "inputs  torch.float32 [16, 4]"
    assert view.labels.caption.text() == "labels  torch.int64 [16]"
    numbers = view.inputs.grid.cells
    assert [numbers.headerData(row, Qt.Orientation.Vertical) for row in range(3)] == ["81", "4", "141"]
    assert [numbers.index(row, 0).data() for row in range(3)] == ["−2", "0", "2"]
    assert [numbers.index(row, 0).data(TINT) for row in range(3)] == [-1.0, 0.0, 1.0]
    assert headers(view) == ["in words", "label"]
    assert shown_cells(view, 1) == ["versicolor", "1"]


def test_labels_are_seen_one_hot(
    view: BatchesView, studio: Studio, link: FakeLink, qtbot: QtBot, tmp_path: Path
) -> None:
    open_described(studio)
    view.show()
    show(view, link, qtbot, iris_batch(tmp_path / "b.arrow"))
    view.labels.one_hot.click()
    assert view.labels.caption.text() == "one_hot  torch.int64 [16, 3]"
    assert headers(view) == ["in words", *CLASSES]
    assert shown_cells(view, 2) == ["virginica", "0", "0", "1"]


def test_stepping_asks_for_the_next_rows_and_stops_at_the_ends(
    view: BatchesView, studio: Studio, link: FakeLink, qtbot: QtBot, tmp_path: Path
) -> None:
    open_described(studio)
    view.show()
    assert not view.before.isEnabled()
    for _ in range(7):
        view.behind.click()
    assert view.place.text() == "Batch 8 of 8"
    assert not view.behind.isEnabled()
    assert link.asked(ShowExamples)[-1].start == 112
    show(view, link, qtbot, replace(iris_batch(tmp_path / "b.arrow"), start=112))
    assert view.inputs.caption.text() == "inputs  torch.float32 [8, 4]", "the last batch is shorter"
    view.before.click()
    assert link.asked(ShowExamples)[-1].start == 96


def test_an_answer_that_was_overtaken_is_not_shown(
    view: BatchesView, studio: Studio, link: FakeLink, qtbot: QtBot, tmp_path: Path
) -> None:
    open_described(studio)
    view.show()
    late = iris_batch(tmp_path / "late.arrow")
    link.answer(ShowExamples, ExamplesShown(late))
    view.behind.click()
    newest = iris_batch(tmp_path / "newest.arrow", (5, 6), start=16)
    show(view, link, qtbot, newest)
    assert view.strip.positions() == pytest.approx([view.strip.width() * (row + 0.5) / 150 for row in (5, 6)])


def test_the_epoch_is_asked_for_and_other_parts_have_none(view: BatchesView, studio: Studio, link: FakeLink) -> None:
    open_described(studio)
    view.show()
    epoch = view.fields.editor("epoch")
    assert isinstance(epoch, NumberEdit)
    epoch.setFocus()
    QTest.keyClick(epoch, Qt.Key.Key_Up)
    assert link.asked(ShowExamples)[-1].epoch == 2
    assert "epoch 3 hands them out in another order" in view.lesson.text()
    part = view.fields.editor("part")
    assert isinstance(part, ChoiceEdit)
    part.activated.emit(part.findData("test"))
    assert (link.asked(ShowExamples)[-1].part, link.asked(ShowExamples)[-1].epoch) == ("test", 0)
    assert not epoch.isEnabled()
    assert view.place.text() == "Batch 1 of 1"


def test_size_and_shuffle_are_edits_of_the_project(view: BatchesView, studio: Studio, link: FakeLink) -> None:
    open_described(studio)
    view.show()
    shuffle = view.fields.editor("shuffle")
    assert isinstance(shuffle, CheckEdit)
    shuffle.click()
    assert not data_of(studio).batches.shuffle
    assert studio.document.undo_name == "Shuffle"
    assert "same order" in view.lesson.text()
    size = view.fields.editor("size")
    assert isinstance(size, NumberEdit)
    size.edited.emit(100)
    assert view.place.text() == "Batch 1 of 2"
    assert link.asked(ShowExamples)[-1].count == 100
    assert link.asked(ShowExamples)[-1].data.batches == Batches(100, shuffle=False)


def test_a_smaller_split_leaves_no_batch_behind_its_end(view: BatchesView, studio: Studio, link: FakeLink) -> None:
    open_described(studio)
    view.show()
    view.behind.click()
    view.behind.click()
    studio.apply("Batches", edits.set_batches(studio.state.project, Batches(100)))
    assert view.place.text() == "Batch 2 of 2"
    assert link.asked(ShowExamples)[-1].start == 100


def test_a_part_without_rows_says_so(view: BatchesView, studio: Studio, link: FakeLink) -> None:
    open_described(studio)
    facts = replace(iris_facts(), rows=replace(iris_facts().rows, validation=0))
    studio.document.found_facts(data_of(studio), facts)
    view.show()
    part = view.fields.editor("part")
    assert isinstance(part, ChoiceEdit)
    part.activated.emit(part.findData("validation"))
    assert view.place.text() == "No rows"
    assert view.lesson.text().startswith("No rows are for validation")
    assert link.asked(ShowExamples) == [], "there is nothing to ask for"
    assert not view.sides.isVisible()


def test_what_cannot_be_encoded_is_said_in_place(
    view: BatchesView, studio: Studio, link: FakeLink, qtbot: QtBot, tmp_path: Path
) -> None:
    open_described(studio)
    view.show()
    link.answer(ShowExamples, Failed(DataError("No column is left to learn from.")))
    qtbot.waitUntil(view.problem.isVisible)
    assert view.problem.title == "No column is left to learn from."
    assert not view.sides.isVisible()
    view.behind.click()
    link.answer(ShowExamples, ExamplesShown(replace(iris_batch(tmp_path / "b"), preview=str(tmp_path / "gone"))))
    qtbot.waitUntil(lambda: view.problem.title != "No column is left to learn from.")
    assert view.problem.isVisible()
    view.before.click()
    show(view, link, qtbot, iris_batch(tmp_path / "b.arrow"))
    assert view.sides.isVisible()
    assert not view.problem.isVisible()


def test_several_targets_and_none(
    view: BatchesView, studio: Studio, link: FakeLink, qtbot: QtBot, tmp_path: Path
) -> None:
    open_described(studio)
    studio.document.found_facts(data_of(studio), replace(iris_facts(), classes=()))
    view.show()
    numbers = np.array([0.5, 1.5], np.float32)
    columns = {"row": [1, 2], "sepal_length": numbers, "target": ["3, 4", "5, 6"], "y: a": numbers, "y: b": numbers}
    shown = replace(iris_batch(tmp_path / "b"), features=("sepal_length",), target_shape=(2,), target_dtype="float32")
    show(view, link, qtbot, replace(shown, preview=write(tmp_path / "two.arrow", columns)))
    assert headers(view) == ["in words", "a", "b"]
    assert view.labels.caption.text() == "labels  torch.float32 [16, 2]"
    assert not view.labels.one_hot.isVisible()
    view.behind.click()
    columns = {"row": [1, 2], "sepal_length": numbers, "target": ["", ""]}
    show(view, link, qtbot, replace(shown, preview=write(tmp_path / "none.arrow", columns)))
    assert view.labels.note.isVisible()
    assert not view.labels.grid.isVisible()


def test_pictures_are_shown_with_their_labels(
    view: BatchesView, studio: Studio, link: FakeLink, qtbot: QtBot, tmp_path: Path
) -> None:
    open_found(studio, picture_source(), picture_facts())
    view.show()
    pixels = np.zeros((2, 8, 8, 1), np.uint8)
    pixels[0] = 255
    columns = {
        "row": [7, 9],
        "image": pa.FixedShapeTensorArray.from_numpy_ndarray(pixels),
        "target": ["3", "5"],
        "y": [3, 5],
    }
    columns |= {f"y = {digit}": [float(digit == 3), float(digit == 5)] for digit in range(10)}
    path = write(tmp_path / "p.arrow", columns)
    show(view, link, qtbot, ShownExamples(path, "train", 1, 0, 480, (1, 8, 8), (), "int64"))
    assert view.inputs.caption.text() == "inputs  torch.float32 [32, 1, 8, 8]"
    assert view.inputs.pictures.isVisible()
    assert [view.inputs.pictures.item(place).text() for place in range(2)] == ["3", "5"]
    image = view.inputs.pictures.item(0).icon().pixmap(72, 72).toImage()
    assert image.pixelColor(36, 36).lightness() == 255
    assert shown_cells(view, 1) == ["5", "5"]


def test_data_that_go_before_a_batch_is_asked_for_are_not_asked_about(
    view: BatchesView, studio: Studio, link: FakeLink
) -> None:
    view.show()
    open_described(studio)
    while studio.document.undo_name:
        studio.document.undo()
    assert link.asked(ShowExamples) == []


def test_hiding_takes_the_question_back(view: BatchesView, studio: Studio, link: FakeLink) -> None:
    open_described(studio)
    view.show()
    assert len(link.asked(ShowExamples)) == 1
    view.hide()
    view.show()
    assert len(link.asked(ShowExamples)) == 2, "what was taken back is asked again"


def test_both_sides_scroll_together(
    view: BatchesView, studio: Studio, link: FakeLink, qtbot: QtBot, tmp_path: Path
) -> None:
    open_described(studio)
    view.show()
    show(view, link, qtbot, iris_batch(tmp_path / "b.arrow", tuple(range(100))))
    view.inputs.grid.verticalScrollBar().setValue(40)
    assert view.labels.grid.verticalScrollBar().value() == 40
    view.labels.grid.verticalScrollBar().setValue(7)
    assert view.inputs.grid.verticalScrollBar().value() == 7


@pytest.mark.parametrize(
    ("total", "size", "words"),
    [
        (275, 16, "275 rows in 18 batches of 16; the last has 3"),
        (64, 16, "64 rows in 4 batches of 16"),
        (5, 16, "5 rows in 1 batch"),
        (1, 1, "1 row in 1 batch"),
        (0, 16, "0 rows in 0 batches"),
    ],
)
def test_sizes_in_words(total: int, size: int, words: str) -> None:
    assert sizes(total, size) == words


def test_sampling_is_explained() -> None:
    assert "some come repeatedly" in lesson("train", 100, Batches(10, balance="sampling"), 1)


def test_themes_are_followed(view: BatchesView, studio: Studio, theme: Theme) -> None:
    open_described(studio)
    view.show()
    light = view.inputs.grid.viewport().grab().toImage().pixelColor(5, 5)
    theme.choose("dark")
    dark = view.inputs.grid.viewport().grab().toImage().pixelColor(5, 5)
    assert light.lightness() > 128 > dark.lightness()


def test_facts_that_are_still_to_come_are_waited_for(
    view: BatchesView, studio: Studio, link: FakeLink, qtbot: QtBot
) -> None:
    open_described(studio)
    view.show()
    asked = len(link.asked(ShowExamples))
    studio.apply("Ignore", edits.set_used(studio.state.project, {"petal_width"}, used=False))
    assert len(link.asked(ShowExamples)) == asked
    link.answer(DescribeData, DataDescribed(iris_facts()))
    qtbot.waitUntil(lambda: len(link.asked(ShowExamples)) == asked + 1)
    assert iris_source().rows == 150
