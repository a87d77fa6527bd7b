"""The form of one kind of layer: the row's name, the kinds of the family, then the fields that the kind declares."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QLineEdit, QWidget

from nnstudio.gui.forms import Form
from nnstudio.gui.forms.form import OnChange
from nnstudio.spec import model
from nnstudio.spec.layers import LAYERS, LayerKind
from nnstudio.spec.model import Row
from nnstudio.spec.params import Field, fields_of, write_fields

NAME, KIND = "name", "kind"


class LayerForm(Form):
    """Serves every row of its kind, one after the other, as long as nothing wrong is typed in it."""

    def __init__(self, kind: type[LayerKind], on_change: OnChange, parent: QWidget | None = None) -> None:
        self._names = [field.name for field in _fields(kind)]
        super().__init__(_fields(kind), on_change, parent)
        name = self.editor(NAME)
        assert isinstance(name, QLineEdit)
        self._name = name
        self._name.setPlaceholderText(kind.title)

    @property
    def has_problem(self) -> bool:
        """Whether something is typed that is not allowed."""
        return any(self.problem(name) for name in self._names)

    def show_row(self, row: Row) -> None:
        """Show the name, kind and settings of ``row``."""
        values = write_fields(row.kind) | {KIND: row.kind.key}
        if self._name.text().strip() != row.name:  # a blank that is being typed stays
            values[NAME] = row.name
        self.render(values)


def _fields(kind: type[LayerKind]) -> tuple[Field, ...]:
    family = [other for other in LAYERS.kinds.values() if other.family == kind.family]
    labels = tuple(other.title for other in family)
    kinds = Field(KIND, str, kind.key, replace(model.KIND, labels=labels), tuple(other.key for other in family))
    return model.NAME, kinds, *fields_of(kind)
