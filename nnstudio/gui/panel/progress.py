"""A thin bar without words: how much of something is done."""

from __future__ import annotations

from PySide6.QtWidgets import QProgressBar, QWidget

STEPS = 1_000


class ProgressLine(QProgressBar):
    """Shows a share; what it is a share of says its accessible name."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextVisible(False)
        self.setAccessibleName(name)
        self.setRange(0, STEPS)

    def show_share(self, share: float | None) -> None:
        """Show how much is done; None shows that something goes on, and nobody knows how far it is."""
        self.setRange(0, 0 if share is None else STEPS)
        self.setValue(round(min(share or 0.0, 1.0) * STEPS))
