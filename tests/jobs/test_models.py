"""The job that looks at weights answers from the engine's process as from here."""

from __future__ import annotations

import pytest

from nnstudio.spec.errors import ShapeError
from nnstudio.spec.events import WeightsShown
from nnstudio.spec.layers import Conv2d, Linear, ReLU
from nnstudio.spec.model import Model, Row
from nnstudio.spec.requests import ShowWeights
from tests.jobs.test_training import ask

MODEL = Model((Row("a", Linear(5)), Row("b", ReLU()), Row("c", Linear(3))))


def test_the_weights_of_a_layer_are_shown() -> None:
    (event,) = ask(ShowWeights(MODEL, (4,), "c", seed=2))
    assert isinstance(event, WeightsShown)
    assert [(tensor.name, tensor.shape) for tensor in event.tensors] == [("weight", (3, 5)), ("bias", (3,))]


def test_a_network_that_cannot_be_built_says_why() -> None:
    with pytest.raises(ShapeError, match="needs pictures"):
        ask(ShowWeights(Model((Row("a", Conv2d()),)), (4,), "a"))
