"""Pictures as data: how they are read and become numbers, how many each class has, and what was left out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nnstudio.gui.data import words
from nnstudio.gui.data.class_bars import ClassList
from nnstudio.gui.data.left_out import LeftOutDialog
from nnstudio.gui.data.named_bars import Counts
from nnstudio.gui.forms import Form
from nnstudio.gui.panel import Button, ElidedLabel, Note
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import GRID, Theme
from nnstudio.session import edits
from nnstudio.session.document import State
from nnstudio.spec.columns import Column, Kind, PictureEncoding
from nnstudio.spec.errors import StudioError
from nnstudio.spec.params import fields_of, write_fields
from nnstudio.spec.sources import PictureSource
from nnstudio.spec.words import counted

SETTLE_MILLISECONDS = 600
"""So long after the last keystroke the folder is read again."""

MOST_LEFT_OUT = 100
"""As many files that were left out are named; a last sentence counts the others."""


class PictureSection(QWidget):
    """How pictures are read; reads them again when that is changed."""

    def __init__(self, studio: Studio, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._wanted: PictureSource | None = None
        self._kind: type[PictureSource] | None = None
        self._settled = QTimer(self, singleShot=True, interval=SETTLE_MILLISECONDS)
        self._settled.timeout.connect(self._read_again)
        self.form: Form | None = None
        self.encoding = Form(fields_of(PictureEncoding), self._encode)
        self.classes = ClassList(theme, self._count_all)
        self.notes = Note(role="small")
        self.left_out = ElidedLabel(role="small")
        self.show_left_out = Button("Show", "link", self._show_left_out, "List the files and why they were left out.")
        self._row = QWidget()
        self._lay_out()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self._row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self.left_out, 1)
        row.addWidget(self.show_left_out)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(GRID)
        for widget in (self.encoding, self.classes, self.notes, self._row):
            self._layout.addWidget(widget)

    # rendering

    def render_state(self, state: State) -> None:
        """Show the settings and the classes of a project whose data is pictures."""
        data = edits.data_of(state.project)
        source = data.source
        assert isinstance(source, PictureSource)
        self._use_form(type(source))
        if self._wanted is None or self._wanted.path != source.path:
            self._wanted = None
            self._render_source(source)
        image = _image_column(data.columns)
        self.encoding.setVisible(image is not None)
        if image:
            self.encoding.render(write_fields(image.encoded))
        self._render_classes(state)
        self._render_findings(state)

    def _use_form(self, kind: type[PictureSource]) -> None:
        """Each kind of source has fields of its own."""
        if kind is self._kind:
            return
        if self.form is not None:
            self.form.hide()
            self.form.deleteLater()
        self._kind, self._wanted = kind, None
        self.form = Form([field for field in fields_of(kind) if field.name != "path"], self._change)
        self._layout.insertWidget(0, self.form)

    def _render_source(self, source: PictureSource) -> None:
        assert self.form is not None
        values = write_fields(source)
        self.form.render({name: value for name, value in values.items() if name != "path"})
        usual = next(field.default for field in fields_of(type(source)) if field.name == "white")
        self.form.set_field_visible("white", source.depth == "16" or source.white != usual)

    def _render_classes(self, state: State) -> None:
        profile = words.target_profile(state)
        is_counted = bool(profile) and edits.data_of(state.project).task.is_classification
        self.classes.setVisible(is_counted)
        if profile and is_counted and state.source:
            self.classes.render_counts(profile.top, profile.distinct, state.source.cache)

    def _render_findings(self, state: State) -> None:
        found = state.source if state.source and state.source_is_current else None
        self.notes.setText("\n".join(found.notes) if found else "")
        self.notes.setVisible(bool(found and found.notes))
        count = len(found.left_out) if found else 0
        many = count > MOST_LEFT_OUT
        what = f"More than {MOST_LEFT_OUT} files were" if many else f"{counted(count, 'file')} {_was(count)}"
        self.left_out.setText(f"{what} left out.")
        self._row.setVisible(count > 0)

    # what the user asks for

    def _change(self, name: str, value: object) -> None:
        source: Any = self._wanted or edits.data_of(self._studio.state.project).source
        self._wanted = replace(source, **{name: value})
        self._settled.start()

    def _read_again(self) -> None:
        wanted, self._wanted = self._wanted, None
        project = self._studio.state.project
        if wanted and project.data and project.data.source.path == wanted.path:
            size = f"{wanted.width} × {wanted.height}"
            self._studio.apply(f"Read pictures as {size}", edits.set_source(project, wanted), merge="pictures")

    def _encode(self, name: str, value: object) -> None:
        project = self._studio.state.project
        image = _image_column(edits.data_of(project).columns)
        if image:
            encoding: Any = image.encoded
            changed = edits.set_encoding(project, {image.name}, replace(encoding, **{name: value}))
            self._studio.apply("Change the normalisation", changed, merge="normalisation")

    def _count_all(self) -> Counts:
        """All classes with their numbers of pictures, the most frequent first."""
        from nnstudio.data.table import MappedTable  # noqa: PLC0415  # pyarrow is loaded after the first paint

        source, target = self._studio.state.source, edits.data_of(self._studio.state.project).target
        if source is None or target is None:
            return ()
        try:
            with MappedTable(source.cache) as table:
                labels = table.labels(target.name)
                counts = zip(labels.names, labels.counts()[:-1].tolist(), strict=True)
                return tuple(sorted(counts, key=lambda pair: -pair[1]))
        except (OSError, ValueError, StudioError) as error:  # pyarrow's errors are ValueErrors
            self._studio.notices.error(error)
            return ()

    def _show_left_out(self) -> None:
        if source := self._studio.state.source:
            LeftOutDialog(source.left_out, self).open()


def _image_column(columns: tuple[Column, ...]) -> Column | None:
    return next((column for column in columns if column.kind is Kind.IMAGE), None)


def _was(count: int) -> str:
    return "was" if count == 1 else "were"
