"""Several declared fields side by side: what a form shows in one row each, where there is less room."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from nnstudio.gui.forms.editors import CheckEdit, Editor, NumberEdit, editor_for
from nnstudio.gui.forms.form import LABEL_WIDTH, help_of, problem_of
from nnstudio.gui.panel import Note, set_property
from nnstudio.gui.theme import GRID, scaled
from nnstudio.spec.errors import SpecError
from nnstudio.spec.params import Field, Param

OnChange = Callable[[str, object], None]


def as_percent(field: Field) -> Field:
    """A share as the user reads it: in percent."""
    bounds = {name: value * 100 for name in ("low", "high") if (value := getattr(field.param, name)) is not None}
    param: Param = replace(field.param, unit="%", **bounds)
    return replace(field, default=field.default * 100, param=param)


class FieldRow(QWidget):
    """One row of fields, and below it what is wrong with what was typed; only allowed values are told.

    ``after`` holds widgets that stand behind a field. With ``aligned`` the first label is as wide as those of forms.
    """

    def __init__(
        self,
        fields: Sequence[Field],
        on_change: OnChange,
        parent: QWidget | None = None,
        after: Mapping[str, QWidget] = MappingProxyType({}),
        aligned: bool = True,
    ) -> None:
        super().__init__(parent)
        self._on_change, self._after, self._aligned = on_change, after, aligned
        self._hints: dict[str, tuple[str, ...]] = {}
        self._problems: dict[str, str] = {}
        self._labels: dict[str, QLabel] = {}
        self._editors = {field.name: self._make(field) for field in fields}
        self._problem = Note(role="problem")
        self._problem.hide()
        row = QHBoxLayout()
        row.setSpacing(GRID)
        for name, editor in self._editors.items():
            if label := self._labels.get(name):
                row.addWidget(label)
            row.addWidget(editor, 0 if isinstance(editor, CheckEdit) else 1)
            if name in after:
                row.addWidget(after[name])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        layout.addLayout(row)
        layout.addWidget(self._problem)

    def _make(self, field: Field) -> Editor:
        editor = editor_for(field)
        editor.setAccessibleName(field.param.title)
        editor.setMinimumWidth(0 if isinstance(editor, CheckEdit) else 6 * GRID)
        if not isinstance(editor, CheckEdit):
            label = QLabel(field.param.title)
            label.setProperty("role", "muted")
            label.setBuddy(editor)
            if self._aligned and not self._labels:
                label.setFixedWidth(scaled(LABEL_WIDTH))
            self._labels[field.name] = label
        for widget in (editor, self._labels.get(field.name)):
            if widget:
                widget.setToolTip(help_of(field))
        editor.setAccessibleDescription(help_of(field))
        editor.installEventFilter(self)
        editor.edited.connect(lambda value: self._edited(field, value))
        return editor

    def render_values(self, values: Mapping[str, object]) -> None:
        """Show ``values``; what was wrong with a field is over when it shows the value in force."""
        for name, value in values.items():
            editor = self._editors[name]
            editor.show_value(value)
            if isinstance(editor, NumberEdit) and editor.read(editor.text()) == value:
                self._set_problem(name, "")

    def hint(self, name: str, *texts: str) -> None:
        """Muted text inside a number: the first of ``texts``, longest first, that there is room for."""
        self._hints[name] = texts
        self._place_hint(name)

    def _place_hint(self, name: str) -> None:
        editor, texts = self._editors[name], self._hints.get(name)
        if texts and isinstance(editor, NumberEdit):
            taken = editor.fontMetrics().horizontalAdvance(editor.text()) + 5 * GRID
            width = self.fontMetrics().horizontalAdvance
            editor.hint.say(next((text for text in texts if width(text) + taken <= editor.width()), texts[-1]))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize:
            for name in self._hints:
                if watched is self._editors[name]:
                    self._place_hint(name)
        return super().eventFilter(watched, event)

    def set_field_visible(self, name: str, visible: bool) -> None:
        """Show a field, or leave it out."""
        for widget in (self._editors[name], self._labels.get(name), self._after.get(name)):
            if widget:
                widget.setVisible(visible)

    def editor(self, name: str) -> Editor:
        """The widget of a field."""
        return self._editors[name]

    def label(self, name: str) -> QLabel | None:
        """What names a field; None beside a tick, which names itself."""
        return self._labels.get(name)

    @property
    def problem(self) -> str:
        """What is said to be wrong; empty when all is well."""
        return self._problem.text()

    def _edited(self, field: Field, value: object) -> None:
        problem = problem_of(field, value)
        if not problem:
            try:
                self._on_change(field.name, value)
            except SpecError as error:
                problem = str(error)
        self._set_problem(field.name, problem)

    def _set_problem(self, name: str, sentence: str) -> None:
        self._problems[name] = sentence
        set_property(self._editors[name], "invalid", bool(sentence))
        self._problem.setText("\n".join(filter(None, self._problems.values())))
        self._problem.setVisible(bool(self.problem))
