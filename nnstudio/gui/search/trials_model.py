"""The trials of a search as Qt's tables ask for them; sorted by any column while new ones come."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QObject, QSortFilterProxyModel, Qt
from PySide6.QtGui import QColor, QFont

from nnstudio.gui.painting import aligned
from nnstudio.gui.panel import literal_tip, plain_tip
from nnstudio.gui.search import words
from nnstudio.gui.tables.models import NO_INDEX, Index
from nnstudio.gui.theme import Theme
from nnstudio.session.live_search import LiveSearch, Trial
from nnstudio.session.sentences import number, took
from nnstudio.session.tried import MISSING, Names, names_of, shown
from nnstudio.spec.project import Project
from nnstudio.spec.search import Value
from nnstudio.spec.words import capitalised

FIRST, LAST = ("Trial", "Outcome"), ("Epochs", "Time")
VALUES_FROM = len(FIRST) + 1
"""The column of the first searched field, behind that of the score."""


class TrialsModel(QAbstractTableModel):
    """A row a trial, in the order in which they began."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._search: LiveSearch | None = None
        self._trials: list[Trial] = []
        self._paths: list[str] = []
        self._titles: list[str] = [*FIRST, "Score", *LAST]
        self._names: dict[str, Names] = {}
        self._best = 0

    def show_search(self, search: LiveSearch, project: Project) -> None:
        """Follow a search that ``project`` asked for: new trials are added, and those that changed painted anew."""
        started = search.started
        paths = list(started.fields) if started else []
        if paths != self._paths or len(search.trials) < len(self._trials) or search is not self._search:
            self._reset(search, paths)
            self._names = names_of(project, paths)
        trials = list(search.trials.values())
        count = len(self._trials)
        if len(trials) > count:
            self.beginInsertRows(NO_INDEX, count, len(trials) - 1)
            self._trials += trials[count:]
            self.endInsertRows()
        best = search.best.number if search.best else 0
        changed = [
            row
            for row, (old, new) in enumerate(zip(self._trials, trials, strict=True))
            if old is not new or (best != self._best and new.number in (best, self._best))
        ]
        self._trials, self._best = trials, best
        for row in changed:
            self.dataChanged.emit(self.index(row, 0), self.index(row, self.columnCount() - 1))

    def _reset(self, search: LiveSearch, paths: list[str]) -> None:
        self.beginResetModel()
        started = search.started
        self._search, self._trials, self._paths, self._best = search, [], paths, 0
        score = started.objective if started else "score"
        fields = [started.fields[path] for path in paths] if started else []
        self._titles = [*FIRST, capitalised(score), *fields, *LAST]
        self.endResetModel()

    def trial(self, row: int) -> Trial:
        return self._trials[row]

    def row_of(self, number: int) -> int:
        """The row of a trial; -1 where there is none."""
        return next((row for row, trial in enumerate(self._trials) if trial.number == number), -1)

    # what Qt asks for

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._trials)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or section >= len(self._titles):
            return None
        if role == Qt.ItemDataRole.ToolTipRole:
            return literal_tip(self._titles[section])
        if role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        return self._side(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        trial, column = self._trials[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(trial, column)
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(words.told(trial, trial.number == self._best))
            case Qt.ItemDataRole.TextAlignmentRole:
                return self._side(column)
            case Qt.ItemDataRole.FontRole if trial.number == self._best:
                font = QFont()
                font.setBold(True)
                return font
            case Qt.ItemDataRole.ForegroundRole:
                return self._ink(trial)
        return None

    def _ink(self, trial: Trial) -> QColor | None:
        colours = self._theme.colours
        if trial.number == self._best:
            return QColor(colours.good)
        return None if trial.state in ("completed", "running") else QColor(colours.muted)

    def _side(self, column: int) -> Qt.AlignmentFlag:
        return aligned(column != 1)

    def _text(self, trial: Trial, column: int) -> str:
        if column == 0:
            return f"{trial.number:,}"
        if column == 1:
            return "best" if trial.number == self._best else words.outcome(trial)
        if column == VALUES_FROM - 1:
            return MISSING if trial.value is None else number(trial.value)
        if column == self.columnCount() - 2:
            return f"{trial.epoch:,}"
        if column == self.columnCount() - 1:
            return took(trial.seconds) if trial.seconds else MISSING
        path = self._paths[column - VALUES_FROM]
        return shown(trial.values.get(path), self._names.get(path, {}))

    def _value(self, trial: Trial, column: int) -> Value | None:
        return trial.values.get(self._paths[column - VALUES_FROM])

    def key(self, row: int, column: int) -> tuple[bool, float, str]:
        """What a column is sorted by: numbers before words, and what is missing last."""
        found = self._sorted_by(self._trials[row], column)
        if isinstance(found, str):
            return False, 0.0, found
        return found is None, float(found or 0), ""

    def _sorted_by(self, trial: Trial, column: int) -> Value | None:
        last = self.columnCount() - 1
        if column == 1:
            return words.outcome(trial)
        if column == VALUES_FROM - 1:
            return trial.value
        others = {0: trial.number, last - 1: trial.epoch, last: trial.seconds}
        return others[column] if column in others else self._value(trial, column)


class TrialsSorted(QSortFilterProxyModel):
    """The same rows in another order; what is missing stands last, whichever way they are sorted."""

    def lessThan(self, left: Index, right: Index) -> bool:
        model = self.sourceModel()
        assert isinstance(model, TrialsModel)
        one, other = (model.key(index.row(), index.column()) for index in (left, right))
        if one[0] is not other[0] and self.sortOrder() is Qt.SortOrder.DescendingOrder:
            return bool(one[0])
        return bool(one < other)
