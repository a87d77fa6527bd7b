"""Is the bundled program as quick to start as the checkout? Ratios in one run, seen from outside.

Each figure is a fresh process with a warm page cache; the two are interleaved, the first round is dropped, and ratios
are medians. Run after ``make bundle``: ``python -m tests.bench.installed [--program FILE] [--rounds 7]``.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
IRIS = ROOT / "resources" / "samples" / "iris.nnstudio"
SHOWN = ("xdotool", "search", "--sync", "--onlyvisible", "--class", "nnstudio")
MEANING = {
    "version": "nnstudio --version",
    "window": "the window is on the screen",
    "trained": "the engine is loaded and iris trained for an epoch",
}


@contextmanager
def screen() -> Iterator[str]:
    """The name of a virtual screen."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(command, pass_fds=(writing,), stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading) as pipe:
            yield f":{pipe.readline().strip()}"
    finally:
        server.terminate()
        server.wait()


def seconds_to_end(*command: object) -> float:
    started = time.monotonic()
    subprocess.run(list(map(str, command)), check=True, capture_output=True)
    return time.monotonic() - started


def seconds_to_window(*command: object) -> float:
    started = time.monotonic()
    window = subprocess.Popen(list(map(str, command)))
    subprocess.run(SHOWN, check=True, capture_output=True)
    passed = time.monotonic() - started
    window.terminate()
    window.wait()
    return passed


def measures(*program: object) -> dict[str, Callable[[], float]]:
    return {
        "version": lambda: seconds_to_end(*program, "--version"),
        "window": lambda: seconds_to_window(*program),
        "trained": lambda: seconds_to_end(*program, "train", IRIS, "--epochs", 1),
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--program", type=Path, default=ROOT / "build" / "nnstudio" / "nnstudio")
    options.add_argument("--rounds", type=int, default=7)
    chosen = options.parse_args()
    if not chosen.program.exists():
        print(f"There is no {chosen.program}; make bundle builds it.")
        return
    with tempfile.TemporaryDirectory() as folder, screen() as display:
        os.environ |= {f"NNSTUDIO_{name}": folder for name in ("CONFIG", "DATA", "CACHE")}
        os.environ |= {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        compare(measures(chosen.program), measures(sys.executable, "-m", "nnstudio"), chosen.rounds)


def compare(bundled: dict[str, Callable[[], float]], source: dict[str, Callable[[], float]], rounds: int) -> None:
    """Measure both in turn, and print what they took and the ratios."""
    for name, meaning in MEANING.items():
        pairs = [(bundled[name](), source[name]()) for _ in range(rounds + 1)][1:]
        ours, theirs = (1000 * statistics.median(each) for each in zip(*pairs, strict=True))
        ratio = statistics.median(one / other for one, other in pairs)
        print(f"{meaning:52} bundled {ours:5.0f} ms, checkout {theirs:5.0f} ms, ratio {ratio:.2f}  (aim: at most 1.00)")


if __name__ == "__main__":
    main()
