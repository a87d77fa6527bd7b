"""Everything that the program remembers of what its user likes; each control works at once or says when it does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from nnstudio.gui.dialogs.folder_work import CacheClearing, FolderSizes
from nnstudio.gui.dialogs.sizing import give_size
from nnstudio.gui.forms import Form
from nnstudio.gui.forms.offers import PathEdit
from nnstudio.gui.panel import Button, ElidedLabel, Note, VerticalScroll
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import GRID
from nnstudio.session.preferences import Preferences, folder_problem
from nnstudio.spec.errors import SpecError
from nnstudio.spec.params import fields_of, write_fields
from nnstudio.spec.words import counted, in_bytes

SECTIONS = {
    "Look": ("theme", "size"),
    "Training": ("engine", "threads", "stay_awake", "notify"),
    "Files": ("keep_unsaved", "data_folder", "cache_folder"),
}
"""The declared fields, by the title above them."""
WHEN = {
    "Training": "0 threads: it is measured how many are fastest; trials side by side have one each. Where it trains,"
    " and whether the computer stays awake, count from the next start on.",
    "Files": "Other folders are used from the next start on; what lies in the old ones stays there.",
}
"""When it counts, below each section where that is not at once."""
CLEARS = "Nothing is lost: files are read once more."
FOLDERS = ("data_folder", "cache_folder")


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
        self.say(in_bytes(size))

    def say(self, words: str) -> None:
        self.words.setText(f"{self._title}: {words}")


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
        self.clear = Button("Clear cache", clicked=self._clear, tooltip=CLEARS)
        self._clearing = CacheClearing(self)
        self._clearing.progressed.connect(self._show_progress)
        self._clearing.ended.connect(self._tell_cleared)
        self._lay_out()
        self._sizes = FolderSizes(self)
        self._sizes.found.connect(self._show_size)
        self._sizes.ask(self._folders())
        self.finished.connect(studio.cache_used.listen(self._render_clear))
        self._render_clear()
        self.finished.connect(studio.preferred.listen(self._render))
        self.finished.connect(self.deleteLater)
        self._render(studio.preferences)

    def _lay_out(self) -> None:
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
            if title in WHEN:
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
        give_size(self, 64 * GRID, 86 * GRID)

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

    def _render_clear(self) -> None:
        in_use = self._studio.uses_cache
        self.clear.setEnabled(not in_use and not self._clearing.is_busy)
        self.clear.setToolTip("What goes on needs what was read: wait for its end, or stop it." if in_use else CLEARS)

    def _clear(self) -> None:
        """Delete what was read, in another thread; the data that is open is read again."""
        self._clearing.start()
        self._render_clear()

    def _show_progress(self, done: int, total: int) -> None:
        self.places[1].say(f"deleting {done:,} of {counted(total, 'file')}…")

    def _tell_cleared(self, size: int) -> None:
        self._render_clear()
        self._studio.notices.info(f"The cache was cleared: {in_bytes(size)} were deleted.")
        self._studio.read_again()
        self._sizes.ask(self._folders())
