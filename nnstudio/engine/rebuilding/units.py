"""The layers that the tensors of a file belong to, told by their names and shapes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from nnstudio.spec.errors import SpecError
from nnstudio.spec.layers import (
    GRU,
    LSTM,
    RNN,
    BatchNorm1d,
    Conv1d,
    Conv2d,
    Conv3d,
    ConvTranspose1d,
    ConvTranspose2d,
    Embedding,
    LayerKind,
    LayerNorm,
    Linear,
    PReLU,
    SelfAttention,
    Shape,
    TransformerEncoderLayer,
)
from nnstudio.spec.layers.sliding import alike

Shapes = Mapping[str, Shape]
"""The shapes of tensors by their names."""

Takes = Literal["flat", "table", "steps", "slide", "paint", "lookup", "norm", "scale"]
"""How a layer takes its input.

``flat``: a list of numbers; ``table``: the same, or a lookup, which a matrix without bias can be; ``steps``: step ×
features; ``slide`` and ``paint``: channels and sides, forward or backward; ``lookup``: whole numbers; ``norm`` and
``scale``: anything with so many channels or features.
"""


@dataclass(frozen=True, slots=True)
class Unit:
    """A layer that holds weights: the module path in the file, its kind, and how many numbers wide its input is."""

    module: str
    kind: LayerKind
    takes: Takes
    width: int
    tensors: tuple[str, ...]
    other: int = 0
    """Where weights suit another kind, too: the width of a transposed convolution's input, or a lookup's entries."""
    guess: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Tensors that belong to no layer that is known, and why."""

    module: str
    tensors: tuple[str, ...]
    why: str


COUNTER = "num_batches_tracked"
"""What batch norms of before PyTorch 0.4.1 did not save, and use does not need."""

ASIDE = re.compile(r"downsample|shortcut|skip|residual|branch", re.IGNORECASE)
"""In the name of a module, that it stands beside others rather than behind them."""

DEEPEST = 64
"""Modules within modules that are told apart."""

HEADS = 8
"""Of the transformer of “Attention Is All You Need”."""


def units_of(shapes: Shapes) -> list[Unit | Unknown]:
    """The layers of a file in the order of their first tensor."""
    return [_unit(module, tensors) for module, tensors in _grouped(shapes).items()]


def _grouped(shapes: Shapes) -> Mapping[str, dict[str, Shape]]:
    """Tensors by the module that they belong to, and there by their names in it."""
    wholes = _wholes(shapes)
    found: dict[str, dict[str, Shape]] = {}
    for name, shape in shapes.items():
        module = next((whole for whole in _around(name) if whole in wholes), name.rpartition(".")[0])
        found.setdefault(module, {})[name[len(module) :].removeprefix(".")] = shape
    return found


def _wholes(shapes: Shapes) -> set[str]:
    """The modules that hold modules of their own and yet are one layer: attention, and encoder layers around one."""
    attentions = {module for name in shapes for module, _, last in [name.rpartition(".")] if last == "in_proj_weight"}
    around = {_before(module, "self_attn"): module for module in attentions if module.endswith("self_attn")}
    encoders = {one: inner for one, inner in around.items() if _joined(one, "linear1.weight") in shapes}
    return (attentions - set(encoders.values())) | encoders.keys()


def _before(module: str, last: str) -> str:
    """The module path without its last part."""
    return module.removesuffix(last).removesuffix(".")


def _joined(module: str, name: str) -> str:
    return f"{module}.{name}" if module else name


def _around(name: str) -> Iterator[str]:
    """Every module that a tensor is in, the outermost first; the empty one is the file itself."""
    parts = name.split(".", DEEPEST)[:-1]
    yield from (".".join(parts[:count]) for count in range(len(parts) + 1))


def _unit(module: str, tensors: Mapping[str, Shape]) -> Unit | Unknown:
    names = tuple(_joined(module, name) for name in tensors)
    if ASIDE.search(module):
        return Unknown(module, names, "its name says that it stands beside others, not behind them")
    own = {name: shape for name, shape in tensors.items() if name != COUNTER}
    if any(side < 1 for shape in own.values() for side in shape):
        return Unknown(module, names, "it holds a tensor without numbers")
    try:
        found = next(filter(None, (read(module, own) for read in READERS)), None)
    except SpecError as error:  # sides that no layer has
        return Unknown(module, names, f"{error.what[:1].lower()}{error.what[1:].rstrip('.')}")
    if found is None:
        return Unknown(module, names, f"no layer has just {_listed(own)}")
    kind, takes, width, other, guess = found
    return Unit(module, kind, takes, width, names, other, guess)


def _listed(tensors: Iterable[str]) -> str:
    names = list(tensors)
    return ", ".join(names[:4]) + (" …" if len(names) > 4 else "")


Found = tuple[LayerKind, Takes, int, int, str]
"""Kind, how it takes its input, width of the input, that of its other reading, guess."""

Reader = Callable[[str, Shapes], Found | None]


def _plain(tensors: Shapes, *sides: int) -> tuple[Shape, bool] | None:
    """The shape of a weight with so many sides, and whether there is a bias, where there is nothing else."""
    if not {"weight"} <= tensors.keys() <= {"weight", "bias"} or len(tensors["weight"]) not in sides:
        return None
    return (tensors["weight"], "bias" in tensors) if len(tensors.get("bias", (1,))) == 1 else None


def _matrix(module: str, tensors: Shapes) -> Found | None:
    if (found := _plain(tensors, 2)) is None:
        return None
    (out, width), bias = found
    if bias:
        return (Linear(out), "flat", width, 0, "") if tensors["bias"] == (out,) else None
    if re.search(r"emb|wte|lookup|token", module, re.IGNORECASE):
        return Embedding(out, width), "lookup", out, 0, ""
    return Linear(out, bias=False), "table", width, out, ""


_FORWARD: Mapping[int, type[Conv1d | Conv2d | Conv3d]] = {3: Conv1d, 4: Conv2d, 5: Conv3d}
_BACKWARD: Mapping[int, type[ConvTranspose1d | ConvTranspose2d]] = {3: ConvTranspose1d, 4: ConvTranspose2d}


def _convolution(module: str, tensors: Shapes) -> Found | None:
    """Forward, unless its bias or its name says that it paints; `other` is the width of the input if it does."""
    if (found := _plain(tensors, 3, 4, 5)) is None:
        return None
    (first, second, *window), bias = found
    kernel, rank, backward = alike(window), len(window) + 2, _BACKWARD.get(len(window) + 2)
    paints = bool(re.search(r"transpos|deconv|convt|upconv", module, re.IGNORECASE)) or (
        bias and tensors["bias"] != (first,)
    )
    if bias and tensors["bias"] not in ((first,), (second,)):
        return None
    if paints and backward:
        return backward(second, kernel, 1, 0, bias), "paint", first, 0, ""
    may_paint = backward is not None and kernel != 1 and (not bias or first == second)
    return _FORWARD[rank](first, kernel, padding=0, bias=bias), "slide", second, first if may_paint else 0, ""


def _batch_norm(module: str, tensors: Shapes) -> Found | None:
    del module
    if tensors.keys() not in ({"running_mean", "running_var"}, {"weight", "bias", "running_mean", "running_var"}):
        return None
    if len(set(tensors.values())) > 1 or len(tensors["running_mean"]) != 1:
        return None
    affine = "weight" in tensors
    return BatchNorm1d(affine=affine), "norm", tensors["running_mean"][0], 0, ""


def _one_side(module: str, tensors: Shapes) -> Found | None:
    """A scale with a shift is a norm; one alone, the slopes of a PReLU."""
    if (found := _plain(tensors, 1)) is None:
        return None
    (width,), bias = found
    if bias:
        return (LayerNorm(), "norm", width, 0, "") if tensors["bias"] == (width,) else None
    if re.search(r"norm|ln", module, re.IGNORECASE):
        return None
    is_told = width == 1 or re.search(r"relu|act", module, re.IGNORECASE)
    guess = "" if is_told else "A row of numbers for each channel can be another scale, too; slopes are usual."
    return PReLU("one" if width == 1 else "channel"), "scale", width, 0, guess


def _whole_norm(module: str, tensors: Shapes) -> Found | None:
    """A norm over all sides of an example."""
    del module
    weight = tensors.get("weight", ())
    if tensors.keys() != {"weight", "bias"} or tensors["bias"] != weight or len(weight) < 2:
        return None
    return LayerNorm("all"), "norm", weight[0], 0, ""


_GATES: Mapping[int, type[LSTM | GRU | RNN]] = {4: LSTM, 3: GRU, 1: RNN}


def _recurrent(module: str, tensors: Shapes) -> Found | None:
    del module
    first, second = tensors.get("weight_ih_l0", ()), tensors.get("weight_hh_l0", ())
    if len(first) != 2 or len(second) != 2 or first[0] % second[1] or first[0] // second[1] not in _GATES:
        return None
    hidden, both = second[1], "weight_ih_l0_reverse" in tensors
    layers = sum(bool(re.fullmatch(r"weight_ih_l\d+", name)) for name in tensors)
    bias = "bias_ih_l0" in tensors
    kind = _GATES[first[0] // hidden](hidden, layers, both, "all", bias=bias)
    return (kind, "steps", first[1], 0, "") if kind.parameters((1, first[1])) == tensors else None


def _attention(module: str, tensors: Shapes) -> Found | None:
    del module
    width = _last_side(tensors, "out_proj.weight")
    if not width or SelfAttention(1).parameters((1, width)) != tensors:
        return None
    heads = _heads(width)
    guess = f"The weights do not tell the number of heads; {heads} is proposed."
    return SelfAttention(heads), "steps", width, 0, guess


def _encoder(module: str, tensors: Shapes) -> Found | None:
    del module
    inner, width = _last_side(tensors, "linear2.weight"), _last_side(tensors, "linear1.weight")
    if not inner or not width or TransformerEncoderLayer(1, inner).parameters((1, width)) != tensors:
        return None
    heads = _heads(width)
    unknown = f"the number of heads ({heads} is proposed), the activation, and whether it normalises first"
    guess = f"The weights do not tell {unknown}."
    return TransformerEncoderLayer(heads, inner), "steps", width, 0, guess


def _last_side(tensors: Shapes, name: str) -> int:
    """The last side of a tensor that may be missing, or have none."""
    return next(reversed(tensors.get(name, ())), 0)


def _heads(width: int) -> int:
    return next(heads for heads in (HEADS, 4, 2, 1) if width % heads == 0)


READERS: Sequence[Reader] = (
    _matrix,
    _convolution,
    _batch_norm,
    _one_side,
    _whole_norm,
    _recurrent,
    _attention,
    _encoder,
)
