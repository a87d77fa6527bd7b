"""The page: the five clicks above, then three panels: one's own data, samples, templates."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from nnstudio.gui.dialogs.files import FileDialogs
from nnstudio.gui.left_behind import LeftBehind
from nnstudio.gui.panel import MARGIN, Button, Note, Panel
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import GRID, Theme, scaled
from nnstudio.gui.welcome.pictures import PICTURES
from nnstudio.gui.welcome.start import StartPanel
from nnstudio.gui.welcome.steps import Steps
from nnstudio.gui.welcome.tile import LineTile, SampleTile
from nnstudio.session.samples import SAMPLES
from nnstudio.spec.networks.templates import NETWORK_TEMPLATES

LOW = 44 * GRID
"""Pixels; a page that is less high does without the way."""
NARROW = 88 * GRID
"""Pixels; a page that is less wide does without the templates, which the menu of the model has, too."""
TWO_COLUMNS = 60 * GRID
"""So wide, samples stand in two columns."""


class SamplesPanel(Panel):
    """A tile for each sample; they share what room there is."""

    def __init__(self, files: FileDialogs, theme: Theme) -> None:
        super().__init__("Samples", scrolls=True)
        self.set_note("Small, real data to learn with")
        self.tiles = [
            SampleTile(
                (sample.title, sample.teaches, sample.size),
                PICTURES[sample.file],
                partial(files.open_path, sample.path),
                theme,
            )
            for sample in SAMPLES
        ]
        self._grid = QGridLayout()
        self._grid.setSpacing(GRID)
        self.body.addLayout(self._grid, 1)
        self._columns = 0
        self._arrange(2)

    def minimumSizeHint(self) -> QSize:
        """Room for one column, however many there are now."""
        return QSize(self.tiles[0].minimumSizeHint().width() + 6 * GRID, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(2 if event.size().width() >= TWO_COLUMNS else 1)

    def _arrange(self, columns: int) -> None:
        if columns != self._columns:
            self._columns = columns
            for place, tile in enumerate(self.tiles):
                self._grid.addWidget(tile, *divmod(place, columns))
            for column in range(2):
                self._grid.setColumnStretch(column, 1 if column < columns else 0)


class TemplatesPanel(Panel):
    """A line for each whole network, below the title of its group; choosing one asks for data to make it for."""

    def __init__(self, files: FileDialogs, theme: Theme) -> None:
        super().__init__("Templates", scrolls=True)
        self.set_note("Choose one, then its data")
        self.tiles: list[LineTile] = []
        self.body.setSpacing(GRID // 2)
        group = ""
        for template in NETWORK_TEMPLATES:
            if template.group != group:
                group = template.group
                self.body.addWidget(Note(group, "muted"))
            ask = partial(files.open_for, template)
            tile = LineTile(template.title, template.about, ask, theme, family=template.family)
            self.tiles.append(tile)
            self.body.addWidget(tile)
        self.body.addStretch(1)


class WelcomePage(QFrame):
    """What can be begun with.

    Signals
    -------
    left()
        The user wants the workspace: with nothing in it, or with what is open.
    """

    left = Signal()

    def __init__(self, studio: Studio, left_behind: LeftBehind, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        files = FileDialogs(studio, self)
        self.start = StartPanel(studio, left_behind, files, theme)
        self.samples, self.templates = SamplesPanel(files, theme), TemplatesPanel(files, theme)
        self.back = Button("", "quiet", self.left.emit)
        self.steps = Steps(theme)
        panels = QHBoxLayout()
        panels.setSpacing(GRID)
        for panel, share in ((self.start, 27), (self.samples, 44), (self.templates, 29)):
            panels.addWidget(panel, share)
        page = QVBoxLayout(self)
        page.setContentsMargins(GRID, GRID, GRID, GRID)
        page.setSpacing(GRID)
        page.addWidget(self._head())
        page.addLayout(panels, 1)

    def _head(self) -> QFrame:
        """The name, the way, and the way out."""
        head = QFrame()
        head.setProperty("role", "board")
        title = QLabel("Five clicks to a trained network")
        title.setProperty("role", "heading")
        upper = QHBoxLayout()
        upper.setSpacing(GRID)
        upper.addWidget(title)
        upper.addStretch(1)
        upper.addWidget(self.back)
        column = QVBoxLayout(head)
        column.setContentsMargins(MARGIN, GRID, MARGIN, GRID)
        column.setSpacing(GRID // 2)
        column.addLayout(upper)
        column.addWidget(self.steps)
        return head

    def minimumSizeHint(self) -> QSize:
        return QSize(70 * GRID, 30 * GRID)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Do without the way, and without what the menus offer as well, where the rest has little room."""
        self.steps.setVisible(event.size().height() >= scaled(LOW))
        self.templates.setVisible(event.size().width() >= scaled(NARROW))
        super().resizeEvent(event)

    def offer_way_back(self, name: str) -> None:
        """Let the button lead back to the project ``name``, or, where it is empty, into an empty workspace."""
        self.back.setText(f"Back to {name}" if name else "Begin with an empty project")
        self.back.setToolTip(
            "Show the project that is open (Esc)." if name else "Build a network by hand; data can come later (Esc)."
        )

    def draw(self) -> None:
        """Read what the pictures show, and look for the recent files: after the first paint."""
        for tile in self.samples.tiles:
            tile.draw_picture()
        self.start.recent.look()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
