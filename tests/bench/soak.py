"""Whether memory stays flat over a long run: a tiny network for 10,000 epochs, in the window and its engine process.

At every thousandth epoch it prints what both processes hold in memory, and how many epochs the window remembers. Run:
``python -m tests.bench.soak [--epochs 10000]``, on Linux.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


from nnstudio.gui.studio import Studio
from nnstudio.resources import resource
from nnstudio.session import edits
from nnstudio.session.live import Status
from nnstudio.spec.files import load_project, save_project
from tests.bench.responsiveness import open_window, wait

LOOKS = 10


def resident(process: int) -> float:
    """MiB of memory that a process holds."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--epochs", type=int, default=10_000)
    epochs: int = options.parse_args().epochs
    opened = open_window()
    studio = opened.studio
    with tempfile.TemporaryDirectory() as folder:
        project = load_project(resource("samples/iris.nnstudio"))
        path = Path(folder) / "soak.nnstudio"
        save_project(edits.set_training(project, replace(project.training, epochs=epochs, patience=0)), path)
        studio.open_project(path)
        wait(lambda: studio.state.facts is not None)
        studio.train()
        watch(studio, epochs)
    opened.window.hide()
    opened.engines.close()


def watch(studio: Studio, epochs: int) -> None:
    """Print a line for each tenth of the run."""
    print(f"{'epoch':>8} {'window MiB':>11} {'engine MiB':>11} {'remembered':>11}")
    for look in range(1, LOOKS + 1):
        wait(partial(_is_past, studio, epochs * look // LOOKS), 600.0)
        engine = sum(resident(child.pid) for child in multiprocessing.active_children() if child.pid)
        window, remembered = resident(os.getpid()), len(studio.run.history.epochs)
        print(f"{_epoch(studio):8,} {window:11.1f} {engine:11.1f} {remembered:11,}", flush=True)


def _is_past(studio: Studio, goal: int) -> bool:
    return _epoch(studio) >= goal or studio.run.status is Status.FINISHED


def _epoch(studio: Studio) -> int:
    epochs = studio.run.history.epochs
    return epochs[-1] if epochs else 0


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {f"NNSTUDIO_{name}": str(Path(folder) / name) for name in ("CONFIG", "DATA", "CACHE")}
        main()
