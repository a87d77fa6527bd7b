"""How late the window's event loop is while a network trains, and what window and live plots cost the training.

A 5 ms precise timer in the window's thread records how much later than asked it fires. The training speed with the
window open is compared with that of the same engine process without a window, in turns. Run:
``python -m tests.bench.responsiveness [--rounds 3] [--seconds 6]``; set QT_QPA_PLATFORM to measure on a real screen.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

from nnstudio.gui.app import build
from nnstudio.gui.engines import Engines
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.jobs.link import ProcessLink
from nnstudio.resources import resource
from nnstudio.session import edits
from nnstudio.session.live import Status
from nnstudio.session.preferences import Preferences
from nnstudio.spec.events import EpochDone, RunStarted, Stop
from nnstudio.spec.files import load_project, save_project
from nnstudio.spec.project import Project
from nnstudio.spec.requests import TrainProject

TICK = 0.005
MANY = 1_000_000


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


def lateness(seconds: float) -> list[float]:
    """Milliseconds that each tick of the timer came late."""
    late: list[float] = []
    last = time.perf_counter()

    def tick() -> None:
        nonlocal last
        now = time.perf_counter()
        late.append(max(0.0, now - last - TICK) * 1e3)
        last = now

    timer = QTimer(timerType=Qt.TimerType.PreciseTimer, interval=int(1000 * TICK))
    timer.timeout.connect(tick)
    loop = QEventLoop()
    QTimer.singleShot(int(1000 * seconds), loop.quit)
    timer.start()
    loop.exec()
    timer.stop()
    return late


def in_the_window(studio: Studio, project: Project, seconds: float) -> tuple[list[float], float]:
    """Lateness and epochs a second of a run that the window shows."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "endless.nnstudio"
        save_project(project, path)
        studio.open_project(path)
    wait(lambda: studio.state.facts is not None)
    studio.train()
    wait(lambda: len(studio.run.history.epochs) > 0)
    before, started = len(studio.run.history.epochs), time.perf_counter()
    late = lateness(seconds)
    rate = (len(studio.run.history.epochs) - before) / (time.perf_counter() - started)
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


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--seconds", type=float, default=6.0)
    given = options.parse_args()
    app = QApplication([])
    engines = Engines(ProcessLink, app)
    studio = Studio(engines, Preferences())
    window = build(app, studio, Theme(app, "light"))
    window.resize(1600, 1000)
    window.show()
    engines.warm_up()
    wait(window.isVisible)
    for name in ("iris", "digits", "digits-images"):
        measure(studio, name, given.rounds, given.seconds)
    print(f"torch in the window's process: {'torch' in sys.modules}; pandas: {'pandas' in sys.modules}")
    window.hide()
    engines.close()


def measure(studio: Studio, name: str, rounds: int, seconds: float) -> None:
    project = endless(name)
    in_the_window(studio, project, 1.0)  # the first round wakes things up
    late: list[float] = []
    ratios = []
    for _ in range(rounds):
        ticks, rate = in_the_window(studio, project, seconds)
        late += ticks
        ratios.append(rate / without_a_window(project, seconds))
    median, high = np.percentile(late, [50, 99])
    print(
        f"{name:14} late {median:.2f} ms (median) {high:5.1f} ms (99 %) {max(late):5.1f} ms (ever; aims: 16 and 50);"
        f" speed / without a window {statistics.median(ratios):.2f}"
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {f"NNSTUDIO_{name}": str(Path(folder) / name) for name in ("CONFIG", "DATA", "CACHE")}
        main()
