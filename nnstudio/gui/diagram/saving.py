"""Asks where to write the diagram of the network, and writes it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from nnstudio.gui.diagram.export import SUFFIXES, diagram_file
from nnstudio.gui.dialogs.folder import with_suffix, writable_folder
from nnstudio.gui.studio import Studio
from nnstudio.spec.diagram.layout import picture_of

FILTERS = "Scalable drawing (*.svg);;Picture (*.png)"


def export_diagram(studio: Studio, parent: QWidget) -> None:
    """Ask where to write the diagram of the network, as lines or as a picture."""
    drawing, picture = SUFFIXES
    suggested = str(writable_folder(studio) / f"{Path(studio.state.name).stem}-network{drawing}")
    path, chosen = QFileDialog.getSaveFileName(parent, "Export the diagram", suggested, FILTERS)
    if path:
        usual = picture if picture in chosen else drawing
        write_diagram(studio, with_suffix(path, usual, *SUFFIXES))


def write_diagram(studio: Studio, path: Path) -> None:
    """Write the diagram of the network that is open to ``path``; a notice says how it went."""
    if walked := studio.state.walked:
        content = diagram_file(picture_of(walked), QGuiApplication.font(), path.suffix)
        studio.save_file("The diagram was", path, lambda partial: partial.write_bytes(content))
