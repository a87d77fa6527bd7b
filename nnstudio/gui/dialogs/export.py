"""Asks in which forms a trained model is to be written and where, and says how that went."""

from __future__ import annotations

import os
import re
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QMouseEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from nnstudio.gui.dialogs.folder import writable_folder
from nnstudio.gui.panel import Button, ElidedLabel, Note, VerticalScroll, set_property
from nnstudio.gui.studio import Studio
from nnstudio.gui.studio.engines import JobHandle
from nnstudio.gui.theme import GRID
from nnstudio.spec.errors import StudioError
from nnstudio.spec.events import Event, Exported, ExportFailed, Exporting, Failed, Stop
from nnstudio.spec.exports import EXPORTS, ExportKind
from nnstudio.spec.files import SUFFIX, is_there

INDENT = 3 * GRID
"""Pixels; what stands below a tick begins where its words do."""
LONGEST_NAME = 200
"""Bytes of a name, to which endings such as ``-weights.pth`` come; file systems take 255."""


class KindRow(QWidget):
    """One kind: whether it is wanted, what it is for, the file that it becomes, and how that went."""

    def __init__(self, kind: ExportKind, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = kind
        self.wanted = QCheckBox(kind.title)
        self.wanted.setToolTip(kind.help)
        self.file, self.said = ElidedLabel(role="muted"), Note(role="small")
        self.said.hide()
        self.open = Button("Open", "link", self._open, "Look at what was written: in the browser, or in an editor.")
        self.open.hide()
        self._written = Path()
        head = QHBoxLayout()
        head.setSpacing(2 * GRID)
        head.addWidget(self.wanted)
        head.addStretch(1)
        head.addWidget(self.open)
        head.addWidget(self.file)
        below = QVBoxLayout()
        below.setContentsMargins(INDENT, 0, 0, 0)
        below.setSpacing(2)
        below.addWidget(Note(kind.help, "small"))
        below.addWidget(self.said)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addLayout(below)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The words belong to the tick."""
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.wanted.click()

    def show_file(self, out: Path) -> None:
        """Name the file that is written, and say where it takes the place of one."""
        replaces = self.wanted.isChecked() and is_there(out)
        self.file.setText(f"{out.name} (replaces the old one)" if replaces else out.name)
        self.file.explain(str(out))

    def offer(self, written: Path) -> None:
        """Offer to look at what was written, where people read it."""
        self._written = written
        self.open.setVisible(self.kind.is_read)

    def _open(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._written)))

    def say(self, text: str, role: str = "small") -> None:
        """Say how far it is, or how it went; ``role`` is that of a `Note`."""
        set_property(self.said, "role", role)
        self.said.setText(text)
        self.said.setVisible(bool(text))


class ExportDialog(QDialog):
    """Writes the model file ``model``, called ``name``, in the forms that are ticked."""

    def __init__(self, studio: Studio, model: str, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._studio, self._model = studio, model
        self._job: JobHandle | None = None
        self._under_way: list[str] = []
        """The kinds that are still to come."""
        name = name.removesuffix(SUFFIX)
        self.setWindowTitle(f"Export {name}")
        self.rows = {key: KindRow(kind) for key, kind in EXPORTS.items()}
        self.name, self.folder = QLineEdit(_file_name(name)), QLineEdit(str(writable_folder(studio)))
        self.choose = Button("Choose…", "", self._choose, "Choose the folder that the files are written into.")
        self.problem = Note(role="problem")
        self.show_folder = Button("Show in folder", "", self._show_folder, "Open the folder with the written files.")
        self.close_button = Button("Close", "", self.reject)
        self.export = Button("Export", "primary", self._export, "Write the forms that are ticked.")
        self.export.setDefault(True)
        self._lay_out(parent)
        for row in self.rows.values():
            row.wanted.toggled.connect(self._render)
        self.name.textChanged.connect(self._render)
        self.folder.textChanged.connect(self._render)
        self.finished.connect(self._end)
        self.show_folder.hide()
        self._render()

    def _lay_out(self, parent: QWidget) -> None:
        kinds = QWidget()
        listing = QVBoxLayout(kinds)
        listing.setContentsMargins(0, 0, GRID, 0)
        listing.setSpacing(2 * GRID)
        for row in self.rows.values():
            listing.addWidget(row)
        listing.addStretch(1)
        where = QHBoxLayout()
        where.setSpacing(GRID)
        where.addWidget(self.folder, 1)
        where.addWidget(self.choose)
        form = QFormLayout()
        form.setVerticalSpacing(GRID)
        form.addRow("Name", self.name)
        form.addRow("Folder", where)
        self.name.setAccessibleName("Name")
        self.folder.setAccessibleName("Folder")
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addWidget(self.show_folder)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.export)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[2 * GRID] * 4)
        layout.setSpacing(2 * GRID)
        layout.addWidget(VerticalScroll(kinds), 1)
        layout.addLayout(form)
        layout.addWidget(self.problem)
        layout.addLayout(buttons)
        wanted = QSize(84 * GRID, (24 + 7 * len(self.rows)) * GRID)
        self.resize(wanted.boundedTo(parent.window().size() - QSize(4 * GRID, 8 * GRID)))

    # what is asked for

    def path(self, key: str) -> Path:
        """Where a kind is written."""
        return self._place / EXPORTS[key].file_name(self.name.text().strip())

    @property
    def _place(self) -> Path:
        """The folder that is typed; ``~`` is the user's own, and ``~nobody`` stays what it is."""
        return Path(os.path.expanduser(self.folder.text().strip()))  # noqa: PTH111  # it never raises

    @property
    def wanted(self) -> list[str]:
        """The kinds that are ticked."""
        return [key for key, row in self.rows.items() if row.wanted.isChecked()]

    def _render(self) -> None:
        busy, problem = bool(self._under_way), self._problem()
        for key, row in self.rows.items():
            row.wanted.setEnabled(not busy)
            if not problem:
                row.show_file(self.path(key))
        for widget in (self.name, self.folder, self.choose):
            widget.setEnabled(not busy)
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.export.setEnabled(not busy and not problem and bool(self.wanted))
        self.close_button.setText("Stop" if busy else "Close")

    def _problem(self) -> str:
        """Why nothing can be written as it stands, in a sentence."""
        name, folder = self.name.text().strip(), self._place
        if not name or name != Path(name).name:
            return "Give the files a name, without the folder that they lie in."
        if len(os.fsencode(name)) > LONGEST_NAME:
            return "The name is too long for a file. Give a shorter one."
        if not folder.is_absolute() or not os.path.isdir(folder):  # noqa: PTH112  # as above
            return "There is no such folder. Choose one."
        return ""

    def _choose(self) -> None:
        if found := QFileDialog.getExistingDirectory(self, "Where to write", self.folder.text()):
            self.folder.setText(found)

    # how it goes

    def _export(self) -> None:
        self._under_way = self.wanted
        for key in self._under_way:
            self.rows[key].say("Waiting…")
        outs = {key: str(self.path(key)) for key in self._under_way}
        self._job = self._studio.export(self._model, outs, self._hear)
        self._render()

    def _hear(self, events: list[Event]) -> None:
        for event in events if self._under_way else ():  # else it was stopped
            match event:
                case Exporting(key, doing):
                    self.rows[key].say(f"{doing}…")
                case Exported(key):
                    self._succeed(key, event)
                case ExportFailed(key, error):
                    self._fail(key, error)
                case Failed(error):
                    for key in tuple(self._under_way):
                        self._fail(key, error)
        self._render()

    def _succeed(self, key: str, done: Exported) -> None:
        self.rows[key].say(f"Written. {done.sentence}", "good")
        self.rows[key].offer(Path(done.path))
        self._studio.notices.info(f"{EXPORTS[key].title} saved as “{Path(done.path).name}”.", done.sentence)
        self.rows[key].wanted.setChecked(False)
        self.show_folder.show()
        self._under_way.remove(key)

    def _fail(self, key: str, error: StudioError) -> None:
        self.rows[key].say(str(error), "problem")
        self._under_way.remove(key)

    def reject(self) -> None:
        """Stop what is under way, or close."""
        if self._under_way:
            self._stop()
        else:
            super().reject()

    def _stop(self) -> None:
        if self._job:
            self._job.command(Stop())
        for key in self._under_way:
            self.rows[key].say("Stopped.")
        self._under_way = []
        self._render()

    def _end(self) -> None:
        self._stop()
        if self._job:
            self._job.forget()
        self.deleteLater()

    def _show_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(self.folder.text()))


def _file_name(name: str) -> str:
    """A name that a file can have."""
    return re.sub(r'[<>:"/\\|?*]+', "-", name).strip(". ")


def ask_export(studio: Studio, model: str, name: str, parent: QWidget) -> ExportDialog:
    """Ask over ``parent`` in which forms to write the model file ``model``."""
    dialog = ExportDialog(studio, model, name, parent)
    dialog.open()
    return dialog
