"""Every row of a file, or every picture of a folder: the first ones with their answers, and all of them in a file."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from nnstudio.data.table import MappedTable
from nnstudio.data.tables_out import SUFFIXES
from nnstudio.gui.dialogs.like_data import ask_for_data
from nnstudio.gui.panel import Banner, Button, ElidedLabel, EmptyState, Pages, ProgressLine
from nnstudio.gui.studio.file_predictor import FilePredictor
from nnstudio.gui.tables.grid import MappedGrid
from nnstudio.gui.theme import GRID, Theme
from nnstudio.session.notices import Notices
from nnstudio.session.sentences import duration
from nnstudio.spec.data import DataSpec
from nnstudio.spec.errors import as_studio_error
from nnstudio.spec.events import Predicting, Reading
from nnstudio.spec.predicted import CHANCE
from nnstudio.spec.sources import ImageFolderSource, PictureSource, Source, TableSource
from nnstudio.spec.words import counted

MOST_WARNINGS = 5


@dataclass(frozen=True, slots=True)
class _Words:
    """What is said before there is anything to show."""

    title: str
    text: str
    holder: str


WORDS = {
    "row": _Words(
        "Predict every row of a file",
        "Drop or paste a table that has the columns the network was trained with. The column to predict may be missing."
        " A file may be of any length.",
        "file",
    ),
    "picture": _Words(
        "Predict every picture of a folder",
        "Drop a folder of pictures of any size and format; they need not be sorted into classes.",
        "folder",
    ),
}


class FilePage(QWidget):
    """Asks for a file, shows its first rows with what the network says in front, and writes all of them.

    Signals
    -------
    paste_asked()
        What lies on the clipboard is to be predicted.
    """

    paste_asked = Signal()

    def __init__(
        self,
        predictor: FilePredictor,
        data: Callable[[], DataSpec | None],
        notices: Notices,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._predictor, self._data = predictor, data
        self._shown = ""
        self.choose = Button("", "primary", self._choose, "Choose the rows or pictures to predict.")
        self.paste = Button("Paste rows", "", self.paste_asked.emit, "Predict the rows on the clipboard.")
        self.invitation = EmptyState("", "", (self.choose, self.paste))
        self.note = ElidedLabel(role="muted")
        self.again = Button("", "", self._choose, "Choose other rows or pictures to predict.")
        self.save = Button("", "primary", self._save, "Write every one with what the network says to it.")
        self.inputs = QCheckBox("Columns of the file")
        self.inputs.setToolTip("Write the columns of the file beside the answers.")
        self.probabilities = QCheckBox("Probability of each class")
        self.progress, self.how_far = ProgressLine("Progress of the prediction"), ElidedLabel(role="small")
        self.cancel = Button("Cancel", "", predictor.cancel, "Give the prediction up; nothing is left of it.")
        self.problem, self.warnings = Banner("bad"), Banner("warning")
        self.grid = MappedGrid(theme)
        self.grid.refused.connect(notices.warn)
        self._lay_out()
        self.inputs.clicked.connect(self._want)
        self.probabilities.clicked.connect(self._want)
        self.destroyed.connect(predictor.changed.listen(self.render_file))
        self.render_file()

    def _lay_out(self) -> None:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addLayout(_row(self.note, self.again, self.save))
        self._wanted = QWidget()
        wanted = _row(ElidedLabel("Written beside the answers:", "small"), self.inputs, self.probabilities)
        wanted.setContentsMargins(0, 0, 0, 0)
        self._wanted.setLayout(wanted)
        layout.addWidget(self._wanted)
        self._going = QWidget()
        going = _row(self.how_far, self.progress, self.cancel)
        going.setStretch(0, 3)
        going.setStretch(1, 2)
        going.setContentsMargins(0, 0, 0, 0)
        self._going.setLayout(going)
        for widget in (self._going, self.problem, self.warnings):
            layout.addWidget(widget)
        layout.addWidget(self.grid, 1)
        layout.addStretch(0)  # takes the room of the grid while that is hidden
        self._pages = Pages(self, self.invitation, page)

    # rendering

    @property
    def _thing(self) -> str:
        """What is predicted one by one: rows of tables, or pictures."""
        data = self._data()
        source = self._predictor.source or (data.source if data else None)
        return "picture" if isinstance(source, PictureSource) else "row"

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.render_file()  # other data may be open

    def _render_things(self) -> None:
        thing = self._thing
        words = WORDS[thing]
        self.invitation.heading.setText(words.title)
        self.invitation.explanation.setText(words.text)
        self.choose.setText(f"Choose a {words.holder}…")
        self.again.setText(f"Another {words.holder}…")
        self.save.setText(f"Predict all {thing}s…")
        self.paste.setVisible(thing == "row")

    def render_file(self) -> None:
        """Show how far it is, what was found, and the rows."""
        predictor = self._predictor
        self._render_things()
        self._pages.show_content(bool(predictor.source))
        self.problem.show_problem(predictor.error)
        seen = predictor.result or predictor.first
        self._render_rows(seen.preview if seen else "")
        warnings = predictor.result.warnings if predictor.result else ()
        self.warnings.setVisible(bool(warnings) and predictor.error is None)
        self.warnings.say("Not everything is as in training.", "\n".join(_listed(warnings)))
        self.note.setText(self._words())
        whole = predictor.result is not None and predictor.result.read_whole
        self.note.explain("It could not be read piece by piece: all of it was converted first." if whole else "")
        self._going.setVisible(predictor.is_busy)
        self.how_far.setText(progress_words(predictor.progress))
        self.progress.show_share(_share(predictor.progress))
        for button in (self.again, self.save):
            button.setEnabled(not predictor.is_busy)
        self.save.setVisible(predictor.result is not None)
        self._wanted.setVisible(predictor.result is not None and not predictor.is_busy)
        self.inputs.setChecked(predictor.inputs)
        self.probabilities.setChecked(predictor.probabilities)
        self.probabilities.setVisible(any(map(_is_chance, predictor.result.added if predictor.result else ())))

    def _words(self) -> str:
        predictor = self._predictor
        name = Path(predictor.source.path).name if predictor.source else ""
        if predictor.result is None:
            return name
        shown, rows = self.grid.mapped.rowCount(), predictor.result.rows
        first = f"the first {shown:,} are shown" if shown < rows else ""
        return " · ".join(filter(None, (name, counted(rows, self._thing), first)))

    def _render_rows(self, preview: str) -> None:
        if preview != self._shown:
            self._shown = preview
            try:
                self._show_table(MappedTable(preview) if preview else None)
            except (OSError, ValueError) as error:  # the cache was emptied; pyarrow's errors are ValueErrors
                self._show_table(None)
                self.problem.show_problem(as_studio_error(error))
        self.grid.setVisible(self.grid.mapped.table is not None)

    def _show_table(self, table: MappedTable | None) -> None:
        seen = self._predictor.result or self._predictor.first
        added = seen.added if seen else ()
        self.grid.show_table(table, frozenset(added))
        if table:
            pictures = [name for name in table.names if name == "image" and name not in added]
            self.grid.bring_forward([*pictures, *(name for name in added if name in table.names)])

    # what the user asks for

    def open_path(self, path: Path) -> None:
        """Predict the table or the folder of pictures at ``path``."""
        data = self._data()
        like = data.source if data else None
        if path.is_dir():
            pictures = like if isinstance(like, ImageFolderSource) else ImageFolderSource()
            self._predictor.look_at(replace(pictures, path=str(path)), detect=False)
        elif like and path.suffix and path.suffix.lower() == Path(like.path).suffix.lower():
            same: Source = replace(like, path=str(path))  # type: ignore[type-var]  # every source is a dataclass
            self._predictor.look_at(same, detect=False)
        else:
            self._predictor.look_at(TableSource(str(path)), detect=True)

    def _want(self) -> None:
        self._predictor.inputs = self.inputs.isChecked()
        self._predictor.probabilities = self.probabilities.isChecked()

    def _choose(self) -> None:
        ask_for_data(self, "Rows or pictures to predict", self._data(), self.open_path)

    def _save(self) -> None:
        if self._predictor.source is None:
            return
        path = Path(self._predictor.source.path)
        folder = path.parent if os.access(path.parent, os.W_OK) else Path.home()
        usual = ".xlsx" if path.suffix.lower() == ".xlsx" else ".csv"
        name = folder / f"{path.stem}-predicted{usual}"
        offered = sorted(SUFFIXES, key=lambda suffix: suffix != usual)
        kinds = ";;".join(f"{_KINDS[suffix]} (*{suffix})" for suffix in offered)
        dialog = QFileDialog(self, "Predict all rows", str(name), kinds)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(usual)
        dialog.fileSelected.connect(lambda chosen: self._predictor.write(Path(chosen)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


_KINDS = {
    ".csv": "CSV",
    ".xlsx": "Excel workbook",
    ".tsv": "CSV with tabs",
    ".csv.gz": "Packed CSV",
    ".parquet": "Parquet",
    ".feather": "Feather",
}


def progress_words(progress: Reading | Predicting | None) -> str:
    """How far a prediction is: rows or bytes, how fast, and how long it still takes."""
    match progress:
        case Reading(done, total, "bytes", left):
            return f"Checking · {done / 1e6:,.0f} of {total / 1e6:,.0f} MB · {duration(left)} left"
        case Reading(done, total, unit, left):
            return f"Checking · {done:,} of {total:,} {unit} · {duration(left)} left"
        case Predicting(done, total, left, rate):
            return f"{done:,} of {total:,} rows · {rate:,.0f} rows/s · {duration(left)} left"
    return "Checking the rows…"


def _share(progress: Reading | Predicting | None) -> float | None:
    return progress.done / progress.total if progress and progress.total else None


def _listed(warnings: tuple[str, ...]) -> list[str]:
    more = len(warnings) - MOST_WARNINGS
    return [*warnings[:MOST_WARNINGS], *([f"and {more:,} more"] if more > 0 else [])]


def _is_chance(name: str) -> bool:
    return name.startswith(CHANCE)


def _row(first: QWidget, *others: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(GRID)
    row.addWidget(first, 1)
    for widget in others:
        row.addWidget(widget)
    return row
