"""The lesson of a kind of layer: a few paragraphs to read, folded away below its settings or open in the palette."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from nnstudio.gui.network.kinds import Addable
from nnstudio.gui.panel import Note
from nnstudio.gui.theme import GRID
from nnstudio.spec.networks.template import NetworkTemplate

Taught = Addable | NetworkTemplate

CLOSED, OPEN = "Learn more", "Hide the lesson"


class LessonText(QLabel):
    """The paragraphs of a lesson, which can be selected and copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "muted")
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        self.setMinimumWidth(1)
        self.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def show_kind(self, kind: Taught) -> None:
        """Show what teaches ``kind``."""
        lesson = kind.lesson()
        self.setText("".join(f'<p style="margin-top:0; margin-bottom:{GRID}px">{escape(part)}</p>' for part in lesson))
        self.setAccessibleName(f"Lesson: {kind.title}")


class LessonFold(LessonText):
    """A lesson that is folded away; once open it stays open, whichever layer is chosen next."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind: Taught | None = None
        self.hide()

    @property
    def link(self) -> str:
        """What opens or closes it, as a link to stand in rich text."""
        title = CLOSED if self.isHidden() else OPEN
        return f'<a href="lesson" style="text-decoration:none">{title.replace(" ", "&nbsp;")}</a>'

    def show_kind(self, kind: Taught) -> None:
        if kind is not self._kind:
            self._kind = kind
            super().show_kind(kind)


class LessonPage(QWidget):
    """The title, the sentence and the lesson of a kind, to stand beside a list of kinds."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.sentence, self.text = Note(role="strong"), Note(role=""), LessonText()
        self.problem = Note(role="problem")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID, GRID // 2, GRID, 0)
        layout.setSpacing(GRID)
        for widget in (self.title, self.sentence, self.problem, self.text):
            layout.addWidget(widget)
        layout.addStretch(1)

    def show_kind(self, kind: Taught, problem: str) -> None:
        """Show a kind, and why it would not work here (empty when it would)."""
        self.title.setText(kind.title)
        self.sentence.setText(kind.explanation())
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.text.show_kind(kind)
