"""One widget for each type of declared field. Each says ``edited`` when the user, and nobody else, changed it.

That `edited` never follows from `show_value` is why nothing here needs to block signals.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QKeySequence, QPaintEvent, QPalette, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QToolTip,
    QWidget,
)

from nnstudio.gui.forms.numbers import read_number, rounded, stepped_value
from nnstudio.gui.forms.offers import PathEdit, SuggestEdit, quick_list
from nnstudio.gui.panel import literal_tip
from nnstudio.gui.theme import GRID, scaled
from nnstudio.spec.params import Field
from nnstudio.spec.shown import Number, typed


class Hint(QWidget):
    """Muted text at the right edge inside an editor: a unit, or what the value means here.

    Its label is no direct child of the editor: style sheets do not reach frames inside a combo box.
    """

    def __init__(self, host: QWidget, right: int) -> None:
        super().__init__(host)
        self._host, self._right = host, right
        self.label = QLabel(self)
        self.label.setProperty("role", "small")
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        host.installEventFilter(self)
        self.hide()

    def say(self, text: str) -> None:
        self.label.setText(text)
        self.place()

    def place(self) -> None:
        """Stand at the right edge, or step aside where the value itself needs the room."""
        self.label.adjustSize()
        self.resize(self.label.size())
        host = self._host
        self.move(host.width() - self.width() - scaled(self._right), (host.height() - self.height()) // 2)
        self.setVisible(bool(self.label.text()) and self.x() > _text_width(host) + 3 * GRID)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.FontChange):
            self.place()
        return super().eventFilter(watched, event)


def _text_width(host: QWidget) -> int:
    text = host.currentText() if isinstance(host, QComboBox) else host.property("text")
    return host.fontMetrics().horizontalAdvance(str(text or ""))


class NumberEdit(QLineEdit):
    """A whole or decimal number, or one for each side. What is typed stays as it was typed; the arrow keys step.

    A number with many digits is rounded until the keyboard comes to it.

    Signals
    -------
    edited(object)
        The user typed or stepped: a number (or several), or the text itself where it is none.
    """

    edited = Signal(object)

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._field = field
        self._value: Number | None = None
        self.setAcceptDrops(False)  # files are dropped on the window
        self.textEdited.connect(lambda text: self.edited.emit(self.read(text)))
        self.hint = Hint(self, GRID)
        self.hint.say(field.param.unit)
        self.textChanged.connect(self.hint.place)

    def show_value(self, value: object) -> None:
        """Show ``value``; text that means it, or that was typed since and is not applied, stays."""
        if not isinstance(value, (int, float, tuple)) or value == self._value:
            return
        self._value = value
        if self.read(self.text()) != value:
            self.setText(typed(value) if self.hasFocus() else rounded(value))

    def focusInEvent(self, event: QFocusEvent) -> None:
        if self._value is not None and self.text() == rounded(self._value):
            self.setText(typed(self._value))
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self._value is not None and self.text() == typed(self._value):
            self.setText(rounded(self._value))

    def read(self, text: str) -> Number | str:
        """The number that ``text`` means, or the text where it means none."""
        return read_number(self._field, text)

    def step(self, steps: int) -> None:
        """Go to a neighbouring value, if that is allowed."""
        current = self.read(self.text())
        if not isinstance(current, str):
            self._enter(stepped_value(self._field, current, steps))

    def restore(self) -> None:
        """Give up what was typed and is not applied."""
        if self._value is not None:
            self._enter(self._value)

    def _enter(self, value: Number) -> None:
        self.setText(typed(value))
        self.edited.emit(value)

    def event(self, event: QEvent) -> bool:
        """Leave undo and redo to the window, which knows more than this field, unless what is typed is not applied."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride:
            undoes = event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)
            if undoes and self.read(self.text()) == self._value:
                event.ignore()
                return False
        return super().event(event)

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
        self.setAcceptDrops(False)
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
        self.clicked.connect(lambda _: self.edited.emit(self.isChecked()))

    def show_value(self, value: object) -> None:
        self.setChecked(bool(value))


FEW_CHOICES, WIDEST_LIST = 100, 400
"""So many choices are measured; as many pixels their list is wide at most, unless its field is wider."""


class ChoiceEdit(QComboBox):
    """One of a few choices.

    Signals
    -------
    edited(str)
        The user chose.
    """

    edited = Signal(object)

    def __init__(self, choices: Sequence[str] = (), labels: Sequence[str] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_plain = True
        self._offered: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.hint = Hint(self, 3 * GRID)
        self.offer(choices, labels)
        self.activated.connect(lambda index: self.edited.emit(self.itemData(index)))

    def offer(self, choices: Sequence[str], labels: Sequence[str]) -> None:
        """Replace the choices; the one in force stays if it is still among them."""
        offered = (tuple(choices), tuple(labels or choices))
        if offered == self._offered:
            return
        self._offered = offered
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

    def showPopup(self) -> None:
        """Open the list as wide as its longest choice, as far as that is reasonable."""
        if self.count() > FEW_CHOICES and self._is_plain:
            self._is_plain = False
            self.setView(quick_list(self))
        longest = self.view().sizeHintForColumn(0) if self.count() <= FEW_CHOICES else 0
        self.view().setMinimumWidth(min(longest + 3 * GRID, WIDEST_LIST))
        super().showPopup()

    def paintEvent(self, event: QPaintEvent) -> None:
        """As the style has it, but a text that is too long ends with an ellipsis."""
        del event
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        option.currentText = self._shown(option)
        painter = QStylePainter(self)
        painter.setPen(self.palette().color(QPalette.ColorRole.Text))
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def _shown(self, option: QStyleOptionComboBox) -> str:
        """As much of the choice in force as there is room for."""
        field = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, self).width()
        return self.fontMetrics().elidedText(self.currentText(), Qt.TextElideMode.ElideRight, room)

    def event(self, event: QEvent) -> bool:
        """The tooltip begins with the choice in force where there is no room for all of it."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and (told := self.told()):
            QToolTip.showText(event.globalPos(), told, self)
            return True
        return super().event(event)

    def told(self) -> str:
        """What the tooltip says."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        cut = [] if self._shown(option) == self.currentText() else [self.currentText()]
        return literal_tip("\n".join(filter(None, [*cut, self.toolTip()])))

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # scrolling past a field must not change it


Editor = NumberEdit | TextEdit | SuggestEdit | PathEdit | CheckEdit | ChoiceEdit


def editor_for(field: Field) -> Editor:
    """The widget that edits ``field``."""
    if field.choices:
        return ChoiceEdit(field.choices, field.param.labels)
    if field.type is bool:
        return CheckEdit(field.param.title)
    if field.type in (int, float):
        return NumberEdit(field)
    if field.param.is_path:
        return PathEdit()
    return SuggestEdit(field.param.suggestions) if field.param.suggestions else TextEdit()
