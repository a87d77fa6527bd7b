"""How far the run is, in words and as a thin bar."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from nnstudio.gui.panel import ElidedLabel, ProgressLine, Still
from nnstudio.gui.studio.evaluator import Repeater
from nnstudio.gui.studio.how_far import where, where_repeats
from nnstudio.gui.theme import GRID, scaled
from nnstudio.session.live import LiveRun, Status

WIDTH, SHORT_WIDTH = 22 * GRID, 8 * GRID


class RunProgress(Still):
    """Renders `where` a run is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        content = QWidget()
        super().__init__(content, parent)
        self.left, self.right = ElidedLabel(role="small"), ElidedLabel(role="small")
        self.bar = ProgressLine("Progress of the run")
        self.bar.setMinimumWidth(1)
        grid = QGridLayout(content)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(GRID // 2)
        grid.setColumnStretch(0, 1)
        grid.addWidget(self.left, 0, 0)
        grid.addWidget(self.right, 0, 1)
        grid.addWidget(self.bar, 1, 0, 1, 2)
        self.saved = 0
        """Pixels of its width that it does without."""
        self.setMinimumWidth(scaled(WIDTH))
        self.setMaximumWidth(scaled(48 * GRID))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def shorten(self, short: bool) -> None:
        """Show the bar alone, or the words over it too."""
        self.saved = scaled(WIDTH) - SHORT_WIDTH if short else 0
        self.left.setVisible(not short)
        self.right.setVisible(not short)
        self.setMinimumWidth(scaled(WIDTH) - self.saved)
        self.setMaximumWidth(scaled(48 * GRID))

    def show_run(self, run: LiveRun, repeater: Repeater) -> None:
        """Show how far a run is, or the repeats where those are what is trained."""
        repeats = repeater.is_busy and not run.status.is_busy
        now = where_repeats(repeater) if repeats else where(run)
        self.setToolTip(" · ".join(filter(None, (now.left, now.right))))
        self.left.setText(now.left)
        self.right.setText(now.right)
        self.bar.show_share(now.share)
        self.setVisible(repeats or run.status is not Status.IDLE)
