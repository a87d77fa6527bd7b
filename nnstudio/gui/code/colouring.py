"""Quiet colours for Python code: keywords, text and comments, each by a role of the theme."""

from __future__ import annotations

import keyword
import re

from PySide6.QtGui import QColor, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from nnstudio.gui.theme import Theme
from nnstudio.session.colours import Colours

_WORDS = "|".join(sorted((*keyword.kwlist, "self"), key=len, reverse=True))
_TOKENS = re.compile(
    rf"""(?P<comment>\#.*)
    |(?P<text>\"\"\"(?:[^\"]|\"(?!\"\"))*(?:\"\"\"|(?P<open>$))|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')
    |\b(?P<keyword>{_WORDS})\b
    |(?<![\w.])(?P<number>\d[\d_.e]*)""",
    re.VERBOSE,
)
_PLAIN, _IN_TEXT = -1, 1
"""What Qt keeps of a line for the next one: whether a text in three quotes goes on."""


class PythonColours(QSyntaxHighlighter):
    """Colours a document, anew when the theme changes."""

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        super().__init__(document)
        self._formats = _formats(theme.colours)
        theme.changed.connect(self._recolour)

    def highlightBlock(self, text: str) -> None:
        start = self._rest_of_text(text) if self.previousBlockState() == _IN_TEXT else 0
        self.setCurrentBlockState(_IN_TEXT if start < 0 else _PLAIN)
        for token in _TOKENS.finditer(text, start) if start >= 0 else ():
            kind = "text" if token["text"] else token.lastgroup or ""
            self.setFormat(token.start(), len(token.group()), self._formats[kind])
            if token["open"] is not None:
                self.setCurrentBlockState(_IN_TEXT)

    def _rest_of_text(self, text: str) -> int:
        """Colour what belongs to a text that began above; gives where it ends, or -1 where it goes on."""
        end = text.find('"""')
        self.setFormat(0, len(text) if end < 0 else end + 3, self._formats["text"])
        return end + 3 if end >= 0 else -1

    def _recolour(self, colours: Colours) -> None:
        self._formats = _formats(colours)
        self.rehighlight()


def _formats(colours: Colours) -> dict[str, QTextCharFormat]:
    roles = {
        "comment": colours.muted,
        "text": colours.good,
        "keyword": colours.accent,
        "number": colours.number,
    }
    formats = {kind: QTextCharFormat() for kind in roles}
    for kind, colour in roles.items():
        formats[kind].setForeground(QColor(colour))
    return formats
