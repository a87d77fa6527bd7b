"""A module that is at hand, as rows: its connections are traced, and blocks made of what parts and joins again."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import fx, nn
from torch.nn import functional

from nnstudio.engine.rebuilding.composed import COMPOSED
from nnstudio.engine.rebuilding.fields import Inexpressible
from nnstudio.engine.rebuilding.pickled import rows_of_layer
from nnstudio.spec.layers import AdaptiveAvgPool2d, Branches, Dropout, Flatten, LayerKind, ReLU, StochasticDepth
from nnstudio.spec.layers.sliding import alike
from nnstudio.spec.model import Row, block, new_row

ADDS, MULTIPLIES = (operator.add, operator.iadd, torch.add), (operator.mul, operator.imul, torch.mul)
IDLE = ("_assert",)
"""Functions that do nothing in use."""

PLACES = [2, 3]
"""The sides of a picture, among those of a batch of them."""


def rows_of_traced(module: nn.Module) -> tuple[Row, ...]:
    """The rows of a network of classes that are installed here, called by their paths in it.

    Raises `Inexpressible` where layers or connections are none that rows can have.
    """
    try:
        graph = _Tracer().trace(module.eval())
    except Exception as error:  # tracing runs the module's own forward, which may do anything
        raise Inexpressible("its connections depend on its input") from error
    (begin, *more), (end,) = graph.find_nodes(op="placeholder"), graph.find_nodes(op="output")
    if more or not isinstance(end.args[0], fx.Node):
        raise Inexpressible("it takes or gives more than one thing")
    return tuple(_Tracing(graph, dict(module.named_modules())).between(begin, end.args[0]))


class _Tracer(fx.Tracer):
    """Looks into modules down to layers of PyTorch, and down to those whose rows are known as a whole."""

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        return type(m).__name__ in COMPOSED or super().is_leaf_module(m, module_qualified_name)


class _Tracing:
    """Turns the nodes of a graph into rows; each node may be used once, or its weights would be there twice."""

    def __init__(self, graph: fx.Graph, modules: Mapping[str, nn.Module]) -> None:
        self._modules = modules
        self._order = {node: place for place, node in enumerate(graph.nodes)}
        self._inputs = _nested({node: _inputs(node) for node in graph.nodes})
        self._used: set[fx.Node] = set()

    def between(self, begin: fx.Node, end: fx.Node) -> list[Row]:
        """The rows that make what ``end`` is of what ``begin`` is."""
        rows: list[Row] = []
        node = end
        while node is not begin:
            if node in self._used:
                raise Inexpressible("one of its layers is used by several others")
            self._used.add(node)
            inputs, join = self._inputs[node], _join(node)
            if join and len(inputs) > 1:
                node = self._meeting(inputs)
                rows = [block(join, *(self.between(node, one) for one in inputs)), *rows]
                continue
            if len(inputs) != 1:
                raise Inexpressible(f"it uses {_name(node)}, which is not among the layers here")
            is_alone = join and join.join == "concat"  # one thing put beside nothing is what it was
            rows, node = [*(() if is_alone else self._rows(node)), *rows], inputs[0]
        return rows

    def _rows(self, node: fx.Node) -> tuple[Row, ...]:
        if node.op == "call_module":
            name = str(node.target)
            module = self._modules[name]
            kind = type(module).__name__
            return COMPOSED[kind](module, name) if kind in COMPOSED else rows_of_layer(kind, vars(module), name)
        return tuple(map(new_row, _kinds(node)))

    def _meeting(self, nodes: Sequence[fx.Node]) -> fx.Node:
        """The last node that everything in ``nodes`` comes through."""
        front = set(nodes)
        while len(front) > 1:
            last = max(front, key=self._order.__getitem__)
            front.remove(last)
            if not self._inputs[last]:
                raise Inexpressible("its branches begin in different places")
            front.update(self._inputs[last])
        return front.pop()


def _nested(inputs: Mapping[fx.Node, list[fx.Node]]) -> dict[fx.Node, list[fx.Node]]:
    """The same, where what is put beside all that was side by side already is put beside that as a whole.

    So dense blocks nest: each of their steps gets one thing, and stands beside it.
    """
    together = {tuple(given): node for node, given in inputs.items() if node.target is torch.cat}
    found = dict(inputs)
    for node, given in inputs.items():
        if node.target is torch.cat and (before := together.get(tuple(given[:-1]))):
            found[node] = [before, given[-1]]
    return found


def _inputs(node: fx.Node) -> list[fx.Node]:
    """What a node works on, twice where it takes the same thing twice."""
    given: list[fx.Node] = []
    for argument in (*node.args, *node.kwargs.values()):
        members = argument if isinstance(argument, list | tuple) else (argument,)
        given += [one for one in members if isinstance(one, fx.Node)]
    return given


def _join(node: fx.Node) -> Branches | None:
    """How a node puts its inputs together, if it does."""
    if node.op != "call_function":
        return None
    if node.target in ADDS:
        return Branches("add")
    if node.target in MULTIPLIES:
        return Branches("multiply")
    side = node.args[1] if len(node.args) > 1 else node.kwargs.get("dim", 0)
    return Branches("concat") if node.target is torch.cat and side == 1 else None


def _kinds(node: fx.Node) -> Sequence[LayerKind]:
    """The layers that a function or method without weights is."""
    name, arguments, named = _name(node), node.args[1:], node.kwargs
    if name in IDLE:
        return ()
    made = _KINDS.get(name)
    if made is None:
        raise Inexpressible(f"it uses {name}, which is not among the layers here")
    return made(arguments, named)


def _name(node: fx.Node) -> str:
    return str(getattr(node.target, "__name__", node.target)) if node.op.startswith("call") else node.op


Made = Callable[[tuple[Any, ...], Mapping[str, Any]], Sequence[LayerKind]]


def _flatten(arguments: tuple[Any, ...], named: Mapping[str, Any]) -> Sequence[LayerKind]:
    if arguments not in ((1,), (1, -1)) and named.get("start_dim") != 1:
        raise Inexpressible("it flattens some of the sides only")
    return (Flatten(),)


def _mean(arguments: tuple[Any, ...], named: Mapping[str, Any]) -> Sequence[LayerKind]:
    sides = arguments[0] if arguments else named.get("dim")
    if not isinstance(sides, list | tuple) or sorted(sides) != PLACES:
        raise Inexpressible("it takes a mean that is not among the layers here")
    return (
        (AdaptiveAvgPool2d(1),) if named.get("keepdim") or True in arguments[1:] else (AdaptiveAvgPool2d(1), Flatten())
    )


def _pool(arguments: tuple[Any, ...], named: Mapping[str, Any]) -> Sequence[LayerKind]:
    size = arguments[0] if arguments else named.get("output_size")
    sides = size if isinstance(size, list | tuple) else (size,)
    if not all(isinstance(side, int) for side in sides):
        raise Inexpressible("it pools to as many places as come in")
    return (AdaptiveAvgPool2d(alike(sides)),)


def _dropout(arguments: tuple[Any, ...], named: Mapping[str, Any]) -> Sequence[LayerKind]:
    share = arguments[0] if arguments else named.get("p", 0.5)
    return (Dropout(share),)


def _depth(arguments: tuple[Any, ...], named: Mapping[str, Any]) -> Sequence[LayerKind]:
    given = dict(zip(("p", "mode"), arguments, strict=False)) | dict(named)
    if given.get("mode") != "row":
        raise Inexpressible("it leaves out branches of whole batches, which is not among the layers here")
    return (StochasticDepth(given["p"]),) if given.get("p") else ()


_WINDOW = ("kernel_size", "stride", "padding")
_MAX, _AVG = (*_WINDOW, "dilation", "ceil_mode", "return_indices"), (*_WINDOW, "ceil_mode", "count_include_pad")
_USUAL = {"padding": 0, "dilation": 1, "ceil_mode": False, "return_indices": False, "count_include_pad": True}


def _window(kind: str, names: Sequence[str]) -> Made:
    """A pooling as a function, whose arguments are the fields of the layer of that name."""

    def made(arguments: tuple[Any, ...], named: Mapping[str, Any]) -> Sequence[LayerKind]:
        given = _USUAL | dict(zip(names, arguments, strict=False)) | dict(named)
        given["stride"] = given.get("stride") or given.get("kernel_size")
        return [row.kind for row in rows_of_layer(kind, given, "")]

    return made


_KINDS: Mapping[str, Made] = {
    functional.relu.__name__: lambda *_: (ReLU(),),
    functional.relu_.__name__: lambda *_: (ReLU(),),
    functional.adaptive_avg_pool2d.__name__: _pool,
    functional.dropout.__name__: _dropout,
    functional.max_pool2d.__name__: _window("MaxPool2d", _MAX),
    functional.avg_pool2d.__name__: _window("AvgPool2d", _AVG),
    "stochastic_depth": _depth,
    "flatten": _flatten,
    "mean": _mean,
}
