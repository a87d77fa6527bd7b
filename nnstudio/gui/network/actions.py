"""The verbs for chosen rows as one table, from which the shortcuts and the menus of the stack are made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from nnstudio.gui.network.verbs import Verbs
from nnstudio.gui.network.view import StackView


@dataclass(frozen=True, slots=True)
class RowAction:
    """A verb for the chosen rows, its shortcut while the stack has the focus, and whether a line stands before it."""

    title: str
    shortcut: str
    do: Callable[[Verbs, list[str]], None]
    separated: bool = False


ROW_ACTIONS = (
    RowAction("Duplicate", "Ctrl+D", Verbs.duplicate),
    RowAction("Remove", "Del", Verbs.remove),
    RowAction("Move up", "Alt+Up", Verbs.move_up, separated=True),
    RowAction("Move down", "Alt+Down", Verbs.move_down),
)
RENAME, LOCK = ("Rename", "F2"), ("Lock", "L")


class RowActions(QObject):
    """Binds the table to a view: shortcuts while it has the focus, and a context menu that shows them."""

    def __init__(self, view: StackView, verbs: Verbs) -> None:
        super().__init__(view)
        self._view = view
        self._menu = QMenu("Layer", view)
        for row in ROW_ACTIONS:
            if row.separated:
                self._menu.addSeparator()
            self._add(row.title, row.shortcut, partial(self._do, verbs, row))
        self._menu.addSeparator()
        self._add(*RENAME, lambda: view.edit(view.currentIndex()))
        self._lock = self._add(*LOCK, lambda: verbs.toggle_lock(view.chosen))
        self._menu.aboutToShow.connect(self.refresh)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(lambda point: self.open(view.viewport().mapToGlobal(point)))
        view.chosen_changed.connect(self.refresh)
        self.refresh()

    @property
    def menu(self) -> QMenu:
        """The menu for the chosen rows."""
        return self._menu

    def open(self, point: QPoint) -> None:
        """Show the menu, unless no row is chosen."""
        if self._view.chosen:
            self._menu.popup(point)

    def refresh(self) -> None:
        """Enable what can be done with the rows that are chosen now."""
        chosen = self._view.chosen_items
        for action in self._menu.actions():
            action.setEnabled(bool(chosen))
        lockable = [item for item in chosen if item.has_lock]
        self._lock.setEnabled(bool(lockable))
        self._lock.setText("Unlock" if lockable and all(item.row.locked for item in lockable) else "Lock")

    def _do(self, verbs: Verbs, row: RowAction) -> None:
        row.do(verbs, self._view.chosen)

    def _add(self, title: str, shortcut: str, do: Callable[[], object]) -> QAction:
        action = self._menu.addAction(title)
        action.setShortcut(QKeySequence(shortcut))
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.setShortcutVisibleInContextMenu(True)
        action.triggered.connect(lambda _checked: do())
        self._view.addAction(action)
        return action
