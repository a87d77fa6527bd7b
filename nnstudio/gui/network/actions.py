"""The verbs for chosen rows as one table, from which the shortcuts and the menus of the stack are made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QMenu

from nnstudio.gui.network.verbs import Verbs
from nnstudio.gui.network.view import StackView
from nnstudio.spec.files import LAYERS_FORMAT
from nnstudio.spec.layers import Branches


@dataclass(frozen=True, slots=True)
class RowAction:
    """A verb for what is chosen, its shortcut while the stack has the focus, when it can be done, a line before it."""

    title: str
    shortcut: str
    do: Callable[[Verbs, StackView], object]
    can: Callable[[StackView], bool] = lambda view: bool(view.chosen_rows)
    needs_copied: bool = False
    """Only while there are layers on the clipboard."""
    separated: bool = False


def _copy(verbs: Verbs, view: StackView) -> None:
    QGuiApplication.clipboard().setText(verbs.copied(view.chosen_rows))


def _cut(verbs: Verbs, view: StackView) -> None:
    _copy(verbs, view)
    verbs.cut(view.chosen_rows)


def _paste(verbs: Verbs, view: StackView) -> None:
    verbs.paste(QGuiApplication.clipboard().text(), view.current.id if view.current else "")


def _takes_branches(view: StackView) -> bool:
    current = view.current
    return current is not None and isinstance(current.row.kind, Branches)


def _always(view: StackView) -> bool:
    del view
    return True


ROW_ACTIONS = (
    RowAction("Add a layer…", "Ins", lambda _, view: view.add_asked.emit(), _always),
    RowAction("Cut", "Ctrl+X", _cut, separated=True),
    RowAction("Copy", "Ctrl+C", _copy),
    RowAction("Paste", "Ctrl+V", _paste, _always, needs_copied=True),
    RowAction("Duplicate", "Ctrl+D", lambda verbs, view: verbs.duplicate(view.chosen_rows), separated=True),
    RowAction("Remove", "Del", lambda verbs, view: verbs.remove(view.chosen), lambda view: bool(view.chosen)),
    RowAction(
        "Add a branch",
        "Ctrl+B",
        lambda verbs, view: verbs.add_branch(view.current.id if view.current else ""),
        _takes_branches,
    ),
    RowAction("Move up", "Alt+Up", lambda verbs, view: verbs.move_up(view.chosen_rows, view.folded), separated=True),
    RowAction("Move down", "Alt+Down", lambda verbs, view: verbs.move_down(view.chosen_rows, view.folded)),
    RowAction("Freeze up to here", "", lambda verbs, _: verbs.transfer.freeze_up_to(), separated=True),
    RowAction("Cut after this layer", "", lambda verbs, _: verbs.transfer.cut_after()),
    RowAction("Save chosen layers as…", "", lambda verbs, view: verbs.save_layers(view)),
    RowAction("Insert layers from file…", "", lambda verbs, view: verbs.insert_layers(view), _always),
)
RENAME, LOCK = ("Rename", "F2"), ("Lock", "L")


class RowActions(QObject):
    """Binds the table to a view: shortcuts while it has the focus, and a context menu that shows them."""

    def __init__(self, view: StackView, verbs: Verbs) -> None:
        super().__init__(view)
        self._view = view
        self._menu = QMenu("Layer", view)
        self._rows: dict[RowAction, QAction] = {}
        self._copied: bool | None = None
        for row in ROW_ACTIONS:
            if row.separated:
                self._menu.addSeparator()
            self._rows[row] = self._add(row.title, row.shortcut, partial(row.do, verbs, view))
        self._menu.addSeparator()
        self._rename = self._add(*RENAME, lambda: view.edit(view.currentIndex()))
        self._lock = self._add(*LOCK, lambda: verbs.toggle_lock(view.chosen_rows))
        self._menu.aboutToShow.connect(self.refresh)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(lambda point: self.open(view.viewport().mapToGlobal(point)))
        view.chosen_changed.connect(self.refresh)
        QGuiApplication.clipboard().dataChanged.connect(self._forget_clipboard)
        self.refresh()

    @property
    def menu(self) -> QMenu:
        """The menu for the chosen rows."""
        return self._menu

    def open(self, point: QPoint) -> None:
        """Show the menu, unless there is nothing that it could do."""
        self.refresh()
        if any(action.isEnabled() for action in self._menu.actions() if not action.isSeparator()):
            self._menu.popup(point)

    def refresh(self) -> None:
        """Enable what can be done with the rows that are chosen now."""
        for row, action in self._rows.items():
            action.setEnabled(row.can(self._view) and (self._has_copied() or not row.needs_copied))
        current = self._view.current
        self._rename.setEnabled(current is not None and not current.is_heading)
        lockable = [item for item in self._view.chosen_items if item.has_lock]
        self._lock.setEnabled(bool(lockable))
        self._lock.setText("Unlock" if lockable and all(item.row.locked for item in lockable) else "Lock")

    def _has_copied(self) -> bool:
        """Whether there are layers on the clipboard: anything else is for the window. Asked once a change of it."""
        if self._copied is None:
            self._copied = LAYERS_FORMAT in QGuiApplication.clipboard().text()
        return self._copied

    def _forget_clipboard(self) -> None:
        self._copied = None
        if self._view.hasFocus():
            self.refresh()

    def _add(self, title: str, shortcut: str, do: Callable[[], object]) -> QAction:
        action = self._menu.addAction(title)
        action.setShortcut(QKeySequence(shortcut))
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.setShortcutVisibleInContextMenu(True)
        action.triggered.connect(lambda _checked: do())
        self._view.addAction(action)
        return action
