"""Which tensor of a file belongs to which tensor of a network, told by their names alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from nnstudio.spec.layers import Shape
from nnstudio.spec.model import Model
from nnstudio.spec.shapes import Walk

DEEPEST = 64
"""Modules within modules that the name of a tensor is looked into for."""


def by_names(model: Model, names: Iterable[str]) -> dict[str, str]:
    """For tensors of the network (``0.weight``) the names that they have in a file with tensors of these ``names``.

    A row that is called like a module of the file (``layer1.0.conv1``) has that module's tensors, wherever it stands,
    in blocks too; one that is called like a tensor (``class_token``) has that one. What no row is called like goes by
    position; a name without one is that of a lone layer, the first.
    """
    called = _called(model)
    by_row: dict[str, str] = {}
    by_position: dict[str, str] = {}
    for name in names:
        module = _module(name, called)
        for prefix in called.get(module, ()):
            by_row[f"{prefix}.{name[len(module) + 1 :] or _last(name)}"] = name
        if module not in called:
            by_position[name if name[:1].isdigit() else f"0.{name}"] = name
    return by_position | by_row


def name_in_file(called: str, tensor: str) -> str:
    """What a tensor of a row is called in a file whose names the rows carry: the row may be called like its tensor."""
    return called if _last(called) == tensor else f"{called}.{tensor}"


def given_names(model: Model, tensors: Iterable[str]) -> dict[str, str]:
    """For tensors of the network (``0.weight``) the names that its rows give them (``conv1.weight``).

    That of its position is kept by what has no name, and by what would have the same one as another tensor.
    """
    rows = {first: name for name, (first, *more) in _called(model).items() if not more}
    names = {tensor: _given(tensor, rows) for tensor in tensors}
    seen = Counter(names.values())
    return {tensor: name if seen[name] == 1 else tensor for tensor, name in names.items()}


def _given(tensor: str, rows: Mapping[str, str]) -> str:
    prefix = tensor
    while prefix := prefix.rpartition(".")[0]:
        if prefix in rows:
            return name_in_file(rows[prefix], tensor[len(prefix) + 1 :])
    return tensor


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def named_tensors(walked: Walk) -> dict[str, Shape]:
    """Every tensor of the network by its name in the ``state_dict``."""
    steps = enumerate(walked.steps)
    return {
        f"{place}.{name}": tuple(shape)
        for place, step in steps
        for name, shape in (*step.parameters.items(), *step.buffers.items())
    }


def _called(model: Model) -> Mapping[str, Sequence[str]]:
    """The prefixes of the layers' tensors by the names of their rows; one that is repeated goes by position alone."""
    prefixes: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    for prefix, row in model.numbered():
        if row.name and not row.is_block:
            prefixes.setdefault(row.id, []).append(prefix)
            names[row.id] = row.name
    called: dict[str, list[str]] = {}
    for row_id, (first, *more) in prefixes.items():
        if not more:
            called.setdefault(names[row_id], []).append(first)
    return called


def _module(name: str, called: Mapping[str, Sequence[str]]) -> str:
    """The longest start of a tensor's name that is the name of a row; empty when there is none."""
    module = name
    for _ in range(DEEPEST):
        if module in called:
            return module
        module = module.rpartition(".")[0]
    return ""
