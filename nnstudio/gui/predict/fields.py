"""What one input of the network is entered with: a number or a date with its slider, or a choice."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from nnstudio.gui.forms.editors import STEPS, ChoiceEdit
from nnstudio.gui.panel import ElidedLabel, plain_tip, set_property
from nnstudio.gui.predict.slider import MarkedSlider
from nnstudio.gui.theme import GRID, Theme, scaled
from nnstudio.session.answers import figure, rounded
from nnstudio.session.asking import cell_words, days_of, moment_of, offered, read_cell
from nnstudio.spec.facts import MISSING_CATEGORY
from nnstudio.spec.inputs import Cell, ChoiceInput, DateInput, Input, NumberInput


class InputField(QWidget):
    """The name of an input and its editor. A subclass says what that is.

    Signals
    -------
    entered(object)
        The user gave it another value: a `Cell`.
    visited()
        The keyboard came to it.
    """

    entered = Signal(object)
    visited = Signal()

    def __init__(self, asked: Input, editor: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.asked, self.editor = asked, editor
        self.label = ElidedLabel(asked.name)
        self.label.set_mode(Qt.TextElideMode.ElideMiddle)
        editor.setAccessibleName(asked.name)
        self.grid = QGridLayout(self)
        self.grid.setContentsMargins(0, 0, 0, 0)
        self.grid.setHorizontalSpacing(GRID)
        self.grid.setVerticalSpacing(2)
        self.grid.setColumnStretch(0, 1)
        self.grid.addWidget(self.label, 0, 0)
        self.grid.addWidget(editor, 0, 1)
        self.watch(editor)

    def watch(self, widget: QWidget) -> None:
        """Where the keyboard comes to ``widget``, it comes to this input."""
        widget.installEventFilter(self)

    def show_cell(self, cell: Cell) -> None:
        """Show what the input holds."""
        raise NotImplementedError

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.FocusIn:
            self.visited.emit()
        return super().eventFilter(watched, event)


class CellEdit(QLineEdit):
    """A line that is read as it is typed; the arrow keys step.

    Signals
    -------
    stepped(int)
        So many steps up or, where it is negative, down.
    """

    stepped = Signal(int)

    def __init__(self, width: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(False)  # files are dropped on the view
        self._usual_width = width
        self.setFixedWidth(scaled(width))
        self.setPlaceholderText(MISSING_CATEGORY)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self.setFixedWidth(scaled(self._usual_width))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in STEPS:
            self.stepped.emit(STEPS[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)


class SliderField(InputField):
    """Below the name a slider, and a line to type in."""

    def __init__(self, asked: Input, width: int, theme: Theme, parent: QWidget | None = None) -> None:
        self.edit = CellEdit(width)
        super().__init__(asked, self.edit, parent)
        self.slider = MarkedSlider(theme)
        self.slider.setAccessibleName(f"{asked.name}, slider")
        self.grid.addWidget(self.label, 0, 0, 1, 2)
        self.grid.addWidget(self.slider, 1, 0)
        self.grid.addWidget(self.edit, 1, 1)
        self._cell: Cell = None
        self.watch(self.slider)
        self.edit.textEdited.connect(self._type)
        self.edit.editingFinished.connect(self._finish)
        self.edit.stepped.connect(self._step)
        self.slider.valueChanged.connect(lambda _: self._enter(self.at(self.slider.value_now())))

    def read(self, text: str) -> Cell | ValueError:
        """The cell that ``text`` means, or an error."""
        return read_cell(self.asked, text)

    def written(self, cell: Cell) -> str:
        """How a cell is typed."""
        raise NotImplementedError

    def place(self, cell: Cell) -> float | None:
        """Where the slider stands for it."""
        raise NotImplementedError

    def at(self, place: float) -> Cell:
        """The cell at a place of the slider."""
        raise NotImplementedError

    def step_size(self) -> float:
        """How far an arrow key goes."""
        raise NotImplementedError

    def show_cell(self, cell: Cell) -> None:
        self._cell = cell
        self.slider.show_value(self.place(cell))
        if self.read(self.edit.text()) != cell:
            self.edit.setText(self.written(cell))
            self.edit.setCursorPosition(0)
            set_property(self.edit, "invalid", False)

    def _type(self, text: str) -> None:
        cell = self.read(text)
        set_property(self.edit, "invalid", isinstance(cell, ValueError))
        if not isinstance(cell, ValueError):
            self._enter(cell)

    def _finish(self) -> None:
        """Give up what was typed and means nothing."""
        if isinstance(self.read(self.edit.text()), ValueError):
            self.edit.setText(self.written(self._cell))
            set_property(self.edit, "invalid", False)

    def _step(self, steps: int) -> None:
        place = self.place(self._cell)
        if place is not None:
            self._enter(self.at(place + steps * self.step_size()))

    def _enter(self, cell: Cell) -> None:
        if cell != self._cell:
            self.entered.emit(cell)


class NumberField(SliderField):
    """A number; an empty line is a missing one."""

    asked: NumberInput

    def __init__(self, asked: NumberInput, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(asked, 13 * GRID, theme, parent)
        span = asked.high - asked.low
        self._digits = 0 if asked.is_whole else max(0, 2 - math.floor(math.log10(span or 1)))
        steps = round(span) if asked.is_whole else 0
        self.slider.set_span(asked.low, asked.high, (*asked.quartiles, asked.mean), steps)
        first, middle, third = map(figure, asked.quartiles)
        tip = (
            f"{asked.name}\nSeen in training: {figure(asked.low)} to {figure(asked.high)}, the middle half of it from "
            f"{first} to {third}.\nLine: median {middle}. Dot: mean {rounded(asked.mean)}."
        )
        self.slider.setToolTip(plain_tip(tip))

    def written(self, cell: Cell) -> str:
        return "" if cell is None else f"{cell:.12g}"

    def place(self, cell: Cell) -> float | None:
        return cell if isinstance(cell, float | int) else None

    def at(self, place: float) -> Cell:
        return float(round(place, self._digits))

    def step_size(self) -> float:
        if self.asked.is_whole:
            return 1.0
        return 10.0 ** math.floor(math.log10((self.asked.high - self.asked.low or 1.0) / 50))


class DateField(SliderField):
    """A day or moment in ISO 8601."""

    asked: DateInput

    def __init__(self, asked: DateInput, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(asked, 18 * GRID, theme, parent)
        self._is_of_days = len(asked.low) == len(asked.high) == len("2024-05-17")
        self.slider.set_span(days_of(asked.low) or 0, days_of(asked.high) or 0)
        self.slider.setToolTip(plain_tip(f"Seen in training: {asked.low} to {asked.high}; the median {asked.typical}."))

    def written(self, cell: Cell) -> str:
        return "" if cell is None else str(cell)

    def place(self, cell: Cell) -> float | None:
        return days_of(cell)

    def at(self, place: float) -> Cell:
        return moment_of(round(place) if self._is_of_days else place)

    def step_size(self) -> float:
        return 1.0


class ChoiceField(InputField):
    """One of the categories; another or a missing one where the network takes these."""

    asked: ChoiceInput

    def __init__(self, asked: ChoiceInput, parent: QWidget | None = None) -> None:
        self.choice = ChoiceEdit()
        super().__init__(asked, self.choice, parent)
        self.choice.setMinimumWidth(16 * GRID)
        self.grid.setColumnStretch(1, 1)
        self._cells = offered(asked)
        self.choice.offer([str(at) for at in range(len(self._cells))], [cell_words(cell) for cell in self._cells])
        self.choice.edited.connect(lambda at: self.entered.emit(self._cells[int(at)]))

    def show_cell(self, cell: Cell) -> None:
        if cell not in self._cells:
            self._cells = (*self._cells, cell)
            self.choice.offer([str(at) for at in range(len(self._cells))], [cell_words(each) for each in self._cells])
        self.choice.show_value(str(self._cells.index(cell)))


def field_for(asked: Input, theme: Theme) -> InputField:
    """The field that an input is entered with."""
    match asked:
        case NumberInput():
            return NumberField(asked, theme)
        case DateInput():
            return DateField(asked, theme)
        case ChoiceInput():
            return ChoiceField(asked)
    raise TypeError(f"{asked.name} is no cell of a row")
