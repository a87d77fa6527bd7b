"""The welcome page offers what can be begun with, to the mouse and to the keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.gui.left_behind import LeftBehind
from nnstudio.gui.panel import Button
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.gui.welcome.page import WelcomePage
from nnstudio.gui.welcome.start import MISSING
from nnstudio.gui.welcome.steps import STEPS
from nnstudio.gui.welcome.tile import Tile
from nnstudio.session.colours import DARK
from nnstudio.session.preferences import Preferences
from nnstudio.session.samples import SAMPLES
from nnstudio.spec.events import DataDescribed, InterruptedRun, SourceOpened
from nnstudio.spec.files import project_to_json
from nnstudio.spec.networks.templates import NETWORK_TEMPLATES
from nnstudio.spec.project import Project
from nnstudio.spec.requests import DescribeData, OpenPath
from tests.gui.fakes import FakeLink, iris_facts, iris_source, open_iris


@pytest.fixture
def left(studio: Studio) -> LeftBehind:
    return LeftBehind(studio)


@pytest.fixture
def page(qtbot: QtBot, studio: Studio, left: LeftBehind, theme: Theme) -> WelcomePage:
    page = WelcomePage(studio, left, theme)
    qtbot.addWidget(page)
    page.resize(1280, 680)
    page.show()
    return page


def press(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def test_a_sample_is_opened_by_one_click(studio: Studio, page: WelcomePage) -> None:
    press(page.samples.tiles[0])
    assert studio.state.path == SAMPLES[0].path


def test_the_keyboard_goes_from_tile_to_tile_and_opens_one(studio: Studio, page: WelcomePage) -> None:
    page.samples.tiles[0].setFocus()
    QTest.keyClick(page.samples.tiles[0], Qt.Key.Key_Tab)
    assert page.focusWidget() is page.samples.tiles[1]
    QTest.keyClick(page.samples.tiles[1], Qt.Key.Key_Space)
    assert studio.state.path == SAMPLES[1].path


def test_every_tile_says_what_it_is_to_a_screen_reader(page: WelcomePage) -> None:
    tiles = page.findChildren(Tile)
    assert len(tiles) == len(SAMPLES) + len(NETWORK_TEMPLATES)
    assert all(tile.accessibleName() and tile.accessibleDescription() for tile in tiles)
    assert all(click in page.steps.accessibleName() for click, _ in STEPS)


@pytest.mark.parametrize(("width", "height"), [(840, 440), (960, 460), (1280, 680), (2560, 1320)])
def test_nothing_is_cut_off_and_no_room_is_lost(qtbot: QtBot, page: WelcomePage, width: int, height: int) -> None:
    def has_room(tile: Tile) -> bool:
        least = tile.minimumSizeHint()
        return tile.width() >= least.width() and tile.height() >= least.height()

    def lower_right() -> QPoint:
        """Of the last sample, in its panel."""
        last = page.samples.tiles[-1]
        return last.mapTo(page.samples, last.rect().bottomRight())

    page.resize(width, height)  # other columns are laid out a turn later
    qtbot.waitUntil(lambda: page.samples.width() - 40 < lower_right().x() < page.samples.width())
    qtbot.waitUntil(lambda: all(map(has_room, page.findChildren(Tile))))
    assert all(page.rect().contains(panel.geometry()) for panel in (page.start, page.samples, page.templates))
    if height > 600:
        assert lower_right().y() > page.samples.height() - 40


@pytest.mark.parametrize(
    ("width", "height", "has_steps", "has_templates"), [(853, 413, True, True), (640, 283, False, False)]
)
def test_a_small_page_keeps_what_nothing_else_offers(
    page: WelcomePage, width: int, height: int, has_steps: bool, has_templates: bool
) -> None:
    page.setMinimumSize(1, 1)  # as in the window, which gives it what room there is
    page.resize(width, height)
    page.show()
    QApplication.processEvents()
    assert (page.steps.isVisible(), page.templates.isVisible()) == (has_steps, has_templates)
    assert page.steps.height() >= page.steps.heightForWidth(page.steps.width()) or not has_steps
    for panel in (page.start, page.samples):
        assert panel.width() >= panel.minimumSizeHint().width()


def test_it_paints_itself_in_both_themes(page: WelcomePage, theme: Theme) -> None:
    page.draw()
    light = page.grab().toImage()
    theme.choose("dark")
    dark = page.grab().toImage()
    middle = page.samples.geometry().topLeft()
    assert light.pixelColor(middle + middle / 100) != dark.pixelColor(middle + middle / 100)
    assert dark.pixelColor(2, page.height() // 2).name() == DARK.ground


def test_recent_files_are_opened_marked_and_removed(
    qtbot: QtBot, studio: Studio, page: WelcomePage, tmp_path: Path
) -> None:
    there = SAMPLES[0].path
    studio.prefer(Preferences(recent=(str(tmp_path / "gone.nnstudio"), str(there))))
    tiles = page.start.recent.tiles
    qtbot.waitUntil(lambda: tiles[str(tmp_path / "gone.nnstudio")].marked == MISSING)
    assert tiles[str(there)].marked == ""
    (remove,) = (
        button
        for button in page.start.recent.findChildren(Button)
        if button.accessibleName() == "Take gone.nnstudio off the list"
    )
    press(remove)
    assert studio.preferences.recent == (str(there),)
    press(page.start.recent.tiles[str(there)])
    assert studio.state.path == there


def test_a_template_asks_for_its_data_and_is_made_for_them(
    qtbot: QtBot, studio: Studio, link: FakeLink, page: WelcomePage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def choose(_: QWidget, title: str, *_others: str) -> tuple[str, str]:
        asked.append(title)
        return "/data/iris.csv", ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", choose)
    press(page.templates.tiles[0])
    assert asked == ["Data for “Logistic regression”"]
    link.answer(OpenPath, SourceOpened(iris_source()))
    qtbot.waitUntil(lambda: studio.state.project.data is not None)
    link.answer(DescribeData, DataDescribed(iris_facts()))
    qtbot.waitUntil(lambda: len(studio.state.project.model.rows) == 1)
    assert studio.document.undo_name == "Open iris.csv"


def test_a_template_that_does_not_fit_says_so_and_another_network_is_suggested(
    qtbot: QtBot, studio: Studio, link: FakeLink
) -> None:
    (template,) = (each for each in NETWORK_TEMPLATES if each.key == "linear_regression")
    studio.open_for(Path("/data/iris.csv"), template)
    link.answer(OpenPath, SourceOpened(iris_source()))
    qtbot.waitUntil(lambda: studio.state.project.data is not None)
    link.answer(DescribeData, DataDescribed(iris_facts()))
    qtbot.waitUntil(lambda: bool(studio.state.project.model.rows))
    assert studio.notices.all[-1].what.startswith("“Linear regression” does not fit the data")
    assert studio.notices.all[-1].remedy == "Take logistic regression."


def test_what_was_left_behind_is_offered_all_at_once(studio: Studio, left: LeftBehind, page: WelcomePage) -> None:
    runs = tuple(
        InterruptedRun(f"run-{number}", f"iris {number}", 0.0, 40, 100, project_to_json(Project()))
        for number in range(2)
    )
    studio.interrupted.tell(runs)
    banners = page.start.left.banners
    assert ["iris 0" in banners[0].title, "iris 1" in banners[1].title] == [True, True]
    assert [button.text() for button in banners[0].buttons] == ["Resume", "Discard"]
    left.put_off(left.offers[0])
    assert len(page.start.left.banners) == 1


def test_the_way_back_names_what_is_open(qtbot: QtBot, studio: Studio, page: WelcomePage) -> None:
    open_iris(studio)
    page.offer_way_back("iris")
    assert page.back.text() == "Back to iris"
    with qtbot.waitSignal(page.left):
        QTest.keyClick(page, Qt.Key.Key_Escape)
