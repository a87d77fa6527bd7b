"""Where one's own work begins: a place to drop a file, what was left behind, and what was open before."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from nnstudio.gui.dialogs.files import FileDialogs
from nnstudio.gui.left_behind import LeftBehind, Offer
from nnstudio.gui.panel import MARGIN, Banner, Button, Note, Panel
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import GRID, Theme
from nnstudio.gui.welcome.tile import LineTile
from nnstudio.gui.welcome.whereabouts import Whereabouts
from nnstudio.session.preferences import Preferences

MISSING = "not there"


class DropPlace(QFrame):
    """A dashed outline with an arrow into a tray, words, and buttons that choose a file instead."""

    def __init__(self, files: FileDialogs, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.open = Button("Open…", "primary", files.open, "Choose data, a project or a model.")
        folder_help = "Choose a folder with a subfolder of pictures for each class."
        self.folder = Button("Folder…", "", files.open_folder, folder_help)
        self.paste = Button("Paste", "", files.paste, "Open the cells of a spreadsheet that lie on the clipboard.")
        self._sign = QWidget()
        self._sign.setFixedHeight(6 * GRID)
        heading = QLabel("Drop a file here")
        heading.setProperty("role", "heading")
        words = Note("A table, a folder of pictures, a project, or weights (.pth). Anywhere on the window will do.")
        for label in (heading, words):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.setSpacing(GRID)
        column.addStretch(1)
        for widget in (self._sign, heading, words):
            column.addWidget(widget)
        column.addLayout(self._row())
        column.addStretch(1)
        theme.changed.connect(self.update)

    def _row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addStretch(1)
        for button in (self.open, self.folder, self.paste):
            row.addWidget(button)
        row.addStretch(1)
        return row

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(colours.faint), 1.5)
        pen.setDashPattern([4, 4])
        painter.setPen(pen)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), GRID, GRID)
        _paint_tray(painter, QRectF(self._sign.geometry()), colours.accent)


def _paint_tray(painter: QPainter, room: QRectF, colour: str) -> None:
    """An arrow down into a tray, in the middle of ``room``."""
    x, y, unit = room.center().x(), room.center().y(), room.height() / 12
    pen = QPen(QColor(colour), unit / 1.6)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.drawLine(QPointF(x, y - 5 * unit), QPointF(x, y + 1.5 * unit))
    for corners in (
        [(-2.5, -1), (0, 1.5), (2.5, -1)],
        [(-5, 1), (-5, 4.5), (5, 4.5), (5, 1)],
    ):
        painter.drawPolyline(QPolygonF([QPointF(x + across * unit, y + down * unit) for across, down in corners]))


class RecentFiles(QWidget):
    """The files that were open before, the last one first; those that are gone are marked, and each can be removed."""

    def __init__(self, studio: Studio, files: FileDialogs, theme: Theme) -> None:
        super().__init__()
        self._studio, self._files, self._theme = studio, files, theme
        self._shown: tuple[str, ...] | None = None
        self.tiles: dict[str, LineTile] = {}
        self._whereabouts = Whereabouts(self)
        self._whereabouts.missing.connect(self._mark)
        self._none = Note("The files that you open are listed here.")
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(GRID // 2)
        self._lines.addWidget(self._none)
        self.destroyed.connect(studio.preferred.listen(self._render))
        self._render(studio.preferences)

    def look(self) -> None:
        """Find out which of them are still there; another thread does so, for a disk may be far away."""
        self._whereabouts.ask(tuple(self.tiles))

    def _render(self, preferences: Preferences) -> None:
        if preferences.recent == self._shown:
            return
        self._shown = preferences.recent
        self._none.setVisible(not preferences.recent)
        while self._lines.count() > 1:
            if (item := self._lines.takeAt(1)) and (line := item.widget()):
                line.hide()
                line.deleteLater()
        self.tiles = {path: self._add(path) for path in preferences.recent}
        if self.isVisible():
            self.look()

    def _add(self, path: str) -> LineTile:
        known = Path(path)
        tile = LineTile(
            known.name,
            str(known.parent),
            partial(self._files.open_path, known),
            self._theme,
            elide=Qt.TextElideMode.ElideMiddle,
        )
        remove = Button("✕", "icon", partial(self._remove, path), "Take it off this list; the file stays.")
        remove.setAccessibleName(f"Take {known.name} off the list")
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID // 2)
        row.addWidget(tile, 1)
        row.addWidget(remove)
        self._lines.addWidget(line)
        return tile

    def _remove(self, path: str) -> None:
        self._studio.prefer(self._studio.preferences.without_recent(path))

    def _mark(self, missing: frozenset[str]) -> None:
        for path, tile in self.tiles.items():
            tile.mark(MISSING if path in missing else "")


class LeftBehindList(QWidget):
    """All that is left behind, each with its verbs."""

    def __init__(self, left: LeftBehind) -> None:
        super().__init__()
        self._left = left
        self.banners: list[Banner] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GRID)
        self.destroyed.connect(left.changed.listen(self._render))
        self._render()

    def _render(self) -> None:
        for banner in self.banners:
            self._column.removeWidget(banner)
            banner.hide()
            banner.deleteLater()
        self.banners = [self._banner(offer) for offer in self._left.offers]
        for banner in self.banners:
            self._column.addWidget(banner)
            banner.show()
        self.setVisible(bool(self.banners))

    def _banner(self, offer: Offer) -> Banner:
        banner = Banner("warning")
        discard = Button("Discard", "quiet", offer.give_up)
        banner.say(offer.what, offer.text, [Button(offer.verb, "primary", offer.take_up), discard])
        return banner


class StartPanel(Panel):
    """One's own work: dropped, chosen, left behind or open before."""

    def __init__(self, studio: Studio, left: LeftBehind, files: FileDialogs, theme: Theme) -> None:
        super().__init__("Your own data", scrolls=True)
        self.drop, self.recent = DropPlace(files, theme), RecentFiles(studio, files, theme)
        self.left = LeftBehindList(left)
        self.drop.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.body.addWidget(self.left)
        self.body.addWidget(self.drop, 1)
        self.body.addWidget(Note("Recent", "title"))
        self.body.addWidget(self.recent)
