"""How the values of columns become numbers, as a form."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from nnstudio.gui.data.column_verbs import ColumnVerbs
from nnstudio.gui.forms import Form
from nnstudio.gui.panel import Button, Note
from nnstudio.gui.theme import GRID
from nnstudio.spec.columns import DEFAULTS, ENCODING, ENCODINGS, Column, ColumnEncoding, NumberEncoding, encodings_for
from nnstudio.spec.params import fields_of, write_fields

KIND = ENCODINGS.choice("encoding", ENCODING)


class EncodingSection(QWidget):
    """The encoding that some columns share, with its settings; what is changed is changed for all of them."""

    def __init__(self, verbs: ColumnVerbs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._verbs = verbs
        self._names: list[str] = []
        self._encoding: type[ColumnEncoding] | None = None
        title = QLabel("As numbers")
        title.setProperty("role", "title")
        self.usual = Button("As usual", "link", self._encode_usually, "Encode it in the usual way of its kind again.")
        self.kind = Form((KIND,), self._choose)
        self.form: Form | None = None
        self.explanation = Note(role="small")
        heading = QHBoxLayout()
        heading.addWidget(title)
        heading.addStretch(1)
        heading.addWidget(self.usual)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(GRID)
        self._layout.addLayout(heading)
        self._layout.addWidget(self.explanation)
        self._layout.addWidget(self.kind)

    def render_columns(self, columns: Sequence[Column]) -> None:
        """Show how ``columns`` are encoded: the first of them speaks for all."""
        shared = common_encodings(columns)
        encoded = columns[0].encoded
        if shared and type(encoded) not in shared:
            encoded = shared[0]()
        self.usual.setVisible(any(column.encoded != DEFAULTS[column.kind] for column in columns))
        self.kind.setVisible(len(shared) > 1)
        self.explanation.setText(encoded.explanation() if shared else "These columns have no encoding in common.")
        self._use_form([column.name for column in columns], type(encoded))
        assert self.form is not None
        self.form.setVisible(bool(shared))
        self.kind.offer("encoding", [cls.key for cls in shared], [cls.title for cls in shared])
        self.kind.render({"encoding": encoded.key})
        self.form.render(write_fields(encoded))
        if isinstance(encoded, NumberEncoding):
            self.form.set_field_enabled("constant", encoded.missing == "constant")

    def _use_form(self, names: list[str], encoding: type[ColumnEncoding]) -> None:
        """A form of its own for each choice of columns: what was typed for others is not theirs."""
        if self.form is not None and (names, encoding) == (self._names, self._encoding):
            return
        self._names, self._encoding = names, encoding
        if self.form is not None:
            self.form.hide()
            self.form.deleteLater()
        self.form = Form(fields_of(encoding), self._change)
        self._layout.addWidget(self.form)

    def _choose(self, _name: str, key: object) -> None:
        self._verbs.encode_by(self._names, ENCODINGS.kinds[str(key)])

    def _change(self, name: str, value: object) -> None:
        assert self._encoding is not None
        self._verbs.encode_with(self._names, self._encoding, name, value)

    def _encode_usually(self) -> None:
        self._verbs.encode_usually(self._names)


def common_encodings(columns: Sequence[Column]) -> list[type[ColumnEncoding]]:
    """The encodings that the kinds of all of ``columns`` allow."""
    kinds = {column.kind for column in columns}
    return [cls for cls in encodings_for(columns[0].kind) if kinds <= cls.kinds]
