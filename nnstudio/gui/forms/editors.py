"""One widget for each type of declared field. Each says ``edited`` when the user, and nobody else, changed it.

That `edited` never follows from `show_value` is why nothing here needs to block signals.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QWidget

from nnstudio.gui.theme import GRID
from nnstudio.spec.params import Field


class Hint(QLabel):
    """Muted text at the right edge inside an editor: a unit, or what the value means here."""

    def __init__(self, host: QWidget, right: int) -> None:
        super().__init__(host)
        self._host, self._right = host, right
        self.setProperty("role", "small")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        host.installEventFilter(self)
        self.hide()

    def say(self, text: str) -> None:
        self.setText(text)
        self.place()

    def place(self) -> None:
        """Stand at the right edge, or step aside where the value itself needs the room."""
        self.adjustSize()
        host = self._host
        self.move(host.width() - self.width() - self._right, (host.height() - self.height()) // 2)
        self.setVisible(bool(self.text()) and self.x() > _text_width(host) + 3 * GRID)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self.place()
        return super().eventFilter(watched, event)


def _text_width(host: QWidget) -> int:
    text = host.currentText() if isinstance(host, QComboBox) else host.property("text")
    return host.fontMetrics().horizontalAdvance(str(text or ""))


class NumberEdit(QLineEdit):
    """A whole or decimal number. What is typed stays as it was typed; the arrow keys step.

    Signals
    -------
    edited(object)
        The user typed or stepped: a number, or the text itself where it is none.
    """

    edited = Signal(object)

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._field = field
        self._value: float | int | None = None
        self.textEdited.connect(lambda text: self.edited.emit(self.read(text)))
        self.hint = Hint(self, GRID)
        self.hint.say(field.param.unit)
        self.textChanged.connect(self.hint.place)

    def show_value(self, value: object) -> None:
        """Show ``value``; text that means it, or that was typed since and is not applied, stays."""
        if not isinstance(value, (int, float)) or value == self._value:
            return
        self._value = value
        if self.read(self.text()) != value:
            self.setText(written(value))

    def read(self, text: str) -> int | float | str:
        """The number that ``text`` means, or the text where it means none."""
        try:
            number = float(text)
        except ValueError:
            return text.strip()
        if self._field.type is int and number.is_integer() and abs(number) < 2**53:
            return int(number)
        return number

    def step(self, steps: int) -> None:
        """Go to a neighbouring value, if that is allowed."""
        current = self.read(self.text())
        if not isinstance(current, str):
            self._enter(stepped_value(self._field, current, steps))

    def restore(self) -> None:
        """Give up what was typed and is not applied."""
        if self._value is not None:
            self._enter(self._value)

    def _enter(self, value: float) -> None:
        self.setText(written(value))
        self.edited.emit(value)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in STEPS:
            self.step(STEPS[Qt.Key(event.key())])
        elif event.key() == Qt.Key.Key_Escape and self.read(self.text()) != self._value:
            self.restore()
        else:
            super().keyPressEvent(event)


STEPS = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10}


class TextEdit(QLineEdit):
    """A line of text.

    Signals
    -------
    edited(str)
        The user typed.
    """

    edited = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.textEdited.connect(self.edited.emit)

    def show_value(self, value: object) -> None:
        if self.text() != value:
            self.setText(str(value))


class CheckEdit(QCheckBox):
    """Yes or no.

    Signals
    -------
    edited(bool)
        The user ticked or unticked it.
    """

    edited = Signal(object)

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self.clicked.connect(lambda checked: self.edited.emit(checked))

    def show_value(self, value: object) -> None:
        self.setChecked(bool(value))


class ChoiceEdit(QComboBox):
    """One of a few choices.

    Signals
    -------
    edited(str)
        The user chose.
    """

    edited = Signal(object)

    def __init__(self, choices: Sequence[str], labels: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.hint = Hint(self, 3 * GRID)
        self.offer(choices, labels)
        self.activated.connect(lambda index: self.edited.emit(self.itemData(index)))

    def offer(self, choices: Sequence[str], labels: Sequence[str]) -> None:
        """Replace the choices; the one in force stays if it is still among them."""
        current = self.currentData()
        self.clear()
        for choice, label in zip(choices, labels or choices, strict=True):
            self.addItem(label, choice)
        self.show_value(current)

    def explain(self, index: int, tooltip: str) -> None:
        """Say what a choice means, while the list is open."""
        self.setItemData(index, tooltip, Qt.ItemDataRole.ToolTipRole)

    def show_value(self, value: object) -> None:
        self.setCurrentIndex(self.findData(value))
        self.hint.place()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # scrolling past a field must not change it


Editor = NumberEdit | TextEdit | CheckEdit | ChoiceEdit


def editor_for(field: Field) -> Editor:
    """The widget that edits ``field``."""
    if field.choices:
        return ChoiceEdit(field.choices, field.param.labels)
    if field.type is bool:
        return CheckEdit(field.param.title)
    if field.type in (int, float):
        return NumberEdit(field)
    return TextEdit()


def written(value: float) -> str:
    """A number as one would type it: ``0.001``, ``1e-5``, ``100``; no digit is lost."""
    short = f"{value:g}" if float(f"{value:g}") == value and abs(value) < 1e6 else repr(value)
    return short.replace("e-0", "e-").replace("e+0", "e")


def stepped_value(field: Field, value: float, steps: int) -> int | float:
    """``value`` some steps on: one by one for whole numbers, in twentieths inside 0 to 1, else 1, 2, 5, 10."""
    low, high = field.param.low, field.param.high
    if field.type is int:
        stepped: float = int(value) + steps
    elif low is not None and high is not None and high - low <= 1:
        stepped = round(value + 0.05 * steps, 6)
    else:
        stepped = _on_the_ladder(value, steps)
    stepped = stepped if low is None else max(stepped, low)
    stepped = stepped if high is None else min(stepped, high)
    return int(stepped) if field.type is int else stepped


def _on_the_ladder(value: float, steps: int) -> float:
    """The neighbour of a positive ``value`` on 1, 2, 5, 10 …; zero lies below a hundred-thousandth."""
    smallest = 1e-5
    if value <= 0:
        return smallest if steps > 0 else value
    exponent = math.floor(math.log10(value) + 1e-9)
    rungs = [float(f"{digit}e{exponent + shift}") for shift in (-1, 0, 1) for digit in (1, 2, 5)]
    if steps > 0:
        return next(rung for rung in rungs if rung > value * 1.000001)
    below = next(rung for rung in reversed(rungs) if rung < value * 0.999999)
    return below if below >= smallest * 0.5 else 0.0
