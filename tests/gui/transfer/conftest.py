"""The tab for transfer learning on screen, over a studio whose engine is a fake one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.gui.transfer.view import TransferView
from nnstudio.session.starts import use_weights
from nnstudio.spec.events import ModelOpened
from nnstudio.spec.layers import Shape
from nnstudio.spec.model import Weights
from tests.gui.fakes import open_iris

TENSORS: Mapping[str, Shape] = {
    "0.weight": (32, 4), "0.bias": (32,), "2.weight": (16, 32), "2.bias": (16,), "4.weight": (10, 16), "fc.bias": (3,),
}  # fmt: skip
"""Of a file for the suggested network, whose last layer has another shape, and whose last bias another name."""


@pytest.fixture
def view(studio: Studio, theme: Theme, qtbot: QtBot) -> Iterator[TransferView]:
    view = TransferView(studio, theme)
    view.resize(600, 640)
    view.show()
    qtbot.waitExposed(view)
    yield view
    view.close()
    view.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def start(studio: Studio, tensors: Mapping[str, Shape] = TENSORS) -> None:
    """Let the iris table be open, and its network start from a file that has been looked into."""
    open_iris(studio)
    types = dict.fromkeys(tensors, "float32")
    studio.document.found_file(
        "/m/w.pth", ModelOpened("/m/w.pth", "ab", "", tensors, kind="a state_dict", dtypes=types)
    )
    studio.apply("Start from w.pth", use_weights(studio.state.project, Weights("/m/w.pth", "ab")))
    QCoreApplication.processEvents()  # views render in the next turn of the event loop
