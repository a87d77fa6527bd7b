"""What became of weights: two files tensor by tensor, each by its name, as after fine-tuning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import torch
from torch import Tensor

from nnstudio.engine.checkpoint import ModelFile, load_model
from nnstudio.engine.frozen import same_bits
from nnstudio.spec.events import TensorCompared
from nnstudio.spec.files import model_in
from nnstudio.spec.naming import given_names


def compared(file: ModelFile, other: Path) -> tuple[TensorCompared, ...]:
    """Every tensor of ``file`` against that of its name in ``other``, and what else that holds; raises as `load_model`.

    Where the files name their tensors otherwise, the names that the rows of a project give are used.
    """
    mine, theirs = _alike(file, load_model(other))
    found = [_compared(name, tensor, theirs.get(name)) for name, tensor in mine.items()]
    return (*found, *(TensorCompared(name, "missing") for name in theirs if name not in mine))


def _alike(one: ModelFile, other: ModelFile) -> tuple[Mapping[str, Tensor], Mapping[str, Tensor]]:
    """The tensors of both under names of which most are in both."""
    ways = [(mine, theirs) for mine in _named(one) for theirs in _named(other)]
    return max(ways, key=lambda way: len(way[0].keys() & way[1].keys()))


def _named(file: ModelFile) -> Iterator[Mapping[str, Tensor]]:
    yield file.state
    if model := model_in(file.project):
        names = given_names(model, file.state)
        yield {names[name]: tensor for name, tensor in file.state.items()}


def _compared(name: str, mine: Tensor, theirs: Tensor | None) -> TensorCompared:
    if theirs is None:
        return TensorCompared(name, "new")
    if mine.shape != theirs.shape:
        return TensorCompared(name, "shape")
    if same_bits(mine, theirs):
        return TensorCompared(name, "same")
    before, after = theirs.detach().to(torch.float64), mine.detach().to(torch.float64)
    moved, length = (after - before).norm().item(), before.norm().item()
    return TensorCompared(name, "changed", moved / length if length else float("inf"))
