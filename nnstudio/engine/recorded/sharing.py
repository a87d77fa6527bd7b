"""Which results of a recorded step may lie where others lay that are not needed any more.

The fewer places a step writes to, the more of them are still in the processor's caches when they are read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch

from nnstudio.engine.recorded.recorder import Operation, address, last_uses, tensors_in

Moves = dict[int, int]
"""For the address of a result that of the memory that it takes over."""


def shared_memory(operations: Sequence[Operation], sizes: Mapping[int, int]) -> Moves:
    """Where the results are to lie whose addresses are in ``sizes``, with the bytes of their memory.

    Each of them is written by the operation that makes it, is read by none after the last one that touches it, and by
    nobody outside. A result takes the memory of one that is done with, or that of the operand that it replaces number
    by number, of the same length in bytes. Two that are needed at one time never share.
    """
    ends, moves = last_uses(operations), Moves()
    free: dict[int, list[int]] = {}
    for number, operation in enumerate(operations):
        ending = {start for start in ends.get(number, ()) if start in sizes}
        for start in dict.fromkeys(map(address, operation.made())):
            if start not in sizes:
                continue
            alike = {other for other in ending - {start} if sizes[other] == sizes[start]}
            replaced = _replaced(operation, alike)
            if replaced is not None:
                ending.remove(replaced)
                moves[start] = moves.get(replaced, replaced)
            elif waiting := free.get(sizes[start]):
                moves[start] = waiting.pop()
        for start in ending:
            free.setdefault(sizes[start], []).append(moves.get(start, start))
    return moves


def _replaced(operation: Operation, ending: set[int]) -> int | None:
    """The address in ``ending`` of an operand of which each number makes the one of the result in its place."""
    result = operation.result
    if torch.Tag.pointwise not in operation.op.tags or not isinstance(result, torch.Tensor):
        return None
    for operand in tensors_in(operation.args):
        alike = (operand.shape, operand.stride(), operand.dtype) == (result.shape, result.stride(), result.dtype)
        if alike and address(operand) in ending and operand.storage_offset() == result.storage_offset():
            return address(operand)
    return None
