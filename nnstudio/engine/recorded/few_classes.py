"""The logarithm of the softmax over few classes, many rows at a time.

PyTorch takes row after row, each of them a vector of which only the classes are filled: with three classes that takes
as long as the layer before it. Turned on its side, a vector is full of rows. The bits are the same where one vector
holds all classes of a row and the rows fill whole vectors, and on the way back where a row has a single gradient that
is not 0, which is what classes give: each step of the arithmetic is the same one then. Whether that holds on this
processor, too, is tried on random numbers before it is relied on.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import torch
from torch import Tensor

from nnstudio.engine.frozen import same_bits
from nnstudio.engine.recorded.recorder import Operation

SHORTEST_VECTOR, LONGEST_VECTOR = 8, 16
"""Numbers in the vectors that PyTorch uses."""
MANY_ROWS = 128
"""Rows from which turning them is quicker."""
TRIALS = 12
"""How many batches the bits are compared on."""

Turned = Callable[[], object]


def turned_softmax(operation: Operation, before: Operation | None) -> Turned | None:
    """A call that writes the result where it was; None where ``operation`` is not such a softmax, or its way back.

    ``before`` is what was done just before.
    """
    match operation.name, operation.args:
        case "_log_softmax", (Tensor() as x, 1, False) if _fits(x):
            return _forward(x, operation.result)
        case "_log_softmax_backward_data", (Tensor() as x, Tensor() as y, 1, torch.float32) if _fits(x) and _fits(y):
            by_class = before is not None and before.name == "nll_loss_backward" and before.result is x
            return _backward(x, y, operation.result) if by_class else None
    return None


def _fits(x: Tensor) -> bool:
    if x.dim() != 2 or x.dtype is not torch.float32 or x.device.type != "cpu":
        return False
    rows, classes = x.shape
    in_range = rows >= MANY_ROWS and rows % LONGEST_VECTOR == 0 and 1 < classes < SHORTEST_VECTOR
    return in_range and _has_the_same_bits(rows, classes)


def _forward(x: Tensor, result: Tensor) -> Turned:
    given, made = torch.empty(result.shape[::-1]), torch.empty(result.shape[::-1])
    standing = made.t()

    def call() -> None:
        given.copy_(x.t())
        torch._log_softmax(given, 0, False, out=made)
        result.copy_(standing)

    return call


def _backward(x: Tensor, y: Tensor, result: Tensor) -> Turned:
    given, output, made = (torch.empty(result.shape[::-1]) for _ in range(3))
    standing = made.t()

    def call() -> None:
        given.copy_(x.t())
        output.copy_(y.t())
        torch._log_softmax_backward_data(given, output, 0, torch.float32, out=made)
        result.copy_(standing)

    return call


@cache
def _has_the_same_bits(rows: int, classes: int) -> bool:
    """Try it on numbers of many sizes; draws from a generator of its own."""
    generator = torch.Generator().manual_seed(rows)
    for _ in range(TRIALS):
        x = torch.randn(rows, classes, generator=generator) * torch.logspace(-6, 3, rows)[:, None]
        label = torch.randint(0, classes, (rows, 1), generator=generator)
        gradient = torch.zeros(rows, classes).scatter_(1, label, -1 / rows)
        output = torch._log_softmax(x, 1, False)
        back = torch._log_softmax_backward_data(gradient, output, 1, torch.float32)
        found, found_back = torch.empty_like(output), torch.empty_like(back)
        _forward(x, found)()
        _backward(gradient, output, found_back)()
        if not (same_bits(output, found) and same_bits(back, found_back)):
            return False
    return True
