"""Makes the table of actions into Qt's actions and menus, and keeps them as the state is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from nnstudio.gui.actions.action import Action
from nnstudio.gui.actions.shell import Shell
from nnstudio.session.live_search import SearchStatus


class Board(QObject):
    """A `QAction` for each row of the table; `refresh` follows the state."""

    def __init__(self, rows: Sequence[Action], shell: Shell, window: QWidget) -> None:
        super().__init__(window)
        self.rows = {row.id: row for row in rows}
        self.actions = {row.id: self._action(row, shell) for row in rows}
        self._searched = SearchStatus.IDLE
        self._shell = shell
        self._seen: tuple[object, ...] = ()
        window.addActions(list(self.actions.values()))
        studio = shell.studio
        studio.document.changed.listen(lambda _old, _new: self.refresh())
        studio.preferred.listen(lambda _: self.refresh())
        studio.choice.changed.listen(self.refresh)
        studio.trainer.queue.changed.listen(self.refresh)
        studio.run.changed.listen(self._follow_run)
        studio.transfer.rival.run.changed.listen(self._follow_run)
        studio.repeater.changed.listen(self._follow_run)
        studio.searcher.search.changed.listen(self._follow_search)
        self.refresh()

    def fill(self, bar: QMenuBar) -> None:
        """Add every row to the menus of ``bar``."""
        menus: dict[str, QMenu] = {}
        for row in self.rows.values():
            menu = _menu(row.menu, bar, menus)
            if row.separated:
                menu.addSeparator()
            menu.addAction(self.actions[row.id])

    def refresh(self) -> None:
        """Let every action be called, enabled and ticked as the state has it, and say what a disabled one needs."""
        studio = self._shell.studio
        for name, action in self.actions.items():
            row = self.rows[name]
            action.setText(row.title_in(studio))
            enabled = row.enabled(studio)
            action.setEnabled(enabled)
            action.setToolTip(_help(row, action) if enabled else f"{_help(row, action)} {self.needs(row)}")
            action.setVisible(row.shown(studio))
            if row.checked:
                action.setChecked(row.checked(self._shell))

    def needs(self, row: Action) -> str:
        """What has to be there, or be over, before the action of ``row`` can be asked for."""
        return row.needs_in(self._shell.studio)

    def _follow_run(self) -> None:
        """Events come many times a second; actions depend on how a run stands alone."""
        studio = self._shell.studio
        run, rival = studio.run, studio.transfer.rival.run
        stands = (run.status, run.finished is not None, rival.status, studio.repeater.can_stop)
        seen = (*stands, len(run.changes), run.fold is None)
        if seen != self._seen:
            self._seen = seen
            self.refresh()

    def _follow_search(self) -> None:
        status = self._shell.studio.searcher.search.status
        if status is not self._searched:
            self._searched = status
            self.refresh()

    def _action(self, row: Action, shell: Shell) -> QAction:
        action = QAction(row.title, self)
        action.setObjectName(row.id)
        action.setMenuRole(_ROLES.get(row.id, QAction.MenuRole.NoRole))
        action.setCheckable(row.checked is not None)
        action.setShortcut(QKeySequence(row.shortcut))
        action.setStatusTip("")
        action.triggered.connect(lambda _checked: row.run(shell))
        return action


def _help(row: Action, action: QAction) -> str:
    return f"{row.help} ({action.shortcut().toString(_NATIVE)})" if row.shortcut else row.help


_NATIVE = QKeySequence.SequenceFormat.NativeText
_ROLES = {
    "preferences": QAction.MenuRole.PreferencesRole,
    "quit": QAction.MenuRole.QuitRole,
    "about": QAction.MenuRole.AboutRole,
}


def _menu(path: str, bar: QMenuBar, menus: dict[str, QMenu]) -> QMenu:
    """The menu at ``path``, made with the menus above it where it is not there yet."""
    if path not in menus:
        above, _, title = path.rpartition("/")
        menus[path] = _menu(above, bar, menus).addMenu(title) if above else bar.addMenu(f"&{title}")
        menus[path].setToolTipsVisible(True)
    return menus[path]
