"""Watching a step: every ATen operation below autograd, with the memory that it reads and writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

KEPT_BYTES = 512 * 2**20
"""Most memory that a recording may keep: steps that need more spend their time on arithmetic anyway."""

Op = Any
"""An overload of an ATen operation, such as ``torch.ops.aten.mm.default``."""


class NotRecordable(Exception):
    """A step cannot be replayed; the message is the reason, a clause that stands behind “because”."""


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """An operation that went by, its tensors replaced by their places."""

    op: Op
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    result: Any

    @property
    def name(self) -> str:
        """Its name without namespace and overload, such as ``mm``."""
        return str(self.op.overloadpacket.__name__)

    @property
    def changes_arguments(self) -> bool:
        """Whether it writes into memory that it was given, and does not only look at it in another shape."""
        return bool(self.op._schema.is_mutable) and torch.Tag.inplace_view not in self.op.tags

    def written(self) -> Iterator[Tensor]:
        """The arguments that it writes into."""
        named = zip(self.op._schema.arguments, self.args, strict=False)
        given = {argument.name: value for argument, value in named} | self.kwargs
        writes = {each.name for each in self.op._schema.arguments if each.alias_info and each.alias_info.is_write}
        return tensors_in([value for name, value in given.items() if name in writes])

    def touched(self) -> Iterator[Tensor]:
        """The places that it reads or writes."""
        return tensors_in((self.args, self.kwargs, self.result))

    def made(self) -> list[Tensor]:
        """The places of its results that lie in memory of their own, not in that of an argument."""
        given = {address(tensor) for tensor in tensors_in((self.args, self.kwargs))}
        return [tensor for tensor in tensors_in(self.result) if tensor.numel() and address(tensor) not in given]


def tensors_in(tree: object) -> Iterator[Tensor]:
    """The tensors in nested tuples, lists and dictionaries, in order."""
    if isinstance(tree, Tensor):
        yield tree
    elif isinstance(tree, tuple | list | dict):
        for branch in tree.values() if isinstance(tree, dict) else tree:
            yield from tensors_in(branch)


def address(tensor: Tensor) -> int:
    """What tells a storage from every other that lives: where its bytes begin, 0 where it has none."""
    return tensor.untyped_storage().data_ptr()


class Recorder(TorchDispatchMode):  # type: ignore[no-untyped-call]  # PyTorch does not say what a subclass takes
    """Notes the operations of what runs inside ``with recorder:``, in order.

    A *place* stands for all tensors that lie in the same memory in the same way: what autograd saves for the way back,
    or turns over twice, has one place. Places are kept alive, so that no address is given out twice. Raises
    `NotRecordable` for an operation whose result decides what happens next, and where the places would take more than
    ``most_bytes`` (None: `KEPT_BYTES`).
    """

    def __init__(self, most_bytes: int | None = None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._most_bytes = KEPT_BYTES if most_bytes is None else most_bytes
        self.operations: list[Operation] = []
        self._places: dict[object, Tensor] = {}
        self._bytes: dict[int, int] = {}

    def __torch_dispatch__(self, func: Op, types: object, args: Any = (), kwargs: Any = None) -> Any:
        if torch.Tag.data_dependent_output in func.tags or torch.Tag.dynamic_output_shape in func.tags:
            raise NotRecordable(f"what {func} gives decides what is done next")
        result = func(*args, **(kwargs or {}))
        self.operations.append(Operation(func, self._placed(args), self._placed(kwargs or {}), self._placed(result)))
        return result

    def _placed(self, tree: Any) -> Any:
        """The same nested tuples, lists and dictionaries with places for tensors."""
        if isinstance(tree, Tensor):
            return self.place(tree)
        if isinstance(tree, tuple | list):
            return type(tree)(map(self._placed, tree))
        if isinstance(tree, dict):
            return {name: self._placed(branch) for name, branch in tree.items()}
        return tree

    def place(self, tensor: Tensor) -> Tensor:
        """The place of ``tensor``: one without a gradient in the same memory."""
        key = (address(tensor), tensor.storage_offset(), tensor.shape, tensor.stride(), tensor.dtype)
        if key not in self._places:
            self._places[key] = tensor.detach()
            self._bytes[key[0]] = tensor.untyped_storage().nbytes()
            if sum(self._bytes.values()) > self._most_bytes:
                raise NotRecordable("a step takes too much memory to keep its parts")
        return self._places[key]

    def places_by_address(self) -> dict[int, list[Tensor]]:
        """The places in every storage."""
        by_address: dict[int, list[Tensor]] = {}
        for place in self._places.values():
            by_address.setdefault(address(place), []).append(place)
        return by_address


def last_uses(operations: Sequence[Operation]) -> dict[int, set[int]]:
    """For the number of an operation the addresses that no later one touches."""
    last = {address(tensor): number for number, each in enumerate(operations) for tensor in each.touched()}
    released: dict[int, set[int]] = {}
    for start, number in last.items():
        released.setdefault(number, set()).add(start)
    return released
