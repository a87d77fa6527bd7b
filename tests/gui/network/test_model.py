"""The model tells views of what changed and of nothing else, also in deep networks, and takes drops of its own rows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtCore import QAbstractItemModel, QMimeData, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from nnstudio.gui.network.items import items_of
from nnstudio.gui.network.model import ROWS_FORMAT, StackModel
from nnstudio.gui.studio import Studio
from nnstudio.gui.tables.models import NO_INDEX
from nnstudio.session import edits
from nnstudio.session.preflight import preflight
from nnstudio.spec.layers import Dropout, Linear, ReLU
from nnstudio.spec.optimizers import AdamW
from nnstudio.spec.project import Project
from tests.gui.network.conftest import Build

DEPTH = 500
MOVE = Qt.DropAction.MoveAction


class Watched:
    """A model that follows a studio, and what it told since `watch` began."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self.model = StackModel()
        self.tester = QAbstractItemModelTester(self.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
        self.told: list[tuple[str, int, int]] = []
        self._listen(self.model)
        studio.document.changed.listen(lambda _, new: self.model.render(items_of(new, preflight(new))))

    def _listen(self, model: QAbstractItemModel) -> None:
        model.modelReset.connect(lambda: self.told.append(("reset", 0, 0)))
        model.layoutChanged.connect(lambda: self.told.append(("layout", 0, 0)))
        model.dataChanged.connect(lambda first, last: self.told.append(("data", first.row(), last.row())))
        model.rowsInserted.connect(lambda _, first, last: self.told.append(("inserted", first, last)))
        model.rowsRemoved.connect(lambda _, first, last: self.told.append(("removed", first, last)))
        model.rowsMoved.connect(lambda _, first, last, __, to: self.told.append((f"moved to {to}", first, last)))

    @property
    def ids(self) -> list[str]:
        return [row.id for row in self.studio.state.project.model.rows]

    @contextmanager
    def watch(self) -> Iterator[None]:
        self.told.clear()
        yield
        rows = self.studio.state.project.model.rows
        assert [item.row for item in self.model.items] == list(rows)

    def apply(self, project: Project) -> None:
        self.studio.apply("Edit", project)


@pytest.fixture
def deep(studio: Studio, build: Build) -> Watched:
    """Five hundred layers: Linear 16 and ReLU in turn, the last a Linear 3."""
    watched = Watched(studio)
    build(*[Linear(16) if place % 2 == 0 else ReLU() for place in range(DEPTH - 1)], Linear(3))
    studio.apply("Decay", edits.set_optimizer(studio.state.project, AdamW()))  # else its size is spoken of
    return watched


def test_a_changed_width_repaints_the_rows_whose_shapes_change(deep: Watched) -> None:
    with deep.watch():
        deep.apply(edits.change_layer(deep.studio.state.project, deep.ids[200], Linear(17)))
    assert deep.told == [("data", 200, 202)]


def test_a_lock_repaints_one_row(deep: Watched) -> None:
    with deep.watch():
        deep.apply(edits.lock_layer(deep.studio.state.project, deep.ids[250], True))
    assert deep.told == [("data", 250, 250)]


def test_an_added_layer_inserts_one_row(deep: Watched) -> None:
    with deep.watch():
        deep.apply(edits.add_layer(deep.studio.state.project, Dropout(), 100)[0])
    assert deep.told == [("inserted", 100, 100)]


def test_removed_layers_go_and_come_back_by_undo(deep: Watched) -> None:
    gone = {deep.ids[10], deep.ids[11], deep.ids[20]}
    with deep.watch():
        deep.apply(edits.remove_layers(deep.studio.state.project, gone))
    assert [change for change in deep.told if change[0] != "data"] == [("removed", 20, 20), ("removed", 10, 11)]
    with deep.watch():
        deep.studio.document.undo()
    assert [change for change in deep.told if change[0] != "data"] == [("inserted", 10, 11), ("inserted", 20, 20)]


def test_a_moved_layer_moves_one_row(deep: Watched) -> None:
    with deep.watch():
        deep.apply(edits.move_layers(deep.studio.state.project, {deep.ids[1]}, (402,)))
    assert deep.told == [("moved to 402", 1, 1), ("data", 1, 1)]
    assert deep.model.items[1].sentence == "Two linear layers in a row are one."


def test_nothing_is_told_when_no_row_changes(deep: Watched) -> None:
    with deep.watch():
        batches = edits.data_of(deep.studio.state.project).batches
        deep.apply(edits.set_batches(deep.studio.state.project, type(batches)(size=8)))
    assert deep.told == []


def test_nothing_ever_resets(deep: Watched, build: Build) -> None:
    with deep.watch():
        build(Linear(3))
    assert "reset" not in {kind for kind, _, _ in deep.told}


def carried(*row_ids: str) -> QMimeData:
    data = QMimeData()
    data.setData(ROWS_FORMAT, json.dumps(row_ids).encode())
    return data


def test_a_drop_asks_for_a_move(deep: Watched, qtbot: QtBot) -> None:
    data = deep.model.mimeData([deep.model.index(7), deep.model.index(3)])
    with qtbot.waitSignal(deep.model.move_asked) as asked:
        assert deep.model.dropMimeData(data, MOVE, 12, 0, NO_INDEX)
    assert asked.args == [[deep.ids[3], deep.ids[7]], (12,)]


def test_a_drop_below_the_last_row_moves_to_the_end(deep: Watched, qtbot: QtBot) -> None:
    with qtbot.waitSignal(deep.model.move_asked) as asked:
        assert deep.model.dropMimeData(carried(deep.ids[0]), MOVE, -1, -1, NO_INDEX)
    assert asked.args == [[deep.ids[0]], (DEPTH,)]


@pytest.mark.parametrize("text", [b"not json", b'"text"', b"[]", b'["of another window"]', b"[[1]]"])
def test_a_foreign_drop_is_refused(deep: Watched, text: bytes) -> None:
    data = QMimeData()
    data.setData(ROWS_FORMAT, text)
    assert not deep.model.dropMimeData(data, MOVE, 0, 0, NO_INDEX)
    assert not deep.model.dropMimeData(QMimeData(), MOVE, 0, 0, NO_INDEX)
