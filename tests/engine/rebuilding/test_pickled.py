"""Whole modules: rebuilt exactly from their classes and fields, or refused with what no layer here can do."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from nnstudio.engine.checkpoint import load_model
from nnstudio.engine.foreign.records import Record, record_type
from nnstudio.engine.frozen import same_bits
from nnstudio.engine.rebuilding.fields import Fields, Inexpressible
from nnstudio.engine.rebuilding.kinds import LAYER
from nnstudio.engine.rebuilding.network import shape_of, with_weights
from nnstudio.engine.rebuilding.rebuild import rebuild
from nnstudio.spec.errors import ModelFileError, SpecError
from nnstudio.spec.layers import ReLU
from nnstudio.spec.model import new_row
from nnstudio.spec.rebuilt import Rebuilt
from tests.engine.rebuilding.references import stirred

MODULES: dict[str, tuple[nn.Module, tuple[int, ...]]] = {
    "pictures": (
        nn.Sequential(
            *(nn.Conv2d(3, 6, 5, stride=2, padding="valid", dilation=1, groups=3, bias=False), nn.GELU("tanh")),
            *(nn.Conv2d(6, 8, 3, padding="same", padding_mode="reflect"), nn.GroupNorm(2, 8, eps=1e-3), nn.ELU(0.7)),
            *(
                nn.AvgPool2d(2, 1, 1),
                nn.InstanceNorm2d(8, affine=True),
                nn.Hardtanh(-2, 3),
                nn.MaxPool2d(3, 2, 1, ceil_mode=True),
            ),
            nn.Sequential(nn.AdaptiveMaxPool2d((2, 2)), nn.Identity(), nn.Flatten(), nn.Linear(32, 7), nn.Tanh()),
            *(nn.BatchNorm1d(7, eps=0.01, momentum=0.3), nn.Softplus(2.0), nn.LayerNorm(7, eps=1e-6), nn.Softmax(1)),
        ),
        (3, 17, 17),
    ),
    "rows": (
        nn.Sequential(
            *(nn.Linear(5, 8, bias=False), nn.SELU(), nn.AlphaDropout(0.2), nn.Linear(8, 16), nn.PReLU()),
            *(nn.Unflatten(1, (4, 2, 2)), nn.ConvTranspose2d(4, 6, 3, 2, 1, output_padding=1, groups=2), nn.ReLU6()),
            *(
                nn.BatchNorm2d(6, affine=False),
                nn.Mish(),
                nn.SiLU(),
                nn.Hardswish(),
                nn.Hardsigmoid(),
                nn.LeakyReLU(0.3),
            ),
        ),
        (5,),
    ),
    "sequences": (
        nn.Sequential(
            *(nn.Conv1d(2, 4, 3, padding=1, dilation=1), nn.Sigmoid(), nn.MaxPool1d(2), nn.AvgPool1d(2)),
            *(nn.InstanceNorm1d(4), nn.AdaptiveAvgPool1d(3), nn.Flatten(), nn.Linear(12, 2), nn.LogSoftmax(1)),
        ),
        (2, 24),
    ),
    "oblong windows": (
        nn.Sequential(
            *(nn.Conv2d(2, 4, (7, 1), (2, 1), (3, 0)), nn.Conv2d(4, 4, (1, 5), padding="same", dilation=(1, 2))),
            nn.ZeroPad2d((1, 0, 0, 0)),
            *(nn.MaxPool2d((2, 1), (2, 1)), nn.AvgPool2d((1, 3), (1, 2), (0, 1)), nn.AdaptiveAvgPool2d((3, 2))),
            *(nn.ConvTranspose2d(4, 2, (1, 4), (1, 2), (0, 1)), nn.Flatten(), nn.Linear(24, 3)),
        ),
        (2, 16, 9),
    ),
    "volumes": (
        nn.Sequential(nn.Conv3d(1, 2, (3, 3, 1), padding=(0, 0, 1)), nn.BatchNorm3d(2), nn.Flatten(), nn.Dropout(0.1)),
        (1, 5, 5, 3),
    ),
    "one layer": (nn.Linear(3, 2), (3,)),
    "encoder": (
        nn.TransformerEncoder(
            nn.TransformerEncoderLayer(8, 2, 16, activation="gelu", norm_first=True, batch_first=True),
            2,
            norm=nn.LayerNorm(8),
            enable_nested_tensor=False,
        ),
        (5, 8),
    ),
}


@pytest.mark.parametrize(("module", "shape"), MODULES.values(), ids=MODULES)
def test_a_whole_module_is_rebuilt_exactly(tmp_path: Path, module: nn.Module, shape: tuple[int, ...]) -> None:
    stirred(module)
    torch.save(module, tmp_path / "layer.pth")
    file = load_model(tmp_path / "layer.pth")
    rebuilt = rebuild(file, shape)
    assert (rebuilt.certainty, rebuilt.guesses, rebuilt.input_shape) == ("exact", (), shape)
    x = torch.randn(3, *shape, generator=torch.Generator().manual_seed(4))
    with torch.inference_mode():
        assert same_bits(with_weights(rebuilt, shape, file)(x), module(x))


@pytest.mark.parametrize(
    ("module", "shape"),
    [
        (nn.LSTM(3, 4, 2, batch_first=True, bidirectional=True), (6, 3)),
        (nn.GRU(3, 4, bias=False, batch_first=True), (6, 3)),
    ],
    ids=["lstm", "gru"],
)
def test_a_recurrent_layer_gives_every_step(tmp_path: Path, module: nn.Module, shape: tuple[int, ...]) -> None:
    torch.save(module, tmp_path / "layer.pth")
    file = load_model(tmp_path / "layer.pth")
    x = torch.randn(2, *shape)
    with torch.inference_mode():
        torch.testing.assert_close(with_weights(rebuild(file), shape, file)(x), module(x)[0], rtol=1e-6, atol=1e-6)


def test_an_rnn_keeps_its_activation_and_an_attention_its_heads(tmp_path: Path) -> None:
    torch.save(nn.RNN(3, 4, nonlinearity="relu"), tmp_path / "a.pth")
    assert rebuild(load_model(tmp_path / "a.pth")).rows[0].kind.call((5, 3)).kwargs["nonlinearity"] == "relu"
    torch.save(nn.MultiheadAttention(8, 2, dropout=0.1), tmp_path / "b.pth")
    (row,) = rebuild(load_model(tmp_path / "b.pth")).rows
    assert row.kind.summary() == "2 heads"


def test_a_lookup_and_a_bag(tmp_path: Path) -> None:
    module = nn.Sequential(nn.EmbeddingBag(9, 4, mode="sum"), nn.Linear(4, 2)).eval()
    torch.save(module, tmp_path / "a.pth")
    file = load_model(tmp_path / "a.pth")
    x = torch.tensor([[1, 2, 8], [0, 0, 3]])
    assert same_bits(with_weights(rebuild(file), (3,), file)(x), module(x).detach())


def test_a_module_within_a_checkpoint_is_rebuilt(tmp_path: Path) -> None:
    torch.save({"model": nn.Sequential(nn.Linear(3, 2), nn.Tanh()), "epoch": 1}, tmp_path / "a.pth")
    rebuilt = rebuild(load_model(tmp_path / "a.pth"))
    assert (rebuilt.certainty, [row.kind.key for row in rebuilt.rows]) == ("exact", ["linear", "tanh"])


@pytest.mark.parametrize(
    ("module", "why"),
    [
        (nn.Bilinear(2, 3, 4), "Bilinear is not among the layers here"),
        (nn.ZeroPad2d((-1, 0, 0, 0)), "Zero padding 2d: left must be at least 0, not -1"),
        (nn.Conv2d(1, 2, 4, padding="same"), "Conv2d with a border on one side only is not among the layers here"),
        (nn.BatchNorm2d(3, track_running_stats=False), "BatchNorm2d with track_running_stats = False"),
        (nn.MaxPool2d(2, return_indices=True), "MaxPool2d with return_indices = True is not among the layers here"),
        (nn.AvgPool2d(2, count_include_pad=False), "AvgPool2d with count_include_pad = False"),
        (nn.Softmax(2), "Softmax with dim = 2 is not among the layers here"),
        (nn.Flatten(2), "Flatten with start_dim = 2 is not among the layers here"),
        (nn.LSTM(3, 4, proj_size=2), "LSTM with proj_size = 2 is not among the layers here"),
        (nn.BatchNorm1d(4, bias=False), "BatchNorm1d without a shift is not among the layers here"),
        (nn.LayerNorm(4, bias=False), "LayerNorm without a shift is not among the layers here"),
        (nn.Embedding(3, 2, max_norm=1.0), "Embedding with max_norm = 1.0 is not among the layers here"),
        (nn.ModuleList([nn.Linear(1, 1)]), "ModuleList is not among the layers here"),
    ],
    ids=str,
)
def test_what_no_layer_can_do_is_named(tmp_path: Path, module: nn.Module, why: str) -> None:
    torch.save(nn.Sequential(nn.Linear(4, 4), module), tmp_path / "a.pth")
    rebuilt = rebuild(load_model(tmp_path / "a.pth"))
    assert rebuilt.certainty != "exact"
    assert rebuilt.notes[0].startswith(f"It is not rebuilt as it was: {why}")


def test_a_network_that_takes_any_example_has_to_be_told_its_shape(tmp_path: Path) -> None:
    torch.save(nn.Sequential(nn.Tanh(), nn.Flatten()), tmp_path / "a.pth")
    with pytest.raises(ModelFileError, match="It holds no tensors"):
        load_model(tmp_path / "a.pth")
    module = nn.Sequential(nn.Bilinear(2, 3, 4), nn.Linear(4, 1))
    torch.save(module, tmp_path / "b.pth")
    file = load_model(tmp_path / "b.pth")
    rebuilt = Rebuilt("exact", rows=(new_row(ReLU()),))
    with pytest.raises(ModelFileError, match=r"The network of “b\.pth” needs one thing more"):
        shape_of(rebuilt, file, None)
    assert shape_of(rebuilt, file, (3,)) == (3,)


def test_a_softmax_over_the_last_side_says_so(tmp_path: Path) -> None:
    torch.save(nn.Sequential(nn.Linear(4, 4), nn.Softmax(-1)), tmp_path / "a.pth")
    rebuilt = rebuild(load_model(tmp_path / "a.pth"))
    assert rebuilt.certainty == "exact"
    assert [row.kind.key for row in rebuilt.guesses] == ["softmax"]


def test_what_was_planted_among_the_fields_is_not_in_the_network(tmp_path: Path) -> None:
    module = nn.Sequential(nn.Linear(3, 2))
    expected = nn.Sequential(nn.Linear(3, 2))
    expected.load_state_dict(module.state_dict())
    module[0].__dict__ |= {"forward": "rm -rf /", "__class__": "os.system", "extra": [1, {"call": "x"}]}
    torch.save(module, tmp_path / "a.pth")
    file = load_model(tmp_path / "a.pth")
    built = with_weights(rebuild(file), (3,), file)
    assert "forward" not in vars(built[0])
    x = torch.randn(2, 3)
    assert same_bits(built(x), expected(x).detach())


def record(name: str, **fields: object) -> Record:
    made = record_type(f"torch.nn.modules.{name}")()
    vars(made).update(fields)
    return made


WRONG: tuple[object, ...] = (None, "x", -1, 10**30, 1.5, True, [], (), (1, 2), {}, [None], record("Linear"))


@pytest.mark.parametrize("kind", LAYER)
@pytest.mark.parametrize("value", WRONG, ids=lambda value: repr(value)[:12])
def test_fields_of_any_value_are_refused_or_taken(kind: str, value: object) -> None:
    """Whatever a stranger wrote into the fields of a module: a layer comes of it, or a reason."""

    class Every(dict[str, object]):
        def get(self, key: str, default: object = None) -> object:
            del key, default
            return value

        def __contains__(self, key: object) -> bool:
            return True

    fields = Fields(kind, Every())
    try:
        said = LAYER[kind](fields).title
    except (Inexpressible, SpecError) as problem:
        said = str(problem)
    assert said
