"""How the training rows are handed to the network."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnstudio.gui.data import words
from nnstudio.gui.forms.editors import ChoiceEdit
from nnstudio.gui.forms.field_row import FieldRow
from nnstudio.gui.search_marks import FieldMarks
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import GRID, Theme
from nnstudio.session import edits
from nnstudio.session.document import State
from nnstudio.spec.data import Batches
from nnstudio.spec.params import fields_of, write_fields
from nnstudio.spec.words import counted

TITLES = {"size": "Change the batch size", "shuffle": "Shuffle", "balance": "Balance the classes"}
BALANCES = {
    "none": "Every row counts the same.",
    "weights": "A row of a rare class counts more in the loss.",
    "sampling": "Rows of rare classes are drawn more often.",
}


class BatchesSection(QWidget):
    """Size, order and balance of the batches."""

    def __init__(self, studio: Studio, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        fields = {field.name: field for field in fields_of(Batches)}
        self.amount = FieldRow([fields["size"]], self._change)
        self.order = FieldRow([fields["balance"], fields["shuffle"]], self._change)
        balance = self.order.editor("balance")
        assert isinstance(balance, ChoiceEdit)
        for place, help_ in enumerate(BALANCES.values()):
            balance.explain(place, help_)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.amount)
        layout.addWidget(self.order)
        for row, names in ((self.amount, ["size"]), (self.order, ["balance"])):
            FieldMarks(row, names, "batches.{}".format, studio, theme)

    def render_state(self, state: State) -> None:
        """Show the batches of a project that has data."""
        data = edits.data_of(state.project)
        values = write_fields(data.batches)
        self.amount.render_values({"size": values["size"]})
        self.order.render_values({name: values[name] for name in ("balance", "shuffle")})
        self.order.set_field_visible("balance", data.task.is_classification)
        if state.facts and state.facts_are_current:
            batches = counted(words.batches_an_epoch(state.facts.rows.train, data.batches.size), "batch")
            self.amount.hint("size", f"{batches} an epoch", batches)

    def _change(self, name: str, value: object) -> None:
        batches = edits.data_of(self._studio.state.project).batches
        changed = replace(batches, **{name: value})  # type: ignore[arg-type]  # the field has checked it
        project = edits.set_batches(self._studio.state.project, changed)
        self._studio.apply(TITLES[name], project, merge=f"batches {name}")
