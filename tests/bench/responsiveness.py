"""How late the window is while networks train, are judged and searched, and what the window costs the training.

A 5 ms precise timer in the window's thread records how much later than asked it fires; beside that stands how long the
thread itself computed between two ticks, which other programs on the machine do not change. The training speed with the
window open is compared with that of the same engine process without a window, in turns. Then a network that was
trained on a table of a million rows is judged on all of them, and what was found is shown; then there is a search. Run:
``python -m tests.bench.responsiveness [--rounds 3] [--seconds 6]``; set QT_QPA_PLATFORM to measure on a real screen.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

from nnstudio.gui.app import build
from nnstudio.gui.evaluate.view import EvaluateView
from nnstudio.gui.main_window import MainWindow
from nnstudio.gui.studio import Studio
from nnstudio.gui.studio.engines import Engines
from nnstudio.gui.tabbed import TabbedPanel
from nnstudio.gui.theme import Theme
from nnstudio.jobs.link import ProcessLink
from nnstudio.resources import resource
from nnstudio.session import edits
from nnstudio.session.live import Status
from nnstudio.session.preferences import Preferences
from nnstudio.spec.data import Batches
from nnstudio.spec.events import EpochDone, RunStarted, Stop
from nnstudio.spec.files import load_project, save_project
from nnstudio.spec.parts import JudgedPart
from nnstudio.spec.project import Project
from nnstudio.spec.requests import TrainProject
from nnstudio.spec.searched.ranges import suggested_search

TICK = 0.005
MANY = 1_000_000
Ticks = list[tuple[float, float]]
PARTS: tuple[JudgedPart, ...] = ("all", "train")


def endless(name: str) -> Project:
    """A sample that trains until it is stopped."""
    project = load_project(resource(f"samples/{name}.nnstudio"))
    return edits.set_training(project, replace(project.training, epochs=MANY, patience=0))


def wait(until: Callable[[], bool], seconds: float = 60.0) -> None:
    """Run the event loop until something holds."""
    loop, timer = QEventLoop(), QTimer()
    timer.timeout.connect(lambda: loop.quit() if until() else None)
    timer.start(20)
    QTimer.singleShot(int(1000 * seconds), lambda: loop.exit(1))
    if loop.exec():
        raise TimeoutError("the window did not get there")


def lateness(seconds: float, until: Callable[[], bool] = lambda: False) -> Ticks:
    """Milliseconds that each tick of the timer came late, and that the thread computed before it.

    For so many seconds, or as long as ``until`` does not hold.
    """
    late: Ticks = []
    last, computed = time.perf_counter(), time.thread_time()

    def tick() -> None:
        nonlocal last, computed
        now, so_far = time.perf_counter(), time.thread_time()
        late.append((max(0.0, now - last - TICK) * 1e3, (so_far - computed) * 1e3))
        last, computed = now, so_far
        if until():
            loop.quit()

    timer = QTimer(timerType=Qt.TimerType.PreciseTimer, interval=int(1000 * TICK))
    timer.timeout.connect(tick)
    loop = QEventLoop()
    QTimer.singleShot(int(1000 * seconds), loop.quit)
    timer.start()
    loop.exec()
    timer.stop()
    return late


def open_copy(studio: Studio, project: Project) -> None:
    """Open a file with the project, and wait for its data."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "copy.nnstudio"
        save_project(project, path)
        studio.open_project(path)
    wait(lambda: studio.state.facts is not None)


def in_the_window(studio: Studio, project: Project, seconds: float) -> tuple[Ticks, float]:
    """Lateness and epochs a second of a run that the window shows."""
    open_copy(studio, project)
    studio.train()
    wait(lambda: len(studio.run.history.epochs) > 0)
    before, started = len(studio.run.history.epochs), time.perf_counter()
    late = lateness(seconds, lambda: studio.run.status is Status.FINISHED)
    rate = (len(studio.run.history.epochs) - before) / (time.perf_counter() - started)
    if studio.run.status is not Status.FINISHED:
        studio.stop()
    wait(lambda: studio.run.status is Status.FINISHED)
    return late, rate


def without_a_window(project: Project, seconds: float) -> float:
    """Epochs a second of the same run over the same pipe, with nobody looking."""
    with closing(ProcessLink()) as link:
        job = link.submit(TrainProject(project))
        epochs, started = 0, 0.0
        while (bundle := link.receive()) is not None and not bundle.done:
            epochs += sum(isinstance(event, EpochDone) for event in bundle.events) if started else 0
            if any(isinstance(event, RunStarted) for event in bundle.events):
                started = time.perf_counter()
            if started and time.perf_counter() - started > seconds:
                rate = epochs / (time.perf_counter() - started)
                link.command(job, Stop())
                return rate
    raise RuntimeError("the run ended by itself")


@dataclass(frozen=True, slots=True)
class Opened:
    """A window over engine processes; ``app`` has to be kept as long as it is open."""

    app: QApplication
    engines: Engines
    studio: Studio
    window: MainWindow


def open_window() -> Opened:
    """The whole program, with preferences of its own."""
    app = QApplication([])
    engines = Engines(ProcessLink, app)
    studio = Studio(engines, Preferences())
    window = build(app, studio, Theme(app, "light"))
    window.resize(1600, 1000)
    window.show()
    return Opened(app, engines, studio, window)


def judging(studio: Studio, window: MainWindow, folder: Path) -> None:
    """Lateness while a million rows are judged, and while what was found is shown."""
    project = million(folder)
    in_the_window(studio, edits.set_training(project, replace(project.training, epochs=1)), 120.0)
    window.workspace.docks["Results"].findChildren(TabbedPanel)[0].open_tab("Evaluate")
    wait(lambda: bool(window.findChildren(EvaluateView)))
    view, evaluator = window.findChildren(EvaluateView)[0], studio.evaluator
    wait(lambda: evaluator.found is not None and view.pieces.is_done)
    for part in PARTS:
        evaluator.ask(part)
        tell(f"judging {part}", lateness(120.0, lambda: evaluator.found is not None))
        tell(f"showing {part}", lateness(1.0))


def searching(studio: Studio, window: MainWindow, seconds: float) -> None:
    """Lateness while trial after trial of a tiny network is tried, and shown."""
    project = load_project(resource("samples/iris.nnstudio"))
    project = edits.set_training(project, replace(project.training, epochs=10))
    open_copy(studio, replace(project, search=replace(suggested_search(project), trials=0, prune=False)))
    window.workspace.docks["Results"].findChildren(TabbedPanel)[0].open_tab("Search")
    search = studio.searcher.search
    studio.searcher.start()
    wait(lambda: search.done > 0)
    late = lateness(seconds)
    tell("searching", late, f"; {search.done:,} trials are shown")
    studio.searcher.stop()
    wait(lambda: not search.status.is_busy)


def million(folder: Path) -> Project:
    """A table of a million rows, and a project that tells five classes apart."""
    random, table, out = np.random.default_rng(0), folder / "million.parquet", folder / "million.nnstudio"
    x = random.standard_normal((MANY, 10), dtype=np.float32)
    kinds = np.array([f"kind {number}" for number in range(5)])[x[:, :5].argmax(1)]
    pq.write_table(pa.table({f"x{number}": x[:, number] for number in range(10)} | {"kind": kinds}), table)
    new = [sys.executable, "-m", "nnstudio", "new", "--data", str(table), "--target", "kind", "--out", str(out)]
    subprocess.run(new, check=True)
    return edits.set_batches(load_project(out), Batches(1024))


def tell(what: str, late: Ticks, more: str = "") -> None:
    for kind, times in zip(("late", "computed"), zip(*late, strict=True), strict=True):
        median, high = np.percentile(times, [50, 99])
        print(f"{what:14} {kind:8} {median:5.2f} ms (median) {high:5.1f} ms (99 %) {max(times):6.1f} ms (ever){more}")
        what = more = ""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--seconds", type=float, default=6.0)
    given = options.parse_args()
    opened = open_window()
    studio, window, engines = opened.studio, opened.window, opened.engines
    engines.warm_up()
    wait(window.isVisible)
    lateness(3.0)  # what comes right behind the first paint
    tell("doing nothing", lateness(3.0))
    with tempfile.TemporaryDirectory() as folder:
        judging(studio, window, Path(folder))
    searching(studio, window, 4 * given.seconds)
    for name in ("iris", "digits", "digits-images") if given.rounds else ():
        measure(studio, name, given.rounds, given.seconds)
    print(f"torch in the window's process: {'torch' in sys.modules}; pandas: {'pandas' in sys.modules}")
    window.hide()
    engines.close()


def measure(studio: Studio, name: str, rounds: int, seconds: float) -> None:
    project = endless(name)
    in_the_window(studio, project, 1.0)  # the first round wakes things up
    late: Ticks = []
    ratios = []
    for _ in range(rounds):
        ticks, rate = in_the_window(studio, project, seconds)
        late += ticks
        ratios.append(rate / without_a_window(project, seconds))
    tell(name, late, f"; speed / without a window {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {f"NNSTUDIO_{name}": str(Path(folder) / name) for name in ("CONFIG", "DATA", "CACHE")}
        main()
