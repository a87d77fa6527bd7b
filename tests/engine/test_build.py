"""Networks, losses and optimisers become what a PyTorch user would write."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from nnstudio.engine.build import build, make, make_optimizer, resolve
from nnstudio.spec.calls import Call
from nnstudio.spec.errors import ShapeError, TrainingError
from nnstudio.spec.layers import Conv2d, Dropout, Flatten, Linear, ReLU
from nnstudio.spec.model import Model
from nnstudio.spec.optimizers import SGD, Adam
from tests.engine.experiments import rows_of, same_weights


def test_a_network_is_what_a_script_with_the_same_seed_makes() -> None:
    model = Model(rows_of(Conv2d(4), ReLU(), Flatten(), Dropout(0.1), Linear(3)))
    built = build(model, (1, 5, 5), seed=11)
    torch.manual_seed(11)
    written = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Dropout(0.1), nn.Linear(100, 3))
    assert str(built) == str(written)
    assert same_weights(built.state_dict(), written.state_dict())


def test_another_seed_makes_other_weights() -> None:
    model = Model(rows_of(Linear(3)))
    assert not same_weights(build(model, (4,), 0).state_dict(), build(model, (4,), 1).state_dict())


def test_the_first_layer_that_cannot_work_is_named() -> None:
    with pytest.raises(ShapeError, match="Linear needs a flat list of numbers"):
        build(Model(rows_of(ReLU(), Linear(3))), (1, 5, 5), 0)


@pytest.mark.parametrize(
    "name", ["os.system", "nn.functional", "nn.Nothing", "nn.Linear.forward", "nn", "", "optim.lr"]
)
def test_only_classes_of_pytorch_can_be_called(name: str) -> None:
    with pytest.raises(LookupError, match="no class of PyTorch"):
        resolve(name)


def test_a_call_takes_arguments_before_and_behind_its_own() -> None:
    layer = make(Call("nn.Linear", (3,), {"bias": False}), 2, dtype=torch.float64)
    assert (layer.in_features, layer.out_features, layer.bias, layer.weight.dtype) == (2, 3, None, torch.float64)


def test_an_optimiser_sees_only_what_may_change() -> None:
    free, locked = nn.Parameter(torch.ones(1)), nn.Parameter(torch.ones(1), requires_grad=False)
    assert make_optimizer(Adam(), [free, locked], fused=True).param_groups[0]["params"] == [free]


def test_a_network_without_anything_to_train_is_refused() -> None:
    with pytest.raises(TrainingError, match=r"There is nothing to train\. .* Unlock a layer"):
        make_optimizer(SGD(), [nn.Parameter(torch.ones(1), requires_grad=False)], fused=True)
