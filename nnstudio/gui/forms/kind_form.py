"""A choice between declared kinds (of loss, of optimiser), and below it the fields of the chosen one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnstudio.gui.forms.form import Form
from nnstudio.gui.theme import GRID
from nnstudio.spec.params import Declared, Param, Registry, fields_of, write_fields

T = TypeVar("T", bound=Declared)


class KindForm(QWidget, Generic[T]):
    """Shows a value of one of the kinds in ``registry``.

    ``chosen(value)`` is told when another kind is chosen, with its defaults; ``changed(name, value)`` when a field of
    the value was edited: the field's name, and the value as it is to be.

    Signals
    -------
    entered()
        Enter was pressed in one of the fields.
    formed(Form)
        The fields have a new form, that of another kind.
    """

    entered = Signal()
    formed = Signal(object)

    def __init__(
        self,
        registry: Registry[T],
        param: Param,
        chosen: Callable[[T], object],
        changed: Callable[[str, T], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._kinds, self._help, self._changed = registry.kinds, param.help, changed
        self._value: T | None = None
        self._row = ""
        self._chosen = chosen
        self.choice = Form((registry.choice("kind", param),), self._choose)
        self.settings = Form((), self._set)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(GRID)
        self._box.addWidget(self.choice)
        self._box.addWidget(self.settings)
        self.offer(self._kinds)

    def offer(self, kinds: Mapping[str, type[T]]) -> None:
        """Let the choice be one of these kinds, by their keys."""
        titles = [kind.title for kind in kinds.values()]
        self.choice.offer("kind", tuple(kinds), titles, [kind.explanation() for kind in kinds.values()])

    def show_value(self, value: T, hint: str = "", row: str = "") -> None:
        """Show ``value``, with a muted ``hint`` beside its kind; what is typed for another ``row`` goes."""
        before, self._value = self._value, value
        self.choice.render({"kind": value.key})
        self.choice.set_help("kind", f"{self._help} {value.explanation()}")
        self.choice.set_hint("kind", hint)
        if type(value) is not type(before) or (row != self._row and self._has_problem):
            self._use_form(type(value))
        self._row = row
        self.settings.render(write_fields(value))

    @property
    def _has_problem(self) -> bool:
        """Whether something is typed that is not allowed."""
        return self._value is not None and any(
            self.settings.problem(field.name) for field in fields_of(type(self._value))
        )

    def _use_form(self, kind: type[T]) -> None:
        """A form never takes away what is typed in it, so that each kind has one of its own."""
        form = Form(fields_of(kind), self._set)
        form.entered.connect(self.entered)
        self._box.replaceWidget(self.settings, form)
        self.settings.hide()
        self.settings.deleteLater()
        self.settings = form
        form.setVisible(bool(fields_of(kind)))
        self.formed.emit(form)

    def _choose(self, _: str, key: object) -> None:
        self._chosen(self._kinds[str(key)]())

    def _set(self, name: str, setting: object) -> None:
        if self._value is not None:
            changed = type(self._value)(**write_fields(self._value) | {name: setting})
            self._changed(name, changed)
