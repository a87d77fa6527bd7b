"""Files that arrive from outside the window: from another start of the program, or from the desktop of macOS."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from PySide6.QtWidgets import QApplication, QWidget

from nnstudio.gui.claim import Claim
from nnstudio.gui.handover import LONGEST, REFUSED, TAKEN, Handover, read_handover

Take = Callable[[Handover], bool]
"""Opens what is handed over; says whether it does."""


LOOK_AGAIN_MILLISECONDS = 200


class Arrivals(QObject):
    """Listens on the socket ``name``, and for files that macOS sends.

    Where another window has the claim to listen, this one stays connected to it, without a word, and takes its place
    when that one has gone.
    """

    def __init__(self, name: str, claim: Claim, take: Take, app: QApplication) -> None:
        super().__init__(app)
        self._name, self._claim, self._take = name, claim, take
        self._is_closed = False
        self._lines: dict[QLocalSocket, bytes] = {}
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._welcome)
        self._predecessor = QLocalSocket(self)
        self._again = QTimer(self, singleShot=True, interval=LOOK_AGAIN_MILLISECONDS)
        self._again.timeout.connect(self._seek)
        self._predecessor.disconnected.connect(self._seek_again)
        self._predecessor.errorOccurred.connect(self._seek_again)
        self._seek()
        if sys.platform == "darwin":  # it is asked about every event of every widget
            app.installEventFilter(self)

    @property
    def is_listening(self) -> bool:
        """Whether this is the window that takes the files."""
        return self._server.isListening()

    def close(self) -> None:
        """Let another window take the files from now on."""
        self._is_closed = True
        self._again.stop()
        self._predecessor.abort()
        self._server.close()
        self._claim.release()
        for successor in tuple(self._lines):
            successor.disconnectFromServer()

    def _seek(self) -> None:
        """Listen, unless another window does; what one that crashed has left is put away."""
        if self._claim.take():
            QLocalServer.removeServer(self._name)
            self._server.listen(self._name)
        elif self._claim.is_possible:
            self._predecessor.connectToServer(self._name)

    def _seek_again(self, *_: object) -> None:
        if not self._is_closed:
            self._again.start()

    def _welcome(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            self._lines[socket] = b""
            socket.readyRead.connect(self._read)
            socket.disconnected.connect(self._forget)
            self._hear(socket)

    def _read(self) -> None:
        for socket in tuple(self._lines):
            self._hear(socket)

    def _hear(self, socket: QLocalSocket) -> None:
        """Answer as soon as a line is whole; who lost patience while this window hung has one of its own by now."""
        self._lines[socket] += socket.readAll().data()
        line = self._lines[socket]
        if not line.endswith(b"\n") and len(line) <= LONGEST:
            return
        handover = read_handover(line)
        self._lines[socket] = b""
        socket.waitForReadyRead(0)  # notices who has gone
        if handover is not None and socket.state() is QLocalSocket.LocalSocketState.ConnectedState:
            socket.write(TAKEN if self._take(handover) else REFUSED)
            socket.flush()
        socket.disconnectFromServer()

    def _forget(self) -> None:
        for socket in [each for each in self._lines if each.state() is QLocalSocket.LocalSocketState.UnconnectedState]:
            del self._lines[socket]
            socket.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QFileOpenEvent) and event.type() is QEvent.Type.FileOpen:
            return self._take(Handover((event.file(),)))
        return super().eventFilter(watched, event)


def come_forward(window: QWidget, token: str = "") -> None:
    """Bring a window to the front, with the leave of the desktop where it gave one."""
    if token:
        os.environ["XDG_ACTIVATION_TOKEN"] = token  # where Qt looks for it
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()
