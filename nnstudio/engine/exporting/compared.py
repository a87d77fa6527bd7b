"""What another program makes of a network, held against what PyTorch gives for the same examples."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, repeat

import numpy as np
import torch
from numpy.typing import NDArray

from nnstudio.engine.exporting.answering import Answering, Output
from nnstudio.engine.predict import rows_at_once
from nnstudio.spec.errors import ExportError

Arrays = Sequence[NDArray[np.float32]]
Run = Callable[[NDArray[np.float32]], Arrays]
"""What the other program gives for examples ``(N, *shape)``: an array for each output."""

FIRST_BATCHES = (1, 2, 7)
"""Examples that go together at first; the others go in batches as large as the network bears."""

TOLERANCE = 1e-4
"""Of the largest number that an output holds: rounding in another order stays far below, a wrong layer far above."""


@dataclass(frozen=True, slots=True)
class Compared:
    """The largest absolute difference of each output by its name, and over how many examples it was looked for."""

    differences: dict[str, float]
    rows: int
    same_bits: bool

    @property
    def largest(self) -> float:
        return max(self.differences.values(), default=0.0)

    def __or__(self, other: Compared) -> Compared:
        """Of the examples of both."""
        names = self.differences | other.differences
        largest = {name: max(self.differences.get(name, 0.0), other.differences.get(name, 0.0)) for name in names}
        return Compared(largest, self.rows + other.rows, self.same_bits and other.same_bits)


@dataclass(frozen=True, eq=False, slots=True)
class Expected:
    """What PyTorch gives for ``batches`` of examples, of several lengths: an array for each of the ``outputs``."""

    outputs: tuple[Output, ...]
    batches: tuple[tuple[NDArray[np.float32], Arrays], ...]


def expected(module: Answering, x: NDArray[np.float32]) -> Expected:
    """What ``module`` gives for the examples ``x (N, *shape)``."""
    with torch.inference_mode():
        given = ((batch, [each.numpy() for each in module(torch.from_numpy(batch))]) for batch in _batches(module, x))
        return Expected(module.outputs, tuple(given))


def compare(known: Expected, run: Run) -> Compared:
    """Hold ``run`` against what is ``known``; raises `ExportError` where it differs beyond `TOLERANCE`, or in shape."""
    differences = {output.name: 0.0 for output in known.outputs}
    same_bits, rows = True, 0
    for batch, given in known.batches:
        rows += len(batch)
        for output, ours, theirs in zip(known.outputs, given, run(batch), strict=True):
            _check(output.name, ours, theirs)
            same_bits = same_bits and ours.tobytes() == theirs.tobytes()
            differences[output.name] = max(differences[output.name], _difference(ours, theirs))
    return Compared(differences, rows, same_bits)


def most_at_once(module: Answering, x: NDArray[np.float32]) -> int:
    """How many of the examples ``x`` go through the network together without leaving the processor's caches."""
    with torch.inference_mode():
        return rows_at_once(module, torch.from_numpy(x[:1]))


def _batches(module: Answering, x: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
    """Batches of `FIRST_BATCHES`, and the rest in pieces."""
    most = most_at_once(module, x)
    start = 0
    for size in chain(FIRST_BATCHES, repeat(most)):
        if start >= len(x):
            return
        yield np.ascontiguousarray(x[start : start + size])
        start += size


def _difference(ours: NDArray[np.float32], theirs: NDArray[np.float32]) -> float:
    """The largest absolute difference; what is not a number is only equal to itself."""
    if not ours.size:
        return 0.0
    with np.errstate(invalid="ignore"):
        apart = np.abs(ours.astype(np.float64) - theirs)
    same = (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
    return float(np.where(same, 0.0, np.where(np.isnan(apart), np.inf, apart)).max())


def _check(name: str, ours: NDArray[np.float32], theirs: NDArray[np.float32]) -> None:
    if ours.shape != theirs.shape:
        raise _differs(f"It gives {name} of the shape {theirs.shape} in the place of {ours.shape}.")
    finite = np.abs(ours[np.isfinite(ours)])
    allowed = TOLERANCE * float(finite.max(initial=0.0))
    if (apart := _difference(ours, theirs)) > max(allowed, TOLERANCE**2):
        raise _differs(f"Its {name} are {apart:.2g} away from those of PyTorch, where {allowed:.2g} is allowed.")


def _differs(why: str) -> ExportError:
    return ExportError(
        "The exported network does not give what PyTorch gives, and was not written.",
        why,
        "Export it in another form, and report this with the project.",
    )
