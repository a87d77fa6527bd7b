"""A dialog around something that is tried for a moment and keeps nothing; closing it ends the attempt."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QDialog, QWidget

from nnstudio.gui.panel import Button, ButtonRole
from nnstudio.gui.studio.engines import JobHandle, Receive
from nnstudio.spec.events import Event, Stop


class AttemptDialog(QDialog):
    """Starts a job by ``start``, which gives None where something speaks against it, and hears what it says."""

    def __init__(
        self, title: str, start: Callable[[Receive], JobHandle | None], parent: QWidget, role: ButtonRole = ""
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self._start = start
        self._job: JobHandle | None = None
        self.close_button = Button("Stop", role, self.reject)
        self.finished.connect(self._end)

    def begin(self) -> None:
        """Start, and show itself unless something speaks against it."""
        self._job = self._start(self.hear)
        if self._job:
            self.open()

    def hear(self, events: list[Event]) -> None:
        """Show what the job says."""
        raise NotImplementedError

    def is_over(self) -> None:
        """There is nothing left to stop."""
        if self._job:
            self._job.forget()
            self._job = None
        self.close_button.setText("Close")

    def _end(self) -> None:
        if self._job:
            self._job.command(Stop())
            self._job.forget()
        self.deleteLater()
