"""The popup of whole networks: what fits can be taken, what does not says why, and taking one is a single edit."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio.gui.network.fits import Fit, first, fits, in_words
from nnstudio.gui.network.kinds import Heading
from nnstudio.gui.network.panel import NetworkPanel
from nnstudio.gui.studio import Studio
from nnstudio.session import edits
from nnstudio.spec.columns import Column, Kind, Role
from nnstudio.spec.facts import DataFacts
from nnstudio.spec.layers import GRU, Linear
from nnstudio.spec.layouts import SequenceLayout
from nnstudio.spec.losses import CrossEntropy
from nnstudio.spec.networks.templates import NETWORK_TEMPLATES, network_template
from nnstudio.spec.optimizers import Adam
from nnstudio.spec.shapes import walk
from nnstudio.spec.sources import ImageFolderSource

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def opened(panel: NetworkPanel) -> NetworkPanel:
    """The panel of the iris table with the popup open."""
    QTest.mouseClick(panel.template, LEFT)
    assert panel.template_palette.isVisible()
    return panel


@pytest.fixture
def pictures(studio: Studio, panel: NetworkPanel) -> NetworkPanel:
    """The panel of a folder of pictures of 28 × 28."""
    state = studio.state
    data = replace(
        edits.data_of(state.project),
        source=ImageFolderSource("digits", 28, 28, "grey"),
        columns=(Column("image", Kind.IMAGE), Column("class", Kind.CATEGORY, Role.TARGET)),
    )
    assert state.facts
    facts = DataFacts(state.facts.task, (1, 28, 28), state.facts.rows, "class", classes=("0", "1", "2"))
    studio.document.state = replace(state, project=replace(state.project, data=data), facts=facts, described=data)
    return panel


def shown(panel: NetworkPanel) -> dict[str, Fit]:
    return {entry.kind.key: entry for entry in panel.template_palette.kinds.listed if isinstance(entry, Fit)}


def test_every_template_is_listed_below_its_group(opened: NetworkPanel) -> None:
    listed = opened.template_palette.kinds.listed
    assert list(shown(opened)) == [template.key for template in NETWORK_TEMPLATES]
    group = ""
    for entry in listed:
        if isinstance(entry, Heading):
            group = entry.family
        else:
            assert isinstance(entry, Fit)
            assert entry.kind.group == group


def test_what_does_not_fit_says_why_and_cannot_be_taken(opened: NetworkPanel, studio: Studio) -> None:
    before, entry = studio.state.project, shown(opened)["resnet18"]
    assert entry.sentence == "It looks at pictures, but the data are rows of 4 numbers."
    assert entry.effect == "does not fit"
    QTest.keyClicks(opened.template_palette.search, "resnet-18")
    QTest.keyClick(opened.template_palette.search, Qt.Key.Key_Return)
    assert opened.template_palette.isVisible()
    assert opened.template_palette.lesson.problem.text() == entry.problem
    assert studio.state.project == before


def test_the_first_that_fits_is_taken_with_enter_as_one_edit(opened: NetworkPanel, studio: Studio) -> None:
    before = studio.state.project
    QTest.keyClick(opened.template_palette.search, Qt.Key.Key_Return)
    assert not opened.template_palette.isVisible()
    assert [row.kind for row in studio.state.project.model.rows] == [Linear(3)]
    assert studio.document.undo_name == "Use Logistic regression"
    studio.document.undo()
    assert studio.state.project == before


def test_words_find_templates_by_name_group_and_sentence(studio: Studio, panel: NetworkPanel) -> None:
    def found(text: str) -> list[str]:
        listed = fits(text, studio.state, studio.fitting)
        return [entry.kind.key for entry in listed if isinstance(entry, Fit)]

    assert found("residual") == ["resnet18", "resnet50", "mobilenet_v2"]
    assert found("sequences") == ["lstm", "gru", "transformer"]
    assert found("nothing such") == []
    assert first([]) == -1
    assert panel.template.isEnabled()


def test_pictures_are_read_line_by_line_in_the_same_edit(pictures: NetworkPanel, studio: Studio) -> None:
    studio.use_template(network_template("gru"))
    assert studio.document.undo_name == "Use GRU"
    project = studio.state.project
    assert edits.data_of(project).layout == SequenceLayout()
    assert [type(row.kind) for row in project.model.rows] == [GRU, Linear]
    assert project.training.loss == CrossEntropy()
    assert walk(project.model, (28, 28)).output == (3,)
    assert pictures.model.items[0].row.kind == GRU()


def test_the_blocks_of_a_large_network_are_folded(pictures: NetworkPanel, studio: Studio) -> None:
    pictures.template_palette.picked.emit(network_template("resnet18"))
    blocks = [item for item in pictures.model.items if item.is_block]
    assert len(blocks) == 8
    assert all(item.is_folded for item in blocks)
    assert len(pictures.model.items) == len(studio.state.project.model.rows)


def test_the_learning_rate_is_lowered_where_a_network_needs_it(pictures: NetworkPanel, studio: Studio) -> None:
    project = studio.state.project
    studio.apply("Learn faster", edits.set_optimizer(project, Adam(0.003)))
    studio.use_template(network_template("small_cnn"))
    assert studio.state.project.training.optimizer == Adam(0.003)
    studio.use_template(network_template("squeezenet"))
    assert studio.state.project.training.optimizer == Adam(0.0003)
    assert shown_effect(pictures, studio, "squeezenet") == "722.9 k parameters"


def shown_effect(panel: NetworkPanel, studio: Studio, key: str) -> str:
    listed = fits("", studio.state, studio.fitting)
    assert panel.template.isEnabled()
    return next(entry.effect for entry in listed if isinstance(entry, Fit) and entry.kind.key == key)


def test_without_data_there_is_nothing_to_choose(empty_panel: NetworkPanel, studio: Studio) -> None:
    assert not empty_panel.template.isEnabled()
    assert all(studio.fitting.problem(template, studio.state) for template in NETWORK_TEMPLATES)
    before = studio.state
    studio.use_template(NETWORK_TEMPLATES[0])
    assert studio.state is before


def test_what_does_not_fit_is_a_notice_when_it_is_asked_for_nevertheless(panel: NetworkPanel, studio: Studio) -> None:
    before = studio.state.project
    studio.use_template(network_template("gru"))
    assert studio.notices.all[-1].what == "It reads sequences, but the data are rows of 4 numbers."
    assert studio.state.project == before
    assert panel.model.items


def test_the_buttons_are_tight_in_a_narrow_panel(panel: NetworkPanel, qtbot: QtBot) -> None:
    assert panel.add.text() == "+ Layer"
    panel.resize(600, 700)
    assert panel.add.text() == "+ Add layer"
    panel.resize(340, 700)
    assert panel.add.text() == "+ Layer"
    qtbot.waitUntil(lambda: panel.minimumSizeHint().width() <= 340)


@pytest.mark.parametrize(("count", "words"), [(7, "7"), (9_999, "9,999"), (14_858, "14.9 k"), (11_172_810, "11.2 M")])
def test_a_number_of_parameters_is_short(count: int, words: str) -> None:
    assert in_words(count) == words
