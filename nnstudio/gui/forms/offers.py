"""Fields of text that offer something: values to choose from, or the files of this machine.

What is typed into them is told when it is finished (Enter, or the field is left), because half of it means nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QDynamicPropertyChangeEvent, QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QCompleter, QFileDialog, QHBoxLayout, QLineEdit, QListView, QWidget

from nnstudio.gui.panel import Button, set_property
from nnstudio.gui.theme import GRID


class SuggestEdit(QComboBox):
    """A text with values that are offered; others may be typed.

    Signals
    -------
    edited(str)
        The user chose a value, or finished typing one.
    """

    edited = Signal(object)

    def __init__(self, suggestions: Sequence[str] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value, self._told = "", ""
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.setAcceptDrops(False)
        self._line.setAcceptDrops(False)
        completer = self.completer()
        assert completer is not None
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.offer(suggestions)
        self.activated.connect(lambda _: self._tell())
        self._line.editingFinished.connect(self._tell)

    @property
    def _line(self) -> QLineEdit:
        line = self.lineEdit()
        assert line is not None
        return line

    def offer(self, suggestions: Sequence[str]) -> None:
        """Replace the values that are offered; the text stays."""
        if list(suggestions) != [self.itemText(index) for index in range(self.count())]:
            text = self._line.text()
            self.clear()
            self.addItems(list(suggestions))
            self._line.setText(text)

    def show_value(self, value: object) -> None:
        """Show ``value``; what is being typed stays unless the value is another one now."""
        if str(value) != self._value or not self._line.isModified():
            self._value = self._told = str(value)
            self._line.setText(self._value)

    def restore(self) -> None:
        """Give up what was typed and is not applied."""
        self._line.setText(self._value)
        self._tell(anew=True)

    def _tell(self, anew: bool = False) -> None:
        text = self._line.text().strip()
        if anew or text != self._told:
            self._told = text
            self.edited.emit(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._line.text() != self._value:
            self.restore()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # scrolling past a field must not change it


class PathEdit(QWidget):
    """The path of a file, typed or browsed for; with ``folders`` that of a folder.

    Signals
    -------
    edited(str)
        The user chose a file, or finished typing its path.
    """

    edited = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value, self._told = "", ""
        self.folders = False
        self.line = QLineEdit()
        self.line.setAcceptDrops(False)
        self.line.editingFinished.connect(lambda: self._enter(self.line.text().strip()))
        self.button = Button("Browse…", clicked=self._browse)
        self.setFocusProxy(self.line)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID // 2)
        row.addWidget(self.line, 1)
        row.addWidget(self.button)

    def show_value(self, value: object) -> None:
        """Show ``value``; what is being typed stays unless the value is another one now."""
        if str(value) != self._value or not self.line.isModified():
            self._value = self._told = str(value)
            self.line.setText(self._value)

    def say_empty(self, text: str) -> None:
        """What it means that there is no path, shown in its place."""
        self.line.setPlaceholderText(text)

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self.line.setAccessibleName(name)
        self.button.setAccessibleName(f"Browse for: {name}")

    def setAccessibleDescription(self, description: str) -> None:
        super().setAccessibleDescription(description)
        self.line.setAccessibleDescription(description)

    def minimumSizeHint(self) -> QSize:
        return QSize(10 * GRID + self.button.sizeHint().width(), self.line.minimumSizeHint().height())

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QDynamicPropertyChangeEvent) and event.propertyName() == b"invalid":
            set_property(self.line, "invalid", self.property("invalid"))
        return super().event(event)

    def _enter(self, path: str) -> None:
        if path != self._told:
            self._told = path
            self.line.setText(path)
            self.edited.emit(path)

    def _browse(self) -> None:
        folder = str(Path(self._told).parent if self._told else Path.home())
        title = self.accessibleName()
        if self.folders:
            path = QFileDialog.getExistingDirectory(self, title, folder)
        else:
            path, _ = QFileDialog.getOpenFileName(self, title, folder)
        if path:
            self._enter(path)


def quick_list(combo: QComboBox) -> QListView:
    """The opened list of a combo box, with rows equally high, so that thousands of names open at once."""
    view = QListView(combo)
    view.setUniformItemSizes(True)
    view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return view
