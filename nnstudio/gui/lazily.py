"""What is derived from the document only for who looks: once a turn of the event loop, and not while it is hidden."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from nnstudio.gui.studio import Studio


class LazyView(QWidget):
    """Renders after edits and choices, when it is seen: many changes in one turn are one rendering.

    A subclass says what to do in `render` (another state) and `render_choice` (other rows are chosen).
    """

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._is_stale = True
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._catch_up)
        forget = (studio.document.changed.listen(self._hear), studio.choice.changed.listen(self._soon.start))
        self.destroyed.connect(lambda: [stop() for stop in forget])

    def render_state(self) -> None:
        """Show the state as it is now."""
        raise NotImplementedError

    def render_choice(self) -> None:
        """Show which rows are chosen; comes after every `render_state`, too."""
        raise NotImplementedError

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._catch_up()

    def _hear(self, old: object, new: object) -> None:
        del old, new
        self._is_stale = True
        self._soon.start()

    def _catch_up(self) -> None:
        if not self.isVisible():
            return
        if self._is_stale:
            self._is_stale = False
            self.render_state()
        self.render_choice()
