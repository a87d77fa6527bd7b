"""How many frames a second plots of a million points make, and how long a run with ten million batches takes to open.

A plot of two noisy curves is panned and zoomed in a window; every frame is painted before the next step. The run is
written as the engine tells it, a thinned loss for its batches and a row for each of its million epochs, and opened in
the list of runs. Run: ``python -m tests.bench.plots [--width 1500]``; set QT_QPA_PLATFORM to measure on a real screen.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from time import perf_counter

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtWidgets import QApplication, QWidget

from nnstudio.engine.thinned import Thinned
from nnstudio.gui.plots.curve_plot import CurvePlot
from nnstudio.gui.runs.overlay import BATCHES
from nnstudio.gui.runs.view import RunsView
from nnstudio.gui.studio import Studio
from nnstudio.gui.studio.engines import Engines
from nnstudio.gui.theme import Theme
from nnstudio.jobs.link import ProcessLink
from nnstudio.runs.store import FOLDER_VARIABLE, RunStore
from nnstudio.session.preferences import Preferences
from nnstudio.spec.events import EpochDone
from nnstudio.spec.project import Project

POINTS, BATCHES_IN_ALL, EPOCHS = 1_000_000, 10_000_000, 1_000_000
STEPS = 90
WANTED = 30.0
"""Frames a second."""

View = tuple[float, float]


def pan_half(step: int) -> View:
    """Half of the curve, a little further to the right."""
    return step * 1_000, POINTS / 2 + step * 1_000


def pan_near(step: int) -> View:
    """Two thousand points, a little further to the right."""
    return 400_000 + step * 10, 402_000 + step * 10


def zoom(step: int) -> View:
    """From everything to a tenth of a thousandth of it, around a point."""
    half = POINTS / 2 * 0.9**step
    return max(0.0, 300_000 - half), min(POINTS, 300_000 + half)


def plot_of_a_million(theme: Theme, width: int) -> CurvePlot:
    draw, epochs = np.random.default_rng(0), np.arange(1.0, POINTS + 1)
    train = 1 / np.sqrt(epochs) + 0.05 * draw.random(POINTS)
    plot = CurvePlot(theme)
    plot.resize(width, 500)
    plot.show_title("Loss")
    plot.show_span(POINTS)
    plot.show_curves(epochs, train, train + 0.02 * draw.random(POINTS))
    plot.show()
    QApplication.processEvents()
    return plot


def frames(plot: CurvePlot, views: Callable[[int], View]) -> Sequence[float]:
    """Seconds that each frame takes from the step to the painted pixels."""
    box, canvas = plot.graph.getPlotItem().getViewBox(), plot.graph.viewport()
    taken = []
    for step in range(STEPS):
        started = perf_counter()
        box.setXRange(*views(step), padding=0)
        canvas.repaint()
        QApplication.processEvents()
        taken.append(perf_counter() - started)
    return taken


def measure_frames(theme: Theme, width: int) -> bool:
    """Print the frames a second of every way to move; whether all are enough."""
    plot = plot_of_a_million(theme, width)
    slowest = []
    for name, views in (("pan half of it", pan_half), ("pan 2,000 points", pan_near), ("zoom", zoom)):
        taken = frames(plot, views)
        median, worst = 1 / np.median(taken), 1 / np.quantile(taken, 0.95)
        slowest.append(worst)
        print(f"{POINTS:,} points × 2, {width} px · {name:<17} {median:5.0f} frames/s, slowest 5 %: {worst:5.0f}")
    plot.close()
    return bool(min(slowest) >= WANTED)


def write_long_run(folder: Path) -> int:
    """A run of ten million batches; gives the bytes of its thinned losses in the database."""
    draw, points = np.random.default_rng(0), Thinned()
    with closing(RunStore(folder)) as store:
        run = store.begin(Project(), "long", "0")
        store.set_size(run, 1_000, BATCHES_IN_ALL // EPOCHS)
        for start in range(0, BATCHES_IN_ALL, 100_000):
            points.add((1 / np.sqrt(np.arange(start + 1, start + 100_001)) + 0.1 * draw.random(100_000)).tolist())
        news = points.news(is_over=True)
        assert news is not None
        pages = store.connection.execute("PRAGMA page_count").fetchone()[0]
        store.add_losses(run, [news])
        more = store.connection.execute("PRAGMA page_count").fetchone()[0] - pages
        for start in range(0, EPOCHS, 100_000):
            store.add_epochs(run, _epochs(start, start + 100_000))
        return int(more * store.connection.execute("PRAGMA page_size").fetchone()[0])


def _epochs(start: int, end: int) -> Iterator[EpochDone]:
    for epoch in range(start + 1, end + 1):
        figures = {"loss": 1 / epoch, "accuracy": 1 - 1 / epoch}
        yield EpochDone(epoch, figures, figures, 0.01, best=True)


def measure_opening(theme: Theme) -> bool:
    """Print how long the run takes to open, by its epochs and by its batches; whether that is short enough."""
    studio = Studio(Engines(ProcessLink), Preferences())
    view = RunsView(studio, theme)
    view.resize(700, 700)
    opened = seconds(view, view.show)
    chosen = seconds(view, lambda: view.select([0]))
    page = view.below.curves

    def show_batches() -> None:
        page.measure.setCurrentIndex(page.measure.findData(BATCHES))
        page.measure.activated.emit(page.measure.currentIndex())

    batches = seconds(view, show_batches)
    print(f"{BATCHES_IN_ALL:,} batches in {EPOCHS:,} epochs · list {opened:.2f} s, curve {chosen:.2f} s,", end=" ")
    print(f"batches {batches:.2f} s")
    view.close()
    studio.engines.close()
    return max(opened, chosen, batches) < 1.0


def seconds(view: QWidget, action: Callable[[], object]) -> float:
    """From the action to painted pixels."""
    started = perf_counter()
    action()
    view.repaint()
    QApplication.processEvents()
    return perf_counter() - started


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure plots of many points.")
    parser.add_argument("--width", type=int, default=1_500, help="pixels of the plot")
    width = parser.parse_args().width
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme = Theme(app)
    with tempfile.TemporaryDirectory() as folder:
        os.environ[FOLDER_VARIABLE] = folder
        print(f"thinned losses of {BATCHES_IN_ALL:,} batches: {write_long_run(Path(folder)) / 1e3:,.0f} kB")
        fluent, quick = measure_frames(theme, width), measure_opening(theme)
    print("fast enough" if fluent and quick else "too slow")
    return 0 if fluent and quick else 1


if __name__ == "__main__":
    raise SystemExit(main())
