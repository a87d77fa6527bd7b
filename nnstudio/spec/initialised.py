"""Which tensors of a network are filled before training, by which calls, in which order.

The engine carries the calls out and the printed code shows them. All layers are made first, as PyTorch makes them; then
the tensors are filled in the order of the ``state_dict``, drawing on from the same generator. So a network without
chosen initialisations has the bits that it always had.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nnstudio.spec.bends import Bend, bend_of
from nnstudio.spec.calls import Call
from nnstudio.spec.layers import LayerKind, LogSoftmax, Softmax
from nnstudio.spec.shapes import Step, Walk

Rest = tuple[Sequence[Step], ...]
"""What the data passes next: the rest of a stack, that of the stack around it, and so on."""

_WITH_GAIN = ("nn.init.xavier", "nn.init.orthogonal")
_BENT = ("linear", "convolution")
"""Families whose results an activation bends; recurrent layers and attention bend them in themselves."""


@dataclass(frozen=True, slots=True)
class Filling:
    """A tensor of the ``state_dict`` (``0.weight``), what fills it (but for the tensor itself), and its row."""

    tensor: str
    call: Call
    row_id: str


def gain_of(walked: Walk, row_id: str) -> float | None:
    """By how much the weights of a row are larger for the activation behind them; None where no gain is used."""
    call = next((filling.call for filling in fillings(walked) if filling.row_id == row_id), Call(""))
    if "nonlinearity" in call.kwargs:
        return Bend(call.kwargs["nonlinearity"], call.kwargs.get("a", 0.0)).gain
    return call.kwargs.get("gain", 1.0) if call.name.startswith(_WITH_GAIN) else None


def fillings(walked: Walk) -> Iterator[Filling]:
    """Every tensor that is filled otherwise than PyTorch does; nothing where a layer cannot work."""
    return _in_stack(walked.steps, "", ())


def _in_stack(steps: Sequence[Step], before: str, behind: Rest) -> Iterator[Filling]:
    for place, step in enumerate(steps):
        prefix = f"{before}{place}."
        if step.inner:
            yield from _in_block(step, prefix, (steps[place + 1 :], *behind))
        elif step.row.initialisation and step.parameters:
            bend = _bend_behind(step, (steps[place + 1 :], *behind))
            for name, call in step.row.initialisation.fills(step.parameters, bend):
                yield Filling(prefix + name, call, step.row.id)


def _in_block(block: Step, prefix: str, behind: Rest) -> Iterator[Filling]:
    """Repetitions follow each other; branches are followed by what stands behind the block."""
    for number, steps in enumerate(block.inner):
        more = block.inner[number + 1 :] if block.is_repeat else ()
        yield from _in_stack(steps, f"{prefix}{number}.", (*more, *behind))


def _bend_behind(step: Step, rest: Rest) -> Bend:
    return bend_of(next(_next(rest), None)) if step.row.kind.family in _BENT else Bend()


def _next(rest: Rest) -> Iterator[LayerKind]:
    """The next layer that bends, or has weights, or ends in probabilities: it says how large a signal should come."""
    for steps in rest:
        for step in steps:
            if step.inner:
                yield from _next(step.inner if step.is_repeat else step.inner[:1])
            elif _decides(step):
                yield step.row.kind


def _decides(step: Step) -> bool:
    is_bend = step.row.kind.family == "activation" or isinstance(step.row.kind, (Softmax, LogSoftmax))
    return is_bend or any(len(shape) > 1 for shape in step.parameters.values())
