"""Mapped tables to show: their Arrow files."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
from PySide6.QtCore import Qt

from nnstudio.gui.tables.grid import MappedGrid
from nnstudio.gui.tables.header import MARKED


def write(path: Path, table: pa.Table) -> Path:
    with pa.ipc.new_file(str(path), table.schema) as writer:
        writer.write_table(table.combine_chunks())
    return path


def small_table() -> pa.Table:
    columns = {
        "species": ["Adelie", "Gentoo", None],
        "bill_length_mm": [39.1, None, 0.123456789012],
        "id": [9_007_199_254_740_993, 2, 3],
        "note": ["a\tb", 'say "hi"', "=1+1"],
    }
    return pa.table(columns)


def is_marked(grid: MappedGrid, column: int) -> bool:
    return bool(grid.mapped.headerData(column, Qt.Orientation.Horizontal, MARKED))
