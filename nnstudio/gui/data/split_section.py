"""Who gets to see which rows, and how the training rows are handed out."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from nnstudio.gui.data import words
from nnstudio.gui.data.fields import FieldRow
from nnstudio.gui.data.split_bar import SplitBar, expected_rows
from nnstudio.gui.panel import ElidedLabel
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import GRID, Theme
from nnstudio.session import edits
from nnstudio.session.document import State
from nnstudio.spec.data import Batches, Split
from nnstudio.spec.params import Field, Param, fields_of


def _percent(field: Field) -> Field:
    """A share as the user reads it: in percent."""
    bounds = {name: value * 100 for name in ("low", "high") if (value := getattr(field.param, name)) is not None}
    param: Param = replace(field.param, unit="%", **bounds)
    return replace(field, default=field.default * 100, param=param)


class SplitSection(QWidget):
    """The split as a bar and as fields, and the batches."""

    def __init__(self, studio: Studio, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        split = {field.name: field for field in fields_of(Split)}
        self.bar = SplitBar(theme)
        self.bar.moved.connect(self._preview)
        self.bar.chosen.connect(self._apply)
        self.shares = FieldRow([_percent(split["validation"]), _percent(split["test"])], self._set_share)
        self.dealing = FieldRow([split["seed"], split["stratify"]], self._set_split)
        self.batches = FieldRow(fields_of(Batches), self._set_batches)
        self._note = ElidedLabel(role="muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addLayout(self._heading())
        for widget in (self.bar, self.shares, self.dealing, self.batches):
            layout.addWidget(widget)

    def _heading(self) -> QHBoxLayout:
        title = QLabel("Split")
        title.setProperty("role", "title")
        row = QHBoxLayout()
        row.addWidget(title)
        row.addStretch(1)
        row.addWidget(self._note)
        return row

    # rendering

    def render_state(self, state: State) -> None:
        """Show the split of a project that has data."""
        data = edits.data_of(state.project)
        rows = state.facts.rows if state.facts and state.facts_are_current else None
        total = state.source.rows if state.source and state.source_is_current else None
        expected = expected_rows(total, data.split) if total is not None else None
        self._note.setText(words.split_note(data))
        self.bar.render_split(data.split, rows or expected)
        self._render_shares(data.split)
        self.dealing.render_values({"seed": data.split.seed, "stratify": data.split.stratify})
        self.dealing.editor("stratify").setVisible(data.task.is_classification)
        self.batches.render_values({"size": data.batches.size, "shuffle": data.batches.shuffle})
        if rows:
            batches = words.counted(words.batches_an_epoch(rows.train, data.batches.size), "batch")
            self.batches.hint("size", f"{batches} an epoch", batches)

    def _render_shares(self, split: Split) -> None:
        self.shares.render_values({name: round(100 * getattr(split, name), 4) for name in ("validation", "test")})

    # what the user asks for

    def _preview(self, split: Split) -> None:
        self._render_shares(split)

    def _apply(self, split: Split) -> None:
        self._studio.apply("Change the split", edits.set_split(self._studio.state.project, split), merge="split")

    def _set_share(self, name: str, value: object) -> None:
        assert isinstance(value, int | float)
        self._set_split(name, round(value / 100, 6))

    def _set_split(self, name: str, value: object) -> None:
        split = edits.data_of(self._studio.state.project).split
        self._apply(replace(split, **{name: value}))  # type: ignore[arg-type]  # the field has checked it

    def _set_batches(self, name: str, value: object) -> None:
        batches = edits.data_of(self._studio.state.project).batches
        changed = replace(batches, **{name: value})  # type: ignore[arg-type]  # the field has checked it
        title = "Change the batch size" if name == "size" else "Shuffle"
        self._studio.apply(title, edits.set_batches(self._studio.state.project, changed), merge=f"batches {name}")
