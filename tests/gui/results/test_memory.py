"""Where memory ran out, smaller batches are offered as the project's own setting, as one edit that can be undone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio.gui.results.memory import MemoryBanner
from nnstudio.gui.studio import Studio
from nnstudio.session import edits
from nnstudio.spec.events import NumericPlan, PlanChanged
from nnstudio.spec.project import Project
from tests.gui.data.penguins import open_penguins
from tests.gui.results.runs import start_on_penguins


@pytest.fixture
def banner(qtbot: QtBot, studio: Studio) -> MemoryBanner:
    """Of a run whose batches of 33 go through in four parts."""
    banner = MemoryBanner(studio)
    qtbot.addWidget(banner)
    open_penguins(studio)
    batches = replace(edits.data_of(studio.state.project).batches, size=33)
    studio.apply("Batch size", edits.set_batches(studio.state.project, batches))
    training = replace(studio.state.project.training, accumulate=2)
    studio.apply("Accumulate", edits.set_training(studio.state.project, training))
    studio.run.start(studio.state.project)
    studio.run.receive([PlanChanged(1, NumericPlan(step="eager", eager_because="memory ran out", parts=4))])
    return banner


def batches(project: Project) -> tuple[int, int]:
    return edits.data_of(project).batches.size, project.training.accumulate


def press(banner: MemoryBanner) -> None:
    (button,) = banner.buttons
    assert button.text() == "Use in the project"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_it_says_what_is_done_and_what_would_need_as_little_memory(banner: MemoryBanner) -> None:
    assert not banner.isHidden()
    assert banner.title == "Memory ran out: each batch of 33 goes through in 4 parts of 9 now."
    assert banner._text.text().endswith("A batch size of 9 that is accumulated 4 times needs as little memory.")


def test_used_in_the_project_it_is_one_edit(banner: MemoryBanner, studio: Studio) -> None:
    press(banner)
    assert batches(studio.state.project) == (9, 8)
    assert banner.isHidden(), "there is nothing left to offer"
    studio.document.undo()
    assert batches(studio.state.project) == (33, 2)
    assert not banner.isHidden()


def test_another_batch_size_is_answer_enough(banner: MemoryBanner, studio: Studio) -> None:
    smaller = replace(edits.data_of(studio.state.project).batches, size=8)
    studio.apply("Batch size", edits.set_batches(studio.state.project, smaller))
    assert banner.isHidden()


def test_the_next_run_has_not_run_out_of_memory(banner: MemoryBanner, studio: Studio) -> None:
    start_on_penguins(studio)
    assert banner.isHidden()
