"""The steps of fine-tuning as a calm list: a mark, a title, a sentence, and the button that does it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from nnstudio.gui.panel import Button, Note, set_property
from nnstudio.gui.theme import GRID, Theme
from nnstudio.session.fine_tuning import Key, Stage, Step

MARK = 22


class Mark(QWidget):
    """The number of a step in a circle; a tick when it is done."""

    def __init__(self, place: int, theme: Theme) -> None:
        super().__init__()
        self._place, self._theme = place, theme
        self._stage = Stage.LATER
        self.setFixedSize(MARK, MARK)
        theme.changed.connect(self.update)

    def show_stage(self, stage: Stage) -> None:
        self._stage = stage
        self.setAccessibleName(stage)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  # Qt's signature
        colours, painter = self._theme.colours, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = {Stage.DONE: colours.good, Stage.NOW: colours.accent, Stage.LATER: colours.line}[self._stage]
        painter.setPen(QPen(QColor(edge), 1.5))
        painter.setBrush(QColor(colours.accent) if self._stage is Stage.NOW else Qt.BrushStyle.NoBrush)
        circle = QRectF(1, 1, MARK - 2, MARK - 2)
        painter.drawEllipse(circle)
        if self._stage is Stage.DONE:
            painter.setPen(QPen(QColor(colours.good), 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawPolyline(QPolygonF([QPointF(6.5, 11.5), QPointF(9.8, 14.8), QPointF(15.5, 7.6)]))
            return
        painter.setPen(QColor(colours.on_accent if self._stage is Stage.NOW else colours.muted))
        painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, str(self._place))


class StepRow(QWidget):
    """One step."""

    def __init__(self, place: int, theme: Theme, do: Callable[[Key], object]) -> None:
        super().__init__()
        self.step: Step | None = None
        self.mark, self.title, self.sentence = Mark(place, theme), QLabel(), Note(role="small")
        self.title.setProperty("role", "strong")
        self.button = Button("", clicked=lambda: do(self.step.key) if self.step else None)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(self.title)
        words.addWidget(self.sentence)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, GRID // 2, 0, GRID // 2)
        row.setSpacing(GRID + GRID // 2)
        row.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)

    def show_step(self, step: Step) -> None:
        """Show how the step stands, unless that is shown already."""
        if step == self.step:
            return
        self.step = step
        self.mark.show_stage(step.stage)
        self.title.setText(step.title)
        self.sentence.setText(step.sentence)
        self.button.setText(step.button)
        self.button.setAccessibleDescription(f"{step.title}: {step.stage}")
        self.button.setEnabled(step.can)
        set_property(self.button, "role", "primary" if step.stage is Stage.NOW else "")
        set_property(self.title, "role", "muted" if step.stage is Stage.LATER else "strong")

    def sizeHint(self) -> QSize:
        return super().sizeHint().expandedTo(QSize(0, 5 * GRID))


class StepList(QWidget):
    """All steps below each other; ``do(key)`` is told which button was pressed."""

    def __init__(self, theme: Theme, do: Callable[[Key], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._do = theme, do
        self.rows: dict[Key, StepRow] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)

    def show_steps(self, steps: Sequence[Step]) -> None:
        """Show how the steps stand."""
        for place, step in enumerate(steps, start=1):
            if step.key not in self.rows:
                self.rows[step.key] = StepRow(place, self._theme, self._do)
                self._layout.addWidget(self.rows[step.key])
            self.rows[step.key].show_step(step)
