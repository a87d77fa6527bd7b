"""Tells the desktop that a run has ended: for users who look elsewhere meanwhile."""

from __future__ import annotations

import html
import shutil
import sys

from PySide6.QtCore import QProcess, QTimer
from PySide6.QtWidgets import QStyle, QSystemTrayIcon, QWidget

from nnstudio.session.baselines import outcome_of
from nnstudio.session.live import LiveRun
from nnstudio.session.sentences import finished_sentence
from nnstudio.spec.diagnosis import NOTIFIER

SEEN_MILLISECONDS = 15_000
"""So long the icon stands in the tray that the message comes from, where it needs one."""


def ending_of(run: LiveRun) -> tuple[str, str]:
    """That a run has ended, what it came to, and how."""
    if run.error:
        return "Training failed", f"{run.error.what} {run.error.why}".strip()
    how = finished_sentence(run.finished, run.project) if run.finished else ""
    return "Training has ended", f"{outcome_of(run)} {how}".strip()


class Notifier:
    """Shows messages of the desktop; a click on one brings ``window`` to the front where the desktop tells of it."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._tray: QSystemTrayIcon | None = None

    def tell(self, title: str, text: str, platform: str = sys.platform) -> None:
        """Show a message; a desktop that has no way to is left alone."""
        if platform == "linux" and (program := shutil.which(NOTIFIER)):
            words = [title, html.escape(text, quote=False)]  # daemons take the text for markup
            QProcess.startDetached(program, ["--app-name=nnstudio", "--icon=nnstudio", "--", *words])
        elif QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages():
            tray = self._icon()
            tray.show()
            tray.showMessage(title, text)
            QTimer.singleShot(SEEN_MILLISECONDS, tray, tray.hide)

    def _icon(self) -> QSystemTrayIcon:
        if self._tray is None:
            picture = self._window.windowIcon()
            usual = self._window.style().standardIcon(QStyle.StandardPixmap.SP_ComputerIcon)
            self._tray = QSystemTrayIcon(usual if picture.isNull() else picture, self._window)
            self._tray.messageClicked.connect(self._show_window)
        return self._tray

    def _show_window(self) -> None:
        self._window.raise_()
        self._window.activateWindow()
