"""A popup with a search field above a list: type a word, choose with the arrow keys, press Enter."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHBoxLayout, QLineEdit, QListView, QVBoxLayout, QWidget

from nnstudio.gui.panel import Note
from nnstudio.gui.theme import GRID

PAGE = 10
"""Entries that Page up and Page down go."""
STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: PAGE, Qt.Key.Key_PageUp: -PAGE}


class SearchPopup(QFrame):
    """The field keeps the keyboard: the keys that it does not need move in the list.

    ``beside`` stands at the right of the list. A subclass lists what the words in ``search`` find, and takes what is
    picked.
    """

    def __init__(
        self,
        view: QListView,
        searched: str,
        placeholder: str,
        parent: QWidget | None,
        beside: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("palette")
        self._list_view = view
        self.nothing = Note(f"None of the {searched} has all of these words. Try fewer of them, or others.")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.search = QLineEdit()
        self.search.setPlaceholderText(placeholder)
        self.search.setAccessibleName(f"Search {searched}")
        self.search.setToolTip(
            f"Lists the {searched} that have all of these words; the arrow keys choose, Enter takes."
        )
        self.search.textChanged.connect(self._find)
        self.search.installEventFilter(self)
        view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.clicked.connect(self._pick)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID, GRID, GRID, GRID)
        layout.setSpacing(GRID)
        layout.addWidget(self.search)
        lower = QHBoxLayout()
        lower.addWidget(view, 3)
        lower.addWidget(self.nothing, 3)
        if beside:
            lower.addWidget(beside, 2)
        layout.addLayout(lower, 1)

    def _find(self) -> None:
        """List what the words in the field find, or say that it is nothing."""
        self._list()
        has_found = bool(self._choosable())
        self._list_view.setVisible(has_found)
        self.nothing.setVisible(not has_found)

    def _list(self) -> None:
        """Show what the words in the field find."""
        raise NotImplementedError

    def _pick(self, index: QModelIndex) -> None:
        """Take the entry at ``index``, which may be invalid."""
        raise NotImplementedError

    def _choosable(self) -> list[int]:
        """The rows that can be picked."""
        return list(range(self._list_view.model().rowCount()))

    def _open(self, size: QSize, place: QPoint) -> None:
        """Show everything, ready for the first word."""
        self.search.clear()
        self._find()
        self.resize(size)
        self.move(place)
        self.show()
        self.search.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress and self._take(event.key()):
            return True
        return super().eventFilter(watched, event)

    def _take(self, key: int) -> bool:
        """What the keys do that are not for the search field."""
        if key in STEPS:
            self._step(STEPS[Qt.Key(key)])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._pick(self._list_view.currentIndex())
        elif key == Qt.Key.Key_Escape:
            self.close()
        else:
            return False
        return True

    def _step(self, steps: int) -> None:
        places, view = self._choosable(), self._list_view
        current = view.currentIndex().row()
        if current in places:
            target = places[min(max(places.index(current) + steps, 0), len(places) - 1)]
            view.setCurrentIndex(view.model().index(target, 0))
            if target == places[0]:
                view.scrollToTop()  # shows a heading above it, too
