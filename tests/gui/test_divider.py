"""Two parts of a panel share its height as they need it, or as the user has chosen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from nnstudio.gui.divider import LINE_HEIGHT, Divider
from nnstudio.gui.theme import Theme


class Part(QWidget):
    """Something that wishes for a height."""

    def __init__(self, wanted: int) -> None:
        super().__init__()
        self.wanted = wanted

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        return QSize(100, self.wanted)

    def wish(self, wanted: int) -> None:
        self.wanted = wanted
        self.updateGeometry()


@pytest.fixture
def divider(qtbot: QtBot, theme: Theme) -> Divider:
    divider = Divider("parts", Part(200), Part(150), theme, 0.6)
    qtbot.addWidget(divider)
    divider.resize(200, 500 + LINE_HEIGHT)
    divider.show()
    return divider


def test_the_upper_part_gets_what_it_needs(divider: Divider, qtbot: QtBot) -> None:
    assert divider.sizes() == [200, 300]
    upper = divider.widget(0)
    assert isinstance(upper, Part)
    upper.wish(260)
    qtbot.waitUntil(lambda: divider.sizes() == [260, 240])
    upper.wish(900)
    qtbot.waitUntil(lambda: divider.sizes() == [350, 150])  # the lower one keeps what it needs


def test_where_there_is_not_enough_each_keeps_its_share(divider: Divider) -> None:
    divider.resize(200, 200 + LINE_HEIGHT)
    assert divider.sizes() == [120, 80]


def test_what_the_user_chose_stays_when_the_room_changes(divider: Divider) -> None:
    handle = divider.handle(1)
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=QPoint(50, 4))
    QTest.mouseMove(handle, QPoint(50, 104))
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=QPoint(50, 4))
    assert divider.sizes() == [300, 200]
    assert divider.share == pytest.approx(0.6)
    divider.resize(200, 250 + LINE_HEIGHT)
    assert divider.sizes() == [150, 100]
    QTest.mouseDClick(handle, Qt.MouseButton.LeftButton, pos=QPoint(50, 4))
    assert divider.share == 0


@pytest.mark.parametrize(("share", "taken"), [(0.5, 0.5), (0, 0), (1.5, 0), (float("nan"), 0), (-2, 0)])
def test_only_a_share_that_can_be_is_restored(divider: Divider, share: float, taken: float) -> None:
    divider.restore(share)
    assert divider.share == taken
