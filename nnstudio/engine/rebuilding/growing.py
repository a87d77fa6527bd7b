"""A stack of rows that grows layer by layer, with proposals for what stands between layers with weights."""

from __future__ import annotations

from dataclasses import replace

from nnstudio.engine.rebuilding.policies import Policy
from nnstudio.engine.rebuilding.units import COUNTER, Shapes, Unit
from nnstudio.spec.layers import Dropout, LayerKind, Linear, MaxPool1d, MaxPool2d, ReLU, Shape
from nnstudio.spec.layers.base import size
from nnstudio.spec.layers.convolution import Conv, Convolution
from nnstudio.spec.layers.sliding import alike
from nnstudio.spec.model import Row, new_row

MIXES = ("flat", "table", "slide", "paint")
"""Layers that only weigh and add up: between two of them stands an activation."""


class Misfit(Exception):
    """Why a layer cannot follow what is there, in words to stand behind its name."""


class Growing:
    """The rows so far, and what leaves them.

    ``is_steps`` says that an example of two sides is step × features, not channels × steps; ``is_bent`` that no
    activation is wanting, ``has_slid`` that a convolution was the last to mix.
    """

    def __init__(self, shapes: Shapes, input_shape: Shape, policy: Policy) -> None:
        self.rows: list[Row] = []
        self.shape, self.is_steps = input_shape, False
        self.forced = 0
        self.shapes, self.policy = shapes, policy
        self.last: Unit | None = None
        self.is_bent, self.has_slid = True, False

    @property
    def channels(self) -> int:
        """Numbers for each place or step."""
        return self.shape[-1] if self.is_steps else self.shape[0]

    def took(self, unit: Unit) -> None:
        """Remember that ``unit`` is in."""
        self.last = unit
        if isinstance(self.rows[-1].kind, Linear | Convolution):
            self.is_bent, self.has_slid = False, isinstance(self.rows[-1].kind, Conv)
        elif unit.takes != "norm":
            self.is_bent = True

    def between(self, unit: Unit) -> None:
        """Put in what is proposed in front of ``unit``."""
        if self.last is None and unit.takes in ("steps", "norm") and len(self.shape) == 2:
            self.is_steps = self.shape[1] == unit.width
        left = _gap(self.last, unit) if self.last else 0
        mixes, is_known = unit.takes in MIXES or self.has_slid, left is not None
        free = left if left is not None else int(mixes and unit.takes not in ("norm", "scale"))
        is_flattened = unit.takes in ("flat", "table") and len(self.shape) > 1
        if free and not self.is_bent:
            gap = "Something without weights stood here" if is_known else "Nothing tells what stood here"
            self.propose(ReLU(), f"{gap}; an activation, such as ReLU, is usual.")
            self.is_bent, free = True, free - 1
        if is_known and is_flattened:
            free -= 2 if self.channels == unit.width else 1  # the flattening, and the pooling to one place before it
        if self._pools(unit, free, is_known):
            self._pool()
            free -= 1
        if is_known and free > 0 and len(self.shape) == 1 and self.last:
            self.propose(Dropout(), "Something without weights stood here; a dropout is usual, and idle in use.")
            free -= 1
        if is_known and free > 0 and self.rows and self.rows[-1].guess:
            more = f"{self.rows[-1].guess} {free} more without weights stood here, which are left out."
            self.rows[-1] = replace(self.rows[-1], guess=more)

    def _pools(self, unit: Unit, free: int, is_known: bool) -> bool:
        """Whether a pooling is proposed before ``unit``."""
        if not self.has_slid or self.is_steps or len(self.shape) not in (2, 3) or max(self.shape[1:]) < 2:
            return False
        if unit.takes in ("norm", "scale", "paint"):
            return False
        if is_known:
            return free > 0
        return self.policy.pools == "each" or (self.policy.pools == "last" and unit.takes != "slide")

    def _pool(self) -> None:
        window = alike([min(side, 2) for side in self.shape[1:]])
        kind = MaxPool1d() if len(self.shape) == 2 else MaxPool2d(window, window)
        self.propose(kind, "Something that makes it smaller seems to have stood here; a max pooling is usual.")

    def propose(self, kind: LayerKind, why: str) -> None:
        self._put(replace(new_row(kind), guess=why))

    def _put(self, row: Row) -> None:
        self.shape = row.kind.out_shape(self.shape)
        self.rows.append(row)

    def layer(self, unit: Unit, kind: LayerKind, guess: str = "") -> None:
        """Put in the layer of ``unit`` as ``kind``; raises `Misfit` unless it has just the tensors of the file."""
        after = kind.out_shape(self.shape)
        wanted = {**kind.parameters(self.shape), **kind.buffers(self.shape)}
        module = f"{unit.module}." if unit.module else ""
        have = {name.removeprefix(module): self.shapes[name] for name in unit.tensors}
        for tensors in (wanted, have):
            tensors.pop(COUNTER, None)
        if wanted != have:
            raise Misfit(f"its weights do not suit an input of {size(self.shape)}")
        self.rows.append(replace(new_row(kind, unit.module), guess=guess or unit.guess))
        self.shape = after


def _gap(one: Unit, other: Unit) -> int | None:
    """How many modules stood between two of one ``nn.Sequential``, by the numbers in their names; None elsewhere."""
    (where, _, first), (there, _, second) = one.module.rpartition("."), other.module.rpartition(".")
    if where != there or not (first.isdecimal() and second.isdecimal()) or len(first + second) > 9:
        return None
    return max(0, int(second) - int(first) - 1)
