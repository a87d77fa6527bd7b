"""The diagram follows the network, is zoomed and moved, chooses layers, and is exported."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from nnstudio.gui.diagram.export import MOST_PIXELS, diagram_file
from nnstudio.gui.diagram.view import DiagramView
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.session import edits
from nnstudio.spec.diagram.layout import picture_of
from nnstudio.spec.layers import Branches, Conv2d, Linear, ReLU, Repeat
from nnstudio.spec.model import Model
from nnstudio.spec.shapes import walk
from tests.gui.fakes import open_iris
from tests.spec.nested import nested

MODEL = nested(Linear(8), (Branches("concat"), [Linear(8), ReLU()], []), (Repeat(3), [Linear(16)]), Linear(3))


@pytest.fixture
def view(qtbot: QtBot, theme: Theme, studio: Studio) -> DiagramView:
    view = DiagramView(studio, theme)
    qtbot.addWidget(view)
    view.resize(700, 500)
    view.show()
    return view


@pytest.fixture
def opened(view: DiagramView, studio: Studio, qtbot: QtBot) -> DiagramView:
    open_iris(studio, network=False)
    use(studio, MODEL)
    qtbot.waitUntil(lambda: len(view.canvas.picture.rows) == 7)
    return view


def use(studio: Studio, model: Model) -> None:
    studio.apply("Build", edits.use_network(studio.state.project, model, studio.state.project.training.loss))


def drawn(view: DiagramView) -> int:
    """How many layers and blocks are drawn."""
    return len(view.canvas.picture.rows)


def place_of(view: DiagramView, row_id: str) -> QPoint:
    """A place in the window at the left of a layer's box."""
    box = view.canvas.picture.of(row_id)
    assert box is not None
    corner = view.canvas._origin + QPointF(box.rect.x + 5, box.rect.y + 5) * view.canvas.scale
    return corner.toPoint()


def test_without_data_it_says_what_will_be_here(view: DiagramView) -> None:
    assert view.empty.isVisible()
    assert not view.canvas.isVisible()


def test_it_follows_edits_once_a_turn_and_only_while_it_is_seen(
    opened: DiagramView, studio: Studio, qtbot: QtBot
) -> None:
    use(studio, nested(Linear(3)))
    assert drawn(opened) == 7
    qtbot.waitUntil(lambda: drawn(opened) == 1)
    opened.hide()
    use(studio, MODEL)
    qtbot.waitUntil(lambda: not opened._soon.isActive())
    assert drawn(opened) == 1
    opened.show()
    assert drawn(opened) == 7


def test_a_click_chooses_a_layer_and_control_adds_one(opened: DiagramView, studio: Studio) -> None:
    QTest.mouseClick(opened.canvas.viewport(), Qt.MouseButton.LeftButton, pos=place_of(opened, "c"))
    assert list(studio.choice.rows) == ["c"]
    QTest.mouseClick(
        opened.canvas.viewport(),
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.ControlModifier,
        place_of(opened, "a"),
    )
    assert list(studio.choice.rows) == ["c", "a"]
    QTest.mouseClick(opened.canvas.viewport(), Qt.MouseButton.LeftButton, pos=place_of(opened, "b"))
    assert list(studio.choice.rows) == ["b"]


def test_arrow_keys_go_from_layer_to_layer(opened: DiagramView, studio: Studio, qtbot: QtBot) -> None:
    for key, expected in ((Qt.Key.Key_Down, "a"), (Qt.Key.Key_Down, "b"), (Qt.Key.Key_Down, "c"), (Qt.Key.Key_Up, "b")):
        QTest.keyClick(opened.canvas, key)
        assert studio.choice.rows == (expected,)
        qtbot.waitUntil(lambda: not opened._soon.isActive())


def test_a_choice_elsewhere_comes_into_sight_and_is_said(opened: DiagramView, studio: Studio, qtbot: QtBot) -> None:
    assert opened.canvas.verticalScrollBar().value() == 0
    studio.choice.choose(["g"])
    qtbot.waitUntil(lambda: opened.canvas.verticalScrollBar().value() > 0)
    assert opened.canvas.viewport().rect().contains(place_of(opened, "g"))
    assert opened.canvas.accessibleDescription() == "Linear, 3 units · bias, 51 parameters"


def test_keys_and_buttons_zoom(opened: DiagramView) -> None:
    canvas = opened.canvas
    start = canvas.scale
    QTest.keyClick(canvas, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert canvas.scale == pytest.approx(1.25 * start)
    opened.smaller.click()
    opened.smaller.click()
    assert canvas.scale == pytest.approx(start / 1.25)
    QTest.keyClick(canvas, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert canvas.picture.height * canvas.scale <= canvas.maximumViewportSize().height() + 1
    opened.width_.click()
    assert canvas.scale == pytest.approx(start)


def test_the_wheel_zooms_where_it_points(opened: DiagramView) -> None:
    canvas = opened.canvas
    opened.larger.click()
    at = QPointF(place_of(opened, "a"))
    held = canvas._in_picture(at)
    turned = QWheelEvent(
        at, canvas.viewport().mapToGlobal(at), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    before = canvas.scale
    QApplication.sendEvent(canvas.viewport(), turned)
    assert canvas.scale == pytest.approx(before * 1.25**2)
    assert canvas._in_picture(at).y == pytest.approx(held.y, abs=1)


def test_dragging_moves_and_chooses_nothing(opened: DiagramView, studio: Studio) -> None:
    canvas, chosen = opened.canvas, studio.choice.rows
    opened.larger.click()
    canvas.verticalScrollBar().setValue(60)
    start = QPoint(300, 300)
    QTest.mousePress(canvas.viewport(), Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(canvas.viewport(), start - QPoint(0, 40))
    QTest.mouseRelease(canvas.viewport(), Qt.MouseButton.LeftButton, pos=start - QPoint(0, 40))
    assert canvas.verticalScrollBar().value() == 100
    assert studio.choice.rows == chosen


def test_it_is_painted_in_the_colours_of_the_theme(opened: DiagramView, theme: Theme) -> None:
    for choice in ("light", "dark"):
        theme.choose(choice)
        painted = opened.canvas.viewport().grab().toImage()
        assert painted.pixelColor(2, 2) == QColor(theme.colours.surface)
        bar = place_of(opened, "a") + QPoint(5, 12)
        assert painted.pixelColor(bar) == QColor(theme.colours.linear)


def test_it_is_exported_as_lines_and_as_a_picture(
    opened: DiagramView, studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, chosen in (("net", "Scalable drawing (*.svg)"), ("net", "Picture (*.png)")):
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, given=(name, chosen): (
            str(tmp_path / given[0]), given[1]
        ))  # fmt: skip
        opened.export.click()
    lines = ET.parse(tmp_path / "net.svg").getroot()  # noqa: S314  # written by ourselves, a line before
    words = " ".join("".join(element.itertext()) for element in lines.iter() if element.tag.endswith("text"))
    assert "Input 4" in words
    assert "× 3" in words
    image = QImage(str(tmp_path / "net.png"))
    assert image.width() == pytest.approx(2 * opened.canvas.picture.width, abs=1)
    assert "net.png" in studio.notices.all[-1].what


def test_what_cannot_be_written_is_said(
    opened: DiagramView, studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "nowhere" / "net.svg"), ""))
    opened.export.click()
    assert studio.notices.all[-1].level == "error"


def test_a_picture_of_a_long_network_stays_within_what_can_be_opened(qapp: QApplication) -> None:
    long = nested(*[Linear(4)] * 300)
    content = diagram_file(picture_of(walk(long, (4,))), qapp.font(), ".png")
    assert QImage.fromData(content).height() == MOST_PIXELS


def test_a_layer_that_cannot_work_is_red(opened: DiagramView, studio: Studio, theme: Theme, qtbot: QtBot) -> None:
    use(studio, nested(Linear(8), Conv2d(), Linear(3)))
    qtbot.waitUntil(lambda: drawn(opened) == 3)
    painted = opened.canvas.viewport().grab().toImage()
    assert painted.pixelColor(place_of(opened, "b") + QPoint(60, 22)) == QColor(theme.colours.bad_ground)
