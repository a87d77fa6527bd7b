"""What is drawn, as a file: a picture of its dots, of its lines, or the figures behind it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAction, QPainter
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from nnstudio.data.write import FORMULA
from nnstudio.spec.files import write_atomically

KINDS = ("png", "svg", "csv")
HELPS = {
    "png": "A picture as it is on the screen.",
    "svg": "A drawing that stays sharp in any size.",
    "csv": "The figures, for a spreadsheet.",
}
WHATS = {"png": "The picture was", "svg": "The drawing was", "csv": "The figures were"}

Rows = Iterable[Sequence[object]]
WriteFile = Callable[[str, Path, Callable[[Path], object]], None]
"""Lets what it is given make a file that takes the place of that path, and says what was saved or why not."""


def write_file(what: str, path: Path, write: Callable[[Path], object]) -> None:
    """For what is drawn where nobody shows how it went. Raises OSError."""
    del what
    write_atomically(path, write)


class Drawn(Protocol):
    """What can be exported: a widget that is called something, and the figures that it draws, titles first."""

    def drawn(self) -> QWidget: ...
    def export_title(self) -> str: ...
    def figures(self) -> Rows: ...


def export(drawn: Drawn, path: Path, write_file: WriteFile = write_file) -> None:
    """Let ``write_file`` write what is drawn to ``path``, as its suffix says."""
    kind = path.suffix.lower().lstrip(".")
    write_file(WHATS[kind], path, partial(_WRITERS[kind], drawn))


def _write_png(drawn: Drawn, path: Path) -> None:
    if not drawn.drawn().grab().save(str(path), "PNG"):
        raise OSError(f"“{path}” could not be written.")


def _write_svg(drawn: Drawn, path: Path) -> None:
    from PySide6.QtSvg import QSvgGenerator  # noqa: PLC0415  # loaded when a drawing is asked for

    widget = drawn.drawn()
    generator = QSvgGenerator()
    generator.setFileName(str(path))
    generator.setSize(widget.size())
    generator.setViewBox(QRect(0, 0, widget.width(), widget.height()))
    generator.setTitle(drawn.export_title())
    painter = QPainter(generator)
    widget.render(painter, QPoint())
    painter.end()


def _write_csv(drawn: Drawn, path: Path) -> None:
    text = io.StringIO()
    csv.writer(text).writerows(map(_safe, drawn.figures()))
    path.write_text(text.getvalue(), encoding="utf-8")


def _safe(row: Sequence[object]) -> list[object]:
    """The cells of a row, with a sign before text that a spreadsheet would execute."""
    return [re.sub(FORMULA, r"'\1", cell) if isinstance(cell, str) else cell for cell in row]


_WRITERS = {"png": _write_png, "svg": _write_svg, "csv": _write_csv}


def export_actions(drawn: Drawn, owner: QWidget, write_file: WriteFile) -> list[QAction]:
    """An action for each kind of file; it asks where to write it."""
    actions = []
    for kind in KINDS:
        action = QAction(f"Export as {kind.upper()}…", owner)
        action.setToolTip(HELPS[kind])
        action.triggered.connect(lambda _checked=False, kind=kind: ask_where(drawn, kind, owner, write_file))
        actions.append(action)
    return actions


def export_menu(drawn: Drawn, owner: QWidget, write_file: WriteFile) -> QMenu:
    """The actions as a menu, which is gone once it closes."""
    menu = QMenu(owner)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.setToolTipsVisible(True)
    menu.addActions(export_actions(drawn, menu, write_file))
    return menu


def ask_where(drawn: Drawn, kind: str, owner: QWidget, write_file: WriteFile) -> None:
    """Ask for a file of that ``kind``, and let ``write_file`` write it."""
    stem = re.sub(r"\W+", "-", drawn.export_title().lower()).strip("-")
    name = f"{stem}.{kind}"
    dialog = QFileDialog(owner.window(), f"Export as {kind.upper()}", name, f"{kind.upper()} (*.{kind})")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(kind)
    dialog.fileSelected.connect(lambda chosen: export(drawn, Path(chosen).with_suffix(f".{kind}"), write_file))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
