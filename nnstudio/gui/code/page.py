"""The text itself: read only, with the lines of the chosen layers marked."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QFontDatabase, QMouseEvent, QTextCursor, QTextFormat
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from nnstudio.gui.code.colouring import PythonColours
from nnstudio.gui.theme import Theme


class CodePage(QPlainTextEdit):
    """Shows lines of Python; what stays the same when they change is left as it is, so that nothing jumps.

    Signals
    -------
    line_chosen(number)
        The user went to a line (counted from 0), with the mouse or with the keyboard.
    """

    line_chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._lines: list[str] = [""]
        self._marked: tuple[int, ...] = ()
        self._is_rendering = False
        self.setObjectName("code")
        self.setAccessibleName("PyTorch code of the network")
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(12)
        self.setFont(font)
        self.colouring = PythonColours(self.document(), theme)
        self.cursorPositionChanged.connect(self._tell_line)
        theme.changed.connect(self._mark_again)

    def show_lines(self, lines: Sequence[str]) -> None:
        """Show other lines; only those that differ are replaced."""
        old, new = self._lines, list(lines) or [""]
        if old == new:
            return
        head = _alike(old, new)
        tail = _alike(old[head:][::-1], new[head:][::-1])
        self._lines = new
        self._is_rendering = True
        self._replace(head, len(old) - tail, new[head : len(new) - tail])
        self._is_rendering = False

    def _replace(self, first: int, last: int, lines: Sequence[str]) -> None:
        """Put ``lines`` in the place of those from ``first`` up to, without, ``last``."""
        document, change = self.document(), QTextCursor(self.document())
        keep = QTextCursor.MoveMode.KeepAnchor
        if first == document.blockCount():  # behind the last line
            change.movePosition(QTextCursor.MoveOperation.End)
            change.insertText("".join(f"\n{line}" for line in lines))
            return
        change.setPosition(document.findBlockByNumber(first).position())
        if last < document.blockCount():
            change.setPosition(document.findBlockByNumber(last).position(), keep)
            change.insertText("".join(f"{line}\n" for line in lines))
        elif lines:
            change.movePosition(QTextCursor.MoveOperation.End, keep)
            change.insertText("\n".join(lines))
        else:  # the last lines go, and the end of the one before them
            change.movePosition(QTextCursor.MoveOperation.PreviousCharacter)
            change.movePosition(QTextCursor.MoveOperation.End, keep)
            change.removeSelectedText()

    def mark(self, numbers: Sequence[int]) -> None:
        """Lay a ground below these lines; the first one comes into sight unless the user is in here."""
        self._marked = tuple(numbers)
        self._mark_again()
        if numbers and not self.hasFocus():
            self._is_rendering = True
            place = QTextCursor(self.document().findBlockByNumber(numbers[0]))
            is_in_sight = self.viewport().rect().contains(self.cursorRect(place))
            self.setTextCursor(place)
            if not is_in_sight:
                self.centerCursor()
            self._is_rendering = False

    @property
    def marked(self) -> tuple[int, ...]:
        """The lines that stand out."""
        return self._marked

    def _mark_again(self, _: object = None) -> None:
        marks = []
        for number in self._marked:
            mark = QTextEdit.ExtraSelection()
            mark.format.setBackground(QColor(self._theme.colours.selection))
            mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
            mark.cursor = QTextCursor(self.document().findBlockByNumber(number))
            marks.append(mark)
        self.setExtraSelections(marks)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on the line where the cursor is already chooses it, too."""
        before = self.textCursor().blockNumber()
        super().mousePressEvent(event)
        if self.textCursor().blockNumber() == before and event.button() is Qt.MouseButton.LeftButton:
            self.line_chosen.emit(before)

    def _tell_line(self) -> None:
        if not self._is_rendering and not self.textCursor().hasSelection():
            self.line_chosen.emit(self.textCursor().blockNumber())


def _alike(old: Sequence[str], new: Sequence[str]) -> int:
    """How many lines at the beginning are the same."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((number for number, (one, other) in pairs if one != other), min(len(old), len(new)))
