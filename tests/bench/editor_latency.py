"""How long an edit of the network panel takes, from the verb to the last pixel, with 500 layers."""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication, QWidget

from nnstudio.gui.engines import Engines
from nnstudio.gui.network.panel import NetworkPanel
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.session import edits
from nnstudio.session.preferences import Preferences
from nnstudio.spec.layers import Conv2d, Dropout, Linear, ReLU
from nnstudio.spec.model import Model, new_row
from tests.gui.fakes import FakeLink, open_iris

LAYERS = 500
REPEATS = 40


def main() -> None:
    """Print the milliseconds of each kind of edit; 16 are one frame of a screen."""
    app = QApplication(sys.argv[:1])
    theme, engines = Theme(app, "light"), Engines(FakeLink, app)
    studio = Studio(engines, Preferences())
    fill(studio)
    window = QWidget()
    panel = NetworkPanel(studio, theme, window)
    panel.resize(340, 700)
    window.resize(340, 700)
    window.show()
    app.processEvents()
    print(f"ms an edit at {LAYERS} layers, with layout and paint: median, slowest of {REPEATS}")
    for name, edit in edits_of(panel).items():
        milliseconds = list(timed(app, edit))
        print(f"{name:36} {statistics.median(milliseconds):6.1f} {max(milliseconds):6.1f}")
    engines.close()


def fill(studio: Studio) -> None:
    """Put the iris table and a deep network into the studio."""
    open_iris(studio, network=False)
    kinds = [Linear(16) if place % 2 == 0 else ReLU() for place in range(LAYERS - 1)] + [Linear(3)]
    project = edits.use_network(
        studio.state.project, Model(tuple(new_row(kind) for kind in kinds)), studio.state.project.training.loss
    )
    studio.apply("Build", project)


def edits_of(panel: NetworkPanel) -> dict[str, Callable[[int], None]]:
    """One edit of each kind; each takes the number of its repetition."""
    verbs, studio = panel.verbs, panel._studio
    rows = studio.state.project.model.rows
    first, middle = rows[0].id, rows[LAYERS // 2].id
    return {
        "type into a field, shapes change": lambda turn: verbs.change_field(middle, "out_features", 17 + turn),
        "type into the first layer": lambda turn: verbs.change_field(first, "out_features", 17 + turn),
        "lock": lambda _: verbs.toggle_lock([middle]),
        "move down": lambda _: verbs.move_down([middle]),
        "add in the middle": lambda _: ignore(verbs.add(Dropout(), middle)),
        "undo": lambda _: studio.document.undo(),
        "redo": lambda _: studio.document.redo(),
        "remove": lambda turn: verbs.remove([studio.state.project.model.rows[1 + turn].id]),
        "rename": lambda turn: verbs.rename(middle, f"layer {turn}"),
        "choose another row": lambda turn: panel.view.choose([studio.state.project.model.rows[turn * 7].id]),
        "impossible, then possible": lambda turn: break_or_mend(studio, turn),
    }


def break_or_mend(studio: Studio, turn: int) -> None:
    """Put a convolution in front of everything, or take it away again: every row changes."""
    if turn % 2 == 0:
        project, _ = edits.add_layer(studio.state.project, Conv2d(), 0)
        studio.apply("Break", project)
    else:
        studio.document.undo()


def timed(app: QApplication, edit: Callable[[int], None]) -> Iterator[float]:
    for turn in range(REPEATS):
        start = time.perf_counter()
        edit(turn)
        app.processEvents()
        yield (time.perf_counter() - start) * 1e3


def ignore(_: object) -> None:
    """An edit gives nothing back."""


if __name__ == "__main__":
    main()
