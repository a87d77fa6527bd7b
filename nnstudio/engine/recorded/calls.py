"""The quickest way to call an ATen operation again with the same arguments."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from types import BuiltinFunctionType
from typing import Any

import torch

from nnstudio.engine.recorded.few_classes import turned_softmax
from nnstudio.engine.recorded.products import quicker_product
from nnstudio.engine.recorded.recorder import Op, Operation

Call = Callable[[], Any]

SAME_KERNEL: dict[str, tuple[str, tuple[Any, ...]]] = {"relu": ("clamp_min", (0,))}
"""What PyTorch carries out by calling another operation, with which further arguments; that one has an ``out``."""


def into_its_place(operation: Operation, before: Operation | None) -> Call | None:
    """A call that writes the results where they were; None where the operation has no kernel that does.

    ``before`` is the operation before it. An ``out`` overload that PyTorch generated does not count: it makes the
    result elsewhere and copies it.
    """
    if quicker := turned_softmax(operation, before) or quicker_product(operation):
        return quicker
    operation = _in_other_words(operation)
    found = _out_overload(operation.op)
    made = operation.made()
    if found is None or len(found[1]) != len(made):
        return None
    overload, names = found
    out = dict(zip(names, made, strict=True))
    function = _function(operation.name)
    if function is not None and len(made) == 1:
        call = partial(function, *_all_arguments(operation), **operation.kwargs, out=made[0])
        if _works(call):
            return call
    return partial(_direct(overload), *operation.args, **operation.kwargs, **out)


def _in_other_words(operation: Operation) -> Operation:
    """The same operation as that which PyTorch makes of it."""
    if operation.name not in SAME_KERNEL:
        return operation
    name, more = SAME_KERNEL[operation.name]
    return replace(operation, op=getattr(torch.ops.aten, name).default, args=(*operation.args, *more))


def as_it_was(operation: Operation) -> Call:
    """A call that gives new results, or changes its arguments."""
    function = _function(operation.name)
    if function is not None and not operation.changes_arguments:
        call = partial(function, *_all_arguments(operation), **operation.kwargs)
        if _works(call):
            return call
    return partial(_direct(operation.op), *operation.args, **operation.kwargs)


def _all_arguments(operation: Operation) -> tuple[Any, ...]:
    """The arguments, with those that were left out as their defaults, of which ``torch`` has others here and there."""
    positional = [argument for argument in operation.op._schema.arguments if not argument.kwarg_only]
    return *operation.args, *(argument.default_value for argument in positional[len(operation.args) :])


def _works(call: Call) -> bool:
    """Whether the arguments fit; that the result does too is proven later, for the step as a whole."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            call()
        except (TypeError, RuntimeError, Warning):
            return False
    return True


@cache
def _function(name: str) -> Callable[..., Any] | None:
    """``torch.name`` where that is compiled: it finds its way in half the time of ``torch.ops.aten.name``."""
    found = getattr(torch, name, None)
    return found if isinstance(found, BuiltinFunctionType) else None


def _direct(overload: Op) -> Callable[..., Any]:
    """``overload`` without the Python around it."""
    direct: Callable[..., Any] = overload._op
    return direct


@cache
def _out_overload(op: Op) -> tuple[Op, tuple[str, ...]] | None:
    """The overload with the same arguments that writes into given tensors, and the names of those."""
    for name in op.overloadpacket.overloads():
        overload = getattr(op.overloadpacket, name)
        arguments = overload._schema.arguments
        out = tuple(argument.name for argument in arguments if argument.is_out)
        if out and _kinds([argument for argument in arguments if not argument.is_out]) == _kinds(op._schema.arguments):
            native = torch._C._dispatch_has_kernel_for_dispatch_key(f"{overload._schema.name}.{name}", "CPU")
            return (overload, out) if native else None
    return None


def _kinds(arguments: Any) -> list[tuple[str, str]]:
    return [(argument.name, str(argument.type)) for argument in arguments]
