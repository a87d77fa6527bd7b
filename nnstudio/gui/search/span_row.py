"""One searched field: its name, and over what it ranges, to be edited in place."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QMenu, QVBoxLayout, QWidget, QWidgetAction

from nnstudio.gui.forms.editors import ChoiceEdit, NumberEdit, TextEdit
from nnstudio.gui.panel import Button, ElidedLabel, Note, set_property
from nnstudio.gui.theme import GRID, scaled
from nnstudio.spec.errors import SpecError
from nnstudio.spec.params import Field, Param, fields_of
from nnstudio.spec.search import Choices, Interval, Span, Value
from nnstudio.spec.searched.places import Place
from nnstudio.spec.shown import typed
from nnstudio.spec.words import capitalised

SCALES = {"linear": "Evenly", "log": "Log scale", "list": "List"}
SCALE_HELP = {
    "linear": "All numbers between two are as likely.",
    "log": "Every power of ten is as likely: right for what spans several of them, such as learning rates.",
    "list": "These numbers only, separated by commas.",
}
BOUNDS = {field.name: field for field in fields_of(Interval)}
TITLE_WIDTH = 17 * GRID
OnSpan = Callable[[Span], object]


class SpanRow(QWidget):
    """Edits a range or a list of values; tells ``on_span`` what it is to be, and says what is wrong with it."""

    def __init__(self, place: Place, on_span: OnSpan, remove: Callable[[], object]) -> None:
        super().__init__()
        self._place, self._on_span = place, on_span
        self.span: Span | None = None
        self.title = ElidedLabel(place.title)
        self.title.explain(place.field.param.help)
        self.title.setFixedWidth(scaled(TITLE_WIDTH))
        self.problem = Note(role="problem")
        self.problem.hide()
        self.remove = Button("×", "icon", remove, f"Do not search {place.title}.")  # the sign for closing
        self.remove.setAccessibleName(f"Do not search {place.title}")
        self.edit = _Choose(place, self._edited) if is_chosen(place.field) else _Number(place, self._edited)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.title)
        row.addWidget(self.edit, 1)
        row.addWidget(self.remove)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(row)
        layout.addWidget(self.problem)

    def show_span(self, span: Span, trouble: str, *, is_grid: bool) -> None:
        """Show over what the field ranges, and what speaks against it; of a grid the number of points, too."""
        if span != self.span:
            self.span = span
            self._say("")
        self.edit.show_span(span, is_grid=is_grid)
        if trouble:
            self._say(trouble)

    def _edited(self, make: Callable[[], Span]) -> None:
        try:
            span = make()
            self._on_span(span)
        except (SpecError, ValueError) as error:
            self._say(_plain(str(error)))
        else:
            self._say("")

    def _say(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))
        self.edit.mark(bool(sentence))


def is_chosen(field: Field) -> bool:
    """Whether a field has values to choose from, and no range."""
    return bool(field.choices) or field.type is bool


class _Choose(QWidget):
    """A button that names the values that are tried, with a menu to tick them."""

    def __init__(self, place: Place, edited: Callable[[Callable[[], Span]], object]) -> None:
        super().__init__()
        self._edited = edited
        field = place.field
        values: Sequence[Value] = field.choices or (False, True)
        labels = field.param.labels or [str(value) for value in field.choices] or ("No", "Yes")
        self._labels = dict(zip(values, labels, strict=True))
        self.button = Button("", tooltip="Which of them are tried.")
        self.button.setProperty("hasMenu", True)
        self.button.setProperty("align", "left")
        self.button.setAccessibleName(f"Values of {place.title}")
        self.button.setMinimumWidth(8 * GRID)
        menu = QMenu(self.button)
        self.boxes = {value: self._box(menu, label) for value, label in self._labels.items()}
        self.button.setMenu(menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.button, 1)

    def _box(self, menu: QMenu, label: str) -> QCheckBox:
        """A tick that leaves the menu open."""
        box, action = QCheckBox(label), QWidgetAction(menu)
        box.setContentsMargins(GRID, 2, GRID, 2)
        box.clicked.connect(lambda _: self._edited(self._span))
        action.setDefaultWidget(box)
        menu.addAction(action)
        return box

    def _span(self) -> Span:
        return Choices(tuple(value for value, box in self.boxes.items() if box.isChecked()))

    def show_span(self, span: Span, *, is_grid: bool) -> None:
        del is_grid
        chosen = span.values if isinstance(span, Choices) else ()
        for value, box in self.boxes.items():
            box.setChecked(value in chosen)
        names = ", ".join(self._labels.get(value, str(value)) for value in chosen)
        room = max(8 * GRID, self.width() - 6 * GRID)
        shown = self.fontMetrics().elidedText(names, Qt.TextElideMode.ElideRight, room)
        self.button.setText(f"  {shown}".replace("&", "&&"))  # Qt leaves no margin before a text that stands left
        self.button.setToolTip(f"Tried: {names}." if names else "Which of them are tried.")

    def mark(self, wrong: bool) -> None:
        set_property(self.button, "invalid", wrong)


class _Number(QWidget):
    """From a number to another, evenly or on a log scale, or a list of numbers."""

    def __init__(self, place: Place, edited: Callable[[Callable[[], Span]], object]) -> None:
        super().__init__()
        self._edited, self._whole = edited, place.field.type is int
        self._span: Span = Interval(whole=self._whole)
        self.scale = ChoiceEdit(tuple(SCALES), tuple(SCALES.values()))
        self.scale.setAccessibleName(f"Scale of {place.title}")
        self.scale.setFixedWidth(scaled(13 * GRID))
        for index, text in enumerate(SCALE_HELP.values()):
            self.scale.explain(index, text)
        self.low, self.high = (self._bound(name, place) for name in ("low", "high"))
        self.between = ElidedLabel("to", role="small")
        self.points, self.list = NumberEdit(BOUNDS["points"]), TextEdit()
        self.points.setFixedWidth(scaled(11 * GRID))
        self.points.hint.say("points")
        self.points.setToolTip(BOUNDS["points"].param.help)
        self.points.setAccessibleName(f"Grid points of {place.title}")
        self.list.setAccessibleName(f"Values of {place.title}")
        self.list.setToolTip("The values that are tried, separated by commas.")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID // 2)
        row.addWidget(self.scale)
        row.addWidget(self.low, 1)
        row.addWidget(self.between)
        row.addWidget(self.high, 1)
        row.addWidget(self.list, 1)
        row.addWidget(self.points)
        self.scale.edited.connect(lambda scale: edited(lambda: self._scaled(str(scale))))
        self.points.edited.connect(lambda value: edited(lambda: replace(self._range(), points=int(_checked(value)))))
        self.list.edited.connect(lambda text: edited(lambda: Choices(tuple(self._listed(str(text))))))

    def _bound(self, name: str, place: Place) -> NumberEdit:
        declared = BOUNDS[name]
        kind = int if self._whole else float
        editor = NumberEdit(replace(declared, type=kind, param=Param(declared.param.title, declared.param.help)))
        editor.setAccessibleName(f"{place.title}: {declared.param.title.lower()}")
        editor.setToolTip(declared.param.help)
        editor.setMinimumWidth(6 * GRID)
        editor.edited.connect(
            lambda value: self._edited(lambda: replace(self._range(), **{name: float(_checked(value))}))  # type: ignore[arg-type]  # a bound
        )
        return editor

    def show_span(self, span: Span, *, is_grid: bool) -> None:
        self._span = span
        is_list = isinstance(span, Choices)
        for widget in (self.low, self.between, self.high):
            widget.setVisible(not is_list)
        self.points.setVisible(is_grid and not is_list)
        self.list.setVisible(is_list)
        if isinstance(span, Choices):
            self.scale.show_value("list")
            if not self._means(self.list.text(), span):
                self.list.show_value(", ".join(_written(value) for value in span.values))
            return
        self.scale.show_value("log" if span.log else "linear")
        self.low.show_value(int(span.low) if self._whole else span.low)
        self.high.show_value(int(span.high) if self._whole else span.high)
        self.points.show_value(span.points)

    def _range(self) -> Interval:
        assert isinstance(self._span, Interval)
        return self._span

    def _scaled(self, scale: str) -> Span:
        """What is searched now on another scale."""
        if scale == "list":
            return Choices(tuple(dict.fromkeys(self._rounded(value) for value in self._span.grid())))
        interval = self._span if isinstance(self._span, Interval) else self._around(self._span)
        low = interval.low
        if scale == "log" and low <= 0:
            low = 1.0 if self._whole else interval.high / 1_000
        return replace(interval, low=low, log=scale == "log")

    def _around(self, choices: Choices) -> Interval:
        """From the least of some numbers to the largest."""
        numbers = [float(value) for value in choices.values if not isinstance(value, str)]
        if min(numbers) == max(numbers):
            raise SpecError("A range needs two different numbers.")
        return Interval(min(numbers), max(numbers), whole=self._whole)

    def _rounded(self, value: Value) -> Value:
        return value if self._whole or isinstance(value, str) else float(f"{value:.3g}")

    def _means(self, text: str, choices: Choices) -> bool:
        """Whether what is typed means these numbers already."""
        try:
            return tuple(self._listed(text)) == choices.values
        except SpecError:
            return False

    def _listed(self, text: str) -> list[Value]:
        """The numbers of a list; raises `SpecError` for what is none."""
        found: list[Value] = []
        for word in filter(None, (word.strip() for word in text.split(","))):
            try:
                number = float(word)
            except ValueError:
                raise SpecError(f"“{word}” is no number.") from None
            if self._whole and not number.is_integer():
                raise SpecError(f"{word} is no whole number.")
            found.append(int(number) if self._whole else number)
        return found

    def mark(self, wrong: bool) -> None:
        for editor in (self.low, self.high, self.list):
            set_property(editor, "invalid", wrong)


def _checked(value: object) -> float:
    if not isinstance(value, int | float) or not math.isfinite(value):
        raise SpecError(f"“{value}” is no number.")
    return value


def _written(value: Value) -> str:
    return value if isinstance(value, str) else typed(value)


def _plain(sentence: str) -> str:
    """A sentence without the name of the value that is at fault, which stands beside it."""
    return capitalised(sentence.removeprefix("Range: "))
