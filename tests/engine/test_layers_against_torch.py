"""What is declared about layers, losses and optimisers is what PyTorch does."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from torch import Tensor, nn

from nnstudio.engine import modules, windowed
from nnstudio.engine.build import make, make_loss, make_optimizer
from nnstudio.engine.measures import probabilities
from nnstudio.spec.errors import ShapeError
from nnstudio.spec.layers import (
    LAYERS,
    AvgPool1d,
    AvgPool2d,
    Conv1d,
    Conv2d,
    Conv3d,
    LayerKind,
    MaxPool1d,
    MaxPool2d,
    PatchMerge,
    Shape,
)
from nnstudio.spec.layers.convolution import Conv
from nnstudio.spec.layers.pooling import Pool
from nnstudio.spec.layers.windows import Windowed
from nnstudio.spec.losses import LOSSES, Hinge, Loss, MultiMargin, PoissonNLL
from nnstudio.spec.optimizers import OPTIMIZERS, SGD, Adadelta, Optimizer
from nnstudio.spec.params import Declared, Field, fields_of
from nnstudio.spec.tasks import Task
from tests.spec.strategies import few

LARGEST = 12
"""Most of any whole number that is tried: sizes beyond it are no different."""

flat = st.tuples(st.integers(1, 16))
sequences = st.tuples(st.integers(1, 8), st.integers(1, 8))
sides = st.integers(LARGEST, 32)
channels = st.sampled_from([1, 2, 3, 4, 6, 12])
series = st.tuples(channels, sides)
pictures = st.tuples(channels, sides, sides)
volumes = st.tuples(channels, *[st.integers(LARGEST, 16)] * 3)


def values(field: Field) -> SearchStrategy[Any]:
    """Values that ``field`` allows, none of them huge."""
    low, high, above = field.param.low, field.param.high, field.param.above
    if field.choices:
        return st.sampled_from(field.choices)
    if field.type is bool:
        return st.booleans()
    if field.type is int:
        one = st.integers(int(low or 0), min(int(high or LARGEST), LARGEST))
        return one | st.tuples(*[one] * field.sides) if field.sides > 1 else one
    return st.floats(low if above is None else above, high, exclude_min=above is not None)


def shapes_for(kind: type[LayerKind]) -> SearchStrategy[Shape]:
    """Shapes of which ``kind`` takes at least some."""
    sided = {1: series, 2: pictures, 3: volumes}
    taken = [sided[len(shape) - 1] for shape in [(4, 9), (4, 9, 9), (4, 9, 9, 9)] if not refuses(kind(), shape)]
    if issubclass(kind, Windowed):
        return st.tuples(*[st.sampled_from([5, 12, 24])] * 2, channels)
    if kind is PatchMerge:
        return pictures
    if kind.family in ("recurrent", "attention"):
        return st.tuples(st.integers(1, 8), channels)
    if kind.family == "embedding":
        return flat
    return st.one_of(taken if refuses(kind(), (8,)) else [flat, sequences, *taken])


def refuses(layer: LayerKind, shape: Shape) -> bool:
    try:
        layer.out_shape(shape)
    except ShapeError:
        return True
    return False


def settings_of(kind: type[Declared]) -> SearchStrategy[Any]:
    allowed = {field.name: values(field) for field in fields_of(kind)}
    if kind is SGD:  # Nesterov needs momentum
        allowed["momentum"] = st.floats(0.1, 0.99)
    return st.builds(kind, **allowed)


def on_meta(kind: LayerKind, shape: Shape) -> nn.Module:
    """The layer for ``shape``, without memory."""
    with torch.device("meta"):
        layer: nn.Module = make(kind.call(shape))
    return layer.to("meta")  # what is computed rather than loaded lies on the CPU


def out_of(layer: nn.Module, shape: Shape) -> Shape:
    return tuple(layer(torch.empty(2, *shape, device="meta")).shape)[1:]


def shapes_of(tensors: Any) -> dict[str, Shape]:
    return {name: tuple(tensor.shape) for name, tensor in tensors}


every_layer = pytest.mark.parametrize("kind", LAYERS.kinds.values(), ids=LAYERS.kinds)
sliding = [Conv1d, Conv2d, Conv3d, MaxPool1d, MaxPool2d, AvgPool1d, AvgPool2d]
every_window = pytest.mark.parametrize("kind", sliding)
every_loss = pytest.mark.parametrize("kind", LOSSES.kinds.values(), ids=LOSSES.kinds)
every_optimizer = pytest.mark.parametrize("kind", OPTIMIZERS.kinds.values(), ids=OPTIMIZERS.kinds)


@every_layer
@settings(few, suppress_health_check=[HealthCheck.filter_too_much])  # two thirds of all poolings have too much padding
@given(data=st.data())
def test_a_layer_has_the_shape_and_the_tensors_that_it_declares(kind: type[LayerKind], data: st.DataObject) -> None:
    layer, shape = data.draw(settings_of(kind)), data.draw(shapes_for(kind))
    assume(not refuses(layer, shape))
    module = on_meta(layer, shape)
    assert out_of(module, shape) == layer.out_shape(shape)
    assert shapes_of(module.named_parameters()) == dict(layer.parameters(shape))
    kept = module.state_dict()
    buffers = [(name, buffer) for name, buffer in module.named_buffers() if name in kept]
    assert shapes_of(buffers) == dict(layer.buffers(shape))
    assert [*layer.parameters(shape), *layer.buffers(shape)] == list(kept), "in the order of the state_dict, too"


@every_layer
@settings(few, suppress_health_check=[HealthCheck.filter_too_much])
@given(data=st.data())
def test_the_call_as_it_is_printed_makes_the_same_layer(kind: type[LayerKind], data: st.DataObject) -> None:
    layer, shape = data.draw(settings_of(kind)), data.draw(shapes_for(kind))
    assume(not refuses(layer, shape))
    assert_prints_itself(layer, shape)


@pytest.mark.parametrize("mode", ["zeros", "reflect", "replicate", "circular"])
@pytest.mark.parametrize("kind", [Conv1d, Conv2d, Conv3d])
@few
@given(data=st.data())
def test_every_border_is_that_of_pytorch(kind: type[Conv], mode: Any, data: st.DataObject) -> None:
    small = st.integers(1, 4)
    each: SearchStrategy[Any] = small | st.tuples(*[small] * kind.sides) if kind.sides > 1 else small
    channels, kernel, stride = data.draw(small), data.draw(each), data.draw(each)
    padding, dilation = data.draw(st.integers(0, 3)), data.draw(st.integers(1, 2))
    layer = kind(channels, kernel, stride, padding, dilation=dilation, padding_mode=mode)
    shape = data.draw(st.tuples(st.integers(1, 3), *[st.integers(4, 9)] * kind.sides))
    assume(not refuses(layer, shape))
    module = on_meta(layer, shape)
    assert isinstance(module, (nn.Conv1d, nn.Conv2d, nn.Conv3d))
    assert module.padding_mode == mode
    assert out_of(module, shape) == layer.out_shape(shape)
    assert_prints_itself(layer, shape)


def assert_prints_itself(layer: LayerKind, shape: Shape) -> None:
    """What a reader of the exported script runs is the layer that is trained here."""
    with torch.device("meta"):
        printed = eval(str(layer.call(shape)), {"nn": nn, **vars(modules), **vars(windowed)})  # noqa: S307  # the text is our own
    built = on_meta(layer, shape)
    assert type(printed) is type(built)
    assert repr(printed) == repr(built)
    assert shapes_of(printed.state_dict().items()) == shapes_of(built.state_dict().items())
    assert shapes_of(printed.named_parameters()) == dict(layer.parameters(shape))


@every_window
@given(data=st.data())
def test_pytorch_refuses_exactly_the_windows_that_are_refused(kind: type[Conv | Pool], data: st.DataObject) -> None:
    layer = data.draw(settings_of(kind))
    shape = data.draw(st.tuples(st.integers(1, 4), *[st.integers(1, 10)] * kind.sides))
    with pytest.raises((RuntimeError, ValueError)) if refuses(layer, shape) else nullcontext():
        make(layer.call(shape))(torch.zeros(2, *shape))


@every_layer
def test_the_defaults_need_no_settings(kind: type[LayerKind]) -> None:
    shape = next(shape for shape in [(3, 9, 9), (9,), (3, 8), (3, 9, 9, 9), (14, 7, 8)] if not refuses(kind(), shape))
    assert out_of(on_meta(kind(), shape), shape) == kind().out_shape(shape)


@every_loss
@given(seed=st.integers(0, 1000), rows=st.integers(1, 5))
def test_a_loss_is_that_of_what_its_link_gives(kind: type[Loss], seed: int, rows: int) -> None:
    loss, draw = kind(), torch.Generator().manual_seed(seed)
    outputs = loss.outputs(3 if Task.MULTICLASS in kind.tasks else 2)
    output = torch.randn(rows, outputs, generator=draw)
    if loss.ends:
        output = make(loss.ends[0]().call((outputs,)))(output)
    target = torch.randint(0, max(outputs, 2), (rows,), generator=draw)
    target = target if kind.counts_classes else target.float().reshape(-1, 1)
    got = make_loss(loss)(output, target)
    assert got.shape == ()
    answer = probabilities(loss, output) if loss.is_calibrated else output
    torch.testing.assert_close(got, by_hand(loss, answer, target))


def by_hand(loss: Loss, answer: Tensor, target: Tensor) -> Tensor:
    """The definition of ``loss`` for probabilities ``(N, C)`` or ``(N, 1)``, scores, or values ``(N, 1)``."""
    if isinstance(loss, Hinge):
        return torch.where(target == 1, 1 - answer, 1 + answer).clamp_min(0).mean()
    if isinstance(loss, MultiMargin):
        short = (1 - answer.gather(1, target.reshape(-1, 1)) + answer).clamp_min(0)
        return (short.sum(1) - 1).mean() / answer.shape[1]  # beside itself the right class falls short by 1
    if isinstance(loss, PoissonNLL):
        return (answer - target * answer.log()).mean()
    if loss.counts_classes:
        return -answer.log().gather(1, target.reshape(-1, 1)).mean()
    if Task.REGRESSION not in loss.tasks:
        return -torch.where(target == 1, answer, 1 - answer).log().mean()
    off = (answer - target).abs()
    formulas = {"l1": off, "mse": off**2, "smooth_l1": _rounded_off(off), "huber": _rounded_off(off)}
    return formulas[loss.key].mean()


def _rounded_off(off: Tensor) -> Tensor:
    """Smooth L1 and Huber are the same for a border of 1."""
    return torch.where(off < 1, off**2 / 2, off - 0.5)


@every_optimizer
@given(data=st.data())
def test_an_optimiser_gets_every_setting_and_makes_a_step(kind: type[Optimizer], data: st.DataObject) -> None:
    declared = data.draw(settings_of(kind))
    parameter = nn.Parameter(torch.ones(3))
    optimizer = make_optimizer(declared, [parameter], fused=True)
    assert {name: optimizer.defaults[name] for name in declared.arguments()} == declared.arguments()
    assert bool(optimizer.defaults.get("fused")) == kind.has_fused
    parameter.grad = torch.ones(3)
    optimizer.step()
    small = 1e-3 if kind is Adadelta else 1e-6  # its first step is a thousandth of the rate
    assert not np.array_equal(parameter.detach().numpy(), np.ones(3)) or declared.lr < small


@every_optimizer
def test_a_plan_without_fusion_is_followed(kind: type[Optimizer]) -> None:
    assert not make_optimizer(kind(), [nn.Parameter(torch.ones(1))], fused=False).defaults.get("fused")
