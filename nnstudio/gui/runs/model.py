"""The runs as Qt's views ask for them: page by page, so that ten thousand of them cost nothing."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QAbstractTableModel, QObject, Qt

from nnstudio.gui.painting import aligned
from nnstudio.gui.panel import plain_tip
from nnstudio.gui.tables.models import NO_INDEX, Index
from nnstudio.runs.listing import Order, RunLine, RunList
from nnstudio.runs.sorting import SortKey
from nnstudio.runs.store import RunStore
from nnstudio.session.sentences import number, took

PAGE = 200
"""Runs that are read at once."""
MOST_PAGES = 16

COLUMNS: tuple[tuple[SortKey, str, str], ...] = (
    ("started", "Started", "When the run began."),
    ("name", "Name", "The project, or the data where there was none."),
    ("score", "Score", "The first metric of the validation rows in the best epoch (of the training rows without any)."),
    ("baseline", "Baseline", "What always giving one answer, the commonest or the mean, scores on the same rows."),
    ("balanced", "Balanced", "Balanced accuracy: the mean over the classes of the share of their rows that is found."),
    ("epochs", "Epochs", "How many epochs were trained."),
    ("status", "Outcome", "How it ended, or that it goes on."),
    ("data", "Data", "The file that it was trained on."),
    ("parameters", "Parameters", "The size of the network."),
    ("seconds", "Time", "How long it took."),
    ("tags", "Tags", "Your own words, separated by commas; a double click or F2 edits them."),
    ("notes", "Notes", "Your own sentences; a double click or F2 edits them."),
)
KEYS: tuple[SortKey, ...] = tuple(key for key, _, _ in COLUMNS)
EDITABLE = ("tags", "notes")
NUMBERS = ("score", "baseline", "balanced", "epochs", "parameters", "seconds")


class RunsModel(QAbstractTableModel):
    """The runs of a store that a filter leaves, in an order."""

    def __init__(self, store: RunStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.order = Order()
        self._store, self._runs = store, RunList(store)
        self._pages: dict[int, list[RunLine]] = {}
        self._version = self._runs.version
        self._count = self._runs.count(self.order)

    # what is shown

    def refresh(self) -> bool:
        """Read anew where another process has written; says whether one has."""
        version = self._runs.version
        if version == self._version:
            return False
        self._version = version
        self.reread()
        return True

    def reread(self) -> None:
        """Forget what was read. What stands where stays as far as it can: only rows at the end come and go."""
        self._pages.clear()
        before, now = self._count, self._runs.count(self.order)
        if now > before:
            self.beginInsertRows(NO_INDEX, before, now - 1)
            self._count = now
            self.endInsertRows()
        elif now < before:
            self.beginRemoveRows(NO_INDEX, now, before - 1)
            self._count = now
            self.endRemoveRows()
        if self._count:
            self.dataChanged.emit(self.index(0, 0), self.index(self._count - 1, len(COLUMNS) - 1))

    def filter(self, text: str) -> None:
        """Show only runs that have every word of ``text``."""
        self._reset(replace(self.order, text=text))

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if 0 <= column < len(COLUMNS):
            self._reset(replace(self.order, key=KEYS[column], descending=order is Qt.SortOrder.DescendingOrder))

    def _reset(self, order: Order) -> None:
        if order == self.order:
            return
        self.beginResetModel()
        self.order = order
        self._pages.clear()
        self._count = self._runs.count(order)
        self.endResetModel()

    def line(self, row: int) -> RunLine | None:
        """The run that stands in a row; None where it has just been deleted by somebody else."""
        page, place = divmod(row, PAGE)
        if page not in self._pages:
            if len(self._pages) >= MOST_PAGES:
                self._pages.clear()
            self._pages[page] = self._runs.page(self.order, page * PAGE, PAGE)
        found = self._pages[page]
        return found[place] if place < len(found) else None

    def place(self, run: str) -> int | None:
        """The row of a run, read or not; None where the filter leaves it out."""
        return self._runs.place(self.order, run)

    def row_of(self, run: str) -> int | None:
        """The row of a run among those that were read."""
        read = ((page * PAGE + place, line) for page, lines in self._pages.items() for place, line in enumerate(lines))
        return next((row for row, line in read if line.id == run), None)

    # Qt's questions

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        line = self.line(index.row())
        if line is None:
            return None
        key = KEYS[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return shown(line, key)
            case Qt.ItemDataRole.EditRole:
                return str(getattr(line, key))
            case Qt.ItemDataRole.ToolTipRole:
                more = {"data": line.data, "status": line.error, "baseline": beside(line), "balanced": balanced(line)}
                return plain_tip(more.get(key) or shown(line, key))
            case Qt.ItemDataRole.TextAlignmentRole:
                return aligned(key in NUMBERS)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is Qt.Orientation.Vertical:
            return None
        key, title, help_ = COLUMNS[section]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return title
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(f"{help_} A click sorts.")
            case Qt.ItemDataRole.TextAlignmentRole:
                return aligned(key in NUMBERS)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        is_editable = index.isValid() and KEYS[index.column()] in EDITABLE
        return super().flags(index) | (Qt.ItemFlag.ItemIsEditable if is_editable else Qt.ItemFlag.NoItemFlags)

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        line, key = self.line(index.row()), KEYS[index.column()]
        if role != Qt.ItemDataRole.EditRole or line is None or key not in EDITABLE:
            return False
        text = " ".join(str(value).split())
        if text != getattr(line, key):
            self._store.annotate(line.id, **{key: text})
            self.reread()
        return True


def shown(line: RunLine, key: SortKey) -> str:
    """What a list says of a run in a column."""
    match key:
        case "started":
            return time.strftime("%Y-%m-%d %H:%M", time.localtime(line.started))
        case "data":
            return Path(line.data).name
        case "score":
            return f"{MEASURES.get(line.measure, line.measure)} {number(line.score)}" if line.score is not None else "–"
        case "baseline":
            return _figure(line.baseline)
        case "balanced":
            return _figure(line.balanced)
        case "epochs":
            return f"{line.epochs:,}"
        case "parameters":
            return f"{line.parameters:,}" if line.parameters else "–"
        case "seconds":
            return took(line.seconds) if line.seconds else "–"
        case "status":
            return OUTCOMES.get(line.status, line.status)
    return str(getattr(line, key))


def beside(line: RunLine) -> str:
    """What the score is to be held against: ``always “Adelie”: 0.442``; empty where that is not known."""
    return f"always {line.always}: {number(line.baseline)}" if line.always and line.baseline is not None else ""


def balanced(line: RunLine) -> str:
    """The balanced accuracy, and what it is to be held against; empty where there is none."""
    if line.balanced is None:
        return ""
    against = _figure(line.balanced_baseline)
    return f"{number(line.balanced)} · always {line.always}: {against}" if line.always else number(line.balanced)


def _figure(value: float | None) -> str:
    return "–" if value is None else number(value)


OUTCOMES = {"running": "running", "early": "stopped early", "failed": "failed", "abandoned": "abandoned"}
MEASURES = {
    "validation accuracy": "accuracy",
    "validation r2": "R²",
    "validation loss": "loss",
    "train accuracy": "training accuracy",
    "train r2": "training R²",
    "train loss": "training loss",
}
