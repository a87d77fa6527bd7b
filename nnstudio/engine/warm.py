"""What the first run would otherwise wait for."""

from __future__ import annotations

from time import perf_counter

import torch
from torch import nn

from nnstudio.engine.measures import Tally
from nnstudio.engine.plan import device_for
from nnstudio.engine.step import make_step
from nnstudio.spec.events import EngineReady
from nnstudio.spec.facts import DataFacts, Rows
from nnstudio.spec.tasks import Task
from nnstudio.spec.training import Training


def warm_up() -> EngineReady:
    """Train one step of a tiny network, which loads and wakes all that training needs; draws no random number.

    The first optimiser of a process loads PyTorch's compiler, about a second.
    """
    started = perf_counter()
    device = device_for("auto")
    training = Training()
    facts = DataFacts(Task.MULTICLASS, (2,), Rows(2, 0, 0), "", classes=("0", "1"))
    x, y = torch.zeros(2, 2, device=device), torch.zeros(2, dtype=torch.int64, device=device)
    with torch.random.fork_rng(devices=[]):
        step = make_step(nn.Sequential(nn.Linear(2, 2)).to(device), training, fused=True)
    tally = Tally(training.loss, facts, 1.0, device)
    tally.add(*step(x, y))
    tally.close_chunk(y)
    tally.read()
    return EngineReady(str(torch.__version__), device, perf_counter() - started)
