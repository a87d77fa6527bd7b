"""What a way of splitting needs beside shares and seed: a column, its values, files."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnstudio.gui.data.choices import column_choice, offer_columns
from nnstudio.gui.data.layout_section import FILE_ORDER
from nnstudio.gui.data.split_methods import by_column
from nnstudio.gui.forms import Form
from nnstudio.gui.forms.editors import Editor
from nnstudio.gui.forms.field_row import as_percent
from nnstudio.gui.forms.offers import PathEdit, SuggestEdit
from nnstudio.session import edits
from nnstudio.session.document import State
from nnstudio.spec.columns import Role
from nnstudio.spec.facts import ColumnProfile
from nnstudio.spec.params import Field, Param, fields_of, write_fields
from nnstudio.spec.sources import PictureSource
from nnstudio.spec.splits import ColumnSplit, FileSplit, GroupSplit, Split, TimeSplit

GROUP = Field("group", str, "", Param("Group", "Rows with the same value in this column stay on one side."))
NO_FILE = {"test": "no test rows", "validation": "a share of the rows"}
NO_GROUP = "Choose the column whose values say which rows belong together."
NO_COLUMN = "Choose the column that says which row is for what."


class SplitForm(QWidget):
    """The fields that a way of splitting has for itself; ``change`` is told of another split, ``group`` of a column."""

    def __init__(
        self, change: Callable[[str, Split], object], group: Callable[[str], object], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._change, self._group = change, group
        self._split: Split | None = None
        self._profiles: dict[str, ColumnProfile] = {}
        self._folder = Path()
        self.form = Form((), self._edited)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.addWidget(self.form)

    def render_state(self, state: State) -> None:
        """Show what belongs to the split of a project that has data."""
        data = edits.data_of(state.project)
        split = data.split
        self._use_form(split)
        is_known = state.source is not None and state.source_is_current
        self._profiles = (
            {profile.name: profile for profile in state.source.columns} if is_known and state.source else {}
        )
        match split:
            case GroupSplit():
                self._render_group(state)
            case TimeSplit():
                offer_columns(self.form, "column", data.columns, FILE_ORDER)
                self.form.render({"column": split.column})
            case ColumnSplit():
                self._render_column(state, split)
            case FileSplit():
                self._render_files(state, split)

    def _use_form(self, split: Split) -> None:
        before, self._split = self._split, split
        if type(before) is type(split):
            return
        old = self.form
        editors: dict[str, Editor] = {"column": column_choice(), "group": column_choice()}
        if isinstance(split, ColumnSplit):
            editors |= {"validation": SuggestEdit(), "test": SuggestEdit()}
        fields = own_fields(type(split))
        self.form = Form(
            fields, self._edited, editors={field.name: editors[field.name] for field in fields if field.name in editors}
        )
        self._box.replaceWidget(old, self.form)
        old.hide()
        old.deleteLater()
        self.setVisible(bool(fields))

    def _render_group(self, state: State) -> None:
        data = edits.data_of(state.project)
        group = next(iter(data.with_role(Role.GROUP)), None)
        offer_columns(self.form, "group", [column for column in data.columns if column.role is not Role.TARGET])
        self.form.render({"group": group.name if group else None})
        self.form.set_problem("group", "" if group else NO_GROUP)

    def _render_column(self, state: State, split: ColumnSplit) -> None:
        offer_columns(self.form, "column", edits.data_of(state.project).columns)
        profile = self._profiles.get(split.column)
        for part in ("validation", "test"):
            editor = self.form.editor(part)
            assert isinstance(editor, SuggestEdit)
            editor.offer([value for value, _ in profile.top] if profile else [])
        self.form.render({**write_fields(split), "column": split.column or None})
        self.form.set_problem("column", "" if split.column else NO_COLUMN)

    def _render_files(self, state: State, split: FileSplit) -> None:
        self._folder = Path(edits.data_of(state.project).source.path).parent
        for part in ("validation", "test"):
            editor = self.form.editor(part)
            assert isinstance(editor, PathEdit)
            editor.say_empty(NO_FILE[part])
            editor.folders = isinstance(edits.data_of(state.project).source, PictureSource)
        self.form.render(write_fields(split) | {"share": round(100 * split.share, 4)})
        self.form.set_field_visible("share", not split.validation)

    def _edited(self, name: str, value: object) -> None:
        split = self._split
        if name == "group":
            self._group(str(value))
        elif isinstance(split, ColumnSplit) and name == "column":
            self._change(name, by_column(split, self._profiles.get(str(value)), str(value)))
        elif isinstance(split, FileSplit) and name == "share":
            assert isinstance(value, int | float)
            self._change(name, replace(split, share=round(value / 100, 6)))
        elif split is not None:
            chosen = self._whole(str(value)) if isinstance(split, FileSplit) else value
            changed: Split = replace(split, **{name: chosen})  # type: ignore[type-var]  # every kind is a dataclass
            self._change(name, changed)

    def _whole(self, path: str) -> str:
        """A path from the root on: what is typed without one is looked for beside the table."""
        return os.path.abspath(self._folder / path) if path else ""  # noqa: PTH100  # it follows no link


def own_fields(kind: type[Split]) -> list[Field]:
    """The fields that only this way of splitting has."""
    if kind is GroupSplit:
        return [GROUP]
    names = {
        TimeSplit: ("column",),
        ColumnSplit: ("column", "validation", "test"),
        FileSplit: ("test", "validation", "share"),
    }
    declared = {field.name: field for field in fields_of(kind)}
    own = [declared[name] for name in names.get(kind, ())]
    return [as_percent(field) if field.name == "share" else field for field in own]
