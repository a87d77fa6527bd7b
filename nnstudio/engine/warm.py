"""What the first run would otherwise wait for."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter

import torch
from torch import Tensor, nn

from nnstudio.engine.cards import card_facts
from nnstudio.engine.measures import Tally
from nnstudio.engine.plan import device_for
from nnstudio.engine.step import make_step
from nnstudio.spec.events import EngineReady
from nnstudio.spec.facts import DataFacts, Rows
from nnstudio.spec.losses import MSE
from nnstudio.spec.tasks import Task
from nnstudio.spec.training import Training

ROWS = 2


def warm_up() -> Iterator[EngineReady]:
    """Train one step of a tiny network and say so; then load what only measuring needs. Draws no random number.

    The first optimiser of a process loads PyTorch's compiler, about a second, and torchmetrics takes as long again.
    """
    started = perf_counter()
    device = device_for("auto")
    y = torch.zeros(ROWS, dtype=torch.int64, device=device)
    loss, output = _first_step(y)
    cards = card_facts() if device == "cpu" else None
    yield EngineReady(str(torch.__version__), device, perf_counter() - started, cards)
    tally = Tally(MSE(), DataFacts(Task.REGRESSION, (1,), Rows(ROWS, 0, 0), ""), (1.0,), device)
    tally.add(loss, output[:, :1])
    tally.close_chunk(y.to(torch.float32).reshape(-1, 1))
    tally.read()


def _first_step(y: Tensor) -> tuple[Tensor, ...]:
    with torch.random.fork_rng(devices=[]):
        network = nn.Sequential(nn.Linear(1, 2)).to(y.device)
    return make_step(network, Training(), fused=True)(torch.zeros(ROWS, 1, device=y.device), y)
