"""Everything that the program remembers of what its user likes; each control works at once or says when it does."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from nnstudio.gui.forms import Form
from nnstudio.gui.forms.offers import PathEdit
from nnstudio.gui.panel import Button, ElidedLabel, Note, VerticalScroll
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import GRID
from nnstudio.session.preferences import Preferences, folder_problem
from nnstudio.spec.errors import SpecError
from nnstudio.spec.params import fields_of, write_fields

SECTIONS = {
    "Look": ("theme", "size"),
    "Training": ("engine", "threads", "stay_awake", "notify"),
    "Files": ("keep_unsaved", "data_folder", "cache_folder"),
}
"""The declared fields, by the title above them."""
WHEN = {
    "Look": "Colours change at once, the size at the next start.",
    "Training": "0 threads: it is measured how many are fastest. Where it trains, and whether the computer stays awake,"
    " count from the next start on.",
    "Files": "Other folders are used from the next start on; what lies in the old ones stays there.",
}
"""When it counts, below each section."""
FOLDERS = ("data_folder", "cache_folder")


class FolderSizes(QObject):
    """Adds up in another thread what lies in folders.

    Signals
    -------
    found(int, int)
        The place of a folder in the list that was asked for, and its bytes.
    """

    found = Signal(int, object)

    def ask(self, folders: Sequence[Path]) -> None:
        threading.Thread(target=self._add_up, args=(tuple(folders),), name="folder sizes", daemon=True).start()

    def _add_up(self, folders: tuple[Path, ...]) -> None:
        for place, folder in enumerate(folders):
            total = size_of(folder)
            try:
                self.found.emit(place, total)
            except RuntimeError:  # the dialog went meanwhile, and this object with it
                return


def size_of(folder: Path) -> int:
    """The bytes of all files below a folder, as far as they can be seen."""
    total = 0
    for path in folder.rglob("*") if folder.is_dir() else ():
        try:
            total += path.lstat().st_size if path.is_file() else 0
        except OSError:  # gone meanwhile
            continue
    return total


def bytes_in_words(size: int) -> str:
    """``12.3 MB``."""
    value, unit = float(size), "bytes"
    for larger in ("KB", "MB", "GB", "TB"):
        if value < 1000:
            break
        value, unit = value / 1000, larger
    return f"{value:,.0f} {unit}" if unit == "bytes" else f"{value:,.1f} {unit}"


class _Place(QWidget):
    """What lies in a folder: how much, where, and what can be done about it."""

    def __init__(self, title: str, folder: Path, button: Button | None) -> None:
        super().__init__()
        self._title = title
        self.words, self.where = ElidedLabel(f"{title}: …"), ElidedLabel(str(folder), role="small")
        self.where.set_mode(Qt.TextElideMode.ElideMiddle)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.words)
        words.addWidget(self.where)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addLayout(words, 1)
        if button:
            row.addWidget(button)

    def show_size(self, size: int) -> None:
        self.words.setText(f"{self._title}: {bytes_in_words(size)}")


class PreferencesDialog(QDialog):
    """A form for each section, and the folders with what lies in them."""

    def __init__(self, studio: Studio, parent: QWidget) -> None:
        super().__init__(parent)
        self._studio = studio
        self.setWindowTitle("Preferences")
        declared = {field.name: field for field in fields_of(Preferences)}
        self.forms = {
            title: Form([declared[name] for name in names], self._change) for title, names in SECTIONS.items()
        }
        self.clear = Button("Clear cache", clicked=self._clear, tooltip="Nothing is lost: files are read once more.")
        self.clear.setEnabled(not studio.is_busy)
        self._lay_out(parent)
        self._sizes = FolderSizes(self)
        self._sizes.found.connect(self._show_size)
        self._sizes.ask(self._folders())
        self.finished.connect(studio.preferred.listen(self._render))
        self.finished.connect(self.deleteLater)
        self._render(studio.preferences)

    def _lay_out(self, parent: QWidget) -> None:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, GRID, 0)
        column.setSpacing(GRID)
        for title, form in self.forms.items():
            column.addWidget(Note(title, "strong"))
            for name in SECTIONS[title]:
                editor = form.editor(name)
                if isinstance(editor, PathEdit):
                    editor.folders = True
                    editor.say_empty("The usual folder")
            column.addWidget(form)
            column.addWidget(Note(WHEN[title], "small"))
            column.addSpacing(GRID)
        runs, cache = self._folders()
        self.places = [_Place("Runs and weights", runs, None), _Place("Cache", cache, self.clear)]
        for place in self.places:
            column.addWidget(place)
        column.addStretch(1)
        close = Button("Close", "primary", self.accept)
        close.setDefault(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[2 * GRID] * 4)
        layout.setSpacing(2 * GRID)
        layout.addWidget(VerticalScroll(content), 1)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        room = parent.window().size() - QSize(4 * GRID, 4 * GRID)
        self.resize(QSize(64 * GRID, 86 * GRID).boundedTo(room))

    def _folders(self) -> tuple[Path, Path]:
        """Those of runs and of what was read, as they are in force."""
        from nnstudio.data.cache import cache_path  # noqa: PLC0415  # loads pyarrow, which the window starts without
        from nnstudio.runs.store import runs_folder  # noqa: PLC0415  # loads SQLite, likewise

        return runs_folder(), cache_path()

    def _render(self, preferences: Preferences) -> None:
        for form in self.forms.values():
            form.render(write_fields(preferences))

    def _change(self, name: str, value: object) -> None:
        if name in FOLDERS and (problem := folder_problem(str(value))):
            raise SpecError(problem)
        changes: dict[str, object] = {name: value}
        self._studio.prefer(replace(self._studio.preferences, **changes))  # type: ignore[arg-type]  # a declared field

    def _show_size(self, place: int, size: int) -> None:
        self.places[place].show_size(size)

    def _clear(self) -> None:
        """Delete what was read; the data that is open is read again."""
        from nnstudio.data.cache import clear_cache  # noqa: PLC0415  # as above

        clear_cache()
        self._studio.read_again()
        self._sizes.ask(self._folders())
