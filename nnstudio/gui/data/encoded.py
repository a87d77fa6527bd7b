"""What the network sees: the encoded tensor, number by number, with the column that each came from."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QAbstractTableModel, QObject, Qt
from PySide6.QtWidgets import QAbstractItemView, QDialog, QHeaderView, QTableView, QVBoxLayout, QWidget

from nnstudio.gui.data import words
from nnstudio.gui.dialogs.sizing import give_size
from nnstudio.gui.panel import MARGIN, Button, Note, plain_tip
from nnstudio.gui.studio import Studio
from nnstudio.gui.tables.models import MISSING, NO_INDEX, Index
from nnstudio.gui.theme import GRID
from nnstudio.session.document import State
from nnstudio.session.tensors import encoded_number, tensor_words
from nnstudio.spec.errors import StudioError
from nnstudio.spec.facts import DataFacts, ShownExamples
from nnstudio.spec.layouts import RowLayout

TITLES = ("Number", "From column", "How")
EXAMPLES = 4
"""So many rows are shown beside what they became."""
WIDTHS = (20 * GRID, 16 * GRID, 26 * GRID)
EXAMPLE_WIDTH = 16 * GRID


class EncodedModel(QAbstractTableModel):
    """One row for each number of an encoded example; behind its origin what some rows became."""

    def __init__(self, facts: DataFacts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._columns = facts.features, facts.origins, facts.meanings
        self._rows: Sequence[int] = ()
        self._cell: Callable[[int, int], str] = lambda _number, _example: ""

    def show_examples(self, shown: ShownExamples, rows: Sequence[int], cell: Callable[[int, int], str]) -> None:
        """Let ``cell(number, example)`` say what the source's ``rows`` became."""
        self.beginResetModel()
        self._columns = shown.features, shown.origins, shown.meanings
        self._rows, self._cell = rows, cell
        self.endResetModel()

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._columns[0])

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(TITLES) + len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        text = self._text(index.row(), index.column())
        return plain_tip(text) if role == Qt.ItemDataRole.ToolTipRole else text

    def _text(self, number: int, column: int) -> str:
        if column >= len(TITLES):
            return self._cell(number, column - len(TITLES))
        texts = self._columns[column]
        return texts[number] if number < len(texts) else ""

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation is Qt.Orientation.Vertical:
            return str(section)
        return TITLES[section] if section < len(TITLES) else f"Row {self._rows[section - len(TITLES)] + 1:,}"


def show_encoded(studio: Studio, parent: QWidget) -> None:
    """List the numbers that the network sees, as soon as they are known."""
    if studio.state.facts and studio.state.facts_are_current:
        EncodedDialog(studio, parent).open()


class EncodedDialog(QDialog):
    """Shows the tensor that the network gets: its shape and dtype, and where each number comes from."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("What the network sees")
        state = studio.state
        assert state.project.data is not None and state.facts is not None  # noqa: PT018  # shown only then
        self._state = state
        self.model = EncodedModel(state.facts, self)
        self.tensor = Note(tensor_words("torch.float32", state.facts.input_shape, "one example"), "mono")
        self.problem = Note(role="problem")
        self.problem.hide()
        self.table = QTableView()
        self.table.setModel(self.model)
        self._set_up_table()
        give_size(self, 1080, 560)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        layout.setSpacing(GRID)
        for widget in (Note(words.sight(state.project.data, state.facts)), self.tensor, self.problem):
            layout.addWidget(widget)
        layout.addWidget(self.table, 1)
        layout.addWidget(Button("Close", clicked=self.close), 0, Qt.AlignmentFlag.AlignRight)
        self._is_open = True
        studio.looking.show_examples(self._show, count=EXAMPLES)

    def _set_up_table(self) -> None:
        table, titles = self.table, self.table.horizontalHeader()
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setAccessibleName("Encoded features")
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        titles.setStretchLastSection(True)
        for column, width in enumerate(WIDTHS):
            table.setColumnWidth(column, width)

    def _show(self, answer: ShownExamples | StudioError) -> None:
        if not self._is_open:
            return
        if isinstance(answer, StudioError):
            self.problem.setText(str(answer))
            self.problem.show()
            return
        rows, cell = _became(self._state, answer)
        self.model.show_examples(answer, rows, cell)
        for example in range(len(rows)):
            self.table.setColumnWidth(len(TITLES) + example, EXAMPLE_WIDTH)

    def done(self, result: int) -> None:
        self._is_open = False
        super().done(result)


def _became(state: State, shown: ShownExamples) -> tuple[list[int], Callable[[int, int], str]]:
    """The rows of the source that are shown, and what a cell of them became: ``39.1 → −0.883``."""
    from nnstudio.data.table import MappedTable  # noqa: PLC0415  # loads pyarrow, which the window starts without

    encoded = MappedTable(shown.preview)
    rows = [int(row) for row in encoded.numbers("row")]
    is_plain = state.project.data is not None and isinstance(state.project.data.layout, RowLayout)
    raw = MappedTable(state.source.cache) if state.source and is_plain else None

    def cell(number: int, example: int) -> str:
        value = encoded_number(float(encoded.numbers(shown.features[number])[example]))
        origin = shown.origins[number] if shown.origins else ""
        if raw is None or origin not in raw.names or rows[example] >= raw.rows:
            return value
        return f"{raw.cell(rows[example], origin) or MISSING} → {value}"

    return rows, cell
