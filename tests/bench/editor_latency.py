"""How long an edit of the network panel takes, from the verb to the last pixel, with 500 layers.

They stand in one stack, or in 100 residual blocks; and once more with the code or the diagram in sight, which follow in
the next frame: how long that one takes stands behind.
"""

from __future__ import annotations

import gc
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from nnstudio.gui.code.view import CodeView
from nnstudio.gui.diagram.view import DiagramView
from nnstudio.gui.lazily import LazyView
from nnstudio.gui.network.panel import NetworkPanel
from nnstudio.gui.studio import Studio
from nnstudio.gui.studio.engines import Engines
from nnstudio.gui.theme import Theme
from nnstudio.session import edits
from nnstudio.session.preferences import Preferences
from nnstudio.spec.layers import Branches, Conv2d, Dropout, Linear, ReLU
from nnstudio.spec.model import Model, Row, block, new_row, paths
from tests.gui.fakes import FakeLink, open_iris

LAYERS = 500
REPEATS = 40
Edits = dict[str, Callable[[int], None]]


def plain() -> list[Row]:
    """As many layers in one stack."""
    kinds = [Linear(16) if place % 2 == 0 else ReLU() for place in range(LAYERS - 1)] + [Linear(3)]
    return [new_row(kind) for kind in kinds]


def nested() -> list[Row]:
    """As many in residual blocks of three layers, each with an activation behind it."""
    rows = [new_row(Linear(16))]
    for _ in range(LAYERS // 5):
        rows += [block(Branches(), [Linear(16), ReLU(), Linear(16)], []), new_row(ReLU())]
    return [*rows, new_row(Linear(3))]


def main() -> None:
    """Print the milliseconds of each kind of edit; 16 are one frame of a screen."""
    app = QApplication(sys.argv[:1])
    theme = Theme(app, "light")
    print(f"ms an edit with layout and paint: median, 95th percentile, slowest of {REPEATS}")
    for title, rows in (("one stack", plain()), ("residual blocks", nested())):
        for beside in (None, CodeView, DiagramView):
            seen = f", {beside.__name__} in sight" if beside else ""
            print(f"\n{LAYERS} layers, {title}{seen}")
            measure(app, theme, rows, beside)


def measure(app: QApplication, theme: Theme, rows: list[Row], beside: type[CodeView | DiagramView] | None) -> None:
    engines = Engines(FakeLink, app)
    studio = Studio(engines, Preferences())
    fill(studio, rows)
    window = QWidget()
    row = QHBoxLayout(window)
    panel = NetworkPanel(studio, theme)
    panel.setFixedWidth(340)
    row.addWidget(panel)
    follower = beside(studio, theme) if beside else None
    if follower:
        row.addWidget(follower)
    window.resize(1000 if beside else 340, 700)
    window.show()
    app.processEvents()
    gc.freeze()  # as the program does once its window is there
    for name, edit in edits_of(panel).items():
        frames = list(timed(app, edit, follower))
        columns = zip(*frames, strict=True)
        print(f"{name:36}", *map(spread, columns), flush=True)
    window.close()
    window.deleteLater()
    engines.close()
    app.processEvents()
    gc.unfreeze()
    gc.collect()


def fill(studio: Studio, rows: list[Row]) -> None:
    """Put the iris table and a deep network into the studio."""
    open_iris(studio, network=False)
    project = edits.use_network(studio.state.project, Model(tuple(rows)), studio.state.project.training.loss)
    studio.apply("Build", project)


def edits_of(panel: NetworkPanel) -> Edits:
    """One edit of each kind; each takes the number of its repetition."""
    verbs, studio = panel.verbs, panel._studio
    rows = [row for _, row in paths(studio.state.project.model.rows)]
    linear = [row.id for row in rows if isinstance(row.kind, Linear)]
    first, middle = linear[0], linear[len(linear) // 2]
    return {
        "type into a field, shapes change": lambda turn: verbs.change_field(middle, "out_features", 17 + turn),
        "type into the first layer": lambda turn: verbs.change_field(first, "out_features", 17 + turn),
        "set back to what fits": lambda turn: restore(panel, (first, middle), turn),
        "lock": lambda _: verbs.toggle_lock([middle]),
        "move down": lambda _: verbs.move_down([middle]),
        "add in the middle": lambda _: ignore(verbs.add(Dropout(), middle)),
        "undo": lambda _: studio.document.undo(),
        "redo": lambda _: studio.document.redo(),
        "remove": lambda turn: verbs.remove([rows[1 + turn].id]),
        "rename": lambda turn: verbs.rename(middle, f"layer {turn}"),
        "choose another row": lambda turn: panel.view.choose([rows[-1 - turn * 7].id]),
        "impossible, then possible": lambda turn: break_or_mend(studio, turn),
    }


def restore(panel: NetworkPanel, row_ids: tuple[str, ...], turn: int) -> None:
    """Give the changed layers the width that those around them have, one at a time."""
    panel.verbs.change_field(row_ids[turn % 2], "out_features", 16)


def break_or_mend(studio: Studio, turn: int) -> None:
    """Put a convolution in front of everything, or take it away again: every row changes."""
    if turn % 2 == 0:
        project, _ = edits.add_layer(studio.state.project, Conv2d(), 0)
        studio.apply("Break", project)
    else:
        studio.document.undo()


def timed(
    app: QApplication, edit: Callable[[int], None], follower: LazyView | None = None
) -> Iterator[tuple[float, ...]]:
    """The milliseconds of each edit, and of what follows it where something does."""
    for turn in range(REPEATS):
        start = time.perf_counter()
        edit(turn)
        app.processEvents()
        edited = time.perf_counter()
        if follower is None:
            yield ((edited - start) * 1e3,)
            continue
        follower._soon.stop()
        follower._catch_up()
        app.processEvents()
        yield (edited - start) * 1e3, (time.perf_counter() - edited) * 1e3


def spread(times: Sequence[float]) -> str:
    ordered = sorted(times)
    return f"{statistics.median(times):6.1f} {ordered[round(0.95 * (REPEATS - 1))]:6.1f} {ordered[-1]:6.1f}"


def ignore(_: object) -> None:
    """An edit gives nothing back."""


if __name__ == "__main__":
    main()
