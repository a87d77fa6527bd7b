"""A small window of another program, from which a file is dragged once: ``python source.py FILE``.

It writes ``held`` when the button goes down on it, ``wanted`` when who is under the pointer would take the file, and
``let go`` when the drag is over.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel

TILE = 40
"""Pixels of the sides of the window."""


class Tile(QLabel):
    """Is dragged as soon as the mouse moves over it with the button held down."""

    def __init__(self, path: str) -> None:
        super().__init__("drag")
        self.setFixedSize(TILE, TILE)
        self._path = path

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # a name of Qt's
        del event
        _say("held")

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # a name of Qt's
        del event
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(self._path)])
        drag = QDrag(self)
        drag.setMimeData(mime)
        drag.actionChanged.connect(_tell)
        drag.exec(Qt.DropAction.CopyAction)
        _say("let go")


def _tell(action: Qt.DropAction) -> None:
    if action == Qt.DropAction.CopyAction:
        _say("wanted")


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    app = QApplication(sys.argv[:1])
    tile = Tile(sys.argv[1])
    tile.setWindowTitle(f"drag {sys.argv[1]}")
    tile.setWindowFlags(Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint)
    tile.show()
    app.exec()
