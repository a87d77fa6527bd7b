"""Attention in the windows of a picture, ``(N, H, W, D)`` in and out: more modules that printed code can carry.

They stand on PyTorch alone, and no line of a class is longer than 100 characters, like those of
`nnstudio.engine.modules`. Liu et al., “Swin Transformer” (2021) and “Swin Transformer V2” (2022); Tu et al.,
“MaxViT: Multi-Axis Vision Transformer” (2022). The names of their tensors are those of the networks that are published
for PyTorch.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


class _Windows(nn.Module):
    """What all of them share: each window of ``side`` × ``side`` places is a sequence of its own.

    ``ways`` numbers the way from each place of a window to each other: equal ways share a bias.
    """

    ways: Tensor

    def __init__(self, heads: int, side: int) -> None:
        super().__init__()
        self.heads, self.side = heads, side
        # computed, not loaded: therefore on the CPU also where all else is empty
        row = torch.arange(side, device="cpu").repeat_interleave(side)
        column = torch.arange(side, device="cpu").repeat(side)
        down, right = row[:, None] - row + side - 1, column[:, None] - column + side - 1
        self.register_buffer("ways", down * (2 * side - 1) + right, persistent=False)

    @staticmethod
    def cut(x: Tensor, sides: tuple[int, int]) -> Tensor:
        """The second and the third side each as two."""
        return torch.unflatten(torch.unflatten(x, 2, sides), 1, sides)

    def biases(self, table: Tensor) -> Tensor:
        """From a bias for each way ``(W, heads)`` to one for each pair ``(1, heads, P, P)``."""
        ways = nn.functional.embedding(self.ways.to(table.device), table)
        return ways.permute(2, 0, 1).unsqueeze(0)

    def split(self, qkv: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values, each ``(windows, heads, P, D / heads)``."""
        parts = torch.unflatten(qkv, -1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        return parts[0], parts[1], parts[2]

    @staticmethod
    def gather(scores: Tensor, values: Tensor) -> Tensor:
        """What every place takes of the others: ``(windows, P, D)``."""
        return (scores.softmax(-1) @ values).transpose(1, 2).flatten(2)


class _ShiftedWindows(_Windows):
    """Windows that are moved by ``shift`` places; what comes round the edge is looked at alone."""

    def __init__(self, features: int, heads: int, side: int, shift: int = 0) -> None:
        super().__init__(heads, side)
        self.shift = shift
        self.qkv, self.proj = nn.Linear(features, 3 * features), nn.Linear(features, features)

    def attend(self, windows: Tensor, apart: Tensor | None) -> Tensor:
        """Attention in ``(windows, P, D)``; ``apart`` is added to the scores of each example."""
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        height, width = x.shape[1:3]
        x = nn.functional.pad(x, (0, 0, 0, -width % self.side, 0, -height % self.side))
        tall, wide = x.shape[1:3]
        down, right = (self.shift if length > self.side else 0 for length in (tall, wide))
        is_shifted = bool(down or right)
        if is_shifted:
            x = x.roll((-down, -right), (1, 2))
        cut = self.cut(x, (-1, self.side)).transpose(2, 3)
        apart = self.apart(tall, wide, down, right, x.device) if is_shifted else None
        given = self.attend(cut.flatten(3, 4).flatten(0, 2), apart)
        x = given.reshape(cut.shape).transpose(2, 3).flatten(3, 4).flatten(1, 2)
        if is_shifted:
            x = x.roll((down, right), (1, 2))
        return x[:, :height, :width].contiguous()

    def apart(self, tall: int, wide: int, down: int, right: int, device: torch.device) -> Tensor:
        """-100 for places of a window that are no neighbours: ``(windows, 1, P, P)``."""
        rows, columns = self.parts(tall, down, device), self.parts(wide, right, device)
        part = self.cut((rows[:, None] * 3 + columns).unsqueeze(0), (-1, self.side))
        part = part.transpose(2, 3).flatten(3, 4).flatten(0, 2)
        return (part[:, None, :] != part[:, :, None]).unsqueeze(1) * -100.0

    def parts(self, length: int, shift: int, device: torch.device) -> Tensor:
        """0 before the last window of a side, 1 in it, 2 where it came round the edge."""
        place = torch.arange(length, device=device)
        return (place >= length - self.side).long() + (place >= length - shift).long()

    def masked(self, scores: Tensor, apart: Tensor | None) -> Tensor:
        if apart is None:
            return scores
        return (torch.unflatten(scores, 0, (-1, apart.shape[0])) + apart).flatten(0, 1)


class WindowAttention(_ShiftedWindows):
    """Attention in windows that may be shifted: that of the Swin Transformer."""

    def __init__(self, features: int, heads: int, side: int, shift: int = 0) -> None:
        super().__init__(features, heads, side, shift)
        table = torch.empty((2 * side - 1) ** 2, heads)
        self.relative_position_bias_table = nn.Parameter(nn.init.trunc_normal_(table, std=0.02))

    def attend(self, windows: Tensor, apart: Tensor | None) -> Tensor:
        q, k, v = self.split(self.qkv(windows))
        scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-2, -1)
        scores = scores + self.biases(self.relative_position_bias_table)
        out: Tensor = self.proj(self.gather(self.masked(scores, apart), v))
        return out


class CosineWindowAttention(_ShiftedWindows):
    """Attention in windows that compares directions: that of the Swin Transformer V2."""

    distances: Tensor

    def __init__(self, features: int, heads: int, side: int, shift: int = 0) -> None:
        super().__init__(features, heads, side, shift)
        self.logit_scale = nn.Parameter(torch.full((heads, 1, 1), math.log(10.0)))
        hidden = nn.Linear(2, 512)
        self.cpb_mlp = nn.Sequential(hidden, nn.ReLU(), nn.Linear(512, heads, bias=False))
        # computed, not loaded: therefore on the CPU also where all else is empty
        along = torch.arange(1 - side, side, dtype=torch.float32, device="cpu") / (side - 1) * 8
        bent = along.sign() * torch.log2(along.abs() + 1.0) / 3.0
        self.register_buffer("distances", torch.cartesian_prod(bent, bent), persistent=False)

    def attend(self, windows: Tensor, apart: Tensor | None) -> Tensor:
        one, _, other = self.qkv.bias.chunk(3)
        bias = torch.cat((one, torch.zeros_like(one), other))  # keys have none
        q, k, v = self.split(nn.functional.linear(windows, self.qkv.weight, bias))
        q, k = nn.functional.normalize(q, dim=-1), nn.functional.normalize(k, dim=-1)
        scores = (q @ k.transpose(-2, -1)) * self.logit_scale.clamp(max=math.log(100.0)).exp()
        table = self.cpb_mlp(self.distances.to(windows.device))
        scores = scores + 16 * self.biases(table).sigmoid()
        out: Tensor = self.proj(self.gather(self.masked(scores, apart), v))
        return out


class MultiAxisAttention(_Windows):
    """Attention in blocks of neighbours or in grids over all of the picture: that of MaxViT."""

    def __init__(self, features: int, heads: int, side: int, places: str = "block") -> None:
        super().__init__(heads, side)
        self.is_grid = places == "grid"
        self.to_qkv, self.merge = nn.Linear(features, 3 * features), nn.Linear(features, features)
        table = torch.empty((2 * side - 1) ** 2, heads)
        self.relative_position_bias_table = nn.Parameter(nn.init.trunc_normal_(table, std=0.02))

    def forward(self, x: Tensor) -> Tensor:
        sides = (self.side, -1) if self.is_grid else (-1, self.side)
        order = (0, 2, 4, 1, 3, 5) if self.is_grid else (0, 1, 3, 2, 4, 5)
        cut = self.cut(x, sides).permute(order)
        q, k, v = self.split(self.to_qkv(cut.flatten(3, 4).flatten(0, 2)))
        scores = q @ (k * x.shape[-1] ** -0.5).transpose(-2, -1)
        scores = scores + self.biases(self.relative_position_bias_table)
        out: Tensor = self.merge(self.gather(scores, v)).reshape(cut.shape)
        back = (0, 3, 1, 4, 2, 5) if self.is_grid else (0, 1, 3, 2, 4, 5)
        return out.permute(back).flatten(3, 4).flatten(1, 2)
