"""Says, while something is held over the window or one of its tabs, what dropping it there would do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from nnstudio.gui.drop_plan import Plan, plan_for
from nnstudio.gui.panel.labels import Note
from nnstudio.gui.panel.style import set_property
from nnstudio.gui.theme import GRID
from nnstudio.spec.files import is_there


class DropHint(QFrame):
    """A veil with a dashed line over its parent: what would be done, or why nothing can be.

    It goes when what is held over ``taker``, the parent unless another is named, leaves that or is dropped on it.
    """

    def __init__(self, parent: QWidget, taker: QWidget | None = None) -> None:
        super().__init__(parent)
        (taker or parent).installEventFilter(self)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.words, self.text = QLabel(), Note()
        self.words.setTextFormat(Qt.TextFormat.PlainText)  # names of files stand in it
        self.words.setProperty("role", "figure")
        self.words.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[4 * GRID] * 4)
        column.setSpacing(GRID)
        column.addStretch(1)
        for label in (self.words, self.text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(label)
        column.addStretch(1)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.DragLeave, QEvent.Type.Drop):
            self.hide()
        return super().eventFilter(watched, event)

    def offer(self, plan: Plan) -> None:
        """Cover the parent and say what would be done."""
        set_property(self, "level", "" if plan.open else "bad")
        self.words.setText(f"Drop to {plan.what}" if plan.open else plan.what)
        self.text.setText(plan.text)
        self.setGeometry(self.parentWidget().rect())  # type: ignore[union-attr]  # made with a parent
        self.raise_()
        self.show()


def dropped_files(mime: QMimeData) -> list[Path]:
    """The files and folders of this machine among what is dragged."""
    return [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]


ELSEWHERE = Plan((), "Only files of this computer can be opened.", "Download it first, then drop the file.")


def is_elsewhere(mime: QMimeData) -> bool:
    """Whether addresses are dragged, and none of them is a file of this machine."""
    return bool(mime.urls()) and not dropped_files(mime)


def present_files(mime: QMimeData) -> list[Path]:
    """The files among what is dragged that are there; all of them where none is, so that it is said."""
    files = dropped_files(mime)
    return [path for path in files if is_there(path)] or files


def plan_of(mime: QMimeData, plan: Callable[[Sequence[Path]], Plan] = plan_for) -> Plan:
    """What becomes of what is dragged: for files that are there, what ``plan`` says."""
    files = present_files(mime)
    return (gone(files[0]) or plan(files)) if files else ELSEWHERE


def gone(path: Path) -> Plan | None:
    """That a file is gone, where it is: said before it is let go."""
    if is_there(path):
        return None
    return Plan((), f"“{path.name}” is not there.", "It was moved, renamed or deleted since.")
