"""Repeating a recorded step: a list of calls without arguments, for everything they need lies where it lay."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from torch import SymInt, Tensor, UntypedStorage

from nnstudio.engine.recorded.calls import Call, as_it_was, into_its_place
from nnstudio.engine.recorded.recorder import NotRecordable, Operation, Recorder, address, last_uses, tensors_in
from nnstudio.engine.recorded.sharing import shared_memory

STATIC_BYTES = 2**20
"""Smallest result that gets new memory in every step: what was just freed is warmer than what is far away."""
RELEASED_BYTES = 2**16
"""Smallest result that is let go as soon as it is no longer needed."""
SHARED_BYTES = 2**12
"""Smallest result that lies where another lay: what is smaller fits into the nearest cache anyway."""
UNFILLED = frozenset({"empty", "empty_like", "empty_strided", "new_empty", "new_empty_strided"})
"""Operations that give memory and nothing in it."""
CONSTANT = frozenset({"ones_like", "zeros_like", "full_like", "ones", "zeros", "full", "scalar_tensor", "arange"})
"""Operations that always give the same; the gradient that a step begins with is one."""


class Home:
    """All places in one storage; they move to another together."""

    def __init__(self, places: Sequence[Tensor]) -> None:
        self._places = [(place, place.storage_offset(), place.size(), place.stride()) for place in places]
        self.bytes = places[0].untyped_storage().nbytes()
        only: Any = places[0]
        self.move: Callable[[Tensor], object] = only.set_ if len(places) == 1 else self._move_all
        """Puts the places where a tensor lies, each with its own shape; a single one has that of the tensor."""

    def _move_all(self, tensor: Tensor) -> None:
        self.lie_in(tensor.untyped_storage(), tensor.storage_offset())

    @property
    def memory(self) -> UntypedStorage:
        """Where the places lie."""
        return self._places[0][0].untyped_storage()

    def lie_in(self, memory: UntypedStorage, start: int | SymInt = 0) -> None:
        """Move to ``memory``, from its number ``start`` on."""
        for place, offset, size, stride in self._places:
            place.set_(memory, start + offset, size, stride)

    def leave(self) -> None:
        """Let the memory go until the places move again."""
        for place, *_ in self._places:
            place.set_()  # type: ignore[call-overload]  # to nothing


class Replay:
    """The step that ``recorder`` saw, for other batches of the same shape.

    ``batch`` are the tensors that it was recorded with, each in a storage of its own. The places of ``handed_out`` lie
    in new memory after every step, those of ``kept`` in any that outlasts it. Parameters and buffers are read and
    changed where they are. Draws random numbers, and changes buffers, while it is made.
    """

    def __init__(
        self, recorder: Recorder, batch: Sequence[Tensor], handed_out: Sequence[Tensor], kept: Sequence[Tensor]
    ) -> None:
        self._homes = {start: Home(places) for start, places in recorder.places_by_address().items()}
        self._inputs = [self._homes[address(tensor)] for tensor in batch]
        self._take = [home.move for home in self._inputs]
        self._handed_out = {address(place) for place in handed_out}
        self._kept = self._handed_out | {address(place) for place in kept}
        self._static: list[Tensor] = []
        self._made_anew: set[int] = set()
        self._moving: set[int] = set()
        self._changed = {
            address(place)
            for each in recorder.operations
            if each.changes_arguments
            for place in tensors_in((each.args, each.kwargs))
        }
        self._calls = list(self._compile(recorder.operations))
        self._share(recorder.operations)
        self._forget()

    def __call__(self, *batch: Tensor) -> None:
        for move, tensor in zip(self._take, batch, strict=True):
            move(tensor)
        for call in self._calls:
            call()

    # ---- From operations to calls ----

    def _compile(self, operations: Sequence[Operation]) -> Iterator[Call]:
        released, before = last_uses(operations), None
        for number, operation in enumerate(operations):
            yield from self._call(operation, before)
            if operation.made():
                before = operation
            for start in released.get(number, set()) & self._moving - self._kept:
                if self._homes[start].bytes >= RELEASED_BYTES:
                    yield self._homes[start].leave

    def _call(self, operation: Operation, before: Operation | None) -> Iterator[Call]:
        """The call that repeats an operation; none for a view, whose place is there already, and for a constant."""
        made = operation.made()
        if not made:
            if operation.changes_arguments:
                yield as_it_was(operation)
            return
        if not operation.changes_arguments and len(made) < sum(
            1 for each in tensors_in(operation.result) if each.numel()
        ):
            raise NotRecordable(f"{operation.op} gives some of its arguments back")
        if operation.name in CONSTANT and not self._changed & set(map(address, made)):
            return
        if operation.name in UNFILLED:
            self._static += made
            return
        call = into_its_place(operation, before) if self._may_stay(made) else None
        if call is None:
            yield self._anew(operation, made)
        else:
            self._static += made
            self._made_anew.update(map(address, made))
            yield call

    def _may_stay(self, made: Sequence[Tensor]) -> bool:
        handed_out = any(address(each) in self._handed_out for each in made)
        return not handed_out and all(each.untyped_storage().nbytes() < STATIC_BYTES for each in made)

    def _anew(self, operation: Operation, made: Sequence[Tensor]) -> Call:
        """Make the results in new memory, and move the places there."""
        call = as_it_was(operation)
        homes = {address(each): self._homes[address(each)] for each in made}
        self._moving |= homes.keys()
        if isinstance(operation.result, Tensor):
            move = self._homes[address(operation.result)].move
            return lambda: move(call())
        if not all(isinstance(each, Tensor | None) for each in operation.result):
            raise NotRecordable(f"{operation.op} gives lists of tensors")
        goals = [homes.get(address(each)) if each is not None else None for each in operation.result]

        def anew() -> None:
            for home, tensor in zip(goals, call(), strict=True):
                if home is not None:
                    home.move(tensor)

        return anew

    def _share(self, operations: Sequence[Operation]) -> None:
        """Let results that stay in their place lie where others lay, now that all calls know their places."""
        own = {start: self._homes[start].bytes for start in self._made_anew - self._kept}
        sizes = {start: size for start, size in own.items() if size >= SHARED_BYTES}
        memory = {start: self._homes[start].memory for start in sizes}
        for start, other in shared_memory(operations, sizes).items():
            self._homes[start].lie_in(memory[other])

    def _forget(self) -> None:
        """Leave nothing of the recorded step behind: a result that is never made would look right otherwise."""
        for place in self._static:
            place.fill_(torch.nan if place.is_floating_point() else 0)
        for home in [*self._inputs, *(self._homes[start] for start in self._moving)]:
            home.leave()
