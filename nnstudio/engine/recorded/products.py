"""Matrix products that are quicker in another way: turned over, or by oneDNN.

A product goes by rows of its result, in blocks of whole vectors: where a row has 30 numbers and a column 64, as in the
gradient of a first layer on 30 columns, the transposed product takes little more than half the time. And there are two
libraries: PyTorch asks MKL, which uses half of the vectors of a processor that is not Intel's, where oneDNN uses all.
Up to some hundred products are added up in order for each number of the result, whoever does it; beyond that the sums
are cut where each library thinks best. Which ways have the same bits here, and which is quickest, is tried on numbers
of all kinds before it is relied on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from time import thread_time
from typing import Any

import torch
from torch import Tensor

from nnstudio.engine.frozen import same_bits
from nnstudio.engine.recorded.recorder import Operation

VECTOR = 16
"""Numbers in the longest vector that a processor adds at once."""
LONG_SUM = 256
"""Products that are added up for a number of the result, from which turning it is worth a thought."""
LARGE = 2**19
"""Multiply-adds from which another library is worth a thought: calling it takes some microseconds longer."""
TRIALS = 5
LONGEST_TRIAL = 0.05
"""Seconds of all trials, beyond which no more are begun."""

Call = Callable[[], object]
Sides = tuple[int, ...]


def quicker_product(operation: Operation) -> Call | None:
    """A call that writes the product where it was; None for another operation, or where nothing is quicker."""
    match operation.name, operation.args:
        case "mm", (Tensor() as a, Tensor() as b):
            product = Product(None, a, b, operation.result)
        case "addmm", (Tensor() as bias, Tensor() as a, Tensor() as b) if bias.dim() == 1 and not operation.kwargs:
            product = Product(bias, a, b, operation.result)
        case _:
            return None
    if not product.is_plain or not (ways := dict(product.ways())):
        return None
    way = _quickest(product.bias is not None, _laid_out(product.a), _laid_out(product.b), torch.get_num_threads())
    return ways.get(way)


class Product:
    """``a (M, K)`` times ``b (K, N)``, and a bias ``(N,)`` where there is one, to be written to ``result (M, N)``."""

    def __init__(self, bias: Tensor | None, a: Tensor, b: Tensor, result: Tensor) -> None:
        self.bias, self.a, self.b, self.result = bias, a, b, result

    @property
    def is_plain(self) -> bool:
        """Whether all of it is float32, on the CPU and without gaps."""
        given = [each for each in (self.bias, self.a, self.b) if each is not None]
        lie_close = self.result.is_contiguous() and all(map(_is_close, (self.a, self.b)))
        return lie_close and all(each.dtype is torch.float32 and each.device.type == "cpu" for each in given)

    def fill(self, generator: torch.Generator) -> None:
        """Other numbers: rows of zeros meet a column of negative ones, so that sums of nothing but -0 are among them.

        These show what adding up begins with.
        """
        for each in (self.bias, self.a, self.b):
            if each is not None:
                each.normal_(generator=generator)
        self.a[::3] = 0
        self.b[:, 0].abs_().neg_()

    def as_it_is(self) -> None:
        """What PyTorch does."""
        if self.bias is None:
            torch.mm(self.a, self.b, out=self.result)
        else:
            torch.addmm(self.bias, self.a, self.b, out=self.result)

    def ways(self) -> Iterator[tuple[str, Call]]:
        """What else may pay off, by name."""
        (rows, between), columns = self.a.shape, self.b.shape[1]
        if self.bias is None and between >= LONG_SUM and rows % VECTOR == 0 and columns % VECTOR != 0:
            yield "turned", self._turned()
        if _onednn() is not None and self.a.is_contiguous() and rows * between * columns >= LARGE:
            yield "oneDNN", self._by_onednn()

    def _turned(self) -> Call:
        a, b, result = self.a, self.b, self.result
        made = torch.empty(result.shape[::-1])
        standing = made.t()

        def call() -> None:
            torch.mm(b.t(), a.t(), out=made)
            result.copy_(standing)

        return call

    def _by_onednn(self) -> Call:
        """A linear layer, which takes ``b`` as its weight ``(N, K)``, as PyTorch's layers hold it."""
        bias, a, b, result, linear = self.bias, self.a, self.b, self.result, _onednn()
        if b.t().is_contiguous():
            return lambda: result.copy_(linear(a, b.t(), bias, "none", [], ""))
        weight = torch.empty(b.shape[::-1])

        def call() -> None:
            weight.copy_(b.t())
            result.copy_(linear(a, weight, bias, "none", [], ""))

        return call


@cache
def _onednn() -> Any:
    """The linear layer of oneDNN; None where PyTorch was built without it."""
    if not torch._C._has_mkldnn:
        return None
    operation = getattr(torch.ops.mkldnn, "_linear_pointwise", None)
    return None if operation is None else operation.default._op


def _is_close(matrix: Tensor) -> bool:
    """Whether it lies without gaps, by rows or by columns."""
    return matrix.is_contiguous() or matrix.t().is_contiguous()


def _laid_out(tensor: Tensor) -> tuple[Sides, Sides]:
    return tensor.shape, tensor.stride()


@cache
def _quickest(has_bias: bool, a: tuple[Sides, Sides], b: tuple[Sides, Sides], threads: int) -> str:
    """The name of the quickest way with the same bits, with so many ``threads``; empty where that is PyTorch's."""
    del threads
    rows, columns = a[0][0], b[0][1]
    bias = torch.empty(columns) if has_bias else None
    tried = Product(bias, torch.empty_strided(*a), torch.empty_strided(*b), torch.empty(rows, columns))
    generator, began, ways = torch.Generator().manual_seed(0), thread_time(), dict(tried.ways())
    usual: list[float] = []
    taken: dict[str, list[float]] = {name: [] for name in ways}
    while len(usual) < TRIALS and (len(usual) < 2 or thread_time() - began < LONGEST_TRIAL):
        tried.fill(generator)
        usual.append(_seconds(tried.as_it_is))
        expected = tried.result.clone()
        for name in list(taken):
            taken[name].append(_seconds(ways[name]))
            if not same_bits(tried.result, expected):
                del taken[name]
    quickest = min(taken, key=lambda name: min(taken[name]), default="")
    return quickest if quickest and min(taken[quickest]) < min(usual) else ""


def _seconds(call: Call) -> float:
    """How long this thread computes for ``call``, whatever else the machine does."""
    started = thread_time()
    call()
    return thread_time() - started
