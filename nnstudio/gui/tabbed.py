"""A panel whose header holds tabs instead of a title; those that do not fit are offered in a menu."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QMenu, QSizePolicy, QStackedWidget, QTabBar, QWidget

from nnstudio.gui.panel import Button, PageScroll, Panel
from nnstudio.gui.theme import GRID

LEAST_WIDTH = 8 * GRID
SLACK = GRID // 2
"""Pixels more than the tabs want: one that becomes the current one, and bold, wants them a moment later."""


class TabRow(QTabBar):
    """Tabs of which some may be hidden, so that the others need not be cut off."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setUsesScrollButtons(False)
        self.setElideMode(Qt.TextElideMode.ElideRight)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        return super().sizeHint() + QSize(SLACK, 0)

    def minimumSizeHint(self) -> QSize:
        return QSize(LEAST_WIDTH, super().minimumSizeHint().height())

    def natural_width(self, place: int) -> int:
        """Pixels that a tab wants when nothing is short."""
        return self.tabSizeHint(place).width()

    def fit(self, room: int, beside: int) -> list[int]:
        """Show the tabs that fit into ``room`` pixels, the current one among them; gives the places of the others.

        Where some must be hidden, ``beside`` pixels are left for what offers them.
        """
        widths = [self.natural_width(place) for place in range(self.count())]
        shown = set(range(self.count()))
        if sum(widths) > room:
            shown = {self.currentIndex()}
            left = room - beside - SLACK - widths[self.currentIndex()]
            for place, width in enumerate(widths):
                if place not in shown:
                    left -= width
                    if left < 0:
                        break
                    shown.add(place)
        for place in range(self.count()):
            if self.isTabVisible(place) is not (place in shown):  # to say it again, Qt takes for all that is to be done
                self.setTabVisible(place, place in shown)
        self.updateGeometry()
        return [place for place in range(self.count()) if place not in shown]


class TabbedPanel(Panel):
    """Shows one of several views; the views themselves may come a moment after their tabs."""

    def __init__(self, title: str, tabs: Mapping[str, str], parent: QWidget | None = None) -> None:
        """``tabs`` are their names, and what is behind each in a sentence."""
        super().__init__(title, parent=parent)
        self.tabs, self.stack = TabRow(title), QStackedWidget()
        self.more = Button("More", "quiet", tooltip="The views whose tabs do not fit.")
        self.more.setMenu(QMenu(self.more))
        self.more.menu().setToolTipsVisible(True)
        self.more.setProperty("hasMenu", True)
        self.more.hide()
        for name, about in tabs.items():
            self.tabs.setTabToolTip(self.tabs.addTab(name), about)
        self.tabs.currentChanged.connect(self.stack.setCurrentIndex)
        self.tabs.currentChanged.connect(lambda _: self._fit())  # the chosen one is bold, and wider
        self.header.title.hide()
        self.header.row.setContentsMargins(0, 0, GRID, 0)
        self.header.row.insertWidget(0, self.tabs)
        self.header.row.insertWidget(1, self.more)
        self.header.installEventFilter(self)
        self.body.setContentsMargins(0, 0, 0, 0)  # each view has margins of its own
        self.body.addWidget(self.stack)

    def fill(self, views: Sequence[QWidget]) -> None:
        """Put the views behind their tabs, in the same order; those that are short of room are scrolled."""
        for view in views:
            self.stack.addWidget(PageScroll(view))
        self.stack.setCurrentIndex(self.tabs.currentIndex())

    def open_tab(self, name: str) -> None:
        """Bring the view behind the tab of that name to the front."""
        names = [self.tabs.tabText(place) for place in range(self.tabs.count())]
        self.tabs.setCurrentIndex(names.index(name))

    @property
    def view(self) -> QWidget | None:
        """The view in front, once it is there."""
        scroll = self.stack.currentWidget()
        return scroll.widget() if isinstance(scroll, PageScroll) else None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.header and event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        """Offer in the menu what has no room among the tabs."""
        row = self.header.row
        others = [item.widget() for place in range(2, row.count()) if (item := row.itemAt(place))]
        taken = sum(other.sizeHint().width() + row.spacing() for other in others if other and other.isVisibleTo(self))
        room = self.header.width() - taken - row.contentsMargins().right()
        hidden = self.tabs.fit(room, self.more.sizeHint().width() + row.spacing())
        self.more.setVisible(bool(hidden))
        menu = self.more.menu()
        menu.clear()
        for place in hidden:
            action = menu.addAction(self.tabs.tabText(place))
            action.setToolTip(self.tabs.tabToolTip(place))
            action.triggered.connect(partial(self._open, place))

    def _open(self, place: int, _checked: bool = False) -> None:
        self.tabs.setCurrentIndex(place)
