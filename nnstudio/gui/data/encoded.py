"""The numbers that the network sees, one by one, and the column that each came from."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHeaderView,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from nnstudio.gui.data import words
from nnstudio.gui.data.columns_model import Index
from nnstudio.gui.panel import MARGIN, Button, Note
from nnstudio.gui.theme import GRID
from nnstudio.session.document import State
from nnstudio.spec.data import Column, DataSpec, Kind
from nnstudio.spec.facts import MISSING_CATEGORY, DataFacts

TITLES = ("Number", "From column", "How")


class EncodedModel(QAbstractTableModel):
    """One row for each number of an encoded example."""

    def __init__(self, data: DataSpec, facts: DataFacts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        kinds = {column.name: column for column in data.features}
        origins = words.origins(data.features, facts.features)
        self._rows = [
            (feature, origin, _how(kinds.get(origin), feature))
            for feature, origin in zip(facts.features, origins, strict=True)
        ]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's signature; never changed
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's signature; never changed
        return 0 if parent.isValid() else len(TITLES)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        text = self._rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return words.plain_tip(text)
        return text if role == Qt.ItemDataRole.DisplayRole else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return TITLES[section] if orientation is Qt.Orientation.Horizontal else str(section)


def _how(column: Column | None, feature: str) -> str:
    """How a cell becomes the number."""
    if column is None:
        return ""
    if column.kind is Kind.NUMBER:
        return "standardised: (cell − training mean) ÷ training standard deviation"
    value = feature.removeprefix(f"{column.name} = ")
    what = "missing" if value == MISSING_CATEGORY else f"“{value}”"
    return f"1 where it is {what}, else 0"


class EncodedDialog(QDialog):
    """Lists what the network sees of one row."""

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("What the network sees")
        data, facts = state.project.data, state.facts
        assert data is not None and facts is not None  # noqa: PT018  # the link that opens it is shown only then
        self.table = QTableView()
        self.table.setModel(EncodedModel(data, facts, self))
        self._set_up_table()
        self.resize(860, 520)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        layout.setSpacing(GRID)
        layout.addWidget(Note(f"{words.sight(data, facts)} Each is computed from one cell, in this order."))
        layout.addWidget(self.table, 1)
        layout.addWidget(Button("Close", clicked=self.close), 0, Qt.AlignmentFlag.AlignRight)

    def _set_up_table(self) -> None:
        table, titles = self.table, self.table.horizontalHeader()
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setAccessibleName("Encoded features")
        titles.setStretchLastSection(True)
        titles.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        titles.setHighlightSections(False)
        for section, width in enumerate((220, 180)):
            titles.resizeSection(section, width)
