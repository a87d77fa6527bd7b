"""The bar itself: buttons that are drawn from the table of actions, progress, device, search."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from nnstudio.gui.actions.board import Board
from nnstudio.gui.icons import icon
from nnstudio.gui.panel import Button, ButtonRole
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import GRID, Theme, scaled
from nnstudio.gui.toolbar.device import DeviceBadge
from nnstudio.gui.toolbar.progress import RunProgress
from nnstudio.session.live import Status


class ActionButton(Button):
    """A button for an action: enabled, explained and, with words, called as the action is."""

    def __init__(self, action: QAction, with_text: bool = True, role: ButtonRole = "") -> None:
        super().__init__("", role, action.trigger)
        self._action = action
        self._with_text = with_text
        self.saved = 0
        """Pixels of its width that it does without."""
        action.changed.connect(self.follow)
        self.follow()

    def shorten(self, short: bool) -> None:
        """Leave what it does to the icon and the tooltip, or say it in words."""
        self._with_text = not short
        whole = self.sizeHint().width()
        self.follow()
        self.saved = whole - self.sizeHint().width() if short else 0

    def follow(self) -> None:
        title = self._action.text().removesuffix("…")
        self.setText(title if self._with_text else "")
        self.setAccessibleName(title)
        self.setToolTip(self._action.toolTip() if self._with_text else f"{title}. {self._action.toolTip()}")
        self.setEnabled(self._action.isEnabled())


class SearchButton(ActionButton):
    """Looks like a field with the shortcut at its right, and opens the palette; an icon where room is short."""

    def __init__(self, action: QAction) -> None:
        super().__init__(action)
        self.setProperty("role", "search")
        self._keys = QLabel(action.shortcut().toString(QKeySequence.SequenceFormat.NativeText))
        self._keys.setProperty("role", "small")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, GRID, 0)
        row.addStretch(1)
        row.addWidget(self._keys)
        self.setMinimumWidth(scaled(SEARCH_WIDTH))

    def shorten(self, short: bool) -> None:
        """Show the icon alone, or the words too."""
        super().shorten(short)
        self.saved = scaled(SEARCH_WIDTH) - ICON_WIDTH if short else 0
        self._keys.setVisible(not short)
        self.setMinimumWidth(scaled(SEARCH_WIDTH) - self.saved)


class _Shortened(Protocol):
    """What does without ``saved`` pixels of its width where room is short."""

    saved: int

    def shorten(self, short: bool) -> None: ...
    def isHidden(self) -> bool: ...


class Toolbar(QFrame):
    """What to do next stands out: Train, then Pause, then Resume, in one place.

    Where it is narrow, it does without the words beside the progress, then those of the search, then the details of
    the device, then the words of what is seldom pressed.
    """

    def __init__(self, studio: Studio, board: Board, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio, self._board, self._theme = studio, board, theme
        self.buttons = {
            name: ActionButton(board.actions[name], with_text=name not in ("undo", "redo"))
            for name in ("open", "save", "undo", "redo", "stop", "train_longer", "fit_batch", "train")
        }
        self.go = Button("", "primary", self._go)
        self.progress, self.device = RunProgress(), DeviceBadge()
        self.search = SearchButton(board.actions["palette"])
        self._lay_out()
        studio.run.changed.listen(self._render)
        studio.repeater.changed.listen(self._render)
        studio.document.changed.listen(lambda _old, _new: self._render())
        studio.engines.ready.connect(self.device.show_ready)
        theme.changed.connect(self.draw_icons)
        self._render()

    @property
    def next_action(self) -> QAction:
        """What the one accented button does now."""
        busy = self._studio.run.status in (Status.TRAINING, Status.PAUSED, Status.STOPPING)
        return self._board.actions["pause" if busy else "train"]

    def draw_icons(self, _: object = None) -> None:
        """Draw every icon in the colours of the theme."""
        colours = self._theme.colours
        for name, button in self.buttons.items():
            if name not in ("open", "save", "train"):
                button.setIcon(icon(self._board.rows[name].icon, colours.text, colours.faint))
        self.search.setIcon(icon(self._board.rows["palette"].icon, colours.muted))
        self._draw_go()
        for part in (self.search, self.progress):
            part.shorten(part.saved > 0)  # as wide as its words are now
        self._row.activate()  # no word is cut off until the next turn of the loop

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest:
            self._fit()
        return super().event(event)

    def _fit(self) -> None:
        """Shorten what is needed least, as far as room is short."""
        seldom = [self.buttons[name] for name in SHORTENED]
        parts: list[_Shortened] = [self.progress, self.search, self.device, *seldom]
        needed = self._row.minimumSize().width() + sum(part.saved for part in parts if not part.isHidden())
        for part in parts:
            is_short = needed > self.width() and not part.isHidden()
            if is_short is not (part.saved > 0):
                part.shorten(is_short)
            needed -= part.saved

    def _draw_go(self) -> None:
        colours = self._theme.colours
        shape = "pause-fill" if self._studio.run.status is Status.TRAINING else "play-fill"
        self.go.setIcon(icon(shape, colours.on_accent, colours.faint))

    def _lay_out(self) -> None:
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN, GRID // 2, MARGIN, GRID)
        row.setSpacing(GRID)
        for name in ("open", "save", "", "undo", "redo", ""):
            row.addWidget(self.buttons[name] if name else _line())
        row.addWidget(self.go)
        for name in ("stop", "train_longer", "train", "fit_batch"):
            row.addWidget(self.buttons[name])
        row.addSpacing(GRID)
        row.addWidget(self.progress, 100)
        row.addStretch(1)
        row.addWidget(self.device, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.search)

    def _go(self) -> None:
        self.next_action.trigger()

    def _enable_go(self, enabled: bool) -> None:
        """Keep the keyboard here while the button cannot be pressed: Qt would hand it to the next one."""
        if self.go.hasFocus() and not enabled:
            self.setFocus()
        self.go.setEnabled(enabled)
        if self.hasFocus() and enabled:
            self.go.setFocus()

    def _swap(self, first: str, other: str, *, first_is_shown: bool) -> None:
        """Show one of two buttons that stand in the same place."""
        for name, shown in ((first, first_is_shown), (other, not first_is_shown)):
            if self.buttons[name].isVisibleTo(self) is not shown:
                self.buttons[name].setVisible(shown)

    def _render(self) -> None:
        run, action = self._studio.run, self.next_action
        if (self.go.text(), self.go.isEnabled()) != (action.text(), action.isEnabled()):
            self.go.setText(action.text())
            self.go.setToolTip(action.toolTip())
            self._enable_go(action.isEnabled())
            if not self.go.icon().isNull():
                self._draw_go()
        can_stop, can_go_on = (self._board.actions[name].isEnabled() for name in ("stop", "train_longer"))
        self._swap("stop", "train_longer", first_is_shown=can_stop or not can_go_on)
        self._swap("fit_batch", "train", first_is_shown=not self._studio.trainer.can_queue)
        self.progress.show_run(run, self._studio.repeater)
        self.device.show_run(run)


MARGIN = GRID
SHORTENED = ("fit_batch", "train_longer", "stop")
"""The buttons that do without words where it is narrow."""
SEARCH_WIDTH, ICON_WIDTH = 27 * GRID, 5 * GRID


def _line() -> QFrame:
    line = QFrame()
    line.setProperty("role", "separator")
    line.setFixedSize(1, 3 * GRID)
    return line
