"""The learning-rate range test: a short run whose rate grows from batch to batch (Smith, 2017, arXiv:1506.01186)."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import torch
from torch import Tensor

from nnstudio.engine.build import build
from nnstudio.engine.devices import threads_restored
from nnstudio.engine.examples import Examples, Tensors
from nnstudio.engine.feed import order_of
from nnstudio.engine.frozen import Frozen
from nnstudio.engine.load import load_own_starts
from nnstudio.engine.plan import device_for
from nnstudio.engine.precision import check_precision
from nnstudio.engine.preflight import check
from nnstudio.engine.step import make_step, rates_of
from nnstudio.spec.data import Batches
from nnstudio.spec.project import Project


def losses_by_rate(project: Project, examples: Examples, rates: list[float]) -> Iterator[tuple[float, float]]:
    """Train a fresh network for a batch at each of ``rates``: yields the rate, and the loss before its step.

    Ends behind the first loss that is not finite. One thread; on the CPU the same numbers every time. Raises what
    training raises before it starts.
    """
    with threads_restored():
        torch.set_num_threads(1)
        yield from _losses(project, examples, rates)


def _losses(project: Project, examples: Examples, rates: list[float]) -> Iterator[tuple[float, float]]:
    walked, device = check(project, examples), device_for(project.training.device)
    module = build(project.model, walked.input_shape, project.training.seed)
    if project.model.starts:
        load_own_starts(module, project.model)
    module.to(device)
    frozen = Frozen(module, project.model)
    frozen.train()
    tensors = Tensors(examples, project.training.loss, device)
    slower = rates_of(module, project.model)
    weighted, precision = tensors.weighted, project.training.precision
    check_precision(precision, device)
    step = make_step(module, project.training, fused=True, weighted=weighted, rates=slower, precision=precision)
    groups = step.update.optimizer.param_groups
    shares = [group["lr"] / project.training.optimizer.lr for group in groups]
    for rate, batch in zip(rates, _batches(project, examples, tensors), strict=False):
        for group, share in zip(groups, shares, strict=True):
            group["lr"] = rate * share
        loss = float(step(*batch)[0])
        yield rate, loss
        if not math.isfinite(loss):
            return


def _batches(project: Project, examples: Examples, tensors: Tensors) -> Iterator[tuple[Tensor, ...]]:
    """Whole batches of one epoch after another, without end; the last one of an epoch may be a short one."""
    size = project.data.batches.size if project.data is not None else Batches().size
    feed = tensors.feed(examples.train, size)
    for epoch in itertools.count(1):
        for chunk in feed.chunks(order_of(len(feed), project.training.seed, epoch)):
            yield from (batch for batch in feed.batches(*chunk) if len(batch[0]) > 1 or len(feed) == 1)
