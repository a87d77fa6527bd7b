"""The panels as docks: where they stand at first, and where the user has put them, in windows of each size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain, pairwise

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QTabBar, QTabWidget, QWidget

from nnstudio.gui.arrangements import ARRANGEMENTS, COLUMNS, Arrangement, Place
from nnstudio.gui.divider import Divider
from nnstudio.gui.icons import icon
from nnstudio.gui.panel import Button, Panel
from nnstudio.gui.theme import GRID, Theme, scaled

LAYOUT_VERSION = 1
"""Raised when docks are added or renamed: an older stored layout is then not restored."""

HIDDEN = "workspace-hidden"
"""What the names of hidden panels are stored under."""
STORED = (*(each.key for each in ARRANGEMENTS), HIDDEN)
"""All keys of what is stored."""
TRAINING_HEIGHT = (0.385, 42 * GRID)
"""Its share of the height of a column, and the most pixels that make sense; Network takes the rest."""


class PanelDock(QDockWidget):
    """A dock whose title bar is the header of its panel.

    Signals
    -------
    toggled()
        It was shown or hidden.
    """

    toggled = Signal()

    def __init__(self, panel: Panel, theme: Theme, parent: QWidget) -> None:
        super().__init__(panel.accessibleName(), parent)
        self.panel = panel
        self.setObjectName(panel.accessibleName())
        self._theme = theme
        self.hide_button = Button("", "quiet", self.close, "Hide this panel; the View menu brings it back.")
        self.hide_button.setAccessibleName(f"Hide {self.windowTitle()}")
        self.hide_button.setProperty("role", "icon")
        self.hide_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        panel.header.row.addWidget(self.hide_button)
        self.setTitleBarWidget(panel.header)
        self.setWidget(panel)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.toggled.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.toggled.emit()

    def draw_icons(self) -> None:
        """Draw the icons in the colours of the theme."""
        self.hide_button.setIcon(icon("x", self._theme.colours.muted))


class Workspace(QMainWindow):
    """Arranges panels side by side as docks that can be moved, closed and brought back.

    Where there is no room for them side by side, they share places as tabs. The user's own arrangement is kept for each
    of `ARRANGEMENTS`, and comes back with the room for it.

    Signals
    -------
    rearranged()
        A panel was shown or hidden.
    """

    rearranged = Signal()

    def __init__(self, panels: Mapping[str, Panel], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowFlags(Qt.WindowType.Widget)
        self.setContentsMargins(GRID, GRID, GRID, GRID)
        self.setDockOptions(
            QMainWindow.DockOption.AnimatedDocks
            | QMainWindow.DockOption.AllowNestedDocks
            | QMainWindow.DockOption.AllowTabbedDocks
        )
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.docks = {name: PanelDock(panel, theme, self) for name, panel in panels.items()}
        for dock in self.docks.values():
            dock.toggled.connect(self.rearranged)
            dock.topLevelChanged.connect(self._note_change)
            dock.dockLocationChanged.connect(self._note_change)
        self.is_arranged = False
        """Its docks have the room that they had the last time, or their share of what there is."""
        self.arrangement = COLUMNS
        """The one that is in force."""
        self._kept: dict[str, QByteArray] = {}
        """What the user has changed, by the key of the arrangement."""
        self._needs: dict[str, QSize] = {}
        """The least size of each arrangement when it was last left."""
        self._is_arranging = False
        self._pressed: list[QSize] = []
        self._hidden: Sequence[str] = ()
        theme.changed.connect(self.draw_icons)
        theme.changed.connect(self._measure)
        self._stand()

    def arrange(self) -> None:
        """Put every panel where it stands at first: Data, Network over Training, Results, as far as there is room."""
        self._kept.clear()
        self._needs.clear()
        for dock in self.docks.values():
            dock.setFloating(False)
        self.arrangement = self._fitting()
        self._stand()
        for divider in self.findChildren(Divider):
            divider.restore(0)

    def share_room(self) -> None:
        """Give every panel its share of the width and the height there is."""
        columns = self.arrangement.columns
        widths = [_part(self.width(), column.share, scaled(column.most)) for column in columns[:-1]]
        widths.append(self.width() - sum(widths))
        shown = {name: dock for name, dock in self.docks.items() if not dock.isHidden()}
        first = [next((name for place in column.places for name in place if name in shown), "") for column in columns]
        wide = {name: width for name, width in zip(first, widths, strict=True) if name}
        self.resizeDocks([shown[name] for name in wide], list(wide.values()), Qt.Orientation.Horizontal)
        if self.arrangement is COLUMNS and {"Network", "Training"} <= shown.keys():
            height = _part(self.height(), *TRAINING_HEIGHT)
            high = [self.docks["Network"], self.docks["Training"]]
            self.resizeDocks(high, [self.height() - height, height], Qt.Orientation.Vertical)

    def bring_forward(self, name: str) -> None:
        """Show a panel, in front of those that it shares its place with."""
        self.docks[name].show()
        self.docks[name].raise_()

    def is_in_front(self, name: str) -> bool:
        """Whether a panel is shown, and not behind another one that shares its place."""
        dock = self.docks[name]
        return not dock.isHidden() and name not in self._behind()

    def _behind(self) -> set[str]:
        """The panels whose tabs are not the current ones."""
        bars = self.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
        tabs = ((bar, place) for bar in bars if not bar.isHidden() for place in range(bar.count()))
        return {bar.tabText(place) for bar, place in tabs if place != bar.currentIndex()}

    # where it stood, and stands

    def stored(self) -> dict[str, QByteArray]:
        """What the user has made of the arrangements, by their keys, and what is hidden."""
        if self.arrangement.key in self._kept:
            self._keep()
        hidden = [name for name, dock in self.docks.items() if dock.isHidden()]
        return self._kept | {HIDDEN: QByteArray("\n".join(hidden).encode())}

    def restore(self, stored: Mapping[str, QByteArray]) -> None:
        """Bring stored arrangements back, as soon as it is seen how much room there is."""
        self._kept = {key: state for key, state in stored.items() if key != HIDDEN and not state.isEmpty()}
        self._hidden = bytes(stored.get(HIDDEN, QByteArray()).data()).decode(errors="replace").splitlines()
        self.is_arranged = False
        if self.isVisible():
            self._begin()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self.is_arranged:
            self._begin()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.is_arranged:
            self._follow_room()
            if self.arrangement.key not in self._kept:
                self.share_room()

    def event(self, event: QEvent) -> bool:
        """Hear of it when the user has moved a line between docks."""
        if event.type() is QEvent.Type.MouseButtonPress:
            self._pressed = self._sizes()
        handled = super().event(event)
        if event.type() is QEvent.Type.MouseButtonRelease and self._pressed != self._sizes():
            self._keep()
        return handled

    def draw_icons(self, _: object = None) -> None:
        for dock in self.docks.values():
            dock.draw_icons()

    def _fitting(self) -> Arrangement:
        """The roomiest arrangement that fits, as the user has it where they have changed it."""
        return next((each for each in ARRANGEMENTS if self._fits(each)), ARRANGEMENTS[-1])

    def _fits(self, arrangement: Arrangement) -> bool:
        needed = self._needed if arrangement is self.arrangement else self._needs.get(arrangement.key, QSize())
        made_for = QSize(scaled(arrangement.least.width()), scaled(arrangement.least.height()))
        least = made_for.expandedTo(needed)
        if arrangement is not COLUMNS and arrangement.key not in self._kept:
            return least.width() <= self.width()  # with fewer columns, the panels are no lower
        return least.boundedTo(self.size()) == least

    def _begin(self) -> None:
        self.arrangement = self._fitting()
        self._stand()
        for name in self.docks.keys() & set(self._hidden):
            self.docks[name].hide()
        self.is_arranged = True
        self._follow_room()

    def _measure(self) -> None:
        """With text of another size, panels need other room."""
        self._needs.clear()
        if self.is_arranged:
            QTimer.singleShot(0, self, self._follow_room)

    def _follow_room(self) -> None:
        """Turn to the arrangement that fits; one of the user's that turns out not to fit is left for another one."""
        for _ in ARRANGEMENTS:
            fitting = self._fitting()
            if fitting is self.arrangement:
                return
            self._turn_to(fitting)

    def _turn_to(self, arrangement: Arrangement) -> None:
        hidden = [dock for dock in self.docks.values() if dock.isHidden()]
        focus = QApplication.focusWidget()
        used = [dock for dock in self.docks.values() if focus and dock.isAncestorOf(focus)]
        self._needs[self.arrangement.key] = self._needed
        self.arrangement = arrangement
        self._stand()
        for dock in self.docks.values():
            dock.setVisible(dock not in hidden)
        for dock in used:
            dock.raise_()

    @property
    def _needed(self) -> QSize:
        """The least size at which no dock overlaps another one, as they stand now."""
        layout = self.layout()
        return layout.minimumSize() if layout else QSize()

    def _sizes(self) -> list[QSize]:
        return [dock.size() for dock in self.docks.values()]

    def _note_change(self) -> None:
        if not self._is_arranging:
            self._keep()

    def _keep(self) -> None:
        self._kept[self.arrangement.key] = self.saveState(LAYOUT_VERSION)

    def _stand(self) -> None:
        """Put the panels where the user has them in the arrangement in force, or else where they stand at first."""
        self._is_arranging = True
        if not self.restoreState(self._kept.get(self.arrangement.key, QByteArray()), LAYOUT_VERSION):
            self._kept.pop(self.arrangement.key, None)
            self._arrange()
        self._is_arranging = False

    def _arrange(self) -> None:
        """Put the panels that do not float where they stand at first in the arrangement in force."""
        docked = [dock for dock in self.docks.values() if not dock.isFloating()]
        for dock in docked:
            self.removeDockWidget(dock)
        columns = [self._docked(column.places) for column in self.arrangement.columns]
        self._stand_beside([places[0][0] for places in columns if places])
        for above, below in chain.from_iterable(map(pairwise, columns)):
            self.splitDockWidget(above[0], below[0], Qt.Orientation.Vertical)
        for first, other in chain.from_iterable(map(pairwise, chain.from_iterable(columns))):
            self.tabifyDockWidget(first, other)
        for dock in docked:
            dock.show()
        for place in chain.from_iterable(columns):
            place[0].raise_()
        self.share_room()

    def _stand_beside(self, docks: Sequence[PanelDock]) -> None:
        for dock in docks[:1]:
            self.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
        for left, right in pairwise(docks):
            self.splitDockWidget(left, right, Qt.Orientation.Horizontal)

    def _docked(self, places: Sequence[Place]) -> list[list[PanelDock]]:
        """The docks of those places that do not float."""
        docks = ([self.docks[name] for name in place if not self.docks[name].isFloating()] for place in places)
        return [place for place in docks if place]


def _part(whole: int, share: float, most: int) -> int:
    return min(round(share * whole), most)
