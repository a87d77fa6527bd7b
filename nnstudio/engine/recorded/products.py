"""Matrix products that are quicker when the transposed one is made and turned.

A product goes by rows of its result, in blocks of whole vectors: where a row has 30 numbers and a column 64, as in the
gradient of a first layer on 30 columns, the transposed product takes little more than half the time. Whether both have
the same bits here, and which is quicker, is tried on random numbers before it is relied on.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from time import thread_time

import torch
from torch import Tensor

from nnstudio.engine.frozen import same_bits
from nnstudio.engine.recorded.recorder import Operation

VECTOR = 16
"""Numbers in the longest vector that a processor adds at once."""
LONG_SUM = 256
"""Products that are added up for a number of the result, from which turning it is worth a thought."""
TRIALS = 5

Sides = tuple[int, ...]


def turned_product(operation: Operation) -> Callable[[], object] | None:
    """A call that writes the product where it was; None for another operation, or where that is no quicker."""
    match operation.name, operation.args:
        case "mm", (Tensor() as a, Tensor() as b) if _may_pay(a, b) and operation.result.is_contiguous():
            if _pays(a.shape, a.stride(), b.shape, b.stride(), torch.get_num_threads()):
                return _turned(a, b, operation.result)
    return None


def _may_pay(a: Tensor, b: Tensor) -> bool:
    is_plain = a.dtype is torch.float32 and a.device.type == "cpu"
    return is_plain and len(b) >= LONG_SUM and len(a) % VECTOR == 0 and b.shape[1] % VECTOR != 0


def _turned(a: Tensor, b: Tensor, result: Tensor) -> Callable[[], object]:
    made = torch.empty(result.shape[::-1])
    standing = made.t()

    def call() -> None:
        torch.mm(b.t(), a.t(), out=made)
        result.copy_(standing)

    return call


@cache
def _pays(shape: Sides, strides: Sides, other_shape: Sides, other_strides: Sides, threads: int) -> bool:
    """Try it on random numbers, from a generator of its own, with so many ``threads``."""
    del threads
    generator = torch.Generator().manual_seed(0)
    a, b = torch.empty_strided(shape, strides), torch.empty_strided(other_shape, other_strides)
    result, found = torch.empty(shape[0], other_shape[1]), torch.empty(shape[0], other_shape[1])
    turned, as_it_is, as_turned = _turned(a, b, found), [], []
    for _ in range(TRIALS):
        a.normal_(generator=generator)
        b.normal_(generator=generator)
        as_it_is.append(_seconds(lambda: torch.mm(a, b, out=result)))
        as_turned.append(_seconds(turned))
        if not same_bits(result, found):
            return False
    return min(as_turned) < min(as_it_is)


def _seconds(call: Callable[[], object]) -> float:
    """How long this thread computes for ``call``, whatever else the machine does."""
    started = thread_time()
    call()
    return thread_time() - started
