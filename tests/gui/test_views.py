"""Views that take long to make are made when they are first looked at."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.gui.views import Late


def test_a_view_is_made_once_and_only_for_who_looks(qtbot: QtBot) -> None:
    made: list[QWidget] = []

    def make() -> QWidget:
        made.append(QLabel("here"))
        return made[-1]

    late = Late(make)
    qtbot.addWidget(late)
    assert made == []
    late.show()
    assert len(made) == 1
    assert made[0].isVisible()
    late.hide()
    late.show()
    assert len(made) == 1
