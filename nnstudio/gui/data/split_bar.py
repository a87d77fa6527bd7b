"""How the rows are dealt out, as a bar whose two boundaries can be moved by mouse and keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QWidget

from nnstudio.gui.data.words import parts
from nnstudio.gui.painting import between, small_figures
from nnstudio.gui.theme import GRID, Theme, scaled
from nnstudio.session.colours import ink_on
from nnstudio.spec.facts import Rows
from nnstudio.spec.parts import PARTS
from nnstudio.spec.splits import LEAST_TRAIN, RandomSplit, ShareSplit, Split

HEIGHT = 22
GRIP = 10
"""Pixels beside a boundary where the mouse takes hold of it."""
MOST = 90
"""Percent that validation or test may have."""
LEAST = round(LEAST_TRAIN * 100)
"""Percent that is left to train on."""


class Boundary(QAbstractSlider):
    """One movable boundary; its value is the percentage of the rows on its left.

    Signals
    -------
    asked(int)
        The user wants it there; it moves when it is rendered there.
    """

    asked = Signal(int)

    def __init__(self, bar: QWidget, name: str) -> None:
        super().__init__(bar)
        self._bar = bar
        self.setAccessibleName(name)
        self.setToolTip(f"{name}: drag it, or press the arrow keys.")
        self.setSingleStep(1)
        self.setPageStep(5)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.actionTriggered.connect(lambda _: self.asked.emit(self.sliderPosition()))

    @property
    def is_shown(self) -> bool:
        """Whether a grip is to be seen: it is held, pointed at, or has the focus."""
        return self.isSliderDown() or self.underMouse() or self.hasFocus()

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Enter, QEvent.Type.Leave, QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self._bar.update()
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(event.button() is Qt.MouseButton.LeftButton)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            place = self.mapToParent(event.position().toPoint()).x()
            self.asked.emit(round(100 * place / max(1, self._bar.width())))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.setSliderDown(False)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # scrolling past must not change it


class SplitBar(QWidget):
    """Training, validation and test rows as three segments; those of a split by shares can be moved.

    Signals
    -------
    moved(ShareSplit)
        A boundary is being moved, and is not yet where it will stay.
    chosen(ShareSplit)
        A boundary was put somewhere.
    """

    moved = Signal(object)
    chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._split: ShareSplit = RandomSplit()
        self._is_fixed = False
        self._rows: Rows | None = None
        self.first = Boundary(self, "End of the training rows")
        self.second = Boundary(self, "End of the validation rows")
        self.first.asked.connect(lambda percent: self._asked(self._with_first(percent)))
        self.second.asked.connect(lambda percent: self._asked(self._with_second(percent)))
        for boundary in (self.first, self.second):
            boundary.sliderReleased.connect(lambda: self.chosen.emit(self._split))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Split")
        theme.changed.connect(self.update)

    def render_split(self, split: Split, rows: Rows | None) -> None:
        """Show a split, with the rows of each part where they are known; nothing moves under the user's hand."""
        self._is_fixed = not isinstance(split, ShareSplit)
        for boundary in (self.first, self.second):
            boundary.setVisible(not self._is_fixed)
        if not isinstance(split, ShareSplit):
            self._show(_shares_of(rows), rows)
        elif not (self.first.isSliderDown() or self.second.isSliderDown()):
            self._show(split, rows)

    def sizeHint(self) -> QSize:
        return QSize(20 * GRID, scaled(HEIGHT))

    def _show(self, split: ShareSplit, rows: Rows | None) -> None:
        self._split, self._rows = split, rows
        self.setToolTip(f"{parts(rows)} rows" if rows else "")
        self.setAccessibleName(f"Split: {parts(rows)} rows" if rows else "Split")
        train, test = round(100 * split.train), round(100 * split.test)
        self.first.setRange(max(LEAST, 100 - test - MOST), 100 - test)
        self.second.setRange(max(train, 100 - MOST), min(100, train + MOST))
        self.first.setValue(train)
        self.second.setValue(100 - test)
        self._place()
        self.update()

    def _with_first(self, percent: int) -> ShareSplit:
        """The training rows end there; the test rows stay."""
        train = _clamped(percent, self.first) / 100
        return _moved(self._split, round(1 - self._split.test - train, 6), self._split.test)

    def _with_second(self, percent: int) -> ShareSplit:
        """The validation rows end there; the training rows stay."""
        test = 1 - _clamped(percent, self.second) / 100
        return _moved(self._split, round(1 - self._split.train - test, 6), round(test, 6))

    def _asked(self, split: ShareSplit) -> None:
        if split == self._split:
            return
        is_held = self.first.isSliderDown() or self.second.isSliderDown()
        rows = self._rows
        total = rows.train + rows.validation + rows.test if rows else 0
        self._show(split, expected_rows(total, split) if rows else None)
        (self.moved if is_held else self.chosen).emit(split)

    # geometry

    def _ends(self) -> tuple[float, float]:
        """Where the two boundaries lie, in pixels from the left."""
        return self.width() * self._split.train, self.width() * (1 - self._split.test)

    def _place(self) -> None:
        """Let each boundary be taken hold of from both sides, and where they meet the first from its left only."""
        first, second = map(round, self._ends())
        inner = max(0, min(GRIP, (second - first) // 2))
        self.first.setGeometry(first - GRIP, 0, GRIP + inner, self.height())
        self.second.setGeometry(second - inner, 0, GRIP + inner, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  # Qt's signature
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(self.rect()), 4, 4)
        painter.setClipPath(outline)
        painter.setFont(small_figures(self.font()))
        for area, colour, words in self._segments():
            painter.fillRect(area, QColor(colour))
            self._write(painter, area, words, ink_on(colour, self._theme.colours))
        for boundary, place in zip((self.first, self.second), self._ends(), strict=True):
            if boundary.is_shown and not self._is_fixed:
                self._grip(painter, place, boundary.hasFocus())

    def _segments(self) -> Iterator[tuple[QRectF, str, tuple[str, ...]]]:
        """Area, colour, and what could be written there, longest first."""
        colours, rows = self._theme.colours, self._rows
        ends = (0.0, *self._ends(), float(self.width()))
        shades = (colours.train, colours.validation, colours.pooling)
        for place, (name, shade) in enumerate(zip(PARTS, shades, strict=True)):
            area = QRectF(ends[place], 0, ends[place + 1] - ends[place], self.height())
            count = f"{getattr(rows, name):,}" if rows else ""
            yield area, shade, (f"{name} {count}".strip(), count)

    def _write(self, painter: QPainter, area: QRectF, words: tuple[str, ...], ink: str) -> None:
        painter.setPen(QColor(ink))
        room = area.width() - GRID
        text = next((text for text in words if painter.fontMetrics().horizontalAdvance(text) <= room), "")
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)

    def _grip(self, painter: QPainter, place: float, focused: bool) -> None:
        colours = self._theme.colours
        painter.setPen(QPen(QColor(colours.text) if focused else between(colours.text, colours.surface, 0.4), 1))
        painter.setBrush(QColor(colours.surface))
        painter.drawRoundedRect(QRectF(min(max(place - 3, 1), self.width() - 7), 3, 6, self.height() - 6), 2, 2)


def _clamped(percent: int, boundary: Boundary) -> int:
    return min(max(percent, boundary.minimum()), boundary.maximum())


def _moved(split: ShareSplit, validation: float, test: float) -> ShareSplit:
    return replace(split, validation=validation, test=test)


def _shares_of(rows: Rows | None) -> RandomSplit:
    """The parts as they came out, as shares to be drawn."""
    total = rows.train + rows.validation + rows.test if rows else 0
    if rows is None or not total:
        return RandomSplit(0.0, 0.0)
    most = 1 - LEAST_TRAIN
    validation = min(MOST / 100, rows.validation / total)
    return RandomSplit(validation, max(0.0, min(MOST / 100, rows.test / total, most - validation)))


def expected_rows(total: int, split: ShareSplit) -> Rows:
    """About how many rows each part gets, until the engine has dealt them out."""
    validation, test = round(total * split.validation), round(total * split.test)
    return Rows(total - validation - test, validation, test)
