"""The lower edge of the window: the last notice, and how many there are."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from nnstudio.gui.panel import Button, ElidedLabel, set_property
from nnstudio.gui.theme import GRID, scaled
from nnstudio.session.notices import Notice, Notices

HEIGHT = 3 * GRID + 4
ROLES = {"info": "good", "warning": "warning", "error": "bad"}
WORDS = {"info": "Done", "warning": "Warning", "error": "Error"}


class StatusStrip(QFrame):
    """Renders the last notice.

    Signals
    -------
    asked()
        The user wants to see all notices, or no longer.
    """

    asked = Signal()

    def __init__(self, notices: Notices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._notices = notices
        self.dot, self.last = QLabel("●"), ElidedLabel(role="small")
        self.all = Button("Notices", "quiet", self.asked.emit, "Show or hide what happened (Ctrl+J).")
        self.all.setCheckable(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID + 4, 0, GRID // 2, 0)
        row.setSpacing(GRID - 2)
        row.addWidget(self.dot)
        row.addWidget(self.last, 1)
        row.addWidget(self.all)
        self.setFixedHeight(scaled(HEIGHT))
        notices.posted.listen(self._render)
        self._render(None)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self.setFixedHeight(scaled(HEIGHT))

    def _render(self, notice: Notice | None) -> None:
        self.dot.setVisible(notice is not None)
        count = len(self._notices.all)
        self.all.setText(f"Notices {count}" if count else "Notices")
        if notice is None:
            self.last.setText("")
            return
        set_property(self.dot, "role", ROLES[notice.level])
        self.dot.setAccessibleName(WORDS[notice.level])
        self.last.setText(" ".join(part for part in (notice.what, notice.remedy) if part))
