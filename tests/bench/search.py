"""How fast a search is: what a trial costs beside training, and what two trials at a time gain over a plain loop.

Run ``python tests/bench/search.py [--trials 20] [--reps 5]``. Everything is measured in turn in one process, on data
like T2 of `throughput` (iris, 4-16-3, batches of 16, 100 epochs), without pruning and with random values, so that
everybody trains the same trials to their end:

* ours, one and two at a time: the job as window and terminal run it, each trial recorded as a run; a helper process is
  warm, as from the second search on (how long a cold one takes until it trains is told as well);
* plain: the loop that one would write by hand: Optuna in memory, and for each trial the bare training loop of
  `throughput` with fused Adam; one thread;
* the engine alone: the same trials through ``engine.train``, one after the other, and nothing else.

Bookkeeping is what a trial of ours, one at a time, takes longer than in the engine alone: asking, telling, encoding
once, one transaction, weights of the best.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from time import perf_counter, sleep

import optuna

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from nnstudio.engine.train import train
from nnstudio.jobs.runner import answer
from nnstudio.jobs.searching.study import Study
from nnstudio.jobs.searching.workers import Helper
from nnstudio.resources import resource
from nnstudio.session import edits
from nnstudio.spec.data import Batches
from nnstudio.spec.events import DataDescribed, Event, Failed, NumericPlan, SourceOpened, TrialDone
from nnstudio.spec.layers import Linear, ReLU
from nnstudio.spec.losses import CrossEntropy
from nnstudio.spec.model import Model, new_row
from nnstudio.spec.optimizers import Adam
from nnstudio.spec.project import Project
from nnstudio.spec.requests import DescribeData, OpenSource, Request, SearchProject
from nnstudio.spec.search import Interval, Search, SearchedField
from nnstudio.spec.searched.trial import applied
from nnstudio.spec.sources import TableSource
from nnstudio.spec.training import Training
from tests.bench.throughput import Workload, bare, workloads

FIELDS = (
    SearchedField("optimizer.lr", Interval(1e-3, 1e-1, log=True)),
    SearchedField("optimizer.weight_decay", Interval(1e-6, 1e-2, log=True)),
)


def ask(request: Request) -> Iterator[Event]:
    for event in answer(request, SimpleQueue()):
        if isinstance(event, Failed):
            raise event.error
        yield event


def project(trials: int, at_once: int) -> Project:
    """T2 as a project that searches two fields."""
    source = TableSource(str(resource("samples/iris.csv")))
    (opened,) = (event for event in ask(OpenSource(source)) if isinstance(event, SourceOpened))
    made = edits.set_batches(edits.open_source(Project(), opened.facts), Batches(16))
    assert any(isinstance(event, DataDescribed) for event in ask(DescribeData(edits.data_of(made))))
    rows = tuple(map(new_row, (Linear(16), ReLU(), Linear(3))))
    training = Training(CrossEntropy(), Adam(lr=0.01), epochs=100, patience=0)
    search = Search(FIELDS, "random", trials=trials, prune=False, at_once=at_once)
    return replace(made, model=Model(rows), training=training, search=search)


def ours(wanted: Project) -> None:
    """Search as window and terminal do."""
    done = sum(isinstance(event, TrialDone) for event in ask(SearchProject(wanted)))
    assert done == wanted.search.trials


def plain(work: Workload, trials: int) -> None:
    """What one would write by hand."""

    def objective(trial: optuna.Trial) -> float:
        rate = trial.suggest_float("lr", 1e-3, 1e-1, log=True)
        trial.suggest_float("weight_decay", 1e-6, 1e-2, log=True)
        training = replace(work.project.training, optimizer=Adam(lr=rate))
        return bare(replace(work, project=replace(work.project, training=training)))

    optuna.create_study(direction="maximize", sampler=optuna.samplers.RandomSampler(0)).optimize(objective, trials)


def engine_alone(work: Workload, wanted: Project, trials: int) -> None:
    """The same trials, one after the other, and nothing but training."""
    study = Study(wanted, "lower")
    searched = replace(work.project, training=replace(wanted.training, epochs=work.epochs))
    for _ in range(trials):
        _, values = study.ask()
        for _ in train(applied(searched, values), work.examples, inbox=SimpleQueue(), run="", plan=NumericPlan()):
            pass


def timed(do: Callable[[], object]) -> float:
    started = perf_counter()
    do()
    return perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--reps", type=int, default=5, help="repetitions that count")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name in ("DATA", "CACHE"):
            os.environ[f"NNSTUDIO_{name}"] = str(Path(folder) / name.lower())
        compare(options.trials, options.reps)
        Helper.end_idle()


def compare(trials: int, reps: int) -> None:
    """Print the table: everybody in turn, a first turn is not counted."""
    work, one, two = workloads()[0], project(trials, 1), project(trials, 2)
    everybody: dict[str, Callable[[], object]] = {
        "plain loop, bare PyTorch": lambda: plain(work, trials),
        "engine alone, one after the other": lambda: engine_alone(work, one, trials),
        "ours, one at a time": lambda: ours(one),
        "ours, two at a time": lambda: ours(two),
    }
    ours(one)
    print(f"{'two at a time, the helper started cold':40} {timed(lambda: ours(two)):8.2f} s")
    while not all(helper.is_free for helper in Helper._idle):  # it gets warm
        sleep(0.1)
    seconds: dict[str, list[float]] = {name: [] for name in everybody}
    for rep in range(reps + 1):
        for name, do in everybody.items():
            passed = timed(do)
            if rep:
                seconds[name].append(passed)
    base, engine = (seconds[name] for name in list(everybody)[:2])
    print(f"{f'{trials} trials on T2':40} {'s':>8} {'/ plain':>8} {'/ engine':>8}")
    for name, taken in seconds.items():
        ratios = [statistics.median(a / b for a, b in zip(taken, other, strict=True)) for other in (base, engine)]
        print(f"{name:40} {statistics.median(taken):8.2f} {ratios[0]:8.3f} {ratios[1]:8.3f}")
    costs = [(a - b) / trials * 1_000 for a, b in zip(seconds["ours, one at a time"], engine, strict=True)]
    print(f"bookkeeping: {statistics.median(costs):.2f} ms a trial")


if __name__ == "__main__":
    main()
