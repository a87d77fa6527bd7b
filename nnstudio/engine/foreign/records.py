"""Stand-ins for the classes that a pickle names: they hold the fields, and nothing of what a class does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, ClassVar, Self, TypeVar

from torch import nn

Leaf = TypeVar("Leaf")

DEEPEST = 200
"""Levels of modules within modules that are followed."""

FUNCTIONS = (
    "torch.nn.functional.relu", "torch.nn.functional.gelu", "torch.nn.functional.silu", "torch._C._nn.gelu",
)  # fmt: skip
"""What modules of `torch.nn` keep among their fields, beside plain values and tensors."""

_PARTS = ("_parameters", "_buffers", "_modules")


class Record:
    """An object of a pickle: its class is known by ``path``, its fields are those of `vars`.

    Making one calls nothing but this class; a field of any name, ``forward`` too, is data.
    """

    path: ClassVar[str] = ""

    def __new__(cls, *arguments: object, **named: object) -> Self:
        del arguments, named
        return object.__new__(cls)


def record_type(path: str, base: type[Record] = Record) -> type[Record]:
    """A stand-in for the class or function of that full name."""
    return type(path.rpartition(".")[2], (base,), {"path": path})


@cache
def torch_modules() -> dict[str, type[Record]]:
    """Stand-ins for every module of `torch.nn`, also those without a public name, and what their fields refer to."""
    paths = {f"{kind.__module__}.{kind.__qualname__}" for kind in _kinds(nn.Module)}
    known = {path for path in paths if path.startswith("torch.nn.modules.")}
    return {path: record_type(path) for path in sorted(known | set(FUNCTIONS))}


def _kinds(base: type[nn.Module]) -> Iterator[type[nn.Module]]:
    for kind in base.__subclasses__():
        yield kind
        yield from _kinds(kind)


def class_name(record: Record) -> str:
    """What the class of ``record`` is called, without its module."""
    return type(record).path.rpartition(".")[2]


def is_module(record: Record) -> bool:
    """Whether it was a module: those keep others in a dictionary."""
    return isinstance(vars(record).get("_modules"), Mapping)


def named(value: Any, leaf: type[Leaf], name: str = "", depth: int = 0) -> Iterator[tuple[str, Leaf]]:
    """Every ``leaf`` in ``value`` with the name that a ``state_dict`` would give it.

    Follows dictionaries, lists and the fields of records; of a module only its parameters, its buffers that are saved,
    and its children.
    """
    if isinstance(value, leaf):
        yield name, value
    elif depth < DEEPEST:
        for part, inner in _inner(value):
            yield from named(inner, leaf, f"{name}.{part}" if name else part, depth + 1)


def _inner(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Record):
        fields = vars(value)
        if not is_module(value):
            yield from fields.items()
            return
        unsaved = fields.get("_non_persistent_buffers_set")
        skipped = unsaved if isinstance(unsaved, set) else set()
        for part in _PARTS:
            for name, inner in _inner(fields.get(part)):
                if part != "_buffers" or name not in skipped:
                    yield name, inner
    elif isinstance(value, Mapping):
        yield from ((str(name), inner) for name, inner in value.items())
    elif isinstance(value, list | tuple):
        yield from ((str(place), inner) for place, inner in enumerate(value))
