"""The palette finds kinds of layer by any word about them, and Enter adds the chosen one."""

from __future__ import annotations

from html import escape

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from nnstudio.gui.network.kinds import LESSONS, Entry, Heading, best, entries
from nnstudio.gui.network.panel import NetworkPanel
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.session.blocks import KNOWN_BLOCKS
from nnstudio.spec.layers import LAYERS
from tests.gui.network.conftest import Build

LEFT = Qt.MouseButton.LeftButton


def kinds(panel: NetworkPanel) -> list[str]:
    return [item.row.kind.title for item in panel.model.items]


def found(text: str) -> list[str]:
    """The kinds that have the words in their names or in their sentence, and below them those of the lessons."""
    listed = entries(text, None)
    end = listed.index(Heading(LESSONS)) if Heading(LESSONS) in listed else len(listed)
    return [entry.kind.title for entry in listed[:end] if isinstance(entry, Entry)]


def taught(text: str) -> list[str]:
    """The kinds that have the words in their lesson only."""
    listed = entries(text, None)
    start = listed.index(Heading(LESSONS)) if Heading(LESSONS) in listed else len(listed)
    return [entry.kind.title for entry in listed[start:] if isinstance(entry, Entry)]


@pytest.fixture
def opened(panel: NetworkPanel) -> NetworkPanel:
    """The panel with its palette open and the first row chosen."""
    panel.view.choose([panel.model.items[0].row.id])
    QTest.mouseClick(panel.add, LEFT)
    assert panel.layer_palette.isVisible()
    return panel


def test_every_kind_is_listed_below_its_family() -> None:
    listed = entries("", None)
    assert {entry.kind for entry in listed if isinstance(entry, Entry)} == {*LAYERS.kinds.values(), *KNOWN_BLOCKS}
    family = ""
    for entry in listed:
        if isinstance(entry, Heading):
            family = entry.family
        else:
            assert entry.kind.family == family


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("drop", ["SELU", "Dropout", "Dropout 1d (spatial)", "Dropout 2d (spatial)", "Alpha dropout"]),
        ("spatial", ["Dropout 1d (spatial)", "Dropout 2d (spatial)"]),
        ("Conv2d", ["Convolution 2d"]),
        ("batch 2d", ["Batch norm 2d", "Batch norm 1d"][:1]),
        ("overfit nothing", []),
        ("probability yes", ["Sigmoid"]),
    ],
)
def test_words_find_kinds_by_name_family_and_explanation(text: str, titles: list[str]) -> None:
    assert found(text) == titles


def test_the_name_goes_before_the_explanation() -> None:
    listed = entries("relu", None)
    entry = listed[best(listed, "relu")]
    assert isinstance(entry, Entry)
    assert entry.kind.title == "ReLU"
    assert best([], "") == -1


def test_what_does_not_fit_says_so_and_can_be_added_nevertheless() -> None:
    problems = {entry.kind.key: entry.problem for entry in entries("", (16,)) if isinstance(entry, Entry)}
    assert problems["linear"] == ""
    assert problems["conv2d"].startswith("Convolution 2d needs pictures")


def test_typing_and_enter_add_behind_the_chosen_row(opened: NetworkPanel, studio: Studio) -> None:
    QTest.keyClicks(opened.layer_palette.search, "dropout")
    QTest.keyClick(opened.layer_palette.search, Qt.Key.Key_Return)
    assert kinds(opened) == ["Linear", "Dropout", "ReLU", "Linear"]
    assert opened.view.chosen == [opened.model.items[1].row.id]
    assert studio.document.undo_name == "Add Dropout"
    assert not opened.layer_palette.isVisible()
    studio.document.undo()
    assert kinds(opened) == ["Linear", "ReLU", "Linear"]


def test_arrow_keys_skip_the_headings(opened: NetworkPanel) -> None:
    search, view = opened.layer_palette.search, opened.layer_palette.view
    seen = [view.currentIndex().data()]
    for _ in range(3):
        QTest.keyClick(search, Qt.Key.Key_Down)
        seen.append(view.currentIndex().data())
    assert seen == ["Linear", "Linear on the last side", "ReLU", "Leaky ReLU"]
    QTest.keyClick(search, Qt.Key.Key_PageUp)
    assert view.currentIndex().data() == "Linear"
    for _ in range(2):
        QTest.keyClick(search, Qt.Key.Key_Down)
    QTest.keyClick(search, Qt.Key.Key_Enter)
    assert kinds(opened) == ["Linear", "ReLU", "ReLU", "Linear"]


def test_a_click_adds(opened: NetworkPanel) -> None:
    view = opened.layer_palette.view
    QTest.mouseClick(view.viewport(), LEFT, pos=view.visualRect(opened.layer_palette.kinds.index(4)).center())
    assert kinds(opened) == ["Linear", "ReLU", "ReLU", "Linear"]


def test_a_click_on_a_heading_adds_nothing(opened: NetworkPanel) -> None:
    view = opened.layer_palette.view
    QTest.mouseClick(view.viewport(), LEFT, pos=view.visualRect(opened.layer_palette.kinds.index(0)).center())
    assert len(kinds(opened)) == 3


def test_escape_closes_and_nothing_is_added(opened: NetworkPanel) -> None:
    QTest.keyClick(opened.layer_palette.search, Qt.Key.Key_Escape)
    assert not opened.layer_palette.isVisible()
    assert len(kinds(opened)) == 3


def test_enter_adds_nothing_where_nothing_is_found(opened: NetworkPanel) -> None:
    QTest.keyClicks(opened.layer_palette.search, "xyz")
    QTest.keyClick(opened.layer_palette.search, Qt.Key.Key_Return)
    assert len(kinds(opened)) == 3


def test_an_empty_stack_takes_the_layer_at_its_end(empty_panel: NetworkPanel, build: Build) -> None:
    build()
    empty_panel.open_palette()
    QTest.keyClick(empty_panel.layer_palette.search, Qt.Key.Key_Return)
    assert kinds(empty_panel) == ["Linear"]


def test_the_search_starts_anew_each_time(opened: NetworkPanel) -> None:
    QTest.keyClicks(opened.layer_palette.search, "drop")
    QTest.keyClick(opened.layer_palette.search, Qt.Key.Key_Escape)
    opened.open_palette()
    assert opened.layer_palette.search.text() == ""


def test_entries_are_explained_to_everybody(opened: NetworkPanel) -> None:
    model = opened.layer_palette.kinds
    index = next(model.index(row) for row in range(model.rowCount()) if model.index(row).data() == "Convolution 2d")
    assert "needs pictures" in index.data(Qt.ItemDataRole.ToolTipRole)
    spoken = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("Convolution 2d. Each output channel looks for one small pattern")


@pytest.mark.parametrize("choice", ["light", "dark"])
def test_the_palette_is_painted_in_the_colours_of_the_theme(opened: NetworkPanel, theme: Theme, choice: str) -> None:
    theme.choose(choice)
    picture = opened.layer_palette.grab().toImage()
    assert picture.pixelColor(3, 3).name() == theme.colours.surface


def test_words_find_kinds_by_their_lesson_below_the_others() -> None:
    assert found("chessboard") == []
    assert taught("chessboard") == [f"Transposed convolution {sides}d" for sides in (1, 2, 3)]
    assert "Dropout" not in taught("dropout")
    assert taught("") == []


def test_the_lesson_stands_beside_the_chosen_kind(opened: NetworkPanel) -> None:
    palette = opened.layer_palette
    assert palette.lesson.title.text() == "Linear"
    assert escape(LAYERS.kinds["linear"].lesson()[0]) in palette.lesson.text.text()
    QTest.keyClicks(palette.search, "conv2d")
    assert palette.lesson.title.text() == "Convolution 2d"
    assert palette.lesson.problem.text().startswith("Convolution 2d needs pictures")
    palette.search.clear()
    QTest.keyClicks(palette.search, "residual")
    assert palette.lesson.title.text() == "Residual block"
    assert "Batch norm 2d | the input itself), ReLU." in palette.lesson.text.text()
    palette.search.setText("perceptronium")
    assert palette.lesson.isHidden()


def test_pointing_at_a_kind_shows_its_lesson(opened: NetworkPanel) -> None:
    palette = opened.layer_palette
    palette.view.entered.emit(palette.kinds.index(4))
    entry = palette.kinds.listed[4]
    assert isinstance(entry, Entry)
    assert palette.lesson.title.text() == entry.kind.title != "Linear"
