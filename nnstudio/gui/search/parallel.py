"""Parallel coordinates: a line a trial, from field to field to what it is judged by, the better the stronger."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from nnstudio.gui.painting import between
from nnstudio.gui.search.axes import Axis, axes_of
from nnstudio.gui.search.words import told
from nnstudio.gui.theme import GRID, Theme, scaled
from nnstudio.session.live_search import LiveSearch, Trial
from nnstudio.spec.project import Project

REACH = 8.0
"""Pixels from a line within which the pointer finds it."""
TOP, BOTTOM, SIDE = 7 * GRID, 2 * GRID, 7 * GRID
SHADES = 12
MANY = 300
"""From so many trials on, their lines are not smoothed, which takes several times as long."""
ROOMY = 16 * GRID
"""Pixels between axes, from which on their titles stand in one line."""
MOST_LABELS = 9
"""Stops of an axis that are named; of more only the first and the last."""

Places = NDArray[np.float64]


class ParallelPlot(QWidget):
    """Draws trials; the pointer, a click and the arrow keys choose one.

    Signals
    -------
    chosen(int)
        The number of the trial that was chosen.
    """

    chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._axes: Sequence[Axis] = ()
        self._trials: list[Trial] = []
        self._order: list[int] = []
        """The places of the judged trials, from the worst to the best."""
        self._places: Places = np.empty((0, 0))
        self._best, self._chosen, self._pointed = 0, 0, 0
        self._drawn: QPixmap | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(18 * GRID)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Parallel coordinates of the trials")
        self.setAccessibleDescription("Up and Down go to the next better or worse trial.")
        theme.changed.connect(self._forget)

    def sizeHint(self) -> QSize:
        return QSize(60 * GRID, 26 * GRID)

    # rendering

    def show_search(self, search: LiveSearch, project: Project) -> None:
        """Draw the trials of a search that ``project`` asked for."""
        self._axes = axes_of(search, project)
        self._trials = [trial for trial in search.trials.values() if trial.state not in ("stopped", "failed")]
        self._best = search.best.number if search.best else 0
        self._places = np.array([self._row(trial) for trial in self._trials]).reshape(-1, len(self._axes) or 1)
        judged = [place for place, trial in enumerate(self._trials) if trial.is_judged]
        sign = 1 if search.higher_is_better else -1
        self._order = sorted(judged, key=lambda place: sign * (self._trials[place].value or 0.0))
        self._forget()

    def choose(self, number: int) -> None:
        """Let a trial be the chosen one; 0 for none."""
        if number != self._chosen:
            self._chosen = number
            self.update()

    def point(self, number: int) -> None:
        """Let a trial stand out as if the pointer were over it; 0 for none."""
        if number != self._pointed:
            self._pointed = number
            self.update()

    def _row(self, trial: Trial) -> list[float]:
        fields = [axis.place(trial.values.get(axis.path)) for axis in self._axes[:-1]]
        return [*fields, self._axes[-1].place(trial.value if trial.is_judged else None)]

    def _forget(self) -> None:
        self._drawn = None
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._drawn = None

    # where things are

    def _x(self, axis: int) -> float:
        room = self.width() - 2.0 * SIDE
        return SIDE + room * axis / max(1, len(self._axes) - 1)

    def _y(self, place: float) -> float:
        return self.height() - BOTTOM - place * (self.height() - scaled(TOP) - BOTTOM)

    def _points(self, row: int) -> list[list[QPointF]]:
        """The line of a trial in pieces: it is broken where a field does not count."""
        pieces: list[list[QPointF]] = [[]]
        for axis, place in enumerate(self._places[row]):
            if math.isnan(place):
                pieces.append([])
            else:
                pieces[-1].append(QPointF(self._x(axis), self._y(float(place))))
        return [piece for piece in pieces if piece]

    def trial_at(self, where: QPointF) -> Trial | None:
        """The trial whose line is nearest, within reach."""
        if not len(self._places) or len(self._axes) < 2:
            return None
        spacing = (self.width() - 2.0 * SIDE) / (len(self._axes) - 1)
        along = (where.x() - SIDE) / spacing
        left = min(len(self._axes) - 2, max(0, math.floor(along)))
        share = min(1.0, max(0.0, along - left))
        places = (1 - share) * self._places[:, left] + share * self._places[:, left + 1]
        far = np.abs(self.height() - BOTTOM - places * (self.height() - scaled(TOP) - BOTTOM) - where.y())
        if np.isnan(far).all() or np.nanmin(far) > REACH:
            return None
        return self._trials[int(np.nanargmin(far))]

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        if self._drawn is None:
            self._drawn = self._draw()
        painter.drawPixmap(0, 0, self._drawn)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = self._theme.colours
        rows = {trial.number: row for row, trial in enumerate(self._trials)}
        for number, ink, width in (
            (self._best, colours.good, 2.5),
            (self._chosen, colours.validation, 2.5),
            (self._pointed, colours.text, 1.5),
        ):
            if number in rows:
                self._draw_line(painter, rows[number], QPen(QColor(ink), width))
        for place, axis in enumerate(self._axes):
            self._draw_labels(painter, place, axis)
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.end()

    def _draw(self) -> QPixmap:
        """All lines and axes, kept until there are others."""
        ratio = self.devicePixelRatioF()
        drawn = QPixmap(self.size() * ratio)
        drawn.setDevicePixelRatio(ratio)
        drawn.fill(QColor(self._theme.colours.surface))
        painter = QPainter(drawn)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.font())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(self._trials) < MANY)
        self._draw_trials(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place, axis in enumerate(self._axes):
            self._draw_axis(painter, place, axis)
        painter.end()
        return drawn

    def _draw_trials(self, painter: QPainter) -> None:
        """Those without a score dashed and faint, the others in a few shades, the better the stronger."""
        colours, judged = self._theme.colours, set(self._order)
        others = [row for row in range(len(self._trials)) if row not in judged]
        self._draw_rows(painter, others, QPen(QColor(colours.faint), 1, Qt.PenStyle.DashLine))
        for shade, rows in enumerate(np.array_split(np.array(self._order, int), SHADES)):
            share = shade / (SHADES - 1)
            self._draw_rows(painter, rows.tolist(), QPen(between(colours.faint, colours.accent, share), 1))

    def _draw_rows(self, painter: QPainter, rows: list[int], pen: QPen) -> None:
        """The lines of many trials at once."""
        painter.setPen(pen)
        pieces = [piece for row in rows for piece in self._points(row)]
        painter.drawLines([QLineF(*ends) for piece in pieces for ends in pairwise(piece)])

    def _draw_line(self, painter: QPainter, row: int, pen: QPen) -> None:
        painter.setPen(pen)
        for piece in self._points(row):
            if len(piece) == 1:
                painter.drawLine(piece[0] - QPointF(6, 0), piece[0] + QPointF(6, 0))
            else:
                painter.drawPolyline(piece)

    def _draw_axis(self, painter: QPainter, place: int, axis: Axis) -> None:
        colours, x = self._theme.colours, self._x(place)
        painter.setPen(QPen(QColor(colours.faint), 1))
        painter.drawLine(QPointF(x, self._y(0)), QPointF(x, self._y(1)))
        self._draw_title(painter, place, axis.title, self._spacing)

    @property
    def _spacing(self) -> float:
        """From one axis to the next."""
        return (self.width() - 2.0 * SIDE) / max(1, len(self._axes) - 1)

    def _draw_labels(self, painter: QPainter, place: int, axis: Axis) -> None:
        """What the ends of a range, or its stops, stand for; no line goes through them."""
        x, room = self._x(place), min(self._spacing, 2.0 * SIDE) - GRID / 2
        is_last = place == len(self._axes) - 1
        painter.setPen(QColor(self._theme.colours.muted))
        labels = axis.labels()
        for share, label in labels if len(labels) <= MOST_LABELS else (labels[0], labels[-1]):
            there_is = room - (2 * GRID if axis.stops else 0)
            cut = self.fontMetrics().elidedText(label, Qt.TextElideMode.ElideRight, int(there_is))
            self._draw_label(painter, QPointF(x, self._y(share)), cut, inwards=is_last, stops=bool(axis.stops))

    def _draw_title(self, painter: QPainter, place: int, title: str, spacing: float) -> None:
        """Above the axis; where room is short, the titles stand in two lines, in turns."""
        is_short = spacing < ROOMY
        room = min(2 * spacing if is_short else spacing, 2.0 * SIDE + GRID) - GRID / 2
        cut = self.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, int(room))
        line = place % 2 if is_short else 1
        box = QRectF(self._x(place) - room / 2, 2.25 * GRID * line, room, 2.25 * GRID)
        painter.setPen(QColor(self._theme.colours.text))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, cut)

    def _draw_label(self, painter: QPainter, at: QPointF, label: str, *, inwards: bool, stops: bool) -> None:
        """Beside a stop; over or under the end of a range."""
        width, height = self.fontMetrics().horizontalAdvance(label) + 6, 2.0 * GRID
        if stops:
            left = at.x() - width - 2 if inwards else at.x() + 4
            box = QRectF(left, at.y() - height / 2, width, height)
            painter.fillRect(box, QColor(self._theme.colours.surface))
        else:
            top = at.y() - height - 1 if at.y() < self.height() / 2 else at.y() + 1
            box = QRectF(at.x() - width / 2, top, width, height)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, label)

    # pointing and choosing

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        found = self.trial_at(event.position())
        self.setCursor(Qt.CursorShape.PointingHandCursor if found else Qt.CursorShape.ArrowCursor)
        self.point(found.number if found else 0)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.point(0)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if found := self.trial_at(event.position()):
            self.choose(found.number)
            self.chosen.emit(found.number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()))
        numbers = [self._trials[row].number for row in self._order]
        if step is None or not numbers:
            super().keyPressEvent(event)
            return
        here = numbers.index(self._chosen) if self._chosen in numbers else len(numbers) - 1 - step
        self.choose(numbers[min(len(numbers) - 1, max(0, here + step))])
        self.chosen.emit(self._chosen)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            found = self.trial_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self._told(found, QPointF(event.pos())), self)
            return True
        return super().event(event)

    def _told(self, trial: Trial | None, where: QPointF) -> str:
        """A trial with its values; above the axes, the whole title of one."""
        if trial is None:
            near = [axis.title for place, axis in enumerate(self._axes) if abs(self._x(place) - where.x()) < SIDE]
            return near[0] if near and where.y() < scaled(TOP) else ""
        values = [f"{axis.title}: {axis.told(trial.values.get(axis.path))}" for axis in self._axes[:-1]]
        return "\n".join([told(trial, trial.number == self._best), *values])
