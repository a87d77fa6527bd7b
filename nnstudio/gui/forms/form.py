"""A form for declared fields: label and help from the declaration, one row a field."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLayout, QWidget

from nnstudio.gui.forms.editors import CheckEdit, ChoiceEdit, Editor, NumberEdit, editor_for
from nnstudio.gui.panel import Note, set_property
from nnstudio.gui.theme import GRID, scaled
from nnstudio.spec.errors import SpecError
from nnstudio.spec.params import Field, Param
from nnstudio.spec.words import capitalised

LABEL_WIDTH = 104
"""Pixels; the same in all forms, so that the fields of panels stand in one line."""

OnChange = Callable[[str, object], None]


class Form(QWidget):
    """Shows the values of declared fields and tells ``on_change(name, value)`` what the user made of one.

    Only allowed values are told. For another one, a red sentence stands below the field until it is put right (Escape
    brings the value in force back); a `SpecError` that ``on_change`` raises is shown there, too. Make a new form when
    it is to be about another thing: a form never takes away what is being typed. ``editors`` stand in for the usual
    ones of some fields.

    Signals
    -------
    entered()
        Enter was pressed in a field whose value is allowed.
    """

    entered = Signal()

    def __init__(
        self,
        fields: Sequence[Field],
        on_change: OnChange,
        parent: QWidget | None = None,
        editors: Mapping[str, Editor] = MappingProxyType({}),
    ) -> None:
        super().__init__(parent)
        self._on_change = on_change
        grid = QGridLayout(self)
        grid.setSizeConstraint(QLayout.SizeConstraint.SetMinimumSize)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(0)
        grid.setColumnMinimumWidth(0, scaled(LABEL_WIDTH))
        grid.setColumnStretch(1, 1)
        self._rows = {
            field.name: _Row(field, editors.get(field.name) or editor_for(field), grid, place, self._edited)
            for place, field in enumerate(fields)
        }
        for row in self._rows.values():
            if isinstance(row.editor, NumberEdit):
                row.editor.returnPressed.connect(partial(self._enter, row))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        grid = self.layout()
        if event.type() is QEvent.Type.FontChange and isinstance(grid, QGridLayout):
            grid.setColumnMinimumWidth(0, scaled(LABEL_WIDTH))

    def render(self, values: Mapping[str, object]) -> None:  # type: ignore[override]  # of no use: QWidget.render paints
        """Show ``values``; fields that are not among them stay as they are."""
        for name, row in self._rows.items():
            if name in values:
                row.editor.show_value(values[name])
                row.forget_problem_if_solved(values[name])

    def set_problem(self, name: str, sentence: str) -> None:
        """Say below a field what is wrong with it; nothing when ``sentence`` is empty."""
        self._rows[name].set_problem(sentence)

    def problem(self, name: str) -> str:
        """What is said to be wrong with a field; empty when all is well."""
        return self._rows[name].problem

    def set_hint(self, name: str, text: str) -> None:
        """Muted text inside a number or a choice: a unit, or what the value means here."""
        editor = self._rows[name].editor
        if isinstance(editor, (NumberEdit, ChoiceEdit)):
            editor.hint.say(text)

    def set_help(self, name: str, text: str) -> None:
        """Another tooltip than the one that the field declares."""
        self._rows[name].explain(text)

    def offer(self, name: str, choices: Sequence[str], labels: Sequence[str], helps: Sequence[str] = ()) -> None:
        """Replace the choices of a field."""
        editor = self._rows[name].editor
        assert isinstance(editor, ChoiceEdit)
        editor.offer(choices, labels)
        for index, text in enumerate(helps):
            editor.explain(index, text)

    def set_field_visible(self, name: str, visible: bool) -> None:
        """Show a field, or leave its row out."""
        self._rows[name].set_visible(visible)

    def set_field_enabled(self, name: str, enabled: bool) -> None:
        """Let a field be edited, or only read."""
        self._rows[name].editor.setEnabled(enabled)

    @property
    def names(self) -> tuple[str, ...]:
        """The fields that are shown, in their order."""
        return tuple(self._rows)

    def editor(self, name: str) -> Editor:
        """The widget of a field."""
        return self._rows[name].editor

    def label(self, name: str) -> QLabel:
        """What names a field; empty beside a tick, which names itself."""
        return self._rows[name].label

    def _enter(self, row: _Row) -> None:
        if not row.problem:
            self.entered.emit()

    def _edited(self, field: Field, value: object) -> None:
        row = self._rows[field.name]
        row.set_problem(problem_of(field, value))
        if not row.problem:
            try:
                self._on_change(field.name, value)
            except SpecError as error:
                row.set_problem(str(error))


class _Row:
    """A field's label, editor, and the sentence below."""

    def __init__(
        self, field: Field, editor: Editor, grid: QGridLayout, place: int, edited: Callable[[Field, object], None]
    ) -> None:
        self.editor = editor
        self.editor.setAccessibleName(field.param.title)
        self.label = QLabel("" if isinstance(self.editor, CheckEdit) else field.param.title)
        self.label.setProperty("role", "muted")
        self.label.setBuddy(self.editor)
        self._problem = Note(role="problem")
        self._problem.hide()
        self.explain(help_of(field))
        self._grid, self._above = grid, 3 * place - 1  # the row of the gap above; the first has none
        if place:
            grid.setRowMinimumHeight(self._above, GRID)
        grid.addWidget(self.label, 3 * place, 0, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(self.editor, 3 * place, 1)
        grid.addWidget(self._problem, 3 * place + 1, 1)
        self.editor.edited.connect(lambda value: edited(field, value))

    @property
    def problem(self) -> str:
        return self._problem.text()

    def set_problem(self, sentence: str) -> None:
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))
        set_property(self.editor, "invalid", bool(sentence))
        self.editor.setAccessibleDescription(sentence or self.editor.toolTip())

    def set_visible(self, visible: bool) -> None:
        self._grid.setRowMinimumHeight(self._above, GRID if visible and self._above >= 0 else 0)
        self.label.setVisible(visible)
        self.editor.setVisible(visible)
        self._problem.setVisible(visible and bool(self.problem))

    def forget_problem_if_solved(self, value: object) -> None:
        """An editor that shows the value in force has no problem of its own any more."""
        if self.problem and isinstance(self.editor, NumberEdit) and self.editor.read(self.editor.text()) == value:
            self.set_problem("")

    def explain(self, text: str) -> None:
        self.label.setToolTip(text)
        self.editor.setToolTip(text)
        self.editor.setAccessibleDescription(text)


def problem_of(field: Field, value: object) -> str:
    """Why ``value`` is not allowed, as a sentence; empty when it is."""
    try:
        field.check(value, "")
    except SpecError as error:
        sentence = error.what.removeprefix(": ").removesuffix(", not ''.")
        return capitalised(sentence).removesuffix(".") + "."
    return ""


def help_of(field: Field) -> str:
    """The tooltip of a field: its help, its bounds, and how to say more than one number."""
    return " ".join(filter(None, (_bounded(field.param), SIDES.get(field.sides))))


SIDES = {
    2: "Where height and width differ, both: 1 × 7.",
    3: "Where depth, height and width differ, all of them: 1 × 3 × 3.",
}


def _bounded(param: Param) -> str:
    if param.low is not None and param.high is not None:
        bounds = f"{param.low:,g} to {param.high:,.6g}"
    elif param.low is not None:
        bounds = f"At least {param.low:,g}"
    else:
        bounds = f"Greater than {param.above:,g}" if param.above is not None else ""
    if param.above is not None and param.high is not None:
        bounds += f", at most {param.high:,g}"
    return f"{param.help} {bounds}." if bounds else param.help
