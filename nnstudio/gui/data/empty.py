"""What the data panel says while nothing is open."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QMenu, QWidget

from nnstudio.gui.actions.files import sample_files
from nnstudio.gui.dialogs.files import FileDialogs
from nnstudio.gui.panel import Button, EmptyState
from nnstudio.gui.studio import Studio
from nnstudio.gui.studio.reader import ReadingNow
from nnstudio.spec.files import SUFFIX


class DataEmptyState(EmptyState):
    """Says what to drop (the window takes it), and offers to choose a file or a sample instead."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        self.files = FileDialogs(studio, self)
        self.open_button = Button("Open…", "primary", self.files.open, "Choose data, a project or a model.")
        folder_help = "Choose a folder with a subfolder of pictures for each class."
        self.folder_button = Button("Folder…", "", self.files.open_folder, folder_help)
        self.samples_button = Button("Samples", "", tooltip="Small, real data to learn with.")
        super().__init__(
            "No data yet",
            "Drop a table (CSV, Excel, Parquet, JSON, NumPy, SQLite) or a folder of pictures here,"
            " paste cells of a spreadsheet, or open a sample.",
            (self.open_button, self.folder_button, self.samples_button),
            parent,
        )
        self._fill_samples()
        self.destroyed.connect(studio.reading.listen(lambda now: self._follow(studio, now)))

    def _follow(self, studio: Studio, now: ReadingNow | None) -> None:
        """Step aside while a file is on its way."""
        self.setVisible(now is None and studio.state.project.data is None)

    def _fill_samples(self) -> None:
        menu = QMenu(self.samples_button)
        for path in sample_files():
            name = path.stem if path.suffix == SUFFIX else path.name
            menu.addAction(name).triggered.connect(partial(self.files.open_path, path))
        self.samples_button.setMenu(menu)
        self.samples_button.setProperty("hasMenu", True)
