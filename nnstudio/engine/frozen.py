"""What training must not change, and the proof that it did not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import torch
from torch import Tensor, nn

from nnstudio.spec.freezing import ALWAYS, rules
from nnstudio.spec.model import Model


class Frozen:
    """The locked tensors of a network, kept as they were for as long as they are locked.

    A locked layer keeps all of its parameters and buffers: it stays in ``eval()`` while the others train, so that a
    batch norm uses its running statistics without following the data, and a dropout lets everything pass. A single
    locked parameter keeps itself only; its layer trains on.
    """

    def __init__(self, module: nn.Sequential, model: Model) -> None:
        self._module = module
        self._rules = [rule for rule in rules(model) if rule.until]
        state, locks = module.state_dict(), list(_locks(module, model))
        self._before = {name: state[name].clone() for name, _ in locks}
        self._until = dict(locks)
        self._broken = False
        self.thawed: tuple[str, ...] = ()
        for name, parameter in module.named_parameters():
            if name in self._before:
                parameter.requires_grad_(False)

    @property
    def names(self) -> tuple[str, ...]:
        """The tensors that are locked now."""
        return tuple(self._before)

    @property
    def later(self) -> dict[str, float]:
        """The parameters that are locked at first, with the epoch from which on they train."""
        parameters = dict(self._module.named_parameters())
        return {name: until for name, until in self._until.items() if until < ALWAYS and name in parameters}

    def train(self) -> None:
        """Put the network into training mode, its locked layers excepted."""
        set_mode(self._module, training=True)
        for rule in self._rules:
            set_mode(self._module.get_submodule(rule.prefix), training=False)

    def thaw(self, epoch: int, *states: Mapping[str, Tensor]) -> bool:
        """Let go what trains from ``epoch`` on, after comparing it, also in ``states``; True if anything does."""
        due = [name for name in self._before if self._until[name] <= epoch]
        if not due:
            return False
        self._broken |= not self._same(due, self._module.state_dict(), *states)
        parameters = dict(self._module.named_parameters())
        for name in due:
            del self._before[name]
            if name in parameters:
                parameters[name].requires_grad_(True)
        self._rules = [rule for rule in self._rules if rule.until > epoch]
        self.thawed += tuple(due)
        return True

    def unchanged(self, *states: Mapping[str, Tensor]) -> bool | None:
        """Whether every locked tensor has the same bits as before in all of ``states``; None when nothing was locked.

        Those that were let go count, too: as they were at that moment.
        """
        if not self._before and not self.thawed:
            return None
        return not self._broken and self._same(self.names, *states)

    def _same(self, names: Iterable[str], *states: Mapping[str, Tensor]) -> bool:
        return all(same_bits(self._before[name], state[name]) for name in names for state in states)


def _locks(module: nn.Sequential, model: Model) -> Iterator[tuple[str, float]]:
    """Every locked tensor with the epoch in which it is let go."""
    for rule in rules(model):
        layer = module.get_submodule(rule.prefix)
        if rule.until:
            yield from ((f"{rule.prefix}.{name}", rule.until) for name in layer.state_dict())
        else:
            kept = (name for name, _ in layer.named_parameters() if name in rule.row.locked_parameters)
            yield from ((f"{rule.prefix}.{name}", ALWAYS) for name in kept)


def set_mode(module: nn.Module, training: bool) -> None:
    """What ``module.train(training)`` does; on a small network that way takes 4 % of an epoch."""
    for each in module.modules():
        vars(each)["training"] = training


def same_bits(one: Tensor, other: Tensor) -> bool:
    """Whether two tensors agree in type, shape and every bit: not a number equals itself, and 0 is not −0."""
    if one.dtype != other.dtype or one.shape != other.shape:
        return False
    return torch.equal(_bytes(one), _bytes(other))


def _bytes(tensor: Tensor) -> Tensor:
    return tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8)
