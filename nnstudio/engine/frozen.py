"""What training must not change, and the proof that it did not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor, nn

from nnstudio.spec.model import Model, Row


class Frozen:
    """The locked tensors of a network, kept as they were.

    A locked row keeps all of its parameters and buffers: it stays in ``eval()`` while the others train, so that a batch
    norm uses its running statistics without following the data, and a dropout lets everything pass. A single locked
    parameter keeps itself only; its layer trains on.
    """

    def __init__(self, module: nn.Sequential, model: Model) -> None:
        self._module = module
        self._rows = [module.get_submodule(prefix) for prefix, row in model.numbered() if row.locked]
        self.names = tuple(dict.fromkeys(_locked_names(module, model)))
        state = module.state_dict()
        self._before = {name: state[name].clone() for name in self.names}
        for name, parameter in module.named_parameters():
            if name in self._before:
                parameter.requires_grad_(False)

    def train(self) -> None:
        """Put the network into training mode, its locked rows excepted."""
        self._module.train()
        for row in self._rows:
            row.eval()

    def unchanged(self, *states: Mapping[str, Tensor]) -> bool | None:
        """Whether every locked tensor has the same bits as before in all of ``states``; None when nothing is locked."""
        if not self.names:
            return None
        return all(same_bits(kept, state[name]) for state in states for name, kept in self._before.items())


def _locked_names(module: nn.Sequential, model: Model) -> Iterator[str]:
    for prefix, row in model.numbered():
        yield from (f"{prefix}.{name}" for name in _locked_in(row, module.get_submodule(prefix)))


def _locked_in(row: Row, layer: nn.Module) -> Iterator[str]:
    if row.locked:
        return iter(layer.state_dict())
    if row.is_block:  # what a block holds has names and locks of its own
        return iter(())
    return (name for name, _ in layer.named_parameters() if name in row.locked_parameters)


def same_bits(one: Tensor, other: Tensor) -> bool:
    """Whether two tensors agree in type, shape and every bit: not a number equals itself, and 0 is not −0."""
    if one.dtype != other.dtype or one.shape != other.shape:
        return False
    return torch.equal(_bytes(one), _bytes(other))


def _bytes(tensor: Tensor) -> Tensor:
    return tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8)
