"""How fast a layer learns and when it begins to: set in its settings, seen in its row."""

from __future__ import annotations

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from nnstudio.gui.network.panel import NetworkPanel
from nnstudio.gui.studio import Studio
from nnstudio.session import edits
from nnstudio.spec.layers import Linear, ReLU
from tests.gui.network.conftest import Build


@pytest.fixture
def chosen(panel: NetworkPanel, build: Build, studio: Studio) -> NetworkPanel:
    """A panel with three layers, the first one chosen."""
    build(Linear(8), ReLU(), Linear(3))
    panel.view.choose([studio.state.project.model.rows[0].id])
    return panel


def type_into(editor: object, text: str) -> None:
    assert isinstance(editor, QLineEdit)
    editor.selectAll()
    QTest.keyClicks(editor, text)
    editor.editingFinished.emit()


def test_the_rate_of_a_layer_is_set_and_seen(chosen: NetworkPanel, studio: Studio) -> None:
    type_into(chosen.properties.pace.rate.editor("rate"), "0.1")
    assert studio.state.project.model.rows[0].rate == 0.1
    assert studio.document.undo_name == "Change the rate"
    assert chosen.model.items[0].figures == "×0.1 · 40"
    assert "rate times 0.1" in chosen.model.items[0].accessible_text
    studio.document.undo()
    assert chosen.model.items[0].figures == "40"


def test_the_epoch_is_asked_for_while_the_layer_is_locked(chosen: NetworkPanel, studio: Studio) -> None:
    pace = chosen.properties.pace
    assert not pace.thaw.isVisibleTo(pace)
    studio.apply("Lock", edits.lock_layer(studio.state.project, studio.state.project.model.rows[0].id, True))
    assert pace.thaw.isVisibleTo(pace)
    type_into(pace.thaw.editor("thaw"), "5")
    assert studio.state.project.model.rows[0].thaw == 5
    assert chosen.model.items[0].figures == "40 · from epoch 5"
    assert chosen.model.items[0].pace == "from epoch 5"
    assert "locked, until epoch 5" in chosen.model.items[0].accessible_text


def test_what_is_not_allowed_stays_where_it_was_typed(chosen: NetworkPanel, studio: Studio) -> None:
    pace = chosen.properties.pace
    type_into(pace.rate.editor("rate"), "0")
    assert "greater than 0" in pace.rate.problem("rate")
    assert studio.state.project.model.rows[0].rate == 1
    chosen.view.choose([studio.state.project.model.rows[2].id])
    assert not pace.rate.problem("rate"), "another row has a form of its own"


def test_layers_without_tensors_have_no_pace(chosen: NetworkPanel, studio: Studio) -> None:
    chosen.view.choose([studio.state.project.model.rows[1].id])
    assert not chosen.properties.pace.isVisibleTo(chosen.properties)
