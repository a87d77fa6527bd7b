"""What is rendered without holding the window up: only for who looks, a frame behind the edit, or piece by piece."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nnstudio.gui.panel import MARGIN, EmptyState, Pages
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import GRID

FRAME_MILLISECONDS = 16
"""The panel that is edited is painted first, and what stands beside it in the next frame."""


class LazyView(QWidget):
    """Renders after edits and choices, when it is seen: many changes within a frame are one rendering.

    A subclass calls `lay_out` once, and says what to do in `render_state` and `render_choice` (other rows are chosen).
    """

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._is_stale = True
        self._soon = QTimer(self, singleShot=True, interval=FRAME_MILLISECONDS)
        self._soon.timeout.connect(self._catch_up)
        forget = (studio.document.changed.listen(self._hear_edit), studio.choice.changed.listen(self._soon.start))
        self.destroyed.connect(lambda: [stop() for stop in forget])

    def lay_out(self, empty: EmptyState, bar: Sequence[QWidget], content: QWidget) -> None:
        """Put ``content`` below a ``bar`` whose first widget takes what room there is; or ``empty`` in their place."""
        page = QWidget()
        column, row = QVBoxLayout(page), QHBoxLayout()
        column.setContentsMargins(MARGIN, GRID, MARGIN, MARGIN)
        for layout in (column, row):
            layout.setSpacing(GRID)
        for place, widget in enumerate(bar):
            row.addWidget(widget, 0 if place else 1)
        column.addLayout(row)
        column.addWidget(content, 1)
        self._pages = Pages(self, empty, page)

    def show_content(self, there_is_some: bool) -> None:
        """Show the content, or what is said while there is none."""
        self._pages.show_content(there_is_some)

    def render_state(self) -> None:
        """Show the state as it is now."""
        raise NotImplementedError

    def render_choice(self) -> None:
        """Show which rows are chosen; comes after every `render_state`, too."""
        raise NotImplementedError

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._catch_up()

    def be_stale(self) -> None:
        """Something else that is rendered has changed."""
        self._is_stale = True
        self._soon.start()

    def _hear_edit(self, old: object, new: object) -> None:
        del old, new
        self.be_stale()

    def _catch_up(self) -> None:
        if not self.isVisible():
            return
        if self._is_stale:
            self._is_stale = False
            self.render_state()
        self.render_choice()


class Pieces(QObject):
    """Work of some length, done piece by piece: between two of them the window answers its user."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._left: deque[Callable[[], object]] = deque()
        self._next = QTimer(self, interval=0)
        self._next.timeout.connect(self._do_one)

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do."""
        return not self._left

    def begin(self, pieces: Iterable[Callable[[], object]]) -> None:
        """Do these from now on, and no longer what is left of others."""
        self._left = deque(pieces)
        self._next.start()

    def forget(self) -> None:
        """Leave undone what is left."""
        self.begin(())

    def _do_one(self) -> None:
        if self._left:
            self._left.popleft()()
        if not self._left:
            self._next.stop()
