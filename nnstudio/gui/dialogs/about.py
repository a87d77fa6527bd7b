"""What this program is, and what a report of a defect should contain."""

from __future__ import annotations

from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from nnstudio import __version__
from nnstudio.gui.dialogs.copying import CopyDialog
from nnstudio.gui.dialogs.sizing import give_size
from nnstudio.gui.panel import Note
from nnstudio.gui.studio.engines import Engines
from nnstudio.session.diagnosis import findings
from nnstudio.spec.events import Diagnosed, EngineReady, Event, Failed
from nnstudio.spec.requests import Diagnose

LOOKING = "Looking at this machine …"


class AboutDialog(CopyDialog):
    """The version, and diagnostics to copy: the same as ``nnstudio doctor`` finds. The engine is asked for them."""

    def __init__(self, engines: Engines, ready: EngineReady | None, parent: QWidget) -> None:
        self._window = window_lines(ready)
        self._content = QPlainTextEdit()
        self._content.setReadOnly(True)
        self._content.setAccessibleName("Diagnostics")
        purpose = Note("A desktop workbench to build, train, understand, reuse and ship neural networks.")
        notes = [Note(f"nnstudio {__version__}", "strong"), purpose]
        super().__init__("About nnstudio", notes, self._content, "", parent)
        self.copy.setText("Copy diagnostics")
        give_size(self, 640, 460)
        self._show(LOOKING)
        self._asked = engines.submit(Diagnose(display=False), self._hear)
        self.finished.connect(self._stop_hearing)

    def _hear(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, Diagnosed):
                self._show(*map(str, findings(event.diagnosis)))
            elif isinstance(event, Failed):
                self._show(str(event.error))

    def _show(self, *lines: str) -> None:
        self.text = "\n".join([*self._window, *lines])
        self._content.setPlainText(self.text)

    def _stop_hearing(self) -> None:
        self._asked.forget()


def window_lines(ready: EngineReady | None) -> list[str]:
    """What the window itself knows: Qt, the screen, the engine."""
    screen = QGuiApplication.primaryScreen()
    size, scale = screen.size(), screen.devicePixelRatio()
    engine = f"{ready.torch} on {ready.device}, ready after {ready.seconds:.1f} s" if ready else "not ready yet"
    return [
        f"Qt: {qVersion()} ({QGuiApplication.platformName()}), screen {size.width()} × {size.height()} at {scale:.0%}",
        f"Engine: {engine}",
    ]
