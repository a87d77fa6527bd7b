"""The welcome page stands in front while nothing is open, and comes back when it is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnstudio.gui.app import build
from nnstudio.gui.front import Front
from nnstudio.gui.left_behind import LeftBehindBanner
from nnstudio.gui.main_window import MainWindow
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.session.samples import SAMPLES
from nnstudio.spec.errors import DataError
from nnstudio.spec.events import Failed, InterruptedRun
from nnstudio.spec.files import project_to_json
from nnstudio.spec.project import Project
from nnstudio.spec.requests import OpenPath
from tests.gui.fakes import FakeLink, open_iris


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication, studio: Studio, theme: Theme) -> MainWindow:
    window = build(qapp, studio, theme)
    qtbot.addWidget(window, before_close_func=lambda _: setattr(window, "may_close", lambda: True))
    return window


@pytest.fixture
def front(window: MainWindow) -> Front:
    return window.findChildren(Front)[0]


def shown(front: Front) -> str:
    return "welcome" if front.is_welcome else "workspace"


def test_nothing_is_open_at_first(front: Front) -> None:
    assert shown(front) == "welcome"


def test_it_gives_way_to_what_is_opened_and_comes_back_with_new(studio: Studio, front: Front) -> None:
    studio.open_project(SAMPLES[0].path)
    assert shown(front) == "workspace"
    studio.new_project()
    assert shown(front) == "welcome"


def test_it_gives_way_while_a_file_is_read_and_comes_back_if_that_fails(
    qtbot: QtBot, studio: Studio, link: FakeLink, front: Front
) -> None:
    studio.open_path(Path("/data/iris.csv"))
    assert shown(front) == "workspace"
    link.answer(OpenPath, Failed(DataError("It is no table.")))
    qtbot.waitUntil(lambda: front.is_welcome)


def test_an_empty_project_can_be_begun_with_and_edited(studio: Studio, front: Front) -> None:
    front.page.back.click()
    assert shown(front) == "workspace"
    open_iris(studio)
    studio.document.undo()
    assert shown(front) == "workspace", "who has chosen an empty project is not thrown out of it"
    studio.new_project()
    assert shown(front) == "welcome"


def test_it_is_shown_over_a_project_when_asked_for(studio: Studio, front: Front) -> None:
    open_iris(studio)
    front.ask()
    assert shown(front) == "welcome"
    assert front.page.back.text() == "Back to iris"
    front.leave()
    assert shown(front) == "workspace"
    front.ask()
    studio.open_project(SAMPLES[1].path)
    assert shown(front) == "workspace"


def test_who_starts_with_a_file_is_not_welcomed_unless_it_cannot_be_opened(
    qtbot: QtBot, qapp: QApplication, studio: Studio, theme: Theme
) -> None:
    window = build(qapp, studio, theme, opens_something=True)
    qtbot.addWidget(window)
    front = window.findChildren(Front)[0]
    assert shown(front) == "workspace"
    studio.open_path(Path("/nowhere/iris.nnstudio"))
    assert shown(front) == "welcome"


def test_what_was_left_behind_is_asked_in_one_place(studio: Studio, window: MainWindow, front: Front) -> None:
    (banner,) = window.findChildren(LeftBehindBanner)
    run = InterruptedRun("run-1", "iris", 0.0, 40, 100, project_to_json(Project()))
    studio.interrupted.tell((run,))
    assert banner.isHidden()
    assert len(front.page.start.left.banners) == 1
    studio.open_project(SAMPLES[0].path)
    assert not banner.isHidden()


def test_a_window_that_only_welcomed_forgets_no_layout(
    qtbot: QtBot, window: MainWindow, studio: Studio, own_configuration: Path
) -> None:
    window.show()
    assert window.close()
    assert "workspace" not in (own_configuration / "layout.ini").read_text(encoding="utf-8")
    studio.open_project(SAMPLES[0].path)
    with qtbot.waitExposed(window):
        window.show()
    assert window.close()
    assert "workspace" in (own_configuration / "layout.ini").read_text(encoding="utf-8")
