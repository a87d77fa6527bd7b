"""How a layer of a file is made to fit behind others: what it needs before it, and which kind it then is."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

from nnstudio.engine.rebuilding.growing import Growing, Misfit
from nnstudio.engine.rebuilding.policies import backward
from nnstudio.engine.rebuilding.units import Takes, Unit
from nnstudio.spec.layers import (
    AdaptiveAvgPool1d,
    AdaptiveAvgPool2d,
    BatchNorm1d,
    BatchNorm2d,
    BatchNorm3d,
    ConvTranspose1d,
    ConvTranspose2d,
    Embedding,
    Flatten,
    GroupNorm,
    LayerKind,
    LayerNorm,
    Linear,
    Permute,
    Reshape,
    Unflatten,
)
from nnstudio.spec.layers.base import size
from nnstudio.spec.layers.convolution import Conv, Convolution, ConvTranspose
from nnstudio.spec.layers.normalisation import BatchNorm
from nnstudio.spec.layers.recurrent import Recurrent
from nnstudio.spec.layers.sliding import said
from nnstudio.spec.words import counted

EPSILON = "The weights do not tell epsilon; PyTorch's usual one is taken."
MOMENTUM = "The weights do not tell epsilon and momentum; PyTorch's usual ones are taken."
PARTED = "The weights do not tell the number of groups, nor whether it normalises each channel; both are proposed."
GROUPS = (32, 16, 8, 4, 2, 1)


def _take_flat(stack: Growing, unit: Unit, following: Unit | None) -> None:
    del following
    assert isinstance(unit.kind, Linear)
    _flatten(stack, unit.width)
    stack.layer(unit, unit.kind)


def _take_table(stack: Growing, unit: Unit, following: Unit | None) -> None:
    """A matrix without bias: a linear layer where that fits, or else, in front, a lookup."""
    if stack.last is None and stack.shape != (unit.width,):
        guess = "A matrix without bias can be a linear layer, too; a lookup fits what follows."
        stack.layer(unit, Embedding(unit.other, unit.width), guess)
        stack.is_steps = True
        return
    _take_flat(stack, unit, following)


def _take_lookup(stack: Growing, unit: Unit, following: Unit | None) -> None:
    del following
    stack.layer(unit, unit.kind)
    stack.is_steps = True


def _flatten(stack: Growing, width: int) -> None:
    """Let ``width`` numbers come in one row."""
    if len(stack.shape) == 1:
        if stack.shape != (width,):
            raise Misfit(f"it takes {width:,} numbers and would get {stack.shape[0]:,}")
        return
    numbers, channels = math.prod(stack.shape), stack.channels
    if numbers != width or (width == channels and numbers > channels):
        _shrink(stack, width, channels)
    stack.propose(Flatten(), "A linear layer takes numbers in one row; which order they had is PyTorch's usual one.")
    stack.is_steps = False


def _shrink(stack: Growing, width: int, channels: int) -> None:
    """Pool to as many places as a row of ``width`` numbers has for each channel."""
    sides = stack.shape[:-1] if stack.is_steps else stack.shape[1:]
    is_line = [side == 1 < max(sides) for side in sides]
    longer = is_line.count(False)
    places = round((width / channels) ** (1 / longer))
    if len(sides) > 2 or width != channels * places**longer or not places:
        raise Misfit(f"it takes {width:,} numbers and would get {size(stack.shape)}")
    if stack.is_steps:
        stack.propose(Permute(), "The steps become the last side, so that they can be pooled.")
    each = tuple(1 if line else places for line in is_line)
    kind = AdaptiveAvgPool1d(places) if len(sides) == 1 else AdaptiveAvgPool2d(each)
    why = "all of it" if places == 1 else f"{size(each)} places"
    stack.propose(kind, f"The next layer takes {width:,} numbers: the mean over {why} of each channel fits.")
    stack.forced += places > 1


def _take_steps(stack: Growing, unit: Unit, following: Unit | None) -> None:
    if len(stack.shape) == 2 and not stack.is_steps and stack.shape[0] == unit.width:
        stack.propose(Permute(), "The next layer reads step by step: steps come first.")
    if len(stack.shape) != 2 or stack.shape[1] != unit.width:
        raise Misfit(f"it reads steps of {unit.width:,} numbers and would get {size(stack.shape)}")
    kind, guess = unit.kind, ""
    if isinstance(kind, Recurrent):
        goes_on = following is not None and following.takes in ("steps", "norm", "slide")
        kind = replace(kind, gives="all" if goes_on else "last")
        guess = f"The weights do not tell what it gives; {'every' if goes_on else 'the last'} step is proposed."
    stack.layer(unit, kind, guess)
    stack.is_steps = len(stack.shape) == 2


def _take_slide(stack: Growing, unit: Unit, following: Unit | None) -> None:
    """A convolution; one that fits only backward, or that follows one, is a transposed one."""
    del following
    assert isinstance(unit.kind, Conv)
    _channels_first(stack, unit)
    channels, kind = stack.shape[0], unit.kind
    goes_on = stack.last is not None and not stack.has_slid and unit.other == channels and stack.last.takes != "slide"
    is_depthwise = unit.width == 1 and kind.out_channels % channels == 0
    if unit.other == channels and (goes_on or (channels != unit.width and not is_depthwise)):
        _paint(stack, unit, "Its channels fit a transposed convolution; stride and padding are proposed.")
        return
    if channels % unit.width or kind.out_channels % (channels // unit.width):
        raise Misfit(f"it takes {unit.width:,} channels and would get {channels:,}")
    stride, padding = stack.policy.forward(kind.kernel_size)
    kind = replace(kind, stride=stride, padding=padding, groups=channels // unit.width)
    stack.layer(unit, kind, _windows(unit, kind, channels))


def _windows(unit: Unit, kind: Conv, channels: int) -> str:
    """Why a convolution is a guess."""
    may_paint = " Its weights would suit a transposed convolution, too." if unit.other == channels else ""
    if kind.kernel_size == 1 and not may_paint:
        return ""
    stride, padding = said(kind.stride), said(kind.padding)
    return f"The weights do not tell stride ({stride} is proposed) and padding ({padding}).{may_paint}"


def _take_paint(stack: Growing, unit: Unit, following: Unit | None) -> None:
    del following
    _channels_first(stack, unit)
    _paint(stack, unit, "The weights do not tell stride and padding; they are proposed so that sides double.")


def _paint(stack: Growing, unit: Unit, guess: str) -> None:
    first = unit.kind
    assert isinstance(first, Convolution)
    stride, padding, extra = backward(first.kernel_size)
    kinds: dict[int, Callable[..., ConvTranspose]] = {1: ConvTranspose1d, 2: ConvTranspose2d}
    if first.sides not in kinds:
        raise Misfit("a transposed convolution of volumes is not among the layers")
    out = stack.shapes[f"{unit.module}.weight" if unit.module else "weight"][1]
    kind = kinds[first.sides](out, first.kernel_size, stride, padding, bias=first.bias, output_padding=extra)
    stack.layer(unit, kind, guess)


def _channels_first(stack: Growing, unit: Unit) -> None:
    """Let channels and sides come in."""
    assert isinstance(unit.kind, Convolution)
    sides = unit.kind.sides
    if stack.is_steps and sides == 1 and stack.shape[-1] == unit.width:
        stack.propose(Permute(), "The next layer slides along the steps: they are the last side.")
        stack.is_steps = False
    if len(stack.shape) == 1 and sides < 3:
        _unflatten(stack, unit.width, sides)
    if len(stack.shape) != sides + 1:
        raise Misfit(f"it slides over {counted(sides, 'side')} and would get {size(stack.shape)}")


def _unflatten(stack: Growing, channels: int, sides: int) -> None:
    """Make channels and equally long sides of a row of numbers."""
    side = round((stack.shape[0] / channels) ** (1 / sides))
    if not side or channels * side**sides != stack.shape[0]:
        raise Misfit(f"it takes {channels:,} channels and would get a row of {stack.shape[0]:,} numbers")
    kind = Unflatten(channels, side) if sides == 2 else Reshape(channels, last=side)
    stack.propose(kind, f"The next layer takes channels: {size((channels, *(side,) * sides))} fits.")


def _take_norm(stack: Growing, unit: Unit, following: Unit | None) -> None:
    del following
    kind = _norm(stack, unit)
    batch = MOMENTUM if isinstance(kind, BatchNorm) else EPSILON
    stack.layer(unit, kind, PARTED if isinstance(kind, GroupNorm) else batch)


def _norm(stack: Growing, unit: Unit) -> LayerKind:
    kind, sides = unit.kind, len(stack.shape) - 1
    if isinstance(kind, BatchNorm):
        if stack.is_steps or sides > 3:
            raise Misfit(f"it normalises channels and would get {size(stack.shape)}")
        return (BatchNorm1d, BatchNorm1d, BatchNorm2d, BatchNorm3d)[sides](affine=kind.affine)
    assert isinstance(kind, LayerNorm)
    if sides and not stack.is_steps and kind.over == "last" and stack.shape[0] == unit.width:
        return GroupNorm(_groups(unit.width))
    if kind.over == "all" or stack.shape[-1] == unit.width:
        return kind
    raise Misfit(f"it normalises {unit.width:,} numbers and would get {size(stack.shape)}")


def _take_scale(stack: Growing, unit: Unit, following: Unit | None) -> None:
    del following
    stack.layer(unit, unit.kind)


def _groups(channels: int) -> int:
    """The usual number of groups that parts the channels."""
    return next((groups for groups in GROUPS if channels % groups == 0 and groups < channels), 1)


ADAPT: Mapping[Takes, Callable[[Growing, Unit, Unit | None], None]] = {
    "flat": _take_flat,
    "table": _take_table,
    "lookup": _take_lookup,
    "steps": _take_steps,
    "slide": _take_slide,
    "paint": _take_paint,
    "norm": _take_norm,
    "scale": _take_scale,
}
"""By how a layer takes its input: puts it in, with what it needs before it; the last one is what follows it.

Each raises `Misfit`, or what a layer raises.
"""
