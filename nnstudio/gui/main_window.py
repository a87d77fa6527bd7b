"""The window: bars above and below, the workspace between them. It arranges, and decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, QSettings, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QPaintEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMainWindow, QMenuBar, QStackedWidget, QVBoxLayout, QWidget

from nnstudio.gui.divider import Divider
from nnstudio.gui.drop import DropHint, dropped_files, is_elsewhere, plan_of, present_files
from nnstudio.gui.drop_plan import Plan, plan_for
from nnstudio.gui.panel import ElidedLabel
from nnstudio.gui.reading_order import move_focus
from nnstudio.gui.theme import GRID
from nnstudio.gui.workspace import STORED, Workspace
from nnstudio.session.preferences import preferences_path

SMALLEST = QSize(640, 360)
FIRST = QSize(1600, 1000)


class _MenuRow(QFrame):
    """The menus, and at their right the name of what is open."""

    def __init__(self, menus: QMenuBar, name: ElidedLabel) -> None:
        super().__init__()
        self.setProperty("role", "surface")
        name.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, GRID, 0)
        row.addWidget(menus)
        row.addWidget(name, 1)


class MainWindow(QMainWindow):
    """Holds the parts that it is given; the workspace is made when it is first asked for.

    Signals
    -------
    rearranged()
        A panel was shown or hidden.
    files_given(list[Path])
        Files were dropped on the window, or handed to it from outside.
    refused(Plan)
        Something was dropped that is no file of this machine; it says why that cannot be opened.
    painted()
        The window was painted for the first time; from now on work does not delay it.
    closed()
        The window was closed, and nothing spoke against it.
    """

    rearranged = Signal()
    files_given = Signal(list)
    refused = Signal(object)
    painted = Signal()
    closed = Signal()

    def __init__(self, make_workspace: Callable[[], Workspace]) -> None:
        super().__init__()
        self._make_workspace = make_workspace
        self._workspace: Workspace | None = None
        self.may_close: Callable[[], bool] = lambda: True
        self.plan: Callable[[Sequence[Path]], Plan] = plan_for
        self._is_painted = False
        self._pages = QStackedWidget()
        self._pages.setMinimumSize(1, 1)  # what is short of room is a page, never the bars above and below it
        self.setAcceptDrops(True)
        self.setMinimumSize(SMALLEST.boundedTo(self.screen().availableGeometry().size()))
        self._center = QWidget()
        self.setCentralWidget(self._center)
        self._column = QVBoxLayout(self._center)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._hint = DropHint(self._center, self)
        self.menus, self._name = QMenuBar(), ElidedLabel(role="muted")
        self.setMenuWidget(_MenuRow(self.menus, self._name))

    def set_title(self, title: str) -> None:
        """Name what is open, in the frame and at the right of the menus."""
        self.setWindowTitle(title)
        self._name.setText(title)

    def stack(self, above: Sequence[QWidget], banner: QWidget, below: Sequence[QWidget]) -> None:
        """Put the parts over and under the workspace."""
        for widget in above:
            self._column.addWidget(widget)
        self._column.addWidget(banner)
        self._column.addWidget(self._pages, 1)
        for widget in below:
            self._column.addWidget(widget)

    @property
    def workspace(self) -> Workspace:
        """The panels, where they were the last time."""
        if self._workspace is None:
            self._workspace = self._make_workspace()
            self._pages.addWidget(self._workspace)
            self._workspace.rearranged.connect(self.rearranged)
            settings = _settings()
            self._workspace.restore({key: _stored(settings, key) for key in STORED})
            for divider in self.findChildren(Divider):
                divider.restore(_stored_share(settings, f"share/{divider.objectName()}"))
            self.rearranged.emit()
        return self._workspace

    @property
    def has_workspace(self) -> bool:
        """Whether the workspace was asked for already."""
        return self._workspace is not None

    @property
    def front(self) -> QWidget | None:
        """The page that is seen: the workspace, or one that was added."""
        return self._pages.currentWidget()

    def add_page(self, page: QWidget) -> None:
        """Let ``page`` be brought to the front, in the place of the workspace."""
        self._pages.addWidget(page)

    def bring_forward(self, page: QWidget) -> None:
        """Show one of the pages."""
        self._pages.setCurrentWidget(page)
        page.setFocus()  # no button is lit up before the first Tab

    # where it stands

    def restore_layout(self) -> None:
        """Take the size of the last time, or that of the first."""
        settings = _settings()
        if not self.restoreGeometry(_stored(settings, "geometry")):
            room = self.screen().availableGeometry().size() - QSize(4 * GRID, 6 * GRID)
            self.resize(FIRST.boundedTo(room).expandedTo(SMALLEST))
            if FIRST.boundedTo(room) != FIRST:
                self.setWindowState(Qt.WindowState.WindowMaximized)

    def store_layout(self) -> None:
        settings = _settings()
        settings.setValue("geometry", self.saveGeometry())
        if self._workspace and self._workspace.is_arranged:
            stored = self.workspace.stored()
            for key in STORED:
                settings.setValue(key, stored.get(key, QByteArray()))
        for divider in self.findChildren(Divider):
            settings.setValue(f"share/{divider.objectName()}", divider.share)
        settings.sync()

    # what Qt tells it

    def focusNextPrevChild(self, next: bool) -> bool:
        return move_focus(self, next)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.bring_forward(self.front or self.workspace)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            QTimer.singleShot(0, self.painted.emit)  # once this paint is on the screen

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.may_close():
            event.ignore()
            return
        self.store_layout()
        event.accept()
        self.closed.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Say what would be done; what comes from elsewhere is taken, too, to say why it cannot be opened."""
        if dropped_files(event.mimeData()) or is_elsewhere(event.mimeData()):
            event.acceptProposedAction()
            self._hint.offer(plan_of(event.mimeData(), self.plan))

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Say it again where the window lost the keyboard to the source of the drag only after the drag had begun."""
        if self._hint.isHidden():
            self._hint.offer(plan_of(event.mimeData(), self.plan))

    def dropEvent(self, event: QDropEvent) -> None:
        """Take the files once the drag is over: its source waits for that, while questions may be asked here."""
        event.acceptProposedAction()
        if files := present_files(event.mimeData()):
            QTimer.singleShot(0, self, lambda: self.files_given.emit(files))
        else:
            self.refused.emit(plan_of(event.mimeData()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.ActivationChange and not self.isActiveWindow():
            self._hint.hide()


def _settings() -> QSettings:
    path: Path = preferences_path().with_name("layout.ini")
    return QSettings(str(path), QSettings.Format.IniFormat)


def _stored_share(settings: QSettings, key: str) -> float:
    try:
        return float(str(settings.value(key, 0.0)))
    except ValueError:
        return 0.0


def _stored(settings: QSettings, key: str) -> QByteArray:
    value = settings.value(key)
    return value if isinstance(value, QByteArray) else QByteArray()
