"""How long fine-tuning with a frozen body takes: ours, ours with every layer passed in every epoch, a course's loop.

    python -m tests.bench.fine_tuning [--rows 512] [--epochs 10]

Random pictures and weights; one thread; each ratio is to the loop, within one run.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from time import perf_counter

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from nnstudio.engine.build import build
from nnstudio.engine.examples import Examples
from nnstudio.engine.frozen import Frozen
from nnstudio.spec.events import NumericPlan
from nnstudio.spec.layers import AdaptiveAvgPool2d, BatchNorm2d, Conv2d, Flatten, Linear, MaxPool2d, ReLU
from nnstudio.spec.model import Model
from nnstudio.spec.project import Project
from tests.engine.experiments import examples, experiment, run

SHAPE = (3, 32, 32)
BODY = (
    Conv2d(32, 3), BatchNorm2d(), ReLU(), MaxPool2d(2), Conv2d(64, 3), BatchNorm2d(), ReLU(), MaxPool2d(2),
    Conv2d(128, 3), BatchNorm2d(), ReLU(), AdaptiveAvgPool2d(1), Flatten(),
)  # fmt: skip
HEAD = (Linear(64), ReLU(), Linear(3))


def project_of(epochs: int) -> Project:
    """All but the head is locked."""
    project = experiment(*BODY, *HEAD, size=32, epochs=epochs, patience=0)
    rows = tuple(replace(row, locked=place < len(BODY)) for place, row in enumerate(project.model.rows))
    return replace(project, model=Model(rows))


def loop(project: Project, given: Examples) -> None:
    """As a course writes it: nothing is kept from one epoch to the next."""
    module = build(project.model, SHAPE, 0)
    frozen = Frozen(module, project.model)
    learning = [parameter for parameter in module.parameters() if parameter.requires_grad]
    optimizer, loss_function = torch.optim.Adam(learning), nn.CrossEntropyLoss()
    x, y = torch.from_numpy(given.x), torch.from_numpy(given.y)
    train = DataLoader(TensorDataset(x[given.train], y[given.train]), 32, shuffle=True)
    validation = DataLoader(TensorDataset(x[given.validation], y[given.validation]), 32)
    for _ in range(project.training.epochs):
        frozen.train()
        for inputs, targets in train:
            optimizer.zero_grad()
            loss_function(module(inputs), targets).backward()
            optimizer.step()
        module.eval()
        with torch.inference_mode():
            sum(loss_function(module(inputs), targets).item() for inputs, targets in validation)


def seconds(work: Callable[[], object]) -> float:
    started = perf_counter()
    work()
    return perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=512)
    parser.add_argument("--epochs", type=int, default=10)
    options = parser.parse_args()
    torch.set_num_threads(1)
    given, project = examples(rows=options.rows, shape=SHAPE, parts=(64, 64)), project_of(options.epochs)
    run(project_of(2), examples(rows=160, shape=SHAPE, parts=(32, 32)))  # loads what is loaded when it is first used
    base = seconds(lambda: loop(project, given))
    for name, plan in (("once", NumericPlan(once=1)), ("in every epoch", NumericPlan())):
        took = seconds(lambda plan=plan: run(project, given, plan=plan))  # type: ignore[misc]
        print(f"frozen layers {name:15} {took:6.2f} s  {took / base:5.3f} of the loop")
    print(f"a course's loop              {base:6.2f} s")


if __name__ == "__main__":
    main()
