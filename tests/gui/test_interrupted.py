"""A run that was interrupted is offered at the start, and goes on by one click."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio.gui.left_behind import LeftBehind, LeftBehindBanner
from nnstudio.gui.studio import Studio
from nnstudio.runs.unsaved import Unsaved
from nnstudio.session import edits
from nnstudio.session.live import Status
from nnstudio.spec.errors import DataError, EngineLost
from nnstudio.spec.events import (
    DiskFull,
    Failed,
    InterruptedRun,
    NumericPlan,
    Paused,
    PlanChanged,
    Resumed,
    RunsInterrupted,
)
from nnstudio.spec.files import project_to_json
from nnstudio.spec.project import Project
from nnstudio.spec.requests import DiscardRun, ListInterrupted, ResumeRun
from tests.gui.fakes import FakeLink, open_iris, started


@pytest.fixture
def banner(qtbot: QtBot, studio: Studio) -> LeftBehindBanner:
    banner = LeftBehindBanner(LeftBehind(studio))
    qtbot.addWidget(banner)
    return banner


@pytest.fixture
def found(studio: Studio) -> InterruptedRun:
    """A run of the iris project, which is open."""
    open_iris(studio)
    return InterruptedRun("run-1", "iris", 0.0, 40, 100, project_to_json(studio.state.project))


@pytest.fixture
def offered(
    qtbot: QtBot, studio: Studio, link: FakeLink, banner: LeftBehindBanner, found: InterruptedRun
) -> LeftBehindBanner:
    """The banner with that run."""
    studio.look_for_interrupted()
    link.answer(ListInterrupted, RunsInterrupted((found,)))
    qtbot.waitUntil(lambda: not banner.isHidden())
    return banner


def click(banner: LeftBehindBanner, name: str) -> None:
    (button,) = (button for button in banner.buttons if button.text() == name)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_it_says_how_far_the_run_was(offered: LeftBehindBanner) -> None:
    assert offered.title == "The run “iris” was interrupted: its process ended after 40 of 100 epochs."
    assert [button.text() for button in offered.buttons] == ["Later", "Discard", "Resume"]


def test_resume_goes_on_with_the_run(qtbot: QtBot, studio: Studio, link: FakeLink, offered: LeftBehindBanner) -> None:
    project = studio.state.project
    click(offered, "Resume")
    assert link.asked(ResumeRun) == [ResumeRun("run-1")]
    assert studio.run.status is Status.STARTING
    assert studio.run.project == project
    assert offered.isHidden()
    assert not studio.can_train
    link.answer(ResumeRun, started(), done=False)
    qtbot.waitUntil(lambda: studio.run.status is Status.TRAINING)


def test_a_project_is_offered_again_when_the_run_is_over(
    studio: Studio, offered: LeftBehindBanner, tmp_path: Path
) -> None:
    """It could not be opened beside the run: it would have become an edit of the run's project."""
    click(offered, "Resume")
    studio.autosaver.found.emit([Unsaved(tmp_path, "wine", None, 0.0, Project())])
    assert offered.isHidden()
    studio.run.receive([Failed(DataError("Its data changed."))])
    assert offered.title == "“wine” has changes that were not saved when nnstudio ended."


def test_a_run_that_went_on_is_not_offered_again(studio: Studio, offered: LeftBehindBanner) -> None:
    click(offered, "Resume")
    studio.run.receive([started(), Failed(DataError("Its data changed."))])
    assert offered.isHidden()


def test_another_run_waits_until_none_goes_on(studio: Studio, offered: LeftBehindBanner, found: InterruptedRun) -> None:
    studio.interrupted.tell((found, replace(found, run="run-2", name="other")))
    click(offered, "Resume")
    assert offered.isHidden()
    studio.run.receive([started(), Failed(DataError("Its data changed."))])
    assert "other" in offered.title
    assert not offered.isHidden()


def test_resume_opens_the_project_of_the_run_and_undo_leads_back(studio: Studio, offered: LeftBehindBanner) -> None:
    project = studio.state.project
    studio.apply("Clear", edits.with_rows(project, []))
    changed = studio.state.project
    click(offered, "Resume")
    assert studio.state.project == project
    studio.document.undo()
    assert studio.state.project == changed


def test_resume_closes_what_was_saved(studio: Studio, offered: LeftBehindBanner) -> None:
    project = studio.state.project
    studio.new_project()
    click(offered, "Resume")
    assert studio.state.project == project
    assert studio.state.path is None


def test_discard_asks_for_no_more(qtbot: QtBot, link: FakeLink, offered: LeftBehindBanner) -> None:
    click(offered, "Discard")
    assert link.asked(DiscardRun) == [DiscardRun("run-1")]
    link.answer(DiscardRun, RunsInterrupted(()))
    qtbot.waitUntil(offered.isHidden)


def test_later_only_hides_it(link: FakeLink, offered: LeftBehindBanner) -> None:
    click(offered, "Later")
    assert offered.isHidden()
    assert not link.asked(DiscardRun)
    assert not link.asked(ResumeRun)


def test_nothing_is_said_where_nothing_was_interrupted(
    qtbot: QtBot, studio: Studio, link: FakeLink, banner: LeftBehindBanner
) -> None:
    told: list[int] = []
    studio.interrupted.listen(lambda runs: told.append(len(runs)))
    studio.look_for_interrupted()
    link.answer(ListInterrupted, RunsInterrupted(()))
    qtbot.waitUntil(lambda: told == [0])
    assert banner.isHidden()


def test_a_lost_engine_offers_its_run(link: FakeLink, studio: Studio) -> None:
    studio.trainer._hear([Failed(EngineLost("The engine stopped unexpectedly."))])
    assert link.asked(ListInterrupted) == [ListInterrupted()]


def test_a_full_disk_is_told_and_training_rests(studio: Studio) -> None:
    open_iris(studio)
    studio.train()
    studio.run.receive([started()])
    studio.trainer._hear([DiskFull("“runs” could not be written.")])
    waiting = studio.run.status
    assert waiting is Status.PAUSED
    assert studio.notices.all[-1].what == "The disk is full: training waits."
    studio.trainer._hear([Resumed()])
    going_on = studio.run.status
    assert going_on is Status.TRAINING
    assert studio.notices.all[-1].what == "The disk has room again: training goes on."


def test_going_on_after_a_pause_needs_no_words(studio: Studio) -> None:
    open_iris(studio)
    studio.train()
    studio.trainer._hear([started(), Paused(), Resumed()])
    assert studio.notices.all == []


def test_memory_that_ran_out_is_told_with_what_is_done_about_it(studio: Studio, found: InterruptedRun) -> None:
    del found  # its project is open
    studio.trainer.run.start(studio.state.project)
    studio.trainer._hear([started(), PlanChanged(1, NumericPlan(threads=2))])
    assert studio.notices.all == []
    studio.trainer._hear([PlanChanged(1, NumericPlan(step="eager", eager_because="memory ran out", parts=2))])
    (notice,) = studio.notices.all
    assert (notice.level, notice.what) == (
        "warning",
        "Memory ran out: each batch of 16 goes through in 2 parts of 8 now.",
    )
    assert studio.run.plan is not None
    assert studio.run.plan.parts == 2
