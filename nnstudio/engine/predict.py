"""Applying a network: answers for new rows, and measures of rows whose answers are known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from nnstudio.engine.build import make_loss
from nnstudio.engine.devices import threads_restored
from nnstudio.engine.examples import Balance, Examples, Tensors, as_tensor
from nnstudio.engine.feed import Feed
from nnstudio.engine.frozen import set_mode
from nnstudio.engine.measures import Tally, probabilities
from nnstudio.engine.recorded.function import RecordedFunction
from nnstudio.spec.events import Measures
from nnstudio.spec.layers import Shape
from nnstudio.spec.losses import Loss
from nnstudio.spec.tasks import Task

ACTIVATION_BYTES = 2**20
"""Most that the widest layer gives at once while a network is applied: what the processor's caches hold."""


def outputs(module: nn.Sequential, x: NDArray[np.float32], at_once: int = 0) -> NDArray[np.float32]:
    """What the network, on the CPU, gives for ``x (N, *shape)``: ``(N, K) float32``. Leaves it in ``eval()``.

    It takes as many rows ``at_once`` as `batch_rows` says unless they are given. Rows that come in several lots give
    the same bits as all in one where every lot but the last is a multiple of that.
    """
    rows = as_tensor(x)
    module.eval()
    with torch.inference_mode():
        parts = torch.split(rows, at_once or rows_at_once(module, rows[:1]))
        given: NDArray[np.float32] = torch.cat([module(_aligned(part)) for part in parts]).numpy()
    return given


ALIGNMENT = 64
"""PyTorch's own memory on the CPU begins at multiples of so many bytes."""


def _aligned(part: Tensor) -> Tensor:
    """A part of some rows at a place in memory like any other: kernels add up in another order elsewhere."""
    return part if part.data_ptr() % ALIGNMENT == 0 else part.clone()


MANY_AT_ONCE = 512
"""A network that takes so many examples at once is so small that a second thread would only wait for the first."""


@contextmanager
def one_thread() -> Iterator[None]:
    """One thread computes in the body: others are needed to read what comes next."""
    with threads_restored():
        torch.set_num_threads(1)
        yield


def batch_rows(module: nn.Sequential, shape: Shape) -> int:
    """How many examples of that shape a network takes at once; leaves it in ``eval()``."""
    module.eval()
    with torch.inference_mode():
        return rows_at_once(module, torch.zeros((1, *shape)))


def predict(module: nn.Sequential, loss: Loss, x: NDArray[np.float32], at_once: int = 0) -> NDArray[np.float32]:
    """The answers for ``x (N, *shape)``: probabilities ``(N, classes)``, or standardised values ``(N, T)``.

    A network that gives one number for yes or no is answered for both: ``(N, 2)``, no and yes. ``at_once`` is that of
    `outputs`.
    """
    given = probabilities(loss, torch.from_numpy(outputs(module, x, at_once)))
    if not loss.counts_classes and Task.REGRESSION not in loss.tasks:
        given = torch.cat((1 - given, given), 1)
    answers: NDArray[np.float32] = given.numpy()
    return answers


def rows_at_once(module: nn.Sequential, row: Tensor) -> int:
    """How many rows may pass so that no layer gives more than `ACTIVATION_BYTES`; ``row`` is ``(1, *shape)``."""
    widest = row.nbytes
    for layer in module:
        row = layer(row)
        widest = max(widest, row.nbytes)
    return max(1, ACTIVATION_BYTES // max(1, widest))


class Judge:
    """Measures a network on the same rows again and again, such as after every epoch.

    Draws nothing from any generator, and leaves the network in ``eval()``.
    """

    def __init__(self, module: nn.Module, loss: Callable[..., Tensor], feed: Feed, tally: Tally) -> None:
        self._module, self._loss, self._feed, self._tally = module, loss, feed, tally
        self._apply = RecordedFunction(self._applied)

    def __call__(self) -> Measures:
        """Loss and metrics; empty without rows."""
        set_mode(self._module, training=False)
        with torch.no_grad():
            for chunk in self._feed.chunks():
                for x, y, *weights in self._feed.batches(*chunk):
                    self._tally.add(*self._apply(x, y, *weights), *weights)
                self._tally.close_chunk(chunk[1])
            return self._tally.read()

    def _applied(self, x: Tensor, y: Tensor, *weights: Tensor) -> tuple[Tensor, Tensor]:
        output = self._module(x)
        return self._loss(output, y, *weights), output


def judge(module: nn.Sequential, loss: Loss, tensors: Tensors, rows: NDArray[np.int64]) -> Judge:
    """A `Judge` of ``module`` for the ``rows`` of ``tensors``; both lie on one device."""
    module.eval()
    with torch.inference_mode():
        size = rows_at_once(module, tensors.x[:1])
    return Judge(module, make_loss(loss, tensors.weighted), tensors.feed(rows, size), tensors.tally())


def evaluate(
    module: nn.Sequential, loss: Loss, examples: Examples, rows: NDArray[np.int64], balance: Balance = "none"
) -> Measures:
    """Loss and metrics of ``module``, on the CPU, for the ``rows`` of ``examples``; empty without rows."""
    return judge(module, loss, Tensors(examples, loss, "cpu", balance), rows)()
