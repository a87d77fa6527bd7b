"""The trained network applied to another table: choose it, look at the answers, save them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from nnstudio.data.table import MappedTable
from nnstudio.gui.data.table_grid import MappedGrid
from nnstudio.gui.dialogs.like_data import ask_for_data
from nnstudio.gui.drop import dropped_files
from nnstudio.gui.panel import MARGIN, Banner, Button, ElidedLabel, EmptyState
from nnstudio.gui.studio import MODEL_SUFFIXES, Studio
from nnstudio.gui.theme import GRID, Theme
from nnstudio.session.words import counted
from nnstudio.spec.errors import StudioError, as_studio_error
from nnstudio.spec.events import Predicted
from nnstudio.spec.files import SUFFIX
from nnstudio.spec.sources import ImageFolderSource, Source, TableSource

MOST_WARNINGS = 5
ANSWERS = ("predicted_", "probability_")
"""How the columns begin that a prediction adds."""


class PredictView(QWidget):
    """Asks for a table, shows it with the network's answers in front, and saves both."""

    def __init__(self, studio: Studio, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._source: Source | None = None
        self._detect = False
        self._model = ""
        self.setAcceptDrops(True)
        self.untrained = EmptyState(
            "No trained network yet",
            "Press Train, or open a model file (.pth): it can then be applied to other tables here.",
        )
        self.choose = Button("Choose a file…", "primary", self._choose, "Choose the data to predict.")
        self.invitation = EmptyState(
            "Apply the trained network to another table",
            "Drop a file here that has the columns the network was trained with. The column to predict may be missing.",
            (self.choose,),
        )
        self.note = ElidedLabel(role="muted")
        self.again = Button("Choose another…", "", self._choose, "Choose other data to predict.")
        self.save = Button("Save as CSV…", "", self._save, "Save the table with the predictions.")
        self.problem, self.warnings = Banner("bad"), Banner("warning")
        self.grid = MappedGrid(theme)
        self.grid.refused.connect(studio.notices.warn)
        self._lay_out()
        self._listen()
        self._follow_model()

    def _lay_out(self) -> None:
        page = QWidget()
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(self.note, 1)
        head.addWidget(self.again)
        head.addWidget(self.save)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        layout.setSpacing(GRID)
        layout.addLayout(head)
        layout.addWidget(self.problem)
        layout.addWidget(self.warnings)
        layout.addWidget(self.grid, 1)
        layout.addStretch(0)  # takes the room of the grid while that is hidden
        self._pages = QStackedLayout(self)
        for widget in (self.untrained, self.invitation, page):
            self._pages.addWidget(widget)

    def _listen(self) -> None:
        studio = self._studio
        for stop in (
            studio.run.changed.listen(self._follow_model),
            studio.document.changed.listen(lambda _old, _new: self._follow_model()),
            studio.predicted.listen(self._show),
            studio.not_predicted.listen(self._show_problem),
        ):
            self.destroyed.connect(stop)

    # rendering

    def _follow_model(self) -> None:
        """Another network has other answers: what is shown goes, and there may be none to ask."""
        if self._studio.model_file == self._model:
            return
        self._model, self._source = self._studio.model_file, None
        self.grid.show_table(None)
        self._pages.setCurrentIndex(1 if self._model else 0)

    def _wait(self, source: Source) -> None:
        self._source = source
        self._pages.setCurrentIndex(2)
        self.note.setText(f"Predicting {Path(source.path).name} …")
        self._render_buttons(busy=True)
        self.problem.hide()

    def _show(self, result: Predicted) -> None:
        if self._source is None:
            return
        name = Path(self._source.path).name
        saved = f" · saved as {Path(result.out).name}" if result.out else ""
        self.note.setText(f"{name} · {counted(result.rows, 'row')} predicted{saved}")
        self.problem.hide()
        self._show_warnings(result.warnings)
        try:
            self._show_table(MappedTable(result.preview))
        except (OSError, ValueError) as error:  # pyarrow's errors are ValueErrors
            self._show_problem(as_studio_error(error))
        self._render_buttons(busy=False)

    def _show_table(self, table: MappedTable) -> None:
        answers = [name for name in table.names if name.startswith(ANSWERS)]
        self.grid.show_table(table, frozenset(answers))
        self.grid.bring_forward(answers)
        self.grid.show()

    def _show_warnings(self, warnings: tuple[str, ...]) -> None:
        more = len(warnings) - MOST_WARNINGS
        lines = [*warnings[:MOST_WARNINGS], *([f"and {more:,} more"] if more > 0 else [])]
        self.warnings.setVisible(bool(warnings))
        self.warnings.say("Not everything was as in training.", "\n".join(lines))

    def _show_problem(self, error: StudioError) -> None:
        if self._source is None:
            return
        self.note.setText(Path(self._source.path).name)
        self.problem.say(error.what, f"{error.why} {error.remedy}".strip())
        self.problem.show()
        self.warnings.hide()
        self.grid.hide()
        self._render_buttons(busy=False)

    def _render_buttons(self, busy: bool) -> None:
        self.again.setEnabled(not busy)
        self.save.setEnabled(not busy and self.problem.isHidden())

    # what the user asks for

    def open_path(self, path: Path) -> None:
        """Predict the table or the folder of pictures at ``path``."""
        data = self._studio.state.project.data
        like = data.source if data else None
        source: Source = TableSource(str(path))
        self._detect = False
        if path.is_dir():
            pictures = like if isinstance(like, ImageFolderSource) else ImageFolderSource()
            source = replace(pictures, path=str(path))
        elif like and path.suffix and path.suffix.lower() == Path(like.path).suffix.lower():
            source = replace(like, path=str(path))  # type: ignore[type-var]  # every source is a dataclass
        else:
            self._detect = True
        self._ask(source)

    def _ask(self, source: Source, out: str = "") -> None:
        self._wait(source)
        self._studio.predict(source, out, self._detect)

    def _choose(self) -> None:
        ask_for_data(self, "Data to predict", self._studio.state.project.data, self.open_path)

    def _save(self) -> None:
        if self._source is None:
            return
        source, path = self._source, Path(self._source.path)
        dialog = QFileDialog(
            self, "Save the predictions", str(path.with_name(f"{path.stem}-predicted.csv")), "CSV (*.csv)"
        )
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.fileSelected.connect(lambda name: self._ask(source, name))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    # drag and drop

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take data where a network is at hand; anything else is the window's."""
        files = dropped_files(event.mimeData())
        if self._model and len(files) == 1 and not files[0].name.lower().endswith((SUFFIX, *MODEL_SUFFIXES)):
            event.acceptProposedAction()
        else:
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.open_path(dropped_files(event.mimeData())[0])
