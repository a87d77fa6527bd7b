"""How long an edit of a column takes, from the verb to the last pixel, with 500 columns and, for comparison, with 8."""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication, QWidget

from nnstudio.gui.data.panel import DataPanel
from nnstudio.gui.studio import Studio
from nnstudio.gui.studio.engines import Engines
from nnstudio.gui.theme import Theme
from nnstudio.session import edits
from nnstudio.session.preferences import Preferences
from nnstudio.spec.columns import Kind
from nnstudio.spec.project import Project
from tests.bench.editor_latency import REPEATS, timed
from tests.gui.data.penguins import open_found, wide_source
from tests.gui.fakes import FakeLink

FEW, MANY = 8, 500


def main() -> None:
    """Print the milliseconds of each kind of edit; 16 are one frame of a screen."""
    app = QApplication(sys.argv[:1])
    theme, engines = Theme(app, "light"), Engines(FakeLink, app)
    found = {columns: measured(app, Studio(engines, Preferences()), theme, columns) for columns in (FEW, MANY)}
    print(f"ms an edit, with layout and paint, median of {REPEATS}: at {FEW} columns, at {MANY}, ratio")
    for name, few in found[FEW].items():
        many = found[MANY][name]
        print(f"{name:24} {few:6.1f} {many:6.1f} {many / few:6.1f}")
    engines.close()


def measured(app: QApplication, studio: Studio, theme: Theme, columns: int) -> dict[str, float]:
    """The median milliseconds of each kind of edit."""
    window = QWidget()
    panel = DataPanel(studio, theme, window)
    open_found(studio, wide_source(columns), None)
    for widget in (panel, window):
        widget.resize(340, 900)
    window.show()
    app.processEvents()
    medians = {
        name: statistics.median(edited for (edited,) in timed(app, edit))
        for name, edit in edits_of(panel, studio).items()
    }
    window.deleteLater()
    return medians


def edits_of(panel: DataPanel, studio: Studio) -> dict[str, Callable[[int], None]]:
    """One edit of each kind; each takes the number of its repetition."""
    names = [column.name for column in edits.data_of(studio.state.project).columns]
    one, every = {names[5]}, set(names)

    def apply(change: Callable[[int], Project]) -> Callable[[int], None]:
        return lambda turn: studio.apply("Edit", change(turn))

    return {
        "use or leave out": apply(lambda turn: edits.set_used(studio.state.project, one, turn % 2 == 1)),
        "use or leave out all": apply(lambda turn: edits.set_used(studio.state.project, every, turn % 2 == 1)),
        "another kind": apply(
            lambda turn: edits.set_kind(studio.state.project, one, Kind.CATEGORY if turn % 2 else Kind.NUMBER)
        ),
        "undo": lambda _: studio.document.undo(),
        "filter": lambda turn: panel.content.filter.setText("0000" if turn % 2 else ""),
    }


if __name__ == "__main__":
    main()
