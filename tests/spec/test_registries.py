"""Every registered kind is described, reads back what it wrote, and refuses what it does not know."""

from __future__ import annotations

import json
import pickle
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.spec.columns import DEFAULTS as USUAL
from nnstudio.spec.columns import ENCODINGS, Kind, encodings_for
from nnstudio.spec.errors import SpecError
from nnstudio.spec.initialisations import INITIALISATIONS
from nnstudio.spec.layers import LAYERS, LayerKind, Linear
from nnstudio.spec.layouts import LAYOUTS
from nnstudio.spec.losses import LOSSES, Loss
from nnstudio.spec.optimizers import OPTIMIZERS, Adam, Optimizer
from nnstudio.spec.params import Declared, Registry
from nnstudio.spec.schedules import SCHEDULES
from nnstudio.spec.sources import SOURCES
from nnstudio.spec.splits import SPLITS
from tests.spec.attempt import attempt
from tests.spec.strategies import declared, few, json_values

ALL = (LAYERS, LOSSES, OPTIMIZERS, SCHEDULES, SOURCES, SPLITS, LAYOUTS, ENCODINGS, INITIALISATIONS)
REGISTRIES: dict[str, Registry[Any]] = {registry.family: registry for registry in ALL}
KINDS = [(registry, kind) for registry in REGISTRIES.values() for kind in registry.kinds.values()]
each_registry = pytest.mark.parametrize("registry", REGISTRIES.values(), ids=REGISTRIES)
each_kind = pytest.mark.parametrize(("registry", "kind"), KINDS, ids=[kind.__name__ for _, kind in KINDS])
each_layer = pytest.mark.parametrize("kind", LAYERS.kinds.values(), ids=LAYERS.kinds)


@few
@given(st.data())
@each_kind
def test_every_kind_round_trips_through_json(registry: Registry[Any], kind: type[Any], data: st.DataObject) -> None:
    value = data.draw(declared(kind))
    text = json.dumps(registry.write(value), allow_nan=False)
    assert registry.read(json.loads(text)) == value
    assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301  # what the test itself pickled


@each_kind
def test_every_kind_is_known_by_its_key(registry: Registry[Any], kind: type[Any]) -> None:
    assert registry.kinds[kind.key] is kind
    assert registry.write(kind())["kind"] == kind.key
    assert registry.read({"kind": kind.key}) == kind()
    assert hash(kind()) == hash(kind())


@each_registry
def test_keys_and_titles_are_unique(registry: Registry[Any]) -> None:
    titles = [kind.title for kind in registry.kinds.values()]
    assert len(set(titles)) == len(titles)
    assert all(key == key.lower() and key.isidentifier() for key in registry.kinds)


@each_registry
@pytest.mark.parametrize("kind", ["perceptron", "", None, 3, ["linear"], {"linear": 1}, "__class__"])
def test_an_unknown_kind_is_refused_with_the_known_ones(registry: Registry[Any], kind: object) -> None:
    with pytest.raises(SpecError) as raised:
        registry.read({"kind": kind})
    assert raised.value.what == f"{kind!r} is not a known {registry.family}."
    assert raised.value.why == f"Known are: {', '.join(registry.kinds)}."


@each_registry
@few
@given(data=json_values)
def test_what_is_no_description_is_refused_in_a_sentence(registry: Registry[Any], data: object) -> None:
    with pytest.raises(SpecError, match=rf" is not a known {registry.family}\."):
        registry.read(data)


@each_kind
@few
@given(values=st.dictionaries(st.text(max_size=8), json_values, max_size=3))
def test_any_fields_are_read_or_refused_in_a_sentence(
    registry: Registry[Any], kind: type[Declared], values: dict[str, object]
) -> None:
    read = attempt(lambda: registry.read(values | {"kind": kind.key}))
    assert isinstance(read, kind) or str(read).endswith(".")


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(SpecError, match=r"^Linear has no field called units\.$"):
        LAYERS.read({"kind": "linear", "units": 3})


def test_a_bad_value_is_refused() -> None:
    with pytest.raises(SpecError, match=r"^Adam: learning rate must be greater than 0, not 0\.$"):
        OPTIMIZERS.read({"kind": "adam", "lr": 0})


def test_what_is_written_is_plain() -> None:
    assert LAYERS.write(Linear(3)) == {"kind": "linear", "out_features": 3, "bias": True}
    assert OPTIMIZERS.write(Adam()) == {"kind": "adam", "lr": 0.001, "weight_decay": 0.0}


SHAPES = ((8,), (8, 8), (8, 8, 8), (8, 8, 8, 8), (7, 14, 8))
"""One of which every layer takes."""


@each_layer
def test_every_layer_has_a_family_a_call_and_a_summary(kind: type[LayerKind]) -> None:
    shape = next(shape for shape in SHAPES if isinstance(attempt(partial(kind().out_shape, shape)), tuple))
    assert kind.family
    assert kind().summary()
    assert kind().call(shape).name


OWN_LOSSES = ("HingeLoss", "KLDivergence")
"""Modules of the engine's: PyTorch has no hinge of yes or no, and no divergence from class numbers."""


@pytest.mark.parametrize("kind", LOSSES.kinds.values(), ids=LOSSES.kinds)
def test_every_loss_keeps_what_its_class_line_says(kind: type[Loss]) -> None:
    assert kind.tasks
    assert kind().call().name == kind.torch_name
    assert kind.torch_name.startswith("nn.") or kind.torch_name in OWN_LOSSES


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_column_has_an_encoding_that_is_for_it(kind: Kind) -> None:
    assert kind in USUAL[kind].kinds
    assert type(USUAL[kind]) in encodings_for(kind)
    assert kind.label


@pytest.mark.parametrize("kind", OPTIMIZERS.kinds.values(), ids=OPTIMIZERS.kinds)
def test_every_optimizer_keeps_what_its_class_line_says(kind: type[Optimizer]) -> None:
    call = kind().call()
    assert call.name == kind.torch_name
    assert call.name.startswith("optim.")
    assert dict(call.kwargs) == kind().arguments()
    assert {"lr", "weight_decay"} <= call.kwargs.keys()


PICTURES: dict[str, object] = {
    "width": 32,
    "height": 32,
    "colour": "rgb",
    "depth": "8",
    "fit": "stretch",
    "white": 65_535,
}

WEIGHTS: dict[str, object] = {"out_channels": 16, "bias": True, "dilation": 1, "groups": 1}
CONVOLUTION = WEIGHTS | {"kernel_size": 3, "stride": 1, "padding": 1, "padding_mode": "zeros"}
TRANSPOSED = WEIGHTS | {"kernel_size": 2, "stride": 2, "padding": 0, "output_padding": 0}
POOLING: dict[str, object] = {"kernel_size": 2, "stride": 2, "padding": 0, "ceil_mode": False}
RECURRENT: dict[str, object] = {
    "hidden_size": 64,
    "num_layers": 1,
    "bidirectional": False,
    "gives": "last",
    "dropout": 0.0,
    "bias": True,
}

BATCH_NORM: dict[str, object] = {"momentum": 0.1, "eps": 1e-5, "affine": True}

DEFAULTS: dict[str, dict[str, dict[str, object]]] = {
    "layer": {
        "linear": {"out_features": 64, "bias": True},
        "conv1d": CONVOLUTION,
        "conv2d": CONVOLUTION,
        "conv3d": CONVOLUTION,
        "conv_transpose1d": TRANSPOSED,
        "conv_transpose2d": TRANSPOSED,
        "conv_transpose3d": TRANSPOSED,
        **dict.fromkeys(("max_pool1d", "max_pool2d", "avg_pool1d", "avg_pool2d"), POOLING),
        "adaptive_avg_pool1d": {"output_size": 1},
        "adaptive_avg_pool2d": {"output_size": 1},
        "adaptive_max_pool1d": {"output_size": 1},
        "adaptive_max_pool2d": {"output_size": 1},
        **{
            key: {"momentum": 0.1, "eps": 1e-5, "affine": True}
            for key in ("batch_norm1d", "batch_norm2d", "batch_norm3d")
        },
        "layer_norm": {"over": "last", "eps": 1e-5, "affine": True},
        "group_norm": {"groups": 1, "eps": 1e-5, "affine": True},
        "instance_norm1d": {"eps": 1e-5, "affine": False},
        "instance_norm2d": {"eps": 1e-5, "affine": False},
        **{key: {"p": 0.5} for key in ("dropout", "dropout1d", "dropout2d", "alpha_dropout")},
        "leaky_relu": {"negative_slope": 0.01},
        "prelu": {"slopes": "one", "init": 0.25},
        "elu": {"alpha": 1.0},
        "gelu": {"approximate": "none"},
        "softplus": {"beta": 1.0},
        "hardtanh": {"min_val": -1.0, "max_val": 1.0},
        "unflatten": {"channels": 1, "height": 1},
        "permute": {"moves": "last"},
        "reshape": {"first": 0, "second": 0, "last": 0},
        "slice": {"first": 0, "count": 1, "along": "last"},
        "zero_pad2d": {"left": 0, "right": 1, "top": 0, "bottom": 1},
        "step_linear": {"out_features": 64, "bias": True},
        "channel_shuffle": {"groups": 2},
        "layer_scale": {"along": "first", "start": 1e-6},
        "stochastic_depth": {"p": 0.1},
        "window_attention": {"num_heads": 4, "window": 7, "shift": 0},
        "cosine_window_attention": {"num_heads": 4, "window": 8, "shift": 0},
        "multi_axis_attention": {"num_heads": 4, "window": 7, "places": "block"},
        "branches": {"join": "add", "along": "first"},
        "repeat": {"count": 2},
        **dict.fromkeys(("lstm", "gru"), RECURRENT),
        "rnn": RECURRENT | {"nonlinearity": "tanh"},
        "embedding": {"num_embeddings": 100, "embedding_dim": 16},
        "embedding_bag": {"num_embeddings": 100, "embedding_dim": 16, "mode": "mean"},
        "self_attention": {"num_heads": 4, "dropout": 0.0},
        "transformer_encoder": {
            "nhead": 4,
            "dim_feedforward": 128,
            "dropout": 0.1,
            "activation": "relu",
            "norm_first": False,
        },
    },
    "loss": {
        "cross_entropy": {"label_smoothing": 0.0},
        "smooth_l1": {"beta": 1.0},
        "huber": {"delta": 1.0},
        "hinge": {"margin": 1.0, "p": 1},
        "multi_margin": {"p": 1, "margin": 1.0},
        "kl_div": {"smoothing": 0.0},
        "poisson_nll": {"log_input": True},
    },
    "optimiser": {
        "sgd": {"lr": 0.01, "momentum": 0.9, "nesterov": False, "weight_decay": 0.0},
        "nadam": {"lr": 0.002, "weight_decay": 0.0},
        "radam": {"lr": 0.001, "weight_decay": 0.0},
        "adagrad": {"lr": 0.01, "lr_decay": 0.0, "weight_decay": 0.0},
        "adadelta": {"lr": 1.0, "rho": 0.9, "weight_decay": 0.0},
        "adam": {"lr": 0.001, "weight_decay": 0.0},
        "adamw": {"lr": 0.001, "weight_decay": 0.01},
        "rmsprop": {"lr": 0.001, "alpha": 0.99, "momentum": 0.0, "weight_decay": 0.0},
    },
    "schedule": {
        "step": {"every": 30, "gamma": 0.1},
        "exponential": {"gamma": 0.97},
        "warm_up": {"epochs": 2.0},
        "one_cycle": {"rising": 0.3},
        "plateau": {"gamma": 0.3, "patience": 5},
    },
    "source": {
        "table": {
            "path": "",
            "delimiter": ",",
            "encoding": "utf-8",
            "quote": '"',
            "decimal": ".",
            "thousands": "",
            "comment": "",
            "skip": 0,
            "header": True,
            "missing_words": True,
            "signs": True,
            "below": 0,
            "day_first": False,
            "member": "",
        },
        "excel": {"path": "", "sheet": "", "skip": 0, "header": True, "missing_words": True},
        "columnar": {"path": ""},
        "json": {"path": "", "records": ""},
        "array": {"path": "", "inputs": "", "targets": ""},
        "sqlite": {"path": "", "table": ""},
        "image_folder": {"path": "", **PICTURES},
        "image_index": {"path": "", "column": "path", **PICTURES},
    },
    "split": {
        "random": {"validation": 0.1, "test": 0.1, "stratify": True, "seed": 0, "folds": 0},
        "group": {"validation": 0.1, "test": 0.1, "seed": 0, "folds": 0},
        "time": {"validation": 0.1, "test": 0.1, "column": "", "folds": 0},
        "column": {"column": "", "validation": "validation", "test": "test", "folds": 0},
        "files": {"validation": "", "test": "", "share": 0.1, "seed": 0, "folds": 0},
    },
    "layout": {"sequence": {"steps": 1}, "window": {"length": 12, "horizon": 1, "order": ""}},
    "encoding": {
        "number": {"scale": "standard", "missing": "median", "constant": 0.0, "indicator": False},
        "category": {"code": "one_hot", "most": 0, "missing": "own"},
        "date": {
            "elapsed": True,
            "year": False,
            "month": True,
            "day": False,
            "weekday": True,
            "hour": False,
            "cyclic": True,
        },
        "picture": {"scale": "standard"},
    },
    "initialisation": {
        "uniform": {"low": -0.1, "high": 0.1, "biases": "default"},
        "normal": {"mean": 0.0, "std": 0.02, "biases": "default"},
        "xavier": {"distribution": "uniform", "biases": "zeros"},
        "kaiming": {"distribution": "normal", "fan": "in", "biases": "zeros"},
        "orthogonal": {"biases": "zeros"},
        "zeros": {"biases": "zeros"},
        "constant": {"value": 1.0, "biases": "default"},
    },
}
"""What a file leaves out: another default would give old files another meaning."""


@each_kind
def test_what_a_file_leaves_out_means_the_same_tomorrow(registry: Registry[Any], kind: type[Declared]) -> None:
    defaults = DEFAULTS.get(registry.family, {}).get(kind.key, {})
    assert registry.write(kind()) == {"kind": kind.key} | defaults
