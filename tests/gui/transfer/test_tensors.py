"""Every tensor has its line: what matched, what not and why; lines are filtered, and paired by hand."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio.gui.studio import Studio
from nnstudio.gui.transfer.line_table import LineTable
from nnstudio.gui.transfer.lines import LINE, Column
from nnstudio.gui.transfer.pairing import BY_RULE, FRESH, offers
from nnstudio.gui.transfer.view import TransferView
from nnstudio.spec.errors import SpecError
from nnstudio.spec.events import ModelOpened
from nnstudio.spec.mapping import Line, Match
from nnstudio.spec.model import Pair
from nnstudio.spec.requests import OpenModel
from tests.gui.fakes import FakeLink
from tests.gui.transfer.conftest import TENSORS, start

DOWN, ENTER = Qt.Key.Key_Down, Qt.Key.Key_Return


@pytest.fixture
def page(view: TransferView, studio: Studio, qtbot: QtBot) -> TransferView:
    """The page of tensors of a file that fits in part."""
    start(studio)
    view.show_page("tensors")
    qtbot.waitUntil(lambda: bool(view.tensors.table.lines_model.lines))
    return view


def lines(view: TransferView) -> list[Line]:
    return list(view.tensors.table.lines_model.lines)


def line_of(view: TransferView, name: str) -> Line:
    """The line of a place of the network, or of a tensor of the file that has none."""
    return next(line for line in lines(view) if (line.place.name if line.place else line.source) == name)


def text(table: LineTable, row: int, column: Column) -> str:
    return str(table.lines_model.index(row, column).data())


def test_the_counts_add_up(page: TransferView) -> None:
    shown = [button.text() for button in page.tensors.filters.values()]
    assert shown == ["All 7", "Matched 4", "Wrong shape 1", "Missing 1", "Extra 1"]


def test_a_line_says_names_shapes_and_state(page: TransferView) -> None:
    model = page.tensors.table.lines_model
    assert model.words(line_of(page, "0.weight"), Column.SOURCE) == ("0.weight", "32 × 4 · float32")
    assert model.words(line_of(page, "0.weight"), Column.PLACE) == ("0.weight", "32 × 4 · Linear")
    assert model.words(line_of(page, "4.weight"), Column.STATE) == (Match.SHAPE, "")
    assert model.words(line_of(page, "4.bias"), Column.SOURCE) == ("–", "not in the file")
    assert model.words(line_of(page, "fc.bias"), Column.PLACE) == ("–", "not in the network")
    index = model.index(4, 0)
    assert "The shapes differ" in str(index.data(Qt.ItemDataRole.ToolTipRole))
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "4.weight, 10 × 16 · float32"
    assert index.data(LINE).match is Match.SHAPE


@pytest.mark.parametrize(("match", "count"), [(None, 7), (Match.MATCHED, 4), (Match.SHAPE, 1), (Match.EXTRA, 1)])
def test_lines_are_filtered_by_their_state(page: TransferView, match: Match | None, count: int) -> None:
    page.tensors.filters[match].click()
    assert len(lines(page)) == count
    assert match is None or {line.match for line in lines(page)} == {match}


def test_the_rule_can_be_another(page: TransferView, studio: Studio, qtbot: QtBot) -> None:
    page.tensors._change_rule("by", "order")
    qtbot.waitUntil(lambda: line_of(page, "4.bias").match is Match.MATCHED)
    start_ = studio.state.project.model.start
    assert start_
    assert start_.by == "order"
    assert studio.document.undo_name == "Match by order"


def test_a_place_is_paired_with_the_keyboard(page: TransferView, studio: Studio, qtbot: QtBot) -> None:
    table, popup = page.tensors.table, page.tensors.popup
    table.setFocus()
    table.setCurrentIndex(table.lines_model.index(lines(page).index(line_of(page, "4.bias")), 0))
    QTest.keyClick(table, ENTER)
    assert popup.isVisible()
    QTest.keyClick(popup.search, ENTER)
    qtbot.waitUntil(lambda: line_of(page, "4.bias").source == "fc.bias")
    assert line_of(page, "4.bias").by_hand
    row = studio.state.project.model.rows[4].id
    assert studio.state.project.model.start
    assert studio.state.project.model.start.pairs == (Pair(row, "bias", "fc.bias"),)
    assert studio.document.undo_name == "Pair 4.bias"
    studio.document.undo()
    qtbot.waitUntil(lambda: line_of(page, "4.bias").match is Match.MISSING)


def test_a_tensor_that_is_left_over_is_given_a_place(page: TransferView) -> None:
    offered = offers(line_of(page, "fc.bias"), lines(page), {})
    assert [(offer.place.name, offer.source) for offer in offered] == [("4.bias", "fc.bias")]


def test_a_matched_tensor_can_be_kept_out_and_go_by_the_rule_again(
    page: TransferView, studio: Studio, qtbot: QtBot
) -> None:
    line = line_of(page, "0.bias")
    first = offers(line, lines(page), {})[0]
    assert first.title == FRESH
    page.tensors._pair(first)
    qtbot.waitUntil(lambda: line_of(page, "0.bias").match is Match.MISSING)
    rule = offers(line_of(page, "0.bias"), lines(page), {})[0]
    assert rule.title == BY_RULE
    page.tensors._pair(rule)
    qtbot.waitUntil(lambda: line_of(page, "0.bias").match is Match.MATCHED)
    assert studio.state.project.model.start
    assert studio.state.project.model.start.pairs == ()


def test_nothing_of_the_same_shape_is_said(page: TransferView, studio: Studio) -> None:
    lonely = Line(Match.EXTRA, None, 0, "odd", (99, 99))
    page.tensors.table.pairing_asked.emit(lonely, QPoint())
    assert not page.tensors.popup.isVisible()
    assert "nothing of the same shape" in studio.notices.all[-1].what


def test_the_popup_finds_tensors_by_words(page: TransferView) -> None:
    page.tensors.popup.open_at(QPoint(), offers(line_of(page, "0.bias"), lines(page), {}))
    page.tensors.popup.search.setText("keep fresh")
    assert page.tensors.popup.found.model().rowCount() == 1
    page.tensors.popup.close()


def test_pairs_can_all_be_forgotten(page: TransferView, studio: Studio, qtbot: QtBot) -> None:
    place = line_of(page, "4.bias").place
    assert place
    studio.transfer.pair(0, place, "fc.bias")
    qtbot.waitUntil(page.tensors.forget.isVisible)
    page.tensors.forget.click()
    qtbot.waitUntil(lambda: not page.tensors.forget.isVisible())
    assert line_of(page, "4.bias").match is Match.MISSING


def test_a_file_that_cannot_be_used_says_why(page: TransferView, studio: Studio, qtbot: QtBot) -> None:
    studio.document.found_file("/m/w.pth", SpecError("“w.pth” could not be opened.", "It is gone."))
    qtbot.waitUntil(page.tensors.problem.isVisible)
    assert page.tensors.problem.title == "“w.pth” could not be opened."
    assert not page.tensors.table.isVisible()


def test_five_thousand_tensors_are_lines_of_a_model(view: TransferView, studio: Studio, qtbot: QtBot) -> None:
    many = dict(TENSORS) | {f"backbone.stage{n}.conv{n}.weight": (64, 64, 3, 3) for n in range(5_000)}
    start(studio, many)
    view.show_page("tensors")
    qtbot.waitUntil(lambda: len(lines(view)) == 5_007)
    table = view.tensors.table
    table.setFocus()
    table.setCurrentIndex(table.lines_model.index(0, 0))
    QTest.keyClick(table, Qt.Key.Key_End)
    QTest.keyClick(table, DOWN)
    assert table.currentIndex().row() == 5_006
    assert table.rowViewportPosition(5_006) < table.viewport().height()


def test_the_engine_looks_into_a_file_that_a_project_names(studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
    start(studio)
    project = studio.state.project
    studio.document.open(project)
    assert not link.asked(OpenModel), "it is known already"
    studio.document.found_file("/m/w.pth", ModelOpened("/m/w.pth", "cd", "", {}))
    studio.new_project()
    studio.document.open(project)
    assert [request.path for request in link.asked(OpenModel)] == ["/m/w.pth"]
    link.answer(OpenModel, ModelOpened("/m/w.pth", "ab", "", TENSORS))
    qtbot.waitUntil(lambda: studio.state.files["/m/w.pth"] == ModelOpened("/m/w.pth", "ab", "", TENSORS))
