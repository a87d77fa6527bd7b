"""How fast `engine.train` is, against a bare loop that does the same work and nothing else, and against peers.

Run ``python tests/bench/throughput.py [--reps 5]``. Every variant is timed in turn, a repetition of each at a time, on
one thread; the table gives each one's time over that of the bare loop in the same repetition (medians):

* ours: the generator of events, consumed to its end, from an untouched project to the measured test rows, with
  checkpoints and a history that is kept; it chooses its own layout in memory;
* bare: a hand-written loop over batches of a tensor that is permuted once an epoch, with fused Adam, sums of loss and
  accuracy that stay tensors and are read once an epoch, and validation after each epoch under ``no_grad``;
* course: the loop of a PyTorch introduction: ``DataLoader``, ``loss.item()``, a torchmetrics accuracy for every batch;
* scikit-learn and the other `peers` that are installed.

Ours judges the test rows once, which the others do not. The last lines are measured beside a busy process: ours with
the threads that it chooses, bare with one.
"""

from __future__ import annotations

import argparse
import multiprocessing
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from queue import SimpleQueue
from time import perf_counter, process_time

import numpy as np
import torch
import torchmetrics
from numpy.typing import NDArray
from sklearn.datasets import load_iris
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from nnstudio.engine import plan
from nnstudio.engine.build import build
from nnstudio.engine.examples import Examples
from nnstudio.engine.recovery import Keeper
from nnstudio.engine.train import train
from nnstudio.spec.data import Batches, DataSpec
from nnstudio.spec.events import RunFinished
from nnstudio.spec.facts import DataFacts, Rows
from nnstudio.spec.layers import Conv2d, Flatten, LayerKind, Linear, MaxPool2d, ReLU
from nnstudio.spec.model import Model, Row
from nnstudio.spec.optimizers import Adam
from nnstudio.spec.project import Project
from nnstudio.spec.sources import TableSource
from nnstudio.spec.tasks import Task
from nnstudio.spec.training import Training
from tests.bench.peers import NEED_TABLES, PEERS


@dataclass(frozen=True)
class Workload:
    """What is trained: a name, the project, and its examples."""

    name: str
    project: Project
    examples: Examples

    @cached_property
    def parts(self) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
        """Inputs and targets of the training rows and of the validation rows, which the loops get for nothing."""
        examples, x, y = self.examples, torch.from_numpy(self.examples.x), torch.from_numpy(self.examples.y)
        return (x[examples.train], y[examples.train]), (x[examples.validation], y[examples.validation])

    @property
    def batch(self) -> int:
        assert self.project.data is not None
        return self.project.data.batches.size

    @property
    def epochs(self) -> int:
        return self.project.training.epochs

    @property
    def rate(self) -> float:
        return self.project.training.optimizer.lr

    @property
    def hidden(self) -> tuple[int, ...] | None:
        """Outputs of the layers before the last one; None where there are convolutions."""
        kinds = [row.kind for row in self.project.model.rows]
        if any(isinstance(kind, Conv2d) for kind in kinds):
            return None
        return tuple(kind.out_features for kind in kinds if isinstance(kind, Linear))[:-1]

    def network(self) -> nn.Sequential:
        return build(self.project.model, self.examples.facts.input_shape, 0)


def workload(
    name: str, x: NDArray[np.float32], y: NDArray[np.int64], layers: Sequence[LayerKind], size: int
) -> Workload:
    """A project for ``x`` and ``y`` with one row in ten for validation and one in ten for testing."""
    order = np.random.default_rng(0).permutation(len(x))
    validation, test, rest = np.split(order, [len(x) // 10, len(x) // 5])
    rows = Rows(len(rest), len(validation), len(test))
    classes = tuple(map(str, range(int(y.max()) + 1)))
    facts = DataFacts(Task.MULTICLASS, x.shape[1:], rows, "class", classes=classes)
    model = Model(tuple(Row(str(index), kind) for index, kind in enumerate(layers)))
    training = Training(optimizer=Adam(lr=0.01 if len(x) < 1_000 else 0.001), epochs=100 if len(x) < 1_000 else 2)
    project = Project(DataSpec(TableSource(), (), Task.MULTICLASS, batches=Batches(size)), model, training)
    return Workload(name, project, Examples(x, y, rest, validation, test, facts))


def workloads() -> list[Workload]:
    """Iris, a table of 30 columns in small and in large batches, and pictures of 28 by 28."""
    draw = np.random.default_rng(0)
    iris_x, iris_y = load_iris(return_X_y=True)
    wide_x = draw.standard_normal((200_000, 30), dtype=np.float32)
    wide_y = (wide_x @ draw.standard_normal((30, 3), dtype=np.float32)).argmax(1)
    pictures_y = draw.integers(0, 10, 10_000)
    patterns = draw.standard_normal((10, 1, 28, 28), dtype=np.float32)
    pictures_x = patterns[pictures_y] * np.float32(0.3) + draw.standard_normal((10_000, 1, 28, 28), dtype=np.float32)
    table = [Linear(64), ReLU(), Linear(64), ReLU(), Linear(3)]
    cnn = [Conv2d(16), ReLU(), MaxPool2d(), Conv2d(32), ReLU(), MaxPool2d(), Flatten(), Linear(10)]
    return [
        workload(
            "T2     iris 4-16-3, batch 16", iris_x.astype(np.float32), iris_y, [Linear(16), ReLU(), Linear(3)], 16
        ),
        workload("T1-64   100k x 30, 64-64-3, batch 64", wide_x[:100_000], wide_y[:100_000], table, 64),
        workload("T1-1024 200k x 30, 64-64-3, batch 1024", wide_x, wide_y, table, 1024),
        workload("T3     10k 1x28x28 CNN, batch 64", pictures_x, pictures_y, cnn, 64),
    ]


# ---- What is timed ----


def ours(work: Workload) -> float:
    """Train as nnstudio does, with checkpoints and history; gives the validation accuracy."""
    history: list[object] = []
    with tempfile.TemporaryDirectory() as folder:
        keeper = Keeper(Path(folder) / "recovery", lambda: None)
        for event in train(work.project, work.examples, keeper=keeper, inbox=SimpleQueue(), run="bench"):
            history.append(event)
            if isinstance(event, RunFinished):
                return event.validation["accuracy"]
    raise AssertionError("training did not finish")


def bare(work: Workload) -> float:
    """The least that a loop can do for the same figures; gives the last validation accuracy."""
    torch.set_num_threads(1)
    (train_x, train_y), validation = work.parts
    module, loss_of, size, accuracy = work.network(), nn.CrossEntropyLoss(), work.batch, 0.0
    optimizer = torch.optim.Adam(module.parameters(), lr=work.rate, fused=True)
    for _ in range(work.epochs):
        order = torch.randperm(len(train_x))
        x, y = train_x.index_select(0, order), train_y.index_select(0, order)
        total, correct = torch.zeros(()), torch.zeros((), dtype=torch.int64)
        module.train()
        for start in range(0, len(x), size):
            batch_x, batch_y = x[start : start + size], y[start : start + size]
            optimizer.zero_grad(set_to_none=True)
            output = module(batch_x)
            loss = loss_of(output, batch_y)
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                total += loss * len(batch_y)
                correct += (output.argmax(1) == batch_y).sum()
        _ = total.item() / len(x), correct.item() / len(x)
        accuracy = bare_validation(module, loss_of, *validation)
    return accuracy


def bare_validation(module: nn.Module, loss_of: nn.Module, x: Tensor, y: Tensor, size: int = 1024) -> float:
    """Loss and accuracy of the validation rows, in slices that a processor's caches hold."""
    total, correct = torch.zeros(()), torch.zeros((), dtype=torch.int64)
    module.eval()
    with torch.no_grad():
        for start in range(0, len(x), size):
            batch_y = y[start : start + size]
            output = module(x[start : start + size])
            total += loss_of(output, batch_y) * len(batch_y)
            correct += (output.argmax(1) == batch_y).sum()
    _ = total.item() / len(x)
    return correct.item() / len(x)


def course(work: Workload) -> float:
    """What an introduction to PyTorch teaches."""
    torch.set_num_threads(1)
    (x, y), validation = work.parts
    module, loss_of, accuracy = work.network(), nn.CrossEntropyLoss(), 0.0
    optimizer = torch.optim.Adam(module.parameters(), lr=work.rate)
    metric = torchmetrics.Accuracy(task="multiclass", num_classes=len(work.examples.facts.classes))
    loader = DataLoader(TensorDataset(x, y), work.batch, shuffle=True)
    for _ in range(work.epochs):
        module.train()
        metric.reset()
        running = 0.0
        for batch_x, batch_y in loader:
            optimizer.zero_grad()
            output = module(batch_x)
            loss = loss_of(output, batch_y)
            loss.backward()
            optimizer.step()
            running += loss.item() * len(batch_y)
            metric.update(output, batch_y)
        metric.compute().item()
        accuracy = bare_validation(module, loss_of, *validation)
    return accuracy


# ---- How it is timed ----

Variant = Callable[[Workload], float]
CLOCK = [perf_counter]
"""What times are taken by."""


def times(variants: Sequence[Variant], work: Workload, reps: int) -> list[list[float]]:
    """Seconds of every variant for every repetition; the variants take turns, and a first turn is not counted."""
    seconds: list[list[float]] = [[] for _ in variants]
    for rep in range(reps + 1):
        for variant, taken in zip(variants, seconds, strict=True):
            started = CLOCK[0]()
            variant(work)
            if rep:
                taken.append(CLOCK[0]() - started)
    return seconds


def ratio(one: Sequence[float], other: Sequence[float]) -> float:
    return statistics.median(a / b for a, b in zip(one, other, strict=True))


def alone(reps: int, only: str) -> None:
    """The table: one thread for everybody."""
    everybody: dict[str, Variant] = {"ours": ours, "bare": bare, "course": course, **PEERS}
    cores, plan.CORES = plan.CORES, 1
    print(f"{'one thread each':38} {'samples/s':>10} {' '.join(f'{name:>9}' for name in everybody)}  accuracy")
    for work in workloads():
        if only in work.name:
            takes_part = {n: v for n, v in everybody.items() if work.hidden is not None or n not in NEED_TABLES}
            taken = dict(zip(takes_part, times(list(takes_part.values()), work, reps), strict=True))
            ratios = [
                f"{ratio(taken[name], taken['bare']):9.3f}" if name in taken else f"{'–':>9}" for name in everybody
            ]
            samples = work.epochs * len(work.examples.train) / statistics.median(taken["ours"])
            print(f"{work.name:38} {samples:10,.0f} {' '.join(ratios)}  {ours(work):.3f} {bare(work):.3f}", flush=True)
    plan.CORES = cores


def beside_a_busy_process(reps: int, only: str) -> None:
    print(f"{'beside a busy process':40} {'samples/s':>10} {'ours/bare':>10}")
    busy = multiprocessing.get_context("spawn").Process(target=spin, daemon=True)
    busy.start()
    for work in workloads():
        if only in work.name:
            mine, least = times((ours, bare), work, reps)
            samples = work.epochs * len(work.examples.train) / statistics.median(mine)
            print(f"{work.name:40} {samples:10,.0f} {ratio(mine, least):10.3f}", flush=True)
    busy.kill()


def spin() -> None:
    while True:
        pass


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--reps", type=int, default=5, help="repetitions that count")
    parser.add_argument("--only", default="", help="only workloads with this in their name, such as T2")
    parser.add_argument("--quiet", action="store_true", help="leave out the part beside a busy process")
    parser.add_argument("--cpu", action="store_true", help="take the processor's time: the machine is not idle")
    options = parser.parse_args()
    if options.cpu:
        CLOCK[0] = process_time
    alone(options.reps, options.only)
    if not options.quiet:
        beside_a_busy_process(options.reps, options.only)


if __name__ == "__main__":
    main()
