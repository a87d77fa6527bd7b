"""The judged rows themselves, the worst mistakes first: what is true of each, and what the network says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nnstudio.data.judging.files import Answers, rows_of
from nnstudio.data.table import MappedTable
from nnstudio.data.write import free_name
from nnstudio.gui.data.table_grid import MappedGrid
from nnstudio.gui.data.words import counted
from nnstudio.gui.exporting import Rows
from nnstudio.gui.panel import Banner, Button, ElidedLabel
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import GRID, Theme
from nnstudio.spec.errors import as_studio_error
from nnstudio.spec.scores import Evaluation

MOST_LISTED, MOST_PICTURES = 1_000, 200
"""Rows that are listed: nobody reads more, and pictures are copied to be listed."""
MOST_CHANCES = 5
"""Classes whose probabilities are listed, the most probable first."""

Places = NDArray[np.int64]


def mistakes(truth: NDArray[Any], said: NDArray[Any]) -> Places:
    """The places whose class is wrong, in their order."""
    return np.flatnonzero(truth != said)


def answers_table(found: Evaluation, answers: Answers, places: Places, said: NDArray[Any] | None) -> Any:
    """A pyarrow Table of the answers at ``places``, with the rows of the source behind them; pictures come first."""
    rows = np.asarray(answers.row[places])
    source = rows_of(found.sources, rows)
    columns: dict[str, Any] = {"row": pa.array(rows + 1)}
    if found.classes and said is not None:
        columns |= _classes(found.classes, answers.truth[places], said[places], answers.chances[places])
    elif found.targets:
        columns |= _values(found.targets, answers.truth[places], answers.predicted[places])
    else:
        columns["error"] = pa.array(np.asarray(answers.badness[places], np.float64))
    return _beside(columns, source)


def _classes(
    classes: Sequence[str], truth: NDArray[Any], said: NDArray[Any], chances: NDArray[np.float32]
) -> dict[str, Any]:
    names = np.array(classes, dtype=object)
    here = np.arange(len(truth))
    return {
        "true": pa.array(names[truth]),
        "predicted": pa.array(names[said]),
        "confidence": pa.array(np.round(chances[here, said].astype(np.float64), 4)),
        "p(true)": pa.array(np.round(chances[here, truth].astype(np.float64), 4)),
        "probabilities": pa.array(_chances(classes, chances)),
    }


def _chances(classes: Sequence[str], chances: NDArray[np.float32]) -> list[str]:
    """For every row such as ``setosa 0.92 · versicolor 0.08``."""
    first = np.argsort(-chances, axis=1, kind="stable")[:, :MOST_CHANCES]
    rows = zip(first.tolist(), np.take_along_axis(chances, first, 1).tolist(), strict=True)
    return [
        " · ".join([f"{classes[place]} {chance:.2f}" for place, chance in zip(places, values, strict=True)])
        for places, values in rows
    ]


def _values(targets: Sequence[str], truth: NDArray[np.float64], said: NDArray[np.float64]) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for place, name in enumerate(targets):
        of = f" {name}" if len(targets) > 1 else ""
        columns[f"true{of}"] = pa.array(truth[:, place])
        columns[f"predicted{of}"] = pa.array(said[:, place])
        columns[f"error{of}"] = pa.array(said[:, place] - truth[:, place])
    return columns


def _beside(columns: dict[str, Any], source: Any) -> Any:
    pictures = [field.name for field in source.schema if isinstance(field.type, pa.FixedShapeTensorType)]
    others = [name for name in source.column_names if name not in pictures]
    columns = {name: source[name] for name in pictures} | columns
    table = pa.table(columns)
    for name in others:
        table = table.append_column(free_name(name, table.column_names), source[name])
    return table


class Listing(QWidget):
    """Lists judged rows with what is known of them; those of one cell of the matrix, or all mistakes."""

    def __init__(self, studio: Studio, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.note = ElidedLabel(role="strong")
        self.all = Button("All mistakes", "link", tooltip="List the mistakes of every class again.")
        self.grid = MappedGrid(theme)
        self.grid.refused.connect(studio.notices.warn)
        self.problem = Banner("bad")
        self.problem.hide()
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(self.note, 1)
        head.addWidget(self.all)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, GRID // 2, 0, 0)
        layout.setSpacing(GRID // 2)
        layout.addLayout(head)
        layout.addWidget(self.problem)
        layout.addWidget(self.grid, 1)
        layout.addStretch(0)
        self.setMinimumHeight(18 * GRID)

    def show_rows(
        self, found: Evaluation, answers: Answers, places: Places, said: NDArray[Any] | None, title: str
    ) -> None:
        """List the rows at ``places``, of many the first ones; ``title`` says which they are."""
        most = MOST_LISTED
        try:
            table = MappedTable.of(answers_table(found, answers, places[:1], said))
            if any(hasattr(table.column(name).type, "shape") for name in table.names):
                most = MOST_PICTURES
            table = MappedTable.of(answers_table(found, answers, places[:most], said))
        except (OSError, ValueError) as error:  # the cached file is gone; pyarrow's errors are ValueErrors
            known = as_studio_error(error)
            self.grid.show_table(None)
            self.problem.say("The rows cannot be shown.", f"{known.what} {known.why}")
            table = None
        self.problem.setVisible(table is None)
        self.grid.setVisible(table is not None and len(places) > 0)
        if table:
            self.grid.show_table(table, frozenset(name for name in table.names if name in ANSWERS))
        more = f", the first {most:,} of them" if len(places) > most else ""
        self.note.setText(f"{title}: {counted(len(places), 'row')}{more}" if len(places) else f"{title}: none")

    # exporting

    def drawn(self) -> QWidget:
        return self.grid

    def export_name(self) -> str:
        return "rows"

    def figures(self) -> Rows:
        """The listed rows, without their pictures."""
        table = self.grid.mapped.table
        if table is None:
            return
        columns = [table.column(name) for name in table.names]
        shown = [place for place, column in enumerate(columns) if not hasattr(column.type, "shape")]
        yield [table.names[place] for place in shown]
        yield from zip(*(columns[place].to_pylist() for place in shown), strict=True)


ANSWERS = ("true", "predicted", "confidence", "p(true)", "probabilities", "error")
