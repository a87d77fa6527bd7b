"""Where the numbers are crunched: what a kernel ran on, not what is hoped for."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QWidget

from nnstudio.session.cards import why_no_card
from nnstudio.session.live import LiveRun
from nnstudio.spec.events import EngineReady, NumericPlan
from nnstudio.spec.words import counted

NAMES = {"cpu": "CPU", "mps": "Apple GPU", "cuda": "CUDA GPU"}


class DeviceBadge(QLabel):
    """Says what the engine runs on: ``starting engine…``, then ``CPU · checked``, then the threads of the run."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("starting engine…", parent)
        self.setProperty("role", "badge")
        self.setToolTip("The engine loads PyTorch. You can open data meanwhile.")
        self.saved = 0
        """Pixels of its width that it does without."""
        self._is_short = False
        self._ready: EngineReady | None = None
        self._plan: NumericPlan | None = None

    def shorten(self, short: bool) -> None:
        """Name the device alone, or say more of it."""
        self._is_short = short
        self._render()

    def show_ready(self, ready: EngineReady) -> None:
        self._ready = ready
        self._render()

    def show_run(self, run: LiveRun) -> None:
        if run.plan != self._plan:
            self._plan = run.plan
            self._render()

    def _render(self) -> None:
        device = self._plan.device if self._plan else self._ready.device if self._ready else ""
        if not device:
            return
        parts = [device_name(device)]
        if self._plan and device == "cpu":
            parts.append(counted(self._plan.threads, "thread"))
        self._say(*parts, "checked")
        torch = f"PyTorch {self._ready.torch}." if self._ready else ""
        why = why_no_card(self._ready.cards) if self._ready and self._ready.cards else None
        no_card = f"No graphics card is used. {why}" if why and device == "cpu" else ""
        told = (torch, "A step of training ran on this device.", no_card)
        self.setToolTip("\n".join(filter(None, told)))

    def _say(self, name: str, *details: str) -> None:
        words = " · ".join((name, *details))
        self.setText(words)
        whole = self.sizeHint().width()
        if self._is_short:
            self.setText(name)
        self.saved = whole - self.sizeHint().width()
        self.setAccessibleName(words)


def device_name(device: str) -> str:
    """``cuda:1`` as one would say it."""
    kind, _, number = device.partition(":")
    return f"{NAMES.get(kind, device)} {number}".strip()
