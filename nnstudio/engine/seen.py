"""The weights of a layer at a glance: what its tensors hold, in a few figures and a histogram each."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import torch
from torch import Tensor, nn

from nnstudio.engine.build import build
from nnstudio.engine.checkpoint import load_model
from nnstudio.engine.load import load_own_starts, load_starts
from nnstudio.spec.facts import SeenTensor
from nnstudio.spec.layers import Shape
from nnstudio.spec.model import Model, Weights

FEWEST_BINS, MOST_BINS = 8, 40
"""Bars of a histogram; few numbers have fewer."""

MOST_KEPT = 20_000_000
"""Parameters of a network that stays in memory, for the next row that is looked at."""


def seen_weights(model: Model, input_shape: Shape, row_id: str, seed: int, file: str = "") -> tuple[SeenTensor, ...]:
    """The tensors of a row as training starts with them, or as a weights ``file`` of this network has them.

    Of a row that is repeated, those of the first time. Raises `ShapeError`, `ModelFileError`, OSError or KeyError.
    """
    stamp = Path(file).stat().st_mtime_ns if file else 0
    module, loaded = _network(model, input_shape, seed, file, stamp)
    prefix = _prefix(model, row_id)
    seen = tuple(_seen(module.get_submodule(prefix), prefix, loaded))
    if sum(parameter.numel() for parameter in module.parameters()) > MOST_KEPT:
        _network.cache_clear()
    return seen


@lru_cache(maxsize=1)
def _network(
    model: Model, input_shape: Shape, seed: int, file: str, stamp: int
) -> tuple[nn.Sequential, frozenset[str]]:
    """The network with its weights, and the names of those that are not fresh; the last one is kept for other rows.

    The generator that PyTorch shares goes on as if nothing had been drawn.
    """
    del stamp  # a file that was written anew is another one
    with torch.random.fork_rng(devices=[]):
        module = build(model, input_shape, seed)
    loaded: set[str] = set()
    if model.starts:
        loaded |= set(load_own_starts(module, model).matched)
    if file:
        loaded |= set(load_starts(module, model, [(Weights(file, ""), load_model(Path(file)))]).matched)
    return module, frozenset(loaded)


def _prefix(model: Model, row_id: str) -> str:
    for prefix, row in model.numbered():
        if row.id == row_id:
            return prefix
    raise KeyError(row_id)


def _seen(layer: nn.Module, prefix: str, loaded: frozenset[str]) -> Iterator[SeenTensor]:
    for name, tensor in layer.state_dict().items():
        if tensor.is_floating_point() and tensor.numel():
            yield figures_of(name, tensor, is_fresh=f"{prefix}.{name}" not in loaded)


def figures_of(name: str, tensor: Tensor, *, is_fresh: bool = True) -> SeenTensor:
    """A tensor at a glance; numbers that are not finite are counted apart."""
    shape, numbers = tuple(tensor.shape), tensor.detach().flatten().float()
    is_finite = numbers.isfinite()
    finite = numbers if bool(is_finite.all()) else numbers[is_finite]
    other = numbers.numel() - finite.numel()
    if not finite.numel():
        return SeenTensor(name, shape, 0.0, 0.0, 0.0, 0.0, (), other, is_fresh)
    low, high = finite.min().item(), finite.max().item()
    bins = max(FEWEST_BINS, min(MOST_BINS, round(2 * math.sqrt(finite.numel()))))
    counts = torch.histc(finite, bins, low, high) if low < high else torch.zeros(bins)
    if low == high:
        counts[bins // 2] = finite.numel()
    figures = low, high, finite.mean(dtype=torch.float64).item(), finite.std(correction=0).item()
    return SeenTensor(name, shape, *figures, tuple(map(int, counts.tolist())), other, is_fresh)
