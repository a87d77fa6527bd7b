"""How long until the window is on screen, and until the engine has made its first step; ratios in one run.

Each figure is a fresh process with a warm page cache and compiled modules; variants are interleaved, the first round is
dropped, and ratios are medians over the rounds. Run: ``python -m tests.bench.startup [--rounds 7]``.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

PAINTED = """
import os, time
def painted(self, event):
    print(time.clock_gettime(time.CLOCK_MONOTONIC), flush=True)
    os._exit(0)
"""
EMPTY_WINDOW = (
    PAINTED
    + """
import pyqtgraph
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
class Window(QMainWindow):
    paintEvent = painted
window = Window()
window.resize(1280, 800)
window.show()
app.exec()
"""
)
STUDIO = (
    PAINTED
    + """
from nnstudio.gui import app, main_window
main_window.MainWindow.paintEvent = painted
app.run_window([])
"""
)
BARE_STEP = """
import time, torch
from torch import nn
network = nn.Sequential(nn.Linear(2, 2))
optimizer = torch.optim.Adam(network.parameters(), fused=True)
nn.CrossEntropyLoss()(network(torch.zeros(2, 2)), torch.zeros(2, dtype=torch.int64)).backward()
optimizer.step()
print(time.clock_gettime(time.CLOCK_MONOTONIC), flush=True)
"""
ENGINE = """
import time
from nnstudio.jobs.link import ProcessLink
from nnstudio.spec.requests import WarmUp
if __name__ == "__main__":
    started = time.clock_gettime(time.CLOCK_MONOTONIC)
    link = ProcessLink()
    link.submit(WarmUp())
    ready = link.receive()
    print(time.clock_gettime(time.CLOCK_MONOTONIC) - started, flush=True)
    assert "EngineReady" in str(ready.events), ready
    link.close()
"""


MEANING = {
    "empty": "an empty window with pyqtgraph imported, painted",
    "studio": "nnstudio's window, painted",
    "torch": "a fresh process with torch, first step made",
    "engine": "the engine process, first step made",
}


def seconds_to_print(code: str) -> float:
    """Seconds from starting a process to the moment that it prints."""
    started = time.clock_gettime(time.CLOCK_MONOTONIC)
    return float(output_of("-c", code)) - started


def engine_seconds() -> float:
    """Seconds from asking for an engine process to its first completed step, as the window sees it."""
    with tempfile.NamedTemporaryFile("w", suffix=".py") as script:  # spawning needs a main module that is a file
        script.write(ENGINE)
        script.flush()
        return float(output_of(script.name))


def output_of(*arguments: str) -> str:
    environment = os.environ | {"QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # as installed: nothing is compiled anew at each start
    done = subprocess.run(
        [sys.executable, *arguments], env=environment, capture_output=True, text=True, timeout=120, check=True
    )
    return done.stdout.split()[-1]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=7)
    rounds = options.parse_args().rounds
    variants = {
        "empty": lambda: seconds_to_print(EMPTY_WINDOW),
        "studio": lambda: seconds_to_print(STUDIO),
        "torch": lambda: seconds_to_print(BARE_STEP),
        "engine": engine_seconds,
    }
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {f"NNSTUDIO_{name}": folder for name in ("CONFIG", "DATA", "CACHE")}
        times: dict[str, list[float]] = {name: [] for name in variants}
        for _ in range(rounds + 1):
            for name, measure in variants.items():
                times[name].append(measure())
    for name, seconds in times.items():
        print(f"{MEANING[name]:48} {1000 * statistics.median(seconds[1:]):6.0f} ms")
    window, engine = ratio(times, "studio", "empty"), ratio(times, "engine", "torch")
    print(f"studio / empty  {window:.2f}  (aim: at most 1.30)")
    print(f"engine / torch  {engine:.2f}  (aim: at most 1.20)")


def ratio(times: dict[str, list[float]], one: str, other: str) -> float:
    """Median of the rounds' ratios, the first round left out."""
    return statistics.median(a / b for a, b in zip(times[one][1:], times[other][1:], strict=True))


if __name__ == "__main__":
    main()
