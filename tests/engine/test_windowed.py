"""Attention in windows, against what its papers say place by place."""

from __future__ import annotations

import math
from itertools import product

import pytest
import torch
from torch import Tensor, nn

from nnstudio.engine.windowed import CosineWindowAttention, MultiAxisAttention, WindowAttention

HEADS, SIDE, FEATURES = 2, 3, 6
Shifted = WindowAttention | CosineWindowAttention


def stirred(module: nn.Module) -> nn.Module:
    torch.manual_seed(2)
    for parameter in module.parameters():
        nn.init.normal_(parameter, std=0.5)
    return module


def place_by_place(layer: Shifted, x: Tensor) -> Tensor:
    """What ``layer`` makes of one picture ``(H, W, D)``, whose windows fit, in as many words as the papers."""
    height, width, _ = x.shape
    q, k, v = (torch.unflatten(part, -1, (HEADS, -1)) for part in layer.qkv(x).chunk(3, -1))
    if isinstance(layer, CosineWindowAttention):
        k = k - torch.unflatten(layer.qkv.bias.chunk(3)[1], 0, (HEADS, -1))
    out = torch.empty_like(x)
    for here in product(range(height), range(width)):
        near = [
            there
            for there in product(range(height), range(width))
            if all(map(together, here, there, (height, width), [layer.shift] * 2))
        ]
        keys, values = (torch.stack([part[place] for place in near]) for part in (k, v))
        scores = compared(layer, q[here], keys) + torch.stack([bias(layer, here, there) for there in near])
        out[here] = (scores.softmax(0).unsqueeze(-1) * values).sum(0).flatten()
    return layer.proj(out)  # type: ignore[no-any-return]


def together(one: int, other: int, length: int, shift: int) -> bool:
    """Whether two places of a side are in one window, and neighbours there."""
    windows = [(place - shift) % length // SIDE for place in (one, other)]
    return windows[0] == windows[1] and (one < shift) == (other < shift)


def compared(layer: Shifted, query: Tensor, keys: Tensor) -> Tensor:
    """Scores ``(places, heads)``."""
    if isinstance(layer, CosineWindowAttention):
        return (
            nn.functional.cosine_similarity(keys, query, -1) * layer.logit_scale[:, 0, 0].clamp(max=math.log(100)).exp()
        )
    return (keys * query).sum(-1) / math.sqrt(FEATURES / HEADS)


def bias(layer: Shifted, here: tuple[int, int], there: tuple[int, int]) -> Tensor:
    down, right = (one - other for one, other in zip(here, there, strict=True))
    if isinstance(layer, WindowAttention):
        return layer.relative_position_bias_table[(down + SIDE - 1) * (2 * SIDE - 1) + right + SIDE - 1]
    ways = [8 * way / (SIDE - 1) for way in (down, right)]
    bent = [math.copysign(math.log2(abs(way) + 1) / 3, way) for way in ways]
    return 16 * layer.cpb_mlp(torch.tensor(bent)).sigmoid()  # type: ignore[no-any-return]


@pytest.mark.parametrize("shift", [0, 1])
@pytest.mark.parametrize("kind", [WindowAttention, CosineWindowAttention])
def test_each_place_looks_at_its_window(kind: type[Shifted], shift: int) -> None:
    layer = stirred(kind(FEATURES, HEADS, SIDE, shift))
    assert isinstance(layer, (WindowAttention, CosineWindowAttention))
    x = torch.randn(2, 6, 9, FEATURES)
    with torch.no_grad():
        expected = torch.stack([place_by_place(layer, picture) for picture in x])
        torch.testing.assert_close(layer(x), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kind", [WindowAttention, CosineWindowAttention])
def test_zeros_stand_where_a_window_reaches_over_the_edge(kind: type[Shifted]) -> None:
    layer, x = stirred(kind(FEATURES, HEADS, SIDE)), torch.randn(2, 4, 5, FEATURES)
    padded = nn.functional.pad(x, (0, 0, 0, 1, 0, 2))
    assert torch.equal(layer(x), layer(padded)[:, :4, :5])


def test_a_single_window_is_not_shifted() -> None:
    plain, shifted = WindowAttention(FEATURES, HEADS, SIDE), WindowAttention(FEATURES, HEADS, SIDE, 1)
    shifted.load_state_dict(stirred(plain).state_dict())
    x = torch.randn(1, 3, 2, FEATURES)
    assert torch.equal(plain(x), shifted(x))


def test_blocks_are_windows() -> None:
    """With one head the scores of both are divided by the same root."""
    block, window = MultiAxisAttention(FEATURES, 1, SIDE), WindowAttention(FEATURES, 1, SIDE)
    state = stirred(block).state_dict()
    renamed = {name.replace("to_qkv", "qkv").replace("merge", "proj"): each for name, each in state.items()}
    window.load_state_dict(renamed)
    x = torch.randn(2, 6, 3, FEATURES)
    torch.testing.assert_close(block(x), window(x))


def test_a_grid_takes_places_from_everywhere() -> None:
    block, grid = MultiAxisAttention(FEATURES, HEADS, SIDE), MultiAxisAttention(FEATURES, HEADS, SIDE, "grid")
    grid.load_state_dict(stirred(block).state_dict())
    x = torch.randn(2, 6, 9, FEATURES)

    def gathered(picture: Tensor, first: int, second: int) -> Tensor:
        cut = picture.reshape(2, first, 6 // first, second, 9 // second, FEATURES)
        return cut.transpose(1, 2).transpose(3, 4).reshape(picture.shape)

    expected = gathered(block(gathered(x, SIDE, SIDE)), 6 // SIDE, 9 // SIDE)
    torch.testing.assert_close(grid(x), expected)
