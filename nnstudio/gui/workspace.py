"""The panels as docks: where they stand at first, and where the user has put them."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from nnstudio.gui.divider import Divider
from nnstudio.gui.icons import icon
from nnstudio.gui.panel import Button, Panel
from nnstudio.gui.theme import GRID, Theme

LAYOUT_VERSION = 1
"""Raised when docks are added or renamed: an older stored layout is then not restored."""

WIDTHS = {"Data": (0.243, 480), "Network": (0.267, 560)}
"""Shares of the width, and the most pixels that make sense; Results take the rest."""
TRAINING_HEIGHT = (0.385, 42 * GRID)
"""The same for the height of Training; Network takes the rest."""


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
        self.docks = {name: PanelDock(panel, theme, self) for name, panel in panels.items()}
        for dock in self.docks.values():
            dock.toggled.connect(self.rearranged)
        self.is_arranged = False
        """Its docks have the room that they had the last time, or their share of what there is."""
        theme.changed.connect(self.draw_icons)
        self.arrange()

    def arrange(self) -> None:
        """Put every panel where it stands at first: Data, Network over Training, Results."""
        data, network, training, results = (self.docks[name] for name in ("Data", "Network", "Training", "Results"))
        for dock in self.docks.values():
            dock.setFloating(False)
            self.removeDockWidget(dock)
        self.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, data)
        self.splitDockWidget(data, results, Qt.Orientation.Horizontal)
        self.splitDockWidget(data, network, Qt.Orientation.Horizontal)
        self.splitDockWidget(network, training, Qt.Orientation.Vertical)
        for dock in self.docks.values():
            dock.show()
        for divider in self.findChildren(Divider):
            divider.restore(0)
        self.share_room()

    def share_room(self) -> None:
        """Give every panel its share of the width and the height there is."""
        widths = [_part(self.width(), *WIDTHS[name]) for name in WIDTHS]
        wide = [self.docks[name] for name in (*WIDTHS, "Results")]
        self.resizeDocks(wide, [*widths, self.width() - sum(widths)], Qt.Orientation.Horizontal)
        height = _part(self.height(), *TRAINING_HEIGHT)
        high = [self.docks["Network"], self.docks["Training"]]
        self.resizeDocks(high, [self.height() - height, height], Qt.Orientation.Vertical)

    def stored(self) -> QByteArray:
        """The arrangement, to be restored another time."""
        return self.saveState(LAYOUT_VERSION)

    def restore(self, stored: QByteArray) -> bool:
        """Bring a stored arrangement back; says whether there was one of this version."""
        self.is_arranged = self.restoreState(stored, LAYOUT_VERSION)
        return self.is_arranged

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self.is_arranged:
            self.is_arranged = True
            self.share_room()

    def draw_icons(self, _: object = None) -> None:
        for dock in self.docks.values():
            dock.draw_icons()


def _part(whole: int, share: float, most: int) -> int:
    return min(round(share * whole), most)
