"""What the network sees, number by number, beside the cells that the numbers come from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from nnstudio.gui.data.encoded import EncodedDialog
from nnstudio.gui.studio import Studio
from nnstudio.session import edits
from nnstudio.spec.errors import DataError
from nnstudio.spec.events import ExamplesShown, Failed
from nnstudio.spec.facts import ShownExamples
from nnstudio.spec.layouts import WindowLayout
from nnstudio.spec.requests import ShowExamples
from tests.gui.data.penguins import data_of, open_found, penguin_facts, penguin_source
from tests.gui.fakes import FakeLink

FEATURES = ("island = Biscoe", "bill_length_mm")
ORIGINS = ("island", "bill_length_mm")
MEANINGS = ("1 where it is “Biscoe”", "(cell − 43.9) ÷ 5.46")


def write(path: Path, columns: dict[str, object]) -> str:
    table = pa.table(columns)
    with pa.ipc.new_file(str(path), table.schema) as writer:
        writer.write_table(table)
    return str(path)


@pytest.fixture
def dialog(qtbot: QtBot, studio: Studio, tmp_path: Path) -> Iterator[EncodedDialog]:
    """The dialog over penguins of which two rows lie in the cache."""
    raw = write(tmp_path / "raw.arrow", {"island": ["Biscoe", "Dream"], "bill_length_mm": [39.1, None]})
    open_found(studio, penguin_source(raw), penguin_facts())
    window = QWidget()
    qtbot.addWidget(window)
    dialog = EncodedDialog(studio, window)
    dialog.open()
    yield dialog
    window.close()  # it lives as long as the dialog is looked at


def shown(path: Path) -> ShownExamples:
    values = {"island = Biscoe": np.array([1, 0], np.float32), "bill_length_mm": np.array([-0.8791, 0], np.float32)}
    preview = write(path / "shown.arrow", {"row": [0, 1], **values, "target": ["a", "b"], "y": [0, 1]})
    return ShownExamples(preview, "train", 0, 0, 275, (2,), (), "int64", FEATURES, -1, 1, ORIGINS, MEANINGS)


def texts(dialog: EncodedDialog, row: int) -> list[str]:
    return [str(dialog.model.index(row, column).data()) for column in range(dialog.model.columnCount())]


def test_shape_and_names_are_there_at_once(dialog: EncodedDialog, link: FakeLink) -> None:
    assert dialog.tensor.text() == "one example  torch.float32 [8]"
    assert dialog.model.rowCount() == 8
    (request,) = link.asked(ShowExamples)
    assert (request.part, request.start, request.count, request.epoch) == ("train", 0, 4, 0)


def test_rows_stand_beside_what_they_became(
    dialog: EncodedDialog, link: FakeLink, qtbot: QtBot, tmp_path: Path
) -> None:
    link.answer(ShowExamples, ExamplesShown(shown(tmp_path)))
    qtbot.waitUntil(lambda: dialog.model.columnCount() == 5)
    assert texts(dialog, 0) == [FEATURES[0], "island", MEANINGS[0], "Biscoe → 1", "Dream → 0"]
    assert texts(dialog, 1)[3:] == ["39.1 → −0.879", "missing → 0"]
    assert dialog.model.headerData(4, Qt.Orientation.Horizontal) == "Row 2"


def test_windows_are_shown_without_single_cells(
    dialog: EncodedDialog, studio: Studio, link: FakeLink, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog.close()
    studio.apply("Windows", edits.set_layout(studio.state.project, WindowLayout(length=3)))
    studio.document.found_facts(data_of(studio), penguin_facts())
    window = QWidget()
    qtbot.addWidget(window)
    windows = EncodedDialog(studio, window)
    windows.open()
    link.answer(ShowExamples, ExamplesShown(shown(tmp_path)))
    qtbot.waitUntil(lambda: windows.model.columnCount() == 5)
    assert texts(windows, 1)[3:] == ["−0.879", "0"], "a window has no one cell that a number comes from"


def test_why_there_are_no_rows_is_said(dialog: EncodedDialog, link: FakeLink, qtbot: QtBot) -> None:
    link.answer(ShowExamples, Failed(DataError("The file is gone.")))
    qtbot.waitUntil(dialog.problem.isVisible)
    assert dialog.problem.text() == "The file is gone."


def test_an_answer_after_closing_is_dropped(
    dialog: EncodedDialog, studio: Studio, link: FakeLink, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog.close()
    link.answer(ShowExamples, ExamplesShown(shown(tmp_path)))
    told: list[object] = []
    studio.looking.show_examples(told.append)
    link.answer(ShowExamples, Failed(DataError("Heard.")))
    qtbot.waitUntil(lambda: bool(told))
