"""What is not one constructor call of PyTorch's: small modules of one tensor in, one tensor out.

They stand on PyTorch alone, so that printed code can carry them as they are (`nnstudio.spec.code` pastes the classes
that are used): no line of a class is longer than 100 characters.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn


class Permute(nn.Module):
    """Moves the last side of every example to the front, or the first one to the end.

    ``(N, A, B)`` becomes ``(N, B, A)`` both ways, and ``(N, A, B, C)`` becomes ``(N, C, A, B)`` or
    ``(N, B, C, A)``.
    """

    def __init__(self, moves: str = "last") -> None:
        super().__init__()
        self.sides = (-1, 1) if moves == "last" else (1, -1)

    def forward(self, x: Tensor) -> Tensor:
        return x.movedim(*self.sides)


class Reshape(nn.Module):
    """Lays the numbers of every example out in other sides: ``(N, …)`` becomes ``(N, *sides)``."""

    def __init__(self, *sides: int) -> None:
        super().__init__()
        self.sides = sides

    def forward(self, x: Tensor) -> Tensor:
        return x.reshape(x.shape[0], *self.sides)


class Slice(nn.Module):
    """Takes ``count`` neighbours, from ``first`` on, of an example's last side or its first."""

    def __init__(self, first: int, count: int, along: str = "last") -> None:
        super().__init__()
        self.first, self.count, self.side = first, count, 1 if along == "first" else -1

    def forward(self, x: Tensor) -> Tensor:
        return x.narrow(self.side, self.first, self.count)


class PatchMerge(nn.Module):
    """Puts the features of 2 × 2 places side by side: ``(N, H, W, D)`` to ``(N, H/2, W/2, 4D)``."""

    def forward(self, x: Tensor) -> Tensor:
        height, width = x.shape[1:3]
        x = nn.functional.pad(x, (0, 0, 0, width % 2, 0, height % 2))
        left, right = x[:, :, 0::2], x[:, :, 1::2]
        return torch.cat((left[:, 0::2], left[:, 1::2], right[:, 0::2], right[:, 1::2]), -1)


class LayerScale(nn.Module):
    """Multiplies by learned numbers with ``sides`` of an example, at first all ``start``."""

    def __init__(self, *sides: int, start: float) -> None:
        super().__init__()
        self.layer_scale = nn.Parameter(torch.full(sides, start))

    def forward(self, x: Tensor) -> Tensor:
        return x * self.layer_scale


class StochasticDepth(nn.Module):
    """While training, makes all of an example zero with probability ``p``."""

    def __init__(self, p: float = 0.1) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or not self.p:
            return x
        kept = nn.functional.dropout(x.new_ones(x.shape[0], *[1] * (x.dim() - 1)), self.p)
        return x * kept

    def extra_repr(self) -> str:
        return f"p={self.p}"


class Branches(nn.Module):
    """Hands its input to every branch and joins what they give; an empty one passes the input on.

    ``join`` is ``add`` or ``multiply`` (from the first branch to the last), or ``concat`` along
    the ``first`` side of an example or its ``last``. The branches are called ``0``, ``1``, … in
    the ``state_dict``, and their layers ``0.0``, ``0.1``, …
    """

    def __init__(self, *branches: nn.Module, join: str = "add", along: str = "first") -> None:
        super().__init__()
        self.join, self.side = join, 1 if along == "first" else -1
        for number, branch in enumerate(branches):
            self.add_module(str(number), branch)

    def forward(self, x: Tensor) -> Tensor:
        given = [branch(x) for branch in self.children()]
        if not given:
            return x
        if self.join == "concat":
            return torch.cat(given, self.side)
        joined: Tensor = given[0]
        for one in given[1:]:
            joined = joined * one if self.join == "multiply" else joined + one
        return joined


class Embedding(nn.Embedding):
    """Looks up a row of weights for each whole number: ``(N, L)`` becomes ``(N, L, D)``."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.long())


class EmbeddingBag(nn.EmbeddingBag):
    """Looks up a row of weights for each whole number and joins them: ``(N, L)`` to ``(N, D)``."""

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]  # one tensor in
        return super().forward(x.long())


class _Recurrent(nn.RNNBase):
    """A recurrent layer that gives one tensor: every step ``(N, L, D)``, or the last ``(N, D)``.

    The last one of a layer that reads in both directions is the end of the way forward, and
    beside it that of the way back.
    """

    def __init__(self, *args: Any, last: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"batch_first": True})
        self.last = last

    def forward(self, x: Tensor) -> Tensor:
        steps: Tensor
        steps, _ = super().forward(x)
        if not self.last:
            return steps
        if not self.bidirectional:
            return steps[:, -1]
        half = steps.shape[2] // 2
        return torch.cat((steps[:, -1, :half], steps[:, 0, half:]), 1)


class RNN(_Recurrent, nn.RNN):  # type: ignore[misc]  # no state in or out
    """An RNN of one tensor in, one out."""


class LSTM(_Recurrent, nn.LSTM):  # type: ignore[misc]  # no state in or out
    """An LSTM of one tensor in, one out."""


class GRU(_Recurrent, nn.GRU):  # type: ignore[misc]  # no state in or out
    """A GRU of one tensor in, one out."""


class SelfAttention(nn.MultiheadAttention):
    """Multi-head attention of a sequence to itself: ``(N, L, D)`` stays ``(N, L, D)``."""

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]  # one tensor in, one out
        attended, _ = super().forward(x, x, x, need_weights=False)
        return attended


class PositionalEncoding(nn.Module):
    """Adds sines and cosines of the step's number: “Attention Is All You Need” (2017), 3.5."""

    waves: Tensor

    def __init__(self, steps: int, features: int) -> None:
        super().__init__()
        # computed, not loaded: therefore on the CPU also where all else is empty
        step = torch.arange(steps, device="cpu").unsqueeze(1)
        even = torch.arange(0, features, 2, device="cpu")
        rate = torch.exp(even * (-math.log(10_000.0) / features))
        waves = torch.zeros(steps, features, device="cpu")
        waves[:, 0::2] = torch.sin(step * rate)
        waves[:, 1::2] = torch.cos(step * rate)[:, : features // 2]
        self.register_buffer("waves", waves, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.waves.to(x.device)


class ClassToken(nn.Module):
    """Puts a learned step in front of a sequence: ``(N, L, D)`` becomes ``(N, L + 1, D)``."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.class_token = nn.Parameter(torch.zeros(1, 1, features))

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat((self.class_token.expand(x.shape[0], -1, -1), x), 1)


class LearnedPositions(nn.Module):
    """Adds a learned vector to each step: ``(N, L, D)`` keeps its shape."""

    def __init__(self, steps: int, features: int) -> None:
        super().__init__()
        self.pos_embedding = nn.Parameter(torch.empty(1, steps, features).normal_(std=0.02))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.pos_embedding


class HingeLoss(nn.Module):
    """How far scores ``(N, 1)`` are from the margin on the side of their targets, 0 or 1."""

    def __init__(self, margin: float = 1.0, p: int = 1, reduction: str = "mean") -> None:
        super().__init__()
        self.margin, self.p, self.reduction = margin, p, reduction

    def forward(self, output: Tensor, target: Tensor) -> Tensor:
        losses = (self.margin - (2 * target - 1) * output).clamp_min(0) ** self.p
        return losses.mean() if self.reduction == "mean" else losses


class KLDivergence(nn.Module):
    """Kullback–Leibler divergence of log-probabilities ``(N, K)`` from what is true of each row.

    That is a class number ``(N,)`` or a distribution ``(N, K)``; the share ``smoothing`` of it is
    spread evenly over all K.
    """

    def __init__(self, smoothing: float = 0.0, reduction: str = "mean") -> None:
        super().__init__()
        self.smoothing, self.reduction = smoothing, reduction

    def forward(self, output: Tensor, target: Tensor) -> Tensor:
        even = self.smoothing / output.shape[1]
        if target.dim() == 1:
            right = 1 - self.smoothing + even
            true = torch.full_like(output, even).scatter(1, target.unsqueeze(1), right)
        else:
            true = target * (1 - self.smoothing) + even
        losses = nn.functional.kl_div(output, true, reduction="none").sum(1)
        return losses.mean() if self.reduction == "mean" else losses
