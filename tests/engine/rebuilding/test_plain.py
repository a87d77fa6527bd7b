"""Plain stacks from names and shapes alone: what weights tell, and what is proposed so that shapes fit."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from nnstudio.engine.checkpoint import load_model
from nnstudio.engine.frozen import same_bits
from nnstudio.engine.rebuilding.network import with_weights
from nnstudio.engine.rebuilding.rebuild import rebuild, rebuild_from
from nnstudio.spec.layers import (
    GRU,
    LSTM,
    RNN,
    AdaptiveAvgPool2d,
    Conv2d,
    GroupNorm,
    LayerNorm,
    MaxPool2d,
    SelfAttention,
    TransformerEncoderLayer,
)
from nnstudio.spec.model import Model
from nnstudio.spec.rebuilt import Rebuilt
from nnstudio.spec.shapes import walk
from tests.engine.rebuilding.references import stirred


def shapes_of(module: nn.Module) -> dict[str, tuple[int, ...]]:
    return {name: tuple(tensor.shape) for name, tensor in module.state_dict().items()}


def keys(rebuilt: Rebuilt) -> list[str]:
    return [row.kind.key for row in rebuilt.rows]


SEQUENTIALS: dict[str, tuple[nn.Sequential, tuple[int, ...]]] = {
    "multilayer perceptron": (
        nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 8), nn.ReLU(), nn.Dropout(), nn.Linear(8, 3)),
        (4,),
    ),
    "norms between": (
        nn.Sequential(nn.Linear(4, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Linear(6, 5), nn.ReLU(), nn.LayerNorm(5)),
        (4,),
    ),
    "no activation": (nn.Sequential(nn.Linear(4, 6), nn.Linear(6, 5, bias=False), nn.PReLU(), nn.Linear(5, 2)), (4,)),
    "pictures": (
        nn.Sequential(
            *(nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(8, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Flatten(), nn.Linear(16 * 8 * 8, 10)),
        ),
        (3, 32, 32),
    ),
    "pooled to one place": (
        nn.Sequential(
            nn.Conv2d(1, 4, 3, padding=1), nn.PReLU(4), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2)
        ),
        (1, 16, 16),
    ),
    "sequences": (
        nn.Sequential(
            nn.Conv1d(2, 8, 5, padding=2), nn.ReLU(), nn.Conv1d(8, 4, 1), nn.ReLU(), nn.Flatten(), nn.Linear(80, 2)
        ),
        (2, 20),
    ),
    "volumes": (
        nn.Sequential(nn.Conv3d(1, 4, 3, padding=1), nn.BatchNorm3d(4), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 512, 2)),
        (1, 8, 8, 8),
    ),
    "depthwise": (
        nn.Sequential(
            *(nn.Conv2d(3, 6, 1), nn.ReLU(), nn.Conv2d(6, 6, 3, padding=1, groups=6), nn.ReLU(), nn.Conv2d(6, 2, 1)),
        ),
        (3, 8, 8),
    ),
    "deep Q-network": (
        nn.Sequential(
            *(nn.Conv2d(4, 8, 8, 4), nn.ReLU(), nn.Conv2d(8, 16, 4, 2), nn.ReLU(), nn.Conv2d(16, 16, 3), nn.ReLU()),
            *(nn.Flatten(), nn.Linear(16 * 49, 32), nn.ReLU(), nn.Linear(32, 6)),
        ),
        (4, 84, 84),
    ),
    "a generator": (
        nn.Sequential(
            *(nn.Linear(5, 8 * 4 * 4), nn.ReLU(), nn.Unflatten(1, (8, 4, 4))),
            *(nn.ConvTranspose2d(8, 4, 4, 2, 1), nn.BatchNorm2d(4), nn.ReLU(), nn.ConvTranspose2d(4, 3, 2, 2)),
        ),
        (5,),
    ),
}


@pytest.mark.parametrize(("module", "shape"), SEQUENTIALS.values(), ids=SEQUENTIALS)
def test_a_usual_sequential_gives_what_it_gave(tmp_path: Path, module: nn.Sequential, shape: tuple[int, ...]) -> None:
    """What is proposed is what such networks have, so that outputs are equal though weights did not tell all."""
    stirred(module)
    torch.save(module.state_dict(), tmp_path / "a.pth")
    file = load_model(tmp_path / "a.pth")
    rebuilt = rebuild(file, shape)
    assert (rebuilt.certainty, rebuilt.input_shape, rebuilt.unused) == ("guessed", shape, ())
    x = torch.randn(2, *shape, generator=torch.Generator().manual_seed(2))
    with torch.inference_mode():
        assert same_bits(with_weights(rebuilt, shape, file)(x), module(x))


@pytest.mark.parametrize(("module", "shape"), SEQUENTIALS.values(), ids=SEQUENTIALS)
def test_it_fits_also_where_no_data_is_known(module: nn.Sequential, shape: tuple[int, ...]) -> None:
    del shape
    rebuilt = rebuild_from(shapes_of(module))
    assert rebuilt.input_shape is not None
    walked = walk(Model(rebuilt.rows), rebuilt.input_shape)
    assert walked.problem is None
    assert rebuilt.certainty == "guessed"


def test_half_precision_runs_as_float32(tmp_path: Path) -> None:
    module = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2)).half()
    torch.save(module.state_dict(), tmp_path / "a.pth")
    file = load_model(tmp_path / "a.pth")
    x = torch.randn(2, 3)
    given = with_weights(rebuild(file), (3,), file)(x)
    assert given.dtype == torch.float32
    assert same_bits(given, module.float()(x).detach())


class LeNet(nn.Module):
    """Layers under names of their own: nothing tells what stands between them."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x: Tensor) -> Tensor:
        for layer in (self.conv1, self.conv2):
            x = torch.max_pool2d(torch.relu(layer(x)), 2)
        x = torch.relu(self.fc2(torch.relu(self.fc1(x.flatten(1)))))
        return self.fc3(x)  # type: ignore[no-any-return]


def test_borders_and_poolings_are_solved_for(tmp_path: Path) -> None:
    module = LeNet().eval()
    torch.save(module.state_dict(), tmp_path / "a.pth")
    file = load_model(tmp_path / "a.pth")
    rebuilt = rebuild(file)
    assert rebuilt.input_shape == (1, 32, 32)
    x = torch.randn(2, 1, 32, 32)
    with torch.inference_mode():
        assert same_bits(with_weights(rebuilt, (1, 32, 32), file)(x), module(x))
    why = {row.kind.key: row.guess for row in rebuilt.guesses}
    assert why == {
        "conv2d": "The weights do not tell stride (1 is proposed) and padding (0).",
        "relu": "Nothing tells what stood here; an activation, such as ReLU, is usual.",
        "max_pool2d": "Something that makes it smaller seems to have stood here; a max pooling is usual.",
        "flatten": "A linear layer takes numbers in one row; which order they had is PyTorch's usual one.",
    }


def test_what_stood_there_beyond_all_that_is_usual_is_said() -> None:
    rebuilt = rebuild_from({"0.weight": (4, 3), "0.bias": (4,), "5.weight": (2, 4), "5.bias": (2,)})
    assert keys(rebuilt) == ["linear", "relu", "dropout", "linear"]
    assert rebuilt.rows[2].guess.endswith("2 more without weights stood here, which are left out.")


def test_data_of_another_size_is_pooled_to_fit() -> None:
    rebuilt = rebuild_from(shapes_of(LeNet()), (1, 60, 60))
    assert rebuilt.input_shape == (1, 60, 60)
    assert "adaptive_avg_pool2d" in keys(rebuilt)
    assert walk(Model(rebuilt.rows), (1, 60, 60)).output == (10,)


def test_data_of_another_kind_is_told() -> None:
    rebuilt = rebuild_from(shapes_of(LeNet()), (7,))
    assert rebuilt.notes == ("It takes 1 × 32 × 32, but the data has 7.",)


def test_pictures_are_flattened_and_rows_made_into_pictures_where_the_data_needs_it() -> None:
    assert keys(rebuild_from(shapes_of(nn.Sequential(nn.Linear(64, 3))), (1, 8, 8))) == ["flatten", "linear"]
    assert keys(rebuild_from(shapes_of(nn.Sequential(nn.Conv2d(1, 3, 3))), (64,))) == ["unflatten", "conv2d"]


# ---- Sequences ----


class Words(nn.Module):
    def __init__(self, reader: nn.Module, width: int) -> None:
        super().__init__()
        self.embedding, self.reader, self.fc = nn.Embedding(50, 12), reader, nn.Linear(width, 3)


@pytest.mark.parametrize(
    ("reader", "width", "kind"),
    [
        (nn.LSTM(12, 8, 2, bidirectional=True), 16, LSTM(8, 2, True)),
        (nn.GRU(12, 8), 8, GRU(8)),
        (nn.RNN(12, 8, 3, bias=False), 8, RNN(8, 3, bias=False)),
    ],
    ids=["lstm", "gru", "rnn"],
)
def test_a_recurrent_layer_tells_its_size_from_its_weights(reader: nn.Module, width: int, kind: object) -> None:
    rebuilt = rebuild_from(shapes_of(Words(reader, width)))
    assert keys(rebuilt) == ["embedding", type(kind).key, "linear"]  # type: ignore[attr-defined]
    assert rebuilt.rows[1].kind == kind
    assert rebuilt.rows[1].guess == "The weights do not tell what it gives; the last step is proposed."


def test_a_transformer_is_pooled_over_its_steps() -> None:
    encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(12, 2, 20), 2, enable_nested_tensor=False)
    rebuilt = rebuild_from(shapes_of(Words(encoder, 12)))
    assert [row.name for row in rebuilt.rows if row.kind.key == "transformer_encoder"] == [
        "reader.layers.0",
        "reader.layers.1",
    ]
    assert rebuilt.rows[1].kind == TransformerEncoderLayer(4, 20)
    assert keys(rebuilt)[3:] == ["permute", "adaptive_avg_pool1d", "flatten", "linear"]


def test_attention_alone() -> None:
    rebuilt = rebuild_from(shapes_of(nn.MultiheadAttention(16, 2)))
    assert [row.kind for row in rebuilt.rows] == [SelfAttention(8)]
    assert rebuilt.what == "a lone layer (multi-head attention)"


def test_a_matrix_without_bias_is_a_lookup_where_only_that_fits() -> None:
    """A linear layer would give 20 numbers for 4; ten steps of 4 numbers are what the next layer takes."""
    rebuilt = rebuild_from(shapes_of(nn.Sequential(nn.Embedding(20, 4), nn.Flatten(), nn.Linear(40, 2))))
    assert (keys(rebuilt), rebuilt.input_shape) == (["embedding", "flatten", "linear"], (10,))
    rebuilt = rebuild_from(shapes_of(nn.Sequential(nn.Linear(4, 20, bias=False), nn.ReLU(), nn.Linear(20, 2))))
    assert keys(rebuilt) == ["linear", "relu", "linear"]


def test_channels_are_normalised_in_groups_and_rows_as_a_whole() -> None:
    norms = nn.Sequential(nn.Conv2d(3, 32, 3), nn.GroupNorm(8, 32), nn.ReLU(), nn.Flatten(), nn.Linear(32, 4))
    assert GroupNorm(16) in [row.kind for row in rebuild_from(shapes_of(norms)).rows]
    whole = rebuild_from({"weight": (3, 4, 4), "bias": (3, 4, 4)}, (3, 4, 4))
    assert [row.kind for row in whole.rows] == [LayerNorm("all")]


def test_a_norm_without_scale_is_one() -> None:
    rebuilt = rebuild_from(shapes_of(nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4, affine=False))))
    assert (keys(rebuilt), rebuilt.certainty) == (["linear", "batch_norm1d"], "guessed")


def listed(*layers: tuple[str, nn.Module]) -> dict[str, tuple[int, ...]]:
    return shapes_of(nn.ModuleDict(dict(layers)))


def test_steps_become_channels_and_channels_steps_where_the_next_layer_needs_it() -> None:
    words = listed(("embedding", nn.Embedding(30, 6)), ("conv", nn.Conv1d(6, 4, 3)), ("lstm", nn.LSTM(4, 5)))
    rebuilt = rebuild_from(words, (20,))
    assert (rebuilt.certainty, rebuilt.input_shape) == ("guessed", (20,))
    assert [key for key in keys(rebuilt) if key != "relu"][:5] == [
        "embedding",
        "permute",
        "conv1d",
        "max_pool1d",
        "permute",
    ]
    assert keys(rebuilt)[-1] == "lstm"


def test_a_row_of_numbers_becomes_a_sequence_where_the_next_layer_needs_it() -> None:
    rebuilt = rebuild_from(listed(("fc", nn.Linear(5, 24)), ("conv", nn.Conv1d(4, 2, 3))))
    assert keys(rebuilt) == ["linear", "relu", "reshape", "conv1d"]
    assert walk(Model(rebuilt.rows), (5,)).output == (2, 6)


def test_recurrent_layers_in_a_row_give_every_step_but_the_last() -> None:
    rebuilt = rebuild_from(
        listed(("a", nn.GRU(3, 4)), ("norm", nn.LayerNorm(4)), ("b", nn.GRU(4, 2)), ("c", nn.Linear(2, 1)))
    )
    assert keys(rebuilt) == ["gru", "layer_norm", "gru", "linear"]
    assert walk(Model(rebuilt.rows), (9, 3)).output == (1,)


def test_the_second_half_of_an_autoencoder_grows_again() -> None:
    """Twice as many channels come in as go out, which a convolution in groups would fit as well."""
    halves = [nn.Conv2d(1, 8, 3), nn.Conv2d(8, 16, 3), nn.ConvTranspose2d(16, 8, 3), nn.ConvTranspose2d(8, 1, 3)]
    rebuilt = rebuild_from(listed(*((f"layer{number}", half) for number, half in enumerate(halves))))
    wanted = ["conv2d", "conv2d", "conv_transpose2d", "conv_transpose2d"]
    assert [key for key in keys(rebuilt) if str(key).startswith("conv")] == wanted


def test_windows_along_one_side_read_a_line() -> None:
    """As in CREPE, which hears the pitch of a sound."""
    shapes = {"a.weight": (8, 1, 64, 1), "a.bias": (8,), "b.weight": (4, 8, 15, 1), "c.weight": (5, 16), "c.bias": (5,)}
    rebuilt = rebuild_from(shapes)
    assert (rebuilt.certainty, rebuilt.input_shape) == ("guessed", (1, 1024, 1))
    assert [row.kind for row in rebuilt.rows if row.kind.family in ("convolution", "pooling")] == [
        Conv2d(8, (64, 1), (64, 1), 0),
        MaxPool2d((2, 1), (2, 1)),
        Conv2d(4, (15, 1), 1, (7, 0), bias=False),
        MaxPool2d((2, 1), (2, 1)),
    ]


def test_a_line_is_pooled_along_its_side() -> None:
    shapes = {"a.weight": (8, 1, 64, 1), "a.bias": (8,), "c.weight": (5, 24), "c.bias": (5,)}
    rebuilt = rebuild_from(shapes, (1, 1024, 1))
    assert AdaptiveAvgPool2d((3, 1)) in [row.kind for row in rebuilt.rows]


@pytest.mark.parametrize(
    ("shapes", "why"),
    [
        (
            {"a.weight": (4, 2, 3, 3, 3), "b.weight": (4, 9, 3, 3, 3), "b.bias": (9,)},
            "it takes 9 channels and would get 4",
        ),
        (
            listed(("emb", nn.Embedding(9, 4)), ("b", nn.BatchNorm1d(4))),
            "it normalises channels and would get 16 × 4",
        ),
        (listed(("a", nn.Linear(3, 4)), ("b", nn.LayerNorm(5))), "it normalises 5 numbers and would get 4"),
        (listed(("a", nn.Linear(3, 4)), ("b", nn.LSTM(5, 2))), "it reads steps of 5 numbers and would get 4"),
        (listed(("b", nn.Linear(3, 7)), ("a", nn.Conv2d(2, 3, 1))), "it takes 2 channels and would get a row of 7"),
        (listed(("a", nn.LSTM(3, 4)), ("b", nn.Conv2d(4, 3, 1))), "it slides over 2 sides and would get"),
        (listed(("a", nn.Conv2d(3, 4, 1)), ("b", nn.Linear(4 * 7, 2))), "it takes 28 numbers and would get"),
    ],
    ids=["volume", "batch norm", "layer norm", "steps", "row", "sides", "oblong"],
)
def test_why_a_layer_does_not_follow_is_said(shapes: dict[str, tuple[int, ...]], why: str) -> None:
    rebuilt = rebuild_from(shapes)
    assert rebuilt.certainty == "part"
    assert why in " ".join(rebuilt.notes)


# ---- What cannot be known ----


def test_a_square_transposed_convolution_is_ambiguous_and_says_so() -> None:
    rebuilt = rebuild_from({"up.weight": (8, 8, 2, 2), "up.bias": (8,)})
    assert keys(rebuilt) == ["conv2d"]
    assert rebuilt.rows[0].guess.endswith("Its weights would suit a transposed convolution, too.")
    rebuilt = rebuild_from({"deconv.weight": (8, 8, 2, 2), "deconv.bias": (8,)})
    assert keys(rebuilt) == ["conv_transpose2d"]


def test_the_longest_run_is_offered_where_layers_do_not_fit() -> None:
    shapes = shapes_of(
        nn.ModuleDict({"a": nn.Linear(4, 5), "b": nn.Linear(7, 6), "c": nn.Linear(6, 5), "d": nn.Linear(9, 1)})
    )
    rebuilt = rebuild_from(shapes)
    assert rebuilt.certainty == "part"
    assert rebuilt.what == "a network of which 2 of 4 layers with weights fit behind each other"
    assert [row.name for row in rebuilt.rows] == ["b", "", "c"]
    assert rebuilt.unused == ("a.weight", "a.bias", "d.weight", "d.bias")
    assert rebuilt.notes[0] == (
        "“b” does not follow what stands before it in the file: it takes 7 numbers and would get 5."
    )


def test_what_stands_beside_others_by_its_name_is_not_put_behind_them() -> None:
    shapes = shapes_of(nn.ModuleDict({"a": nn.Linear(4, 4), "shortcut": nn.Linear(4, 4), "b": nn.Linear(4, 4)}))
    rebuilt = rebuild_from(shapes)
    assert rebuilt.certainty == "part"
    assert rebuilt.notes == (
        "“shortcut” cannot be rebuilt: its name says that it stands beside others, not behind them.",
    )


@pytest.mark.parametrize(
    ("shapes", "why"),
    [
        ({"scale": (3,)}, "“” cannot be rebuilt: no layer has just scale."),
        ({"a.weight_g": (3, 1), "a.weight_v": (3, 2)}, "“a” cannot be rebuilt: no layer has just weight_g, weight_v."),
        ({"a.weight": (0, 3)}, "“a” cannot be rebuilt: it holds a tensor without numbers."),
        (
            {"a.weight": (70_000, 3), "a.bias": (70_000,)},
            "“a” cannot be rebuilt: linear: outputs must be at most 65,536, not 70000.",
        ),
    ],
    ids=["scale", "weight norm", "empty", "huge"],
)
def test_layers_that_are_not_known_are_named(shapes: dict[str, tuple[int, ...]], why: str) -> None:
    rebuilt = rebuild_from(shapes)
    assert (rebuilt.certainty, rebuilt.rows) == ("none", ())
    assert rebuilt.notes == (why,)


def test_files_without_end_are_given_up() -> None:
    """Names of a million modules, and layers that never follow each other: neither is looked at to its end."""
    assert rebuild_from({"a." * 500_000 + "weight": (2, 3), "b.weight": (2, 3), "b.bias": (2,)}).rows
    rebuilt = rebuild_from({f"{place}.weight": (3, 2) for place in range(2_000)})
    assert (rebuilt.certainty, len(rebuilt.unused)) == ("part", 1_998)
    tensors = {"weight": (64, 3, 7, 7), "bias": (64,)}
    many = {f"{place}.conv1.{name}": shape for place in range(1_000) for name, shape in tensors.items()}
    assert rebuild_from(many).certainty == "part"


parts = st.sampled_from(["0", "1", "fc", "conv1", "self_attn", "norm", "layer1", "features"])
TAILS = (
    *("weight", "bias", "running_mean", "running_var", "num_batches_tracked", "weight_ih_l0", "weight_hh_l0"),
    *("in_proj_weight", "in_proj_bias", "out_proj.weight", "linear1.weight", "linear2.weight", "scale"),
)
tails = st.sampled_from(TAILS)
names = st.builds(lambda path, tail: ".".join([*path, tail]), st.lists(parts, max_size=2), tails)
sizes = st.lists(st.sampled_from([0, 1, 2, 3, 4, 8, 12, 10**9]), max_size=6).map(tuple)


@given(shapes=st.dictionaries(names, sizes, max_size=8))
def test_any_names_and_shapes_give_rows_that_fit_or_a_reason(shapes: dict[str, tuple[int, ...]]) -> None:
    rebuilt = rebuild_from(shapes)
    assert (rebuilt.certainty == "none") == (not rebuilt.rows)
    if rebuilt.rows:
        assert rebuilt.input_shape is not None
        assert walk(Model(rebuilt.rows), rebuilt.input_shape).problem is None
    else:
        assert rebuilt.notes
