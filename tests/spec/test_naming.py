"""Which tensor of a file belongs where, by names."""

from __future__ import annotations

from dataclasses import replace

from nnstudio.spec.layers import Branches, Conv2d, Linear, ReLU, Repeat
from nnstudio.spec.model import Model, block, new_row
from nnstudio.spec.naming import by_names, given_names


def test_without_names_tensors_go_by_position() -> None:
    model = Model((new_row(Linear()), new_row(ReLU()), new_row(Linear())))
    assert by_names(model, ["0.weight", "2.bias"]) == {"0.weight": "0.weight", "2.bias": "2.bias"}


def test_a_row_has_the_tensors_of_the_module_that_it_is_called_like_wherever_it_stands() -> None:
    inner = block(Branches(), [new_row(Conv2d(), "layer1.0.conv1"), ReLU()], [new_row(Conv2d(), "layer1.0.skip")])
    model = Model((new_row(ReLU()), inner, new_row(Linear(), "fc")))
    found = by_names(model, ["layer1.0.conv1.weight", "layer1.0.skip.weight", "fc.weight", "fc.self_attn.bias"])
    assert found == {
        "1.0.0.weight": "layer1.0.conv1.weight",
        "1.1.0.weight": "layer1.0.skip.weight",
        "2.weight": "fc.weight",
        "2.self_attn.bias": "fc.self_attn.bias",
    }


def test_what_a_row_is_called_like_goes_nowhere_else() -> None:
    """A layer was put in before those of the file: at its position it would take what belongs to the next one."""
    model = Model((new_row(Linear()), new_row(Linear(), "0"), new_row(Linear())))
    assert by_names(model, ["0.weight", "2.weight"]) == {"1.weight": "0.weight", "2.weight": "2.weight"}


def test_two_rows_of_one_name_share_their_tensors() -> None:
    model = Model((new_row(Linear(), "fc"), new_row(Linear(), "fc")))
    assert by_names(model, ["fc.bias"]) == {"0.bias": "fc.bias", "1.bias": "fc.bias"}


def test_a_row_that_is_repeated_goes_by_position() -> None:
    model = Model((replace(block(Repeat(2), [new_row(Linear(), "fc")]), name="body"),))
    assert by_names(model, ["fc.weight", "0.0.0.weight"]) == {
        "0.fc.weight": "fc.weight",
        "0.0.0.weight": "0.0.0.weight",
    }


def test_a_lone_layer_is_the_first() -> None:
    assert by_names(Model((new_row(Linear()),)), ["weight", "bias"]) == {"0.weight": "weight", "0.bias": "bias"}


def test_the_names_that_rows_give_are_those_that_bring_their_tensors() -> None:
    inner = block(Branches(), [new_row(Conv2d(), "layer1.0.conv1"), ReLU()], [new_row(Conv2d())])
    model = Model((inner, new_row(Linear(), "fc"), new_row(Linear(), "head.weight")))
    tensors = ["0.0.0.weight", "0.1.0.weight", "1.bias", "2.weight"]
    names = given_names(model, tensors)
    assert names == {
        "0.0.0.weight": "layer1.0.conv1.weight",
        "0.1.0.weight": "0.1.0.weight",
        "1.bias": "fc.bias",
        "2.weight": "head.weight",
    }
    assert by_names(model, names.values()) == names


def test_tensors_that_would_share_a_name_keep_their_position() -> None:
    model = Model((new_row(Linear(), "fc"), new_row(Linear(), "fc"), new_row(Linear(), "1")))
    names = given_names(model, ["0.bias", "1.bias", "2.bias"])
    assert names == {"0.bias": "0.bias", "1.bias": "1.bias", "2.bias": "2.bias"}
