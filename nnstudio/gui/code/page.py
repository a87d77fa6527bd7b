"""The text itself: read only, with the lines of the chosen layers marked, and what is looked for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QFontDatabase, QMouseEvent, QResizeEvent, QTextCursor, QTextFormat
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from nnstudio.gui.code.colouring import PythonColours
from nnstudio.gui.code.numbers import LineNumbers
from nnstudio.gui.theme import Theme, scaled


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
        self.found: list[QTextCursor] = []
        """Where the words that are looked for stand."""
        self.found_place = -1
        """Which of them was gone to; -1 for none."""
        self._is_rendering = False
        self.setObjectName("code")
        self.setAccessibleName("PyTorch code")
        self.setAccessibleDescription("A line of the network chooses its layer; what was changed last is marked.")
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._fit_text()
        self.colouring = PythonColours(self.document(), theme)
        self._numbers = LineNumbers(self, theme)
        self.blockCountChanged.connect(self._make_room)
        self._make_room(1)
        self.cursorPositionChanged.connect(self._tell_line)
        theme.changed.connect(self._mark_again)
        theme.changed.connect(self._fit_text)

    def _fit_text(self) -> None:
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(scaled(12))
        self.setFont(font)

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

    def mark(self, numbers: Sequence[int], reveal: bool = True) -> None:
        """Lay a ground below these lines; the first one is to be seen unless the user is in here."""
        self._marked = tuple(numbers)
        self._mark_again()
        if numbers and reveal and not self.hasFocus():
            self._show(QTextCursor(self.document().findBlockByNumber(numbers[0])))

    def _show(self, place: QTextCursor) -> None:
        """Bring a place into sight, without telling that the user went there."""
        self._is_rendering = True
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
        lines = (QTextCursor(self.document().findBlockByNumber(number)) for number in self._marked)
        ground, colours = QColor(self._theme.colours.selection), self._theme.colours
        marks = [_mark(line, ground, whole_line=True) for line in lines]
        marks += [_mark(place, QColor(colours.warning_ground)) for place in self.found]
        self.setExtraSelections(marks)

    # looking for words

    def find_all(self, words: str) -> None:
        """Let every place stand out where ``words`` stand, in capitals or not; none where they are empty."""
        self.found, self.found_place = [], -1
        place = QTextCursor(self.document())
        while words and not (place := self.document().find(words, place)).isNull():
            self.found.append(QTextCursor(place))
        self._mark_again()

    def go_to_found(self, step: int) -> None:
        """Go so many found places on (0: to the one at the cursor or behind it), and begin again behind the last."""
        if not self.found:
            return
        if self.found_place < 0 or step == 0:
            start = self.textCursor().selectionStart()
            behind = (number for number, place in enumerate(self.found) if place.selectionStart() >= start)
            self.found_place = next(behind, 0)
        else:
            self.found_place = (self.found_place + step) % len(self.found)
        self._show(self.found[self.found_place])

    # the numbers of the lines

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        inside = self.contentsRect()
        self._numbers.setGeometry(inside.left(), inside.top(), self._numbers.sizeHint().width(), inside.height())

    def _make_room(self, lines: int) -> None:
        width = self._numbers.width_for(lines)
        if width != self.viewportMargins().left():
            self.setViewportMargins(width, 0, 0, 0)
            self._numbers.resize(width, self._numbers.height())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on the line where the cursor is already chooses it, too."""
        before = self.textCursor().blockNumber()
        super().mousePressEvent(event)
        if self.textCursor().blockNumber() == before and event.button() is Qt.MouseButton.LeftButton:
            self.line_chosen.emit(before)

    def _tell_line(self) -> None:
        if not self._is_rendering and not self.textCursor().hasSelection():
            self.line_chosen.emit(self.textCursor().blockNumber())


def _mark(place: QTextCursor, ground: QColor, whole_line: bool = False) -> QTextEdit.ExtraSelection:
    mark = QTextEdit.ExtraSelection()
    mark.format.setBackground(ground)
    mark.format.setProperty(QTextFormat.Property.FullWidthSelection, whole_line)
    mark.cursor = place
    return mark


def _alike(old: Sequence[str], new: Sequence[str]) -> int:
    """How many lines at the beginning are the same."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((number for number, (one, other) in pairs if one != other), min(len(old), len(new)))
