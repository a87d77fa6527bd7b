"""What is drawn becomes files of every kind."""

from __future__ import annotations

import csv
from pathlib import Path

from PySide6.QtGui import QImage

from nnstudio.gui.exporting import Drawn, export


def exported(drawn: Drawn, folder: Path) -> list[list[str]]:
    """The rows of the figures that are written; a picture and a drawing are written as well, and looked at."""
    export(drawn, folder / "a.png")
    assert QImage(str(folder / "a.png")).width() == drawn.drawn().width()
    export(drawn, folder / "a.svg")
    assert "<svg" in (folder / "a.svg").read_text()
    export(drawn, folder / "a.csv")
    with (folder / "a.csv").open(newline="") as file:
        return list(csv.reader(file))
