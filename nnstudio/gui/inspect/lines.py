"""The way of one batch through the network as a list: input, layers, loss, with values and gradients of each."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QObject, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QHeaderView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from nnstudio.gui.painting import between, paint_line, tabular
from nnstudio.gui.panel import plain_tip
from nnstudio.gui.tables.header import QuietHeader
from nnstudio.gui.tables.models import NO_INDEX, Index
from nnstudio.gui.tables.quiet import QuietTable
from nnstudio.gui.theme import GRID, Theme, scaled
from nnstudio.session.stepping import figure, remark
from nnstudio.session.tensors import tensor_words
from nnstudio.spec.model import Row
from nnstudio.spec.watched import Numbers, WatchedStep

INPUT, LOSS = "input", "loss"
"""What stands for the lines that are no layers."""
LINE = Qt.ItemDataRole.UserRole
TITLES = ("Layer", "Output", "Its values", "Gradient", "In the run")
HELP = (
    "The layers in the order in which the batch passes them, by their number in nn.Sequential.",
    "dtype and shape of the tensor that the layer gives, the batch first.",
    "The numbers of the row that is followed: blue above zero, orange below.",
    "Length of the gradient of all weights of the layer: how much the loss would change with them.",
    "The same in the course of the run that trains, or trained last, on a scale of powers of ten for all layers.",
)
VALUES, GRADIENT, COURSE = 2, 3, 4
HEIGHT = 26
CELL = 13
"""Pixels of a value in the strip."""
STRONGEST = 0.75
WIDTHS = (14 * GRID, 16 * GRID, 12 * GRID, 10 * GRID, 10 * GRID)
WIDEST = 21 * GRID
Courses = Mapping[str, Sequence[float]]


@dataclass(frozen=True, slots=True)
class Line:
    """One line; ``key`` is the id of the layer's row, or `INPUT` or `LOSS`.

    ``share`` is how long its ``gradient`` is beside the longest one.
    """

    key: str
    title: str
    tensor: str
    values: Numbers = ()
    gradient: float | None = None
    share: float = 0.0
    tip: str = ""
    course: Sequence[float] = ()
    """The length of its gradient in the course of a run."""
    note: str = ""
    """What stands in the place of values."""


def lines_of(watched: WatchedStep, rows: Mapping[str, Row], loss: str, courses: Courses) -> tuple[Line, ...]:
    """The lines of a step; ``rows`` are the layers by their ids, ``courses`` their gradients in a run by prefix."""
    longest = max((passed.gradient or 0.0 for passed in watched.passed), default=0.0)
    found = [Line(INPUT, "Input", tensor_words("float32", watched.input_shape), watched.inputs)]
    for passed in watched.passed:
        row = rows.get(passed.row_id)
        title = f"{passed.prefix}  {row.title}" if row else passed.prefix
        said = remark(passed, row, watched.in_training) if row else ""
        share = passed.gradient / longest if passed.gradient and longest else 0.0
        named = tensor_words(passed.dtype, passed.shape)
        found.append(
            Line(
                passed.row_id, title, named, passed.values, passed.gradient, share, said, courses.get(passed.prefix, ())
            )
        )
    return (*found, Line(LOSS, loss, figure(watched.row_loss), note=f"batch {figure(watched.loss)}"))


class LinesModel(QAbstractTableModel):
    """The lines of the step that is shown."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lines: tuple[Line, ...] = ()
        self.powers = (0.0, 1.0)
        """The bounds of all courses, as powers of ten."""

    def show_lines(self, lines: tuple[Line, ...]) -> None:
        """Show these; those of the same layers keep their selection."""
        self.powers = span_of(lines)
        if [line.key for line in lines] == [line.key for line in self.lines]:
            self.lines = lines
            self.dataChanged.emit(self.index(0, 0), self.index(len(lines) - 1, len(TITLES) - 1))
            return
        self.beginResetModel()
        self.lines = lines
        self.endResetModel()

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(TITLES)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        line = self.lines[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(line, index.column())
            case Qt.ItemDataRole.ToolTipRole:
                shown = ", ".join(map(figure, line.values[:8])) + (", …" if len(line.values) > 8 else "")
                return plain_tip("\n".join(filter(None, (line.title, line.tensor, shown, line.tip))))
            case _ if role == LINE:
                return line
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is Qt.Orientation.Vertical:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return TITLES[section]
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(HELP[section])
            case Qt.ItemDataRole.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def _text(self, line: Line, column: int) -> str:
        gradient = "" if line.gradient is None else figure(line.gradient)
        values = ", ".join(map(figure, line.values[:4])) or line.note
        return (line.title, line.tensor, values, gradient, _course_words(line.course))[column]


def span_of(lines: Sequence[Line]) -> tuple[float, float]:
    """The least and the largest power of ten among all courses, at least one apart."""
    known = [value for line in lines for value in line.course if value > 0 and math.isfinite(value)]
    if not known:
        return 0.0, 1.0
    low, high = math.log10(min(known)), math.log10(max(known))
    return low, max(high, low + 1.0)


def _course_words(course: Sequence[float]) -> str:
    return f"{figure(course[0])} to {figure(course[-1])}" if course else ""


class LineDelegate(QStyledItemDelegate):
    """Paints values as a strip of tinted cells, and gradients as bars."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        del option, index
        return QSize(GRID, scaled(HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours, line = self._theme.colours, index.data(LINE)
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.fillRect(option.rect, QColor(colours.selection if is_chosen else colours.surface))
        area = QRectF(option.rect).adjusted(6, 0, -6, 0)
        painter.setFont(tabular(option.font))
        painter.setPen(QColor(colours.text if index.column() != 1 else colours.muted))
        if index.column() == VALUES and line.values:
            self._strip(painter, area, line.values)
        elif index.column() == COURSE:
            self._course(painter, area, line.course, self._span(index))
        else:
            if index.column() == GRADIENT and line.gradient is not None:
                self._bar(painter, area, line.share)
            paint_line(painter, area, str(index.data()))
        painter.restore()

    @staticmethod
    def _span(index: Index) -> tuple[float, float]:
        """The least and the largest power of ten of all courses, at least one apart."""
        model = index.model()
        assert isinstance(model, LinesModel)
        return model.powers

    def _strip(self, painter: QPainter, area: QRectF, values: Numbers) -> None:
        colours = self._theme.colours
        strongest = max((abs(value) for value in values if math.isfinite(value)), default=0.0) or 1.0
        painter.setPen(Qt.PenStyle.NoPen)
        for place, value in enumerate(values[: int(area.width() // CELL)]):
            colour = colours.accent if value > 0 else colours.validation
            share = min(1.0, abs(value) / strongest) if math.isfinite(value) else 1.0
            painter.setBrush(between(colours.neutral, colour, STRONGEST * share) if value else QColor(colours.neutral))
            painter.drawRect(QRectF(area.left() + place * CELL, area.center().y() - 7, CELL - 1, 14))

    def _course(self, painter: QPainter, area: QRectF, course: Sequence[float], span: tuple[float, float]) -> None:
        """The gradient over the run on a scale of powers of ten that all layers share."""
        low, high = span
        known = [math.log10(value) for value in course if value > 0 and math.isfinite(value)]
        if len(known) < 2:
            return
        room = area.adjusted(0, 5, 0, -5)
        step = room.width() / (len(known) - 1)
        places = [
            QPointF(room.left() + place * step, room.bottom() - room.height() * (value - low) / (high - low))
            for place, value in enumerate(known)
        ]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._theme.colours.accent), 1.2))
        painter.drawPolyline(QPolygonF(places))

    def _bar(self, painter: QPainter, area: QRectF, share: float) -> None:
        colours = self._theme.colours
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(between(colours.surface, colours.accent, 0.3))
        painter.drawRect(QRectF(area.left() - 2, area.center().y() - 8, max(1.0, area.width() * share), 16))
        painter.restore()


class LinesTable(QuietTable):
    """Lists the way of the batch.

    Signals
    -------
    chosen(str)
        The user chose a line, by its key.
    """

    chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("The way of the batch through the network", theme, parent)
        self.setAccessibleDescription(
            "From the input to the loss; choose a layer to see below how its numbers come about."
        )
        self.lines = LinesModel(self)
        self.setModel(self.lines)
        self.setItemDelegate(LineDelegate(theme, self))
        self.setHorizontalHeader(QuietHeader(theme, self.lines, 6, self))
        self.setSelectionBehavior(QuietTable.SelectionBehavior.SelectRows)
        self.setSelectionMode(QuietTable.SelectionMode.SingleSelection)
        self.verticalHeader().hide()
        self.set_row_height(HEIGHT)
        for column, width in enumerate(WIDTHS):
            self.setColumnWidth(column, scaled(width))
        self.horizontalHeader().setSectionResizeMode(VALUES, QHeaderView.ResizeMode.Stretch)
        self.setMinimumHeight(5 * scaled(HEIGHT))
        self.setColumnHidden(COURSE, True)
        self._is_told = False
        self.selectionModel().currentRowChanged.connect(lambda index, _: self._tell(index.row()))

    def show_lines(self, lines: tuple[Line, ...], key: str) -> None:
        """Show these, with the line of that key chosen."""
        self._is_told = True
        self.lines.show_lines(lines)
        self._fit(lines)
        self.setColumnHidden(COURSE, not any(len(line.course) > 1 for line in lines))
        row = next((place for place, line in enumerate(lines) if line.key == key), -1)
        if row != self.currentIndex().row():
            self.selectRow(row)
        self._is_told = False

    def fit_text(self) -> None:
        super().fit_text()
        self.setMinimumHeight(5 * scaled(HEIGHT))
        self._fit(self.lines.lines)

    def _fit(self, lines: Sequence[Line]) -> None:
        """Let names and shapes be read whole, as far as they leave room for the values."""
        measure = self.fontMetrics().horizontalAdvance
        for column, texts in enumerate(([line.title for line in lines], [line.tensor for line in lines])):
            wanted = max(map(measure, texts), default=0) + 4 * GRID
            self.setColumnWidth(column, max(scaled(WIDTHS[column]), min(wanted, scaled(WIDEST))))

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), (len(self.lines.lines) + 1) * scaled(HEIGHT) + GRID)

    def _tell(self, row: int) -> None:
        if not self._is_told and 0 <= row < len(self.lines.lines):
            self.chosen.emit(self.lines.lines[row].key)
