"""The options that a file is read with, beside its first rows as these options read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from nnstudio.gui.data.preview_grid import PreviewGrid
from nnstudio.gui.dialogs.sizing import give_size
from nnstudio.gui.forms import Form
from nnstudio.gui.forms.editors import ChoiceEdit, Editor
from nnstudio.gui.panel import Banner, Button, ElidedLabel, Note, VerticalScroll
from nnstudio.gui.studio import Studio
from nnstudio.gui.studio.latest import Latest
from nnstudio.gui.theme import GRID, Theme, scaled
from nnstudio.spec.errors import StudioError
from nnstudio.spec.facts import Preview
from nnstudio.spec.params import fields_of
from nnstudio.spec.sources import Source
from nnstudio.spec.words import counted

FORM_WIDTH = 320
UNNAMED = {
    "sheet": "The first sheet",
    "table": "The first table",
    "records": "The file itself",
    "inputs": "The largest array",
    "targets": "None",
    "member": "The first table",
}
"""What leaving the name of a part of the file empty means; these fields are chosen from what the file offers."""
MEMBER = "member"
"""Of a text table, that is chosen only where the file is an archive of several."""
WAITING = "Reading the first rows …"


def change_reading(studio: Studio, theme: Theme, parent: QWidget) -> None:
    """Let the user change how the data of the project is read."""
    if data := studio.state.project.data:
        ReadingDialog(studio, theme, data.source, parent).open()


class ReadingDialog(QDialog):
    """Shows at once what every option does; nothing is read otherwise before the user agrees."""

    def __init__(self, studio: Studio, theme: Theme, source: Source, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"How to read {Path(source.path).name}")
        self._studio, self._source, self._first = studio, source, source
        self._latest: Latest[Preview | StudioError] = Latest(self)
        self._choices = {
            field.name: ChoiceEdit(("",), (UNNAMED[field.name],))
            for field in fields_of(type(source))
            if field.name in UNNAMED
        }
        editors: dict[str, Editor] = dict(self._choices)
        options = [field for field in fields_of(type(source)) if field.name != "path"]
        options.sort(key=lambda field: field.name not in UNNAMED)
        self.form = Form(options, self._change, editors=editors)
        self.grid = PreviewGrid(theme)
        self.words = ElidedLabel(role="small")
        self.problem = Banner("bad")
        self.problem.hide()
        self.detect = Button("Detect again", "", self._detect, "Find out anew how the file is to be read.")
        self.agree = Button("Read it so", "primary", self._agree, "Read the whole file in this way.")
        self._lay_out(has_options=bool(options))
        give_size(self, 1040, 620)
        self.form.render(_values(source))
        self._offer(())
        self._ask(at_once=True)

    def _lay_out(self, has_options: bool) -> None:
        sides = QHBoxLayout()
        sides.setSpacing(2 * GRID)
        sides.addWidget(self._options(has_options))
        rows = QVBoxLayout()
        rows.setSpacing(GRID)
        for widget in (self.words, self.problem):
            rows.addWidget(widget)
        rows.addWidget(self.grid, 1)
        rows.addStretch(0)  # takes the room of the grid while that is hidden
        sides.addLayout(rows, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addWidget(self.detect)
        buttons.addStretch(1)
        buttons.addWidget(Button("Cancel", clicked=self.reject))
        buttons.addWidget(self.agree)
        self.agree.setDefault(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[2 * GRID] * 4)
        layout.setSpacing(2 * GRID)
        layout.addLayout(sides, 1)
        layout.addLayout(buttons)

    def _options(self, has_options: bool) -> QWidget:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, GRID, 0)
        column.setSpacing(GRID)
        column.addWidget(Note(type(self._source).explanation(), "small"))
        column.addWidget(self.form)
        if not has_options:
            column.addWidget(Note("The file says itself how it is to be read; there is nothing to choose."))
        column.addStretch(1)
        scroll = VerticalScroll(content)
        scroll.setFixedWidth(scaled(FORM_WIDTH))
        return scroll

    # asking

    def _change(self, name: str, value: object) -> None:
        """Show what another option does; raises `SpecError` where it does not go with the others."""
        self._source = replace(self._source, **{name: value})  # type: ignore[type-var]  # every source is a dataclass
        self._ask(detect=name == MEMBER)  # another file may be written in another way

    def _detect(self) -> None:
        self._ask(detect=True, at_once=True)

    def _ask(self, *, detect: bool = False, at_once: bool = False) -> None:
        source = self._source
        self.agree.setEnabled(False)
        self.words.setText(WAITING)
        self._latest.ask(
            lambda receive: self._studio.looking.preview(source, detect, receive), self._show, at_once=at_once
        )

    # rendering

    def _show(self, answer: Preview | StudioError) -> None:
        if isinstance(answer, StudioError):
            self._show_problem(answer)
            return
        self._source = answer.source
        self._offer(answer.choices)
        self.form.render(_values(answer.source))
        self.problem.hide()
        self.grid.setVisible(bool(answer.columns))
        self.grid.show_preview(answer)
        self.words.setText(_size(answer))
        self.words.explain("\n".join(answer.notes))
        self.agree.setEnabled(True)

    def _show_problem(self, problem: StudioError) -> None:
        self.problem.show_problem(problem)
        self.grid.hide()
        self.words.setText("")

    def _offer(self, choices: Sequence[str]) -> None:
        """Let the parts of the file be chosen by their names."""
        for name, editor in self._choices.items():
            current = str(getattr(self._source, name))
            named = list(dict.fromkeys([*choices, *([current] if current else [])]))
            editor.offer(["", *named], [UNNAMED[name], *named])
        if MEMBER in self._choices:
            self.form.set_field_visible(MEMBER, len(choices) > 1)

    # the end

    def _agree(self) -> None:
        self.accept()
        if self._source != self._first:
            self._studio.read_otherwise(self._source)

    def done(self, result: int) -> None:
        self._latest.forget()
        super().done(result)


def _values(source: Source) -> dict[str, object]:
    return {field.name: getattr(source, field.name) for field in fields_of(type(source)) if field.name != "path"}


def _size(preview: Preview) -> str:
    """How much of the file is shown: the first 50 rows, 8 columns."""
    if not preview.columns:
        return "The pictures themselves are shown in the Table tab once they are read."
    rows, columns = counted(len(preview.rows), "row"), counted(len(preview.columns), "column")
    notes = f" {preview.notes[0]}" if preview.notes else ""
    return f"{'All' if preview.is_whole else 'The first'} {rows}, {columns}.{notes}"
