"""Whether a run survives being killed: ``kill -9`` at random moments, resume, compare with an uninterrupted run.

Run ``python tests/bench/kills.py [--kills 100]`` (not on Windows: it forks). A training process is killed after a
random time, taken up again by a new one, which is killed as well, and so on until one comes to its end; then the next
run begins. In every second run half of the time goes into checkpoints, so that many kills hit while one is written.
Every run has to end in the curve and the weights, bit for bit, of the one that nobody interrupted. Exits with 1 where
one does not.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from nnstudio.engine import pace, recovery
from nnstudio.engine.checkpoint import load_model
from nnstudio.engine.frozen import same_bits
from nnstudio.jobs.runner import answer
from nnstudio.resources import resource
from nnstudio.runs.store import BEST, FOLDER_VARIABLE, LAST, RECOVERY, RunStore
from nnstudio.session import edits
from nnstudio.session.suggest import suggest
from nnstudio.spec.events import DataDescribed, Failed, NumericPlan, SourceOpened
from nnstudio.spec.layers import BatchNorm1d, Dropout, Linear, ReLU
from nnstudio.spec.model import Model, new_row
from nnstudio.spec.project import Project
from nnstudio.spec.requests import DescribeData, ListInterrupted, OpenSource, Request, ResumeRun, TrainProject, WarmUp
from nnstudio.spec.schedules import OneCycle
from nnstudio.spec.sources import TableSource

BUSY_WRITING = 0.5
"""The share of the time that checkpoints take in every second run."""


def ask(request: Request) -> list[object]:
    events: list[object] = []
    for event in answer(request, SimpleQueue()):
        if isinstance(event, Failed):
            raise event.error
        events.append(event)
    return events


def project(epochs: int) -> Project:
    """Iris with everything that has a state: batch norm, dropout, Adam, a schedule, gathered gradients, an average."""
    opened = ask(OpenSource(TableSource(str(resource("samples/iris.csv")))))[-1]
    assert isinstance(opened, SourceOpened)
    made = edits.open_source(Project(), opened.facts)
    (described,) = ask(DescribeData(edits.data_of(made)))
    assert isinstance(described, DataDescribed)
    made = suggest(made, described.facts)
    layers = (Linear(16), BatchNorm1d(), ReLU(), Dropout(0.2), Linear(3))
    training = replace(made.training, epochs=epochs, patience=0, schedule=OneCycle(), accumulate=2, clip=1.0, ema=0.99)
    return replace(made, model=Model(tuple(map(new_row, layers))), training=training)


def in_a_child(request: Request, *, often: bool, seconds: float | None) -> bool:
    """Whether a process of its own came to the end of a job; it is killed after some ``seconds``."""
    child = os.fork()
    if child == 0:
        try:
            if often:
                pace.INTERVAL, recovery.SHARE, recovery.WITHIN_EPOCH = -1.0, BUSY_WRITING, -1.0
            ask(request)
        except BaseException as error:  # noqa: BLE001  # nothing may leave a forked process
            print(repr(error), file=sys.stderr)
            os._exit(1)
        os._exit(0)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise SystemExit("A job failed.")
    return os.WIFEXITED(status)


def in_a_folder(work: Callable[[Path], None]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ[FOLDER_VARIABLE] = folder
        work(Path(folder))


class Test:
    """Runs that are killed, and the one that they have to equal."""

    def __init__(self, kills: int, epochs: int, seed: int) -> None:
        self.left, self.draw = kills, random.Random(seed)
        self.killed = self.resumed = self.runs = self.torn = 0
        ask(WarmUp())  # once, for all the processes that are forked from here
        self.project = project(epochs)
        self.request = TrainProject(self.project, NumericPlan())
        started = time.perf_counter()
        in_a_child(self.request, often=False, seconds=None)
        self.seconds = time.perf_counter() - started
        (self.expected,) = self._ends()

    @staticmethod
    def _ends() -> list[tuple[object, ...]]:
        """Curve, figures and weights of every run that came to its end."""
        ask(ListInterrupted())
        with closing(RunStore()) as store:
            done = [run for run in store.runs() if run.result is not None]
            curves = [
                [(each.epoch, each.train, each.validation, each.best) for each in store.epochs(run.id)] for run in done
            ]
            weights = [
                {name: load_model(store.run_folder(run.id) / name).state for name in (BEST, LAST)} for run in done
            ]
            left = [store.run_folder(run.id) / RECOVERY for run in done]
        assert not any(path.exists() for path in left), "a finished run leaves no checkpoint"
        figures = [run.result and (run.result.test, run.result.best_epoch, run.result.epochs) for run in done]
        return list(zip(curves, figures, weights, strict=True))

    def one_run(self, folder: Path) -> None:
        """Kill a run and those that take it up again, until one comes to its end."""
        often = self.runs % 2 == 1
        request: Request = self.request
        span = self.seconds * (2 if often else 1)
        while self.left and not in_a_child(request, often=often, seconds=self.draw.uniform(0, span)):
            self.left -= 1
            self.killed += 1
            self.torn += any(folder.rglob("*.partial"))
            if self._ends():  # killed on its way out
                break
            with closing(RunStore()) as store:
                interrupted = bool(store.interrupted())
            self.resumed += interrupted
            request = ResumeRun() if interrupted else self.request
        if not self._ends():
            in_a_child(request, often=often, seconds=None)
        (end,) = self._ends()
        self.runs += 1
        self._compare(end)

    def _compare(self, end: tuple[object, ...]) -> None:
        assert end[:2] == self.expected[:2], "another curve"
        for name in (BEST, LAST):
            mine, theirs = end[2][name], self.expected[2][name]  # type: ignore[index]
            assert mine.keys() == theirs.keys()
            assert all(same_bits(mine[key], theirs[key]) for key in mine), "other weights"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--epochs", type=int, default=1_500)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    tests: list[Test] = []
    in_a_folder(lambda _: tests.append(Test(options.kills, options.epochs, options.seed)))
    (test,) = tests
    while test.left:
        in_a_folder(test.one_run)
        print(f"{test.killed} kills, {test.runs} runs", file=sys.stderr, flush=True)
    print(
        f"{test.killed} kills, {test.torn} of them while a file was written; {test.resumed} times there was a "
        f"checkpoint to go on from; {test.runs} runs ended in the curve and the weights of the uninterrupted one."
    )


if __name__ == "__main__":
    main()
