"""What each kind of layer makes of a shape, which tensors it has, and how PyTorch is asked for it."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.spec.calls import Call
from nnstudio.spec.errors import ShapeError
from nnstudio.spec.layers import (
    ELU,
    GELU,
    GRU,
    LAYERS,
    LSTM,
    RNN,
    AdaptiveAvgPool2d,
    AdaptiveMaxPool1d,
    AvgPool1d,
    AvgPool2d,
    BatchNorm1d,
    BatchNorm2d,
    BatchNorm3d,
    ChannelShuffle,
    ClassToken,
    Conv1d,
    Conv2d,
    Conv3d,
    ConvTranspose1d,
    ConvTranspose2d,
    ConvTranspose3d,
    CosineWindowAttention,
    Dropout,
    Dropout1d,
    Dropout2d,
    Embedding,
    EmbeddingBag,
    Flatten,
    GroupNorm,
    Hardtanh,
    InstanceNorm1d,
    InstanceNorm2d,
    LayerKind,
    LayerNorm,
    LayerScale,
    LeakyReLU,
    LearnedPositions,
    Linear,
    LogSoftmax,
    MaxPool1d,
    MaxPool2d,
    MultiAxisAttention,
    PatchMerge,
    Permute,
    PositionalEncoding,
    PReLU,
    ReLU,
    SelfAttention,
    Shape,
    Sigmoid,
    Slice,
    Softmax,
    Softplus,
    StepLinear,
    StochasticDepth,
    Tanh,
    TransformerEncoderLayer,
    Unflatten,
    WindowAttention,
    ZeroPad2d,
)
from tests.spec.attempt import attempt
from tests.spec.strategies import declared, few, layers

NO_PICTURE = "needs pictures (channels × height × width), but gets"
SLIDES = "It slides over the height and the width of a picture. Use it before Flatten, on image data."
MORE_ROOM = "Use a smaller kernel, more padding, or fewer poolings before it."
LESS_PADDING = "A window would see nothing but padding. Use less padding or a larger kernel."

shapes = st.lists(st.integers(1, 64), min_size=1, max_size=4).map(tuple)
pictures = st.tuples(st.integers(1, 8), st.integers(1, 64), st.integers(1, 64))
elementwise = pytest.mark.parametrize("kind", [ReLU, LeakyReLU, Sigmoid, Tanh, Softmax, LogSoftmax, Dropout])


# shapes


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        (Linear(3), (4,), (3,)),
        (Linear(1, bias=False), (7,), (1,)),
        (Flatten(), (3, 4, 5), (60,)),
        (Slice(2, 3), (9,), (3,)),
        (Slice(0, 4), (8, 4), (8, 4)),
        (Slice(2, 3, "first"), (8, 4), (3, 4)),
        (StepLinear(3), (8, 9, 4), (8, 9, 3)),
        (ZeroPad2d(0, 0, 31, 32), (1, 256, 1), (1, 319, 1)),
        (ClassToken(), (16, 6), (17, 6)),
        (LearnedPositions(), (16, 6), (16, 6)),
        (ChannelShuffle(3), (6, 2, 2), (6, 2, 2)),
        (LayerScale(), (6, 2, 2), (6, 2, 2)),
        (StochasticDepth(), (6, 2, 2), (6, 2, 2)),
        (PatchMerge(), (5, 4, 3), (3, 2, 12)),
        (WindowAttention(2), (5, 9, 4), (5, 9, 4)),
        (CosineWindowAttention(2, shift=4), (5, 9, 4), (5, 9, 4)),
        (MultiAxisAttention(2), (14, 7, 4), (14, 7, 4)),
        (Flatten(), (9,), (9,)),
        (Conv2d(16), (3, 32, 32), (16, 32, 32)),
        (Conv2d(8, kernel_size=5, padding=0), (1, 28, 28), (8, 24, 24)),
        (Conv2d(8, stride=2), (3, 7, 8), (8, 4, 4)),
        (Conv2d(2, kernel_size=1, padding=0, stride=3), (3, 10, 4), (2, 4, 2)),
        (Conv2d(2, kernel_size=3, padding=1), (3, 1, 1), (2, 1, 1)),
        (Conv2d(8, (1, 7), padding=(0, 3)), (3, 5, 9), (8, 5, 9)),
        (Conv2d(8, (512, 1), (4, 1), (254, 0)), (1, 1024, 1), (8, 256, 1)),
        (Conv2d(8, 3, padding=0, dilation=(1, 2)), (3, 9, 9), (8, 7, 5)),
        (Conv3d(2, (1, 3, 3), padding=(0, 1, 1)), (1, 4, 5, 6), (2, 4, 5, 6)),
        (ConvTranspose2d(8, (1, 4), (1, 2), (0, 1)), (16, 7, 7), (8, 7, 14)),
        (MaxPool2d((2, 1), (2, 1)), (16, 8, 8), (16, 4, 8)),
        (AdaptiveAvgPool2d((1, 4)), (8, 9, 9), (8, 1, 4)),
        (MaxPool2d(), (16, 8, 8), (16, 4, 4)),
        (MaxPool2d(), (16, 7, 5), (16, 3, 2)),
        (MaxPool2d(kernel_size=3, stride=2, padding=1), (1, 8, 8), (1, 4, 4)),
        (AvgPool2d(kernel_size=3, stride=1), (4, 5, 6), (4, 3, 4)),
        (AvgPool2d(kernel_size=2, stride=2, padding=1), (4, 1, 1), (4, 1, 1)),
        (Conv1d(8), (4, 30), (8, 30)),
        (Conv1d(8, 3, padding=0, dilation=4), (4, 30), (8, 22)),
        (Conv3d(2, groups=2), (4, 5, 6, 7), (2, 5, 6, 7)),
        (ConvTranspose2d(8), (16, 7, 7), (8, 14, 14)),
        (ConvTranspose1d(8, 3, 2, 1, output_padding=1), (4, 10), (8, 20)),
        (MaxPool2d(3, 2, ceil_mode=True), (8, 8, 8), (8, 4, 4)),
        (MaxPool1d(), (4, 9), (4, 4)),
        (AvgPool1d(3, 1), (4, 9), (4, 7)),
        (AdaptiveAvgPool2d(), (512, 7, 7), (512, 1, 1)),
        (AdaptiveMaxPool1d(5), (8, 3), (8, 5)),
        (Unflatten(1, 8), (64,), (1, 8, 8)),
        (Unflatten(3, 4), (60,), (3, 4, 5)),
        (LayerNorm(), (5, 8), (5, 8)),
        (GroupNorm(4), (8, 3, 3), (8, 3, 3)),
        (InstanceNorm2d(), (8, 3, 3), (8, 3, 3)),
        (Dropout1d(), (8, 3), (8, 3)),
        (Dropout2d(), (8, 3, 3), (8, 3, 3)),
        (ConvTranspose3d(4), (2, 3, 4, 5), (4, 6, 8, 10)),
        (PReLU("channel"), (8, 3, 3), (8, 3, 3)),
        (BatchNorm3d(), (2, 3, 4, 5), (2, 3, 4, 5)),
        (LSTM(8), (12, 3), (8,)),
        (GRU(8, bidirectional=True), (12, 3), (16,)),
        (RNN(8, gives="all"), (12, 3), (12, 8)),
        (Embedding(50, 4), (7,), (7, 4)),
        (EmbeddingBag(50, 4), (7,), (4,)),
        (SelfAttention(2), (12, 6), (12, 6)),
        (TransformerEncoderLayer(3), (12, 6), (12, 6)),
        (PositionalEncoding(), (12, 6), (12, 6)),
        (Permute(), (12, 6), (6, 12)),
        (Permute("first"), (12, 6), (6, 12)),
        (Permute(), (8, 9, 3), (3, 8, 9)),
        (Permute("first"), (3, 8, 9), (8, 9, 3)),
        (BatchNorm1d(), (12,), (12,)),
        (BatchNorm1d(), (12, 5), (12, 5)),
        (BatchNorm2d(), (12, 5, 4), (12, 5, 4)),
    ],
)
def test_shape_rules(kind: LayerKind, before: Shape, after: Shape) -> None:
    assert kind.out_shape(before) == after


@pytest.mark.parametrize(
    ("kind", "shape", "sentence"),
    [
        (
            Linear(),
            (1, 8, 8),
            (
                "Linear needs a flat list of numbers, but gets 1 × 8 × 8. "
                "Every input has a weight of its own. Add Flatten before it."
            ),
        ),
        (Linear(), (4, 5), "Linear needs a flat list of numbers, but gets 4 × 5. "),
        (
            BatchNorm1d(),
            (3, 8, 8),
            (
                "Batch norm 1d needs a flat list of numbers, but gets 3 × 8 × 8. "
                "Pictures are normalised a channel at a time. Use Batch norm 2d."
            ),
        ),
        (BatchNorm2d(), (16,), f"Batch norm 2d {NO_PICTURE} 16. {SLIDES}"),
        (Conv2d(), (16,), f"Convolution 2d {NO_PICTURE} 16. {SLIDES}"),
        (MaxPool2d(), (4, 4), f"Max pooling 2d {NO_PICTURE} 4 × 4. {SLIDES}"),
        (AvgPool2d(), (1, 2, 3, 4), f"Average pooling 2d {NO_PICTURE} 1 × 2 × 3 × 4. {SLIDES}"),
        (
            Conv2d(kernel_size=5, padding=1),
            (3, 8, 2),
            (
                "Convolution 2d: a window of 5 × 5 does not fit into 8 × 2. "
                f"With padding the picture is 10 × 4. {MORE_ROOM}"
            ),
        ),
        (
            MaxPool2d(),
            (8, 1, 1),
            "Max pooling 2d: a window of 2 × 2 does not fit into 1 × 1. With padding the picture is 1 × 1. Use",
        ),
        (
            Conv2d(kernel_size=(1, 7), padding=(0, 1)),
            (3, 8, 2),
            (
                "Convolution 2d: a window of 1 × 7 does not fit into 8 × 2. "
                f"With padding the picture is 8 × 4. {MORE_ROOM}"
            ),
        ),
        (
            MaxPool2d((3, 1), 1, 1),
            (8, 9, 9),
            f"Max pooling 2d: padding 1 is more than half of the kernel 3 × 1. {LESS_PADDING}",
        ),
        (
            MaxPool2d(kernel_size=3, padding=2),
            (8, 9, 9),
            f"Max pooling 2d: padding 2 is more than half of the kernel 3. {LESS_PADDING}",
        ),
        (
            Conv2d(8, groups=3),
            (4, 8, 8),
            (
                "Convolution 2d: 4 channels in and 8 out cannot be parted into 3 groups. "
                "Each group takes and gives equally many channels. Choose a number of groups that divides both."
            ),
        ),
        (
            Conv2d(8, padding=5, padding_mode="reflect"),
            (1, 4, 9),
            (
                "Convolution 2d: a border of 5 cannot be made from 4 × 9. It would repeat more than there is. "
                "Use a padding of at most 3, or a border of zeros."
            ),
        ),
        (Conv1d(), (8,), "Convolution 1d needs sequences (channels × steps), but gets 8. It slides over the steps"),
        (Conv3d(), (1, 8, 8), "Convolution 3d needs volumes (channels × depth × height × width), but gets 1 × 8 × 8."),
        (
            ConvTranspose2d(8, padding=3),
            (4, 2, 2),
            "Transposed convolution 2d: nothing of 2 × 2 would be left. A padding of 3 cuts off more than",
        ),
        (
            ConvTranspose2d(8, output_padding=2),
            (4, 2, 2),
            "Transposed convolution 2d: an extra edge of 2 is too wide. It must be less than the stride or the",
        ),
        (Slice(7, 3, "first"), (8, 9), "Slice cannot take numbers 7 to 9 of 8. The last one there is number 7."),
        (ChannelShuffle(4), (6, 2, 2), "Channel shuffle cannot part 6 channels into 4 groups. Each group has"),
        (PatchMerge(), (6, 2), "Merge patches needs pictures (height × width × features), but gets 6 × 2. It gathers"),
        (ClassToken(), (6,), "Class token needs sequences (steps × features), but gets 6. It reads an example step by"),
        (WindowAttention(), (6, 8), "Window attention needs pictures (height × width × features), but gets 6 × 8. It"),
        (WindowAttention(3), (7, 7, 8), "Window attention cannot part 8 features among 3 heads. Each head looks at"),
        (WindowAttention(shift=7), (7, 7, 8), "Window attention: a shift of 7 is as far as a window of 7. Windows are"),
        (
            MultiAxisAttention(window=4),
            (8, 6, 8),
            "Multi-axis attention cannot part 8 × 6 places into windows of 4 × 4. No window reaches over the edge",
        ),
        (GroupNorm(3), (8,), "Group norm cannot part 8 channels into 3 groups. Each group has equally many channels."),
        (InstanceNorm2d(), (8, 1, 1), "Instance norm 2d has nothing to compare: each channel is a single number."),
        (LSTM(), (8,), "LSTM needs sequences (steps × features), but gets 8. It reads an example step by step."),
        (SelfAttention(4), (5, 6), "Multi-head attention cannot part 6 features among 4 heads. Each head looks at"),
        (Embedding(), (3, 4), "Embedding needs a row of whole numbers, but gets 3 × 4. Each number is looked up in"),
        (Unflatten(3, 4), (50,), "Unflatten cannot part 50 numbers into 3 × 4 rows. All rows of a picture are"),
        (Unflatten(), (3, 4), "Unflatten needs one row of numbers, but gets 3 × 4. It makes a picture of a row."),
        (
            AvgPool2d(kernel_size=1, padding=1),
            (8, 9, 9),
            f"Average pooling 2d: padding 1 is more than half of the kernel 1. {LESS_PADDING}",
        ),
    ],
)
def test_what_does_not_fit_is_explained(kind: LayerKind, shape: Shape, sentence: str) -> None:
    with pytest.raises(ShapeError) as raised:
        kind.out_shape(shape)
    assert str(raised.value).startswith(sentence)
    assert raised.value.why
    assert raised.value.remedy


@few
@given(shape=shapes, data=st.data())
@elementwise
def test_elementwise_layers_keep_the_shape_and_learn_nothing(
    kind: type[LayerKind], shape: Shape, data: st.DataObject
) -> None:
    layer = data.draw(declared(kind))
    assert layer.out_shape(shape) == shape
    assert layer.parameters(shape) == layer.buffers(shape) == {}


@given(shape=shapes)
def test_flatten_keeps_every_number(shape: Shape) -> None:
    assert Flatten().out_shape(shape) == (math.prod(shape),)


@given(layer=layers, shape=shapes)
def test_every_layer_gives_a_shape_or_a_sentence(layer: LayerKind, shape: Shape) -> None:
    after = attempt(lambda: layer.out_shape(shape))
    if isinstance(after, tuple):
        tensors = [after, *layer.parameters(shape).values(), *layer.buffers(shape).values()]
        assert all(side >= 1 for tensor in tensors for side in tensor)
        assert not layer.parameters(shape).keys() & layer.buffers(shape).keys()
    else:
        assert isinstance(after, ShapeError)
        assert after.what.startswith(layer.title)
        assert after.what.endswith(".")


@given(picture=pictures, kernel=st.integers(1, 9), stride=st.integers(1, 5), padding=st.integers(0, 4))
def test_a_window_has_as_many_places_as_can_be_counted(
    picture: tuple[int, int, int], kernel: int, stride: int, padding: int
) -> None:
    layer = Conv2d(5, kernel, stride, padding)
    places = [len(range(0, side + 2 * padding - kernel + 1, stride)) for side in picture[1:]]
    if all(places):
        assert layer.out_shape(picture) == (5, *places)
    else:
        with pytest.raises(ShapeError, match="does not fit into"):
            layer.out_shape(picture)


@given(picture=pictures)
def test_the_default_convolution_keeps_height_and_width(picture: Shape) -> None:
    assert Conv2d(7).out_shape(picture) == (7, *picture[1:])


# tensors


@pytest.mark.parametrize(
    ("kind", "shape", "parameters"),
    [
        (Linear(3), (4,), {"weight": (3, 4), "bias": (3,)}),
        (Linear(3, bias=False), (4,), {"weight": (3, 4)}),
        (Conv2d(8, kernel_size=5), (3, 9, 9), {"weight": (8, 3, 5, 5), "bias": (8,)}),
        (Conv2d(8, bias=False), (1, 9, 9), {"weight": (8, 1, 3, 3)}),
        (Conv2d(8, (1, 7), bias=False), (2, 9, 9), {"weight": (8, 2, 1, 7)}),
        (BatchNorm1d(), (6,), {"weight": (6,), "bias": (6,)}),
        (BatchNorm2d(), (6, 4, 4), {"weight": (6,), "bias": (6,)}),
        (Conv2d(8, groups=3, bias=False), (3, 9, 9), {"weight": (8, 1, 3, 3)}),
        (Conv1d(8, 5), (3, 9), {"weight": (8, 3, 5), "bias": (8,)}),
        (ConvTranspose2d(8, 2), (3, 9, 9), {"weight": (3, 8, 2, 2), "bias": (8,)}),
        (PReLU(), (6,), {"weight": (1,)}),
        (PReLU("channel"), (6, 2, 2), {"weight": (6,)}),
        (LayerScale(), (6, 2, 2), {"layer_scale": (6, 1, 1)}),
        (LayerScale("last"), (2, 2, 6), {"layer_scale": (6,)}),
        (LearnedPositions(), (9, 4), {"pos_embedding": (1, 9, 4)}),
        (StepLinear(3, bias=False), (9, 9, 4), {"weight": (3, 4)}),
        (LayerNorm(), (5, 8), {"weight": (8,), "bias": (8,)}),
        (LayerNorm("all"), (5, 8), {"weight": (5, 8), "bias": (5, 8)}),
        (LayerNorm(affine=False), (5, 8), {}),
        (GroupNorm(2), (6, 4), {"weight": (6,), "bias": (6,)}),
        (InstanceNorm1d(affine=True), (6, 4), {"weight": (6,), "bias": (6,)}),
        (InstanceNorm1d(), (6, 4), {}),
        (Embedding(50, 4), (7,), {"weight": (50, 4)}),
        (
            GRU(2, gives="all"),
            (9, 3),
            {"weight_ih_l0": (6, 3), "weight_hh_l0": (6, 2), "bias_ih_l0": (6,), "bias_hh_l0": (6,)},
        ),
        (
            SelfAttention(),
            (9, 4),
            {"in_proj_weight": (12, 4), "in_proj_bias": (12,), "out_proj.weight": (4, 4), "out_proj.bias": (4,)},
        ),
        (MaxPool2d(), (6, 4, 4), {}),
        (Flatten(), (6, 4, 4), {}),
    ],
)
def test_learnable_tensors(kind: LayerKind, shape: Shape, parameters: dict[str, Shape]) -> None:
    assert kind.parameters(shape) == parameters


@pytest.mark.parametrize(("kind", "shape"), [(BatchNorm1d(), (6,)), (BatchNorm2d(), (6, 4, 4))])
def test_batch_norm_follows_a_mean_and_a_variance(kind: LayerKind, shape: Shape) -> None:
    assert kind.buffers(shape) == {"running_mean": (6,), "running_var": (6,), "num_batches_tracked": ()}


@pytest.mark.parametrize(
    ("kind", "shape", "cost"),
    [
        (StepLinear(3), (5, 5, 4), 25 * 12),
        (WindowAttention(2, 2), (4, 4, 6), 16 * (4 * 36 + 2 * 4 * 6)),
        (WindowAttention(2, 2), (3, 3, 6), 16 * (4 * 36 + 2 * 4 * 6)),
        (MultiAxisAttention(2, 2), (4, 4, 6), 16 * (4 * 36 + 2 * 4 * 6)),
        (LayerScale(), (6, 4, 4), 0),
        (ClassToken(), (6, 4), 0),
        (LearnedPositions(), (6, 4), 0),
        (Conv2d(8, (1, 7), padding=(0, 3)), (2, 5, 5), 8 * 2 * 7 * 25),
    ],
)
def test_multiply_adds(kind: LayerKind, shape: Shape, cost: int) -> None:
    assert kind.multiply_adds(shape) == cost


# calls and words


@pytest.mark.parametrize(
    ("kind", "shape", "text"),
    [
        (Linear(3), (4,), "nn.Linear(4, 3)"),
        (Linear(3, bias=False), (4,), "nn.Linear(4, 3, bias=False)"),
        (Conv2d(8), (3, 9, 9), "nn.Conv2d(3, 8, 3, padding=1)"),
        (Conv2d(8, 5, 2, 0, bias=False), (1, 9, 9), "nn.Conv2d(1, 8, 5, stride=2, bias=False)"),
        (Conv2d(8, padding=0), (1, 9, 9), "nn.Conv2d(1, 8, 3)"),
        (Conv2d(8, (1, 7), padding=(0, 3)), (3, 9, 9), "nn.Conv2d(3, 8, (1, 7), padding=(0, 3))"),
        (MaxPool2d((2, 1), (2, 1)), (1, 8, 8), "nn.MaxPool2d((2, 1))"),
        (MaxPool2d(), (1, 8, 8), "nn.MaxPool2d(2)"),
        (MaxPool2d(3), (1, 8, 8), "nn.MaxPool2d(3, stride=2)"),
        (MaxPool2d(3, 3, 1), (1, 8, 8), "nn.MaxPool2d(3, padding=1)"),
        (AvgPool2d(2, 1, 1), (1, 8, 8), "nn.AvgPool2d(2, stride=1, padding=1)"),
        (Conv1d(8, dilation=2, groups=3), (3, 9), "nn.Conv1d(3, 8, 3, padding=1, groups=3, dilation=2)"),
        (Conv2d(8, padding_mode="reflect"), (3, 9, 9), "nn.Conv2d(3, 8, 3, padding=1, padding_mode='reflect')"),
        (ConvTranspose2d(8), (3, 9, 9), "nn.ConvTranspose2d(3, 8, 2, stride=2)"),
        (MaxPool2d(3, 2, ceil_mode=True), (1, 8, 8), "nn.MaxPool2d(3, stride=2, ceil_mode=True)"),
        (AdaptiveAvgPool2d(), (8, 4, 4), "nn.AdaptiveAvgPool2d(1)"),
        (Unflatten(1, 8), (64,), "nn.Unflatten(1, (1, 8, 8))"),
        (LayerNorm(), (5, 8), "nn.LayerNorm(8)"),
        (LayerNorm("all", affine=False), (5, 8), "nn.LayerNorm((5, 8), elementwise_affine=False)"),
        (GroupNorm(2, eps=1e-3), (6,), "nn.GroupNorm(2, 6, eps=0.001)"),
        (InstanceNorm2d(affine=True), (6, 4, 4), "nn.InstanceNorm2d(6, affine=True)"),
        (Dropout2d(), (6, 4, 4), "nn.Dropout2d()"),
        (LSTM(8, 2, dropout=0.1), (9, 3), "LSTM(3, 8, num_layers=2, dropout=0.1)"),
        (RNN(8, gives="all", dropout=0.1), (9, 3), "RNN(3, 8, last=False)"),
        (EmbeddingBag(50, 4, "sum"), (7,), "EmbeddingBag(50, 4, mode='sum')"),
        (
            TransformerEncoderLayer(2, activation="gelu"),
            (9, 4),
            "nn.TransformerEncoderLayer(4, 2, dim_feedforward=128, activation='gelu', batch_first=True)",
        ),
        (Permute(), (9, 4), "Permute()"),
        (Slice(0, 1, "first"), (9, 4), "Slice(0, 1, along='first')"),
        (StepLinear(3), (9, 4), "nn.Linear(4, 3)"),
        (ZeroPad2d(1, 2, 3, 4), (1, 9, 9), "nn.ZeroPad2d((1, 2, 3, 4))"),
        (LearnedPositions(), (9, 4), "LearnedPositions(9, 4)"),
        (LayerScale(), (6, 2, 2), "LayerScale(6, 1, 1, start=1e-06)"),
        (WindowAttention(2, 7, 3), (9, 9, 4), "WindowAttention(4, 2, 7, shift=3)"),
        (MultiAxisAttention(2, places="grid"), (7, 7, 4), "MultiAxisAttention(4, 2, 7, places='grid')"),
        (Permute("first"), (9, 4), "Permute(moves='first')"),
        (PReLU("channel", 0.1), (6,), "nn.PReLU(6, init=0.1)"),
        (GELU("tanh"), (6,), "nn.GELU(approximate='tanh')"),
        (Hardtanh(0, 6), (6,), "nn.Hardtanh(min_val=0.0, max_val=6.0)"),
        (BatchNorm1d(), (6,), "nn.BatchNorm1d(6)"),
        (BatchNorm2d(momentum=0.5), (6, 4, 4), "nn.BatchNorm2d(6, momentum=0.5)"),
        (ReLU(), (6,), "nn.ReLU()"),
        (LeakyReLU(0.2), (6,), "nn.LeakyReLU(negative_slope=0.2)"),
        (Sigmoid(), (6,), "nn.Sigmoid()"),
        (Tanh(), (6,), "nn.Tanh()"),
        (Softmax(), (6,), "nn.Softmax(dim=1)"),
        (LogSoftmax(), (6,), "nn.LogSoftmax(dim=1)"),
        (Dropout(0.25), (6,), "nn.Dropout(p=0.25)"),
        (Flatten(), (6, 4, 4), "nn.Flatten()"),
    ],
)
def test_the_call_is_what_a_pytorch_user_writes(kind: LayerKind, shape: Shape, text: str) -> None:
    assert str(kind.call(shape)) == text


@pytest.mark.parametrize(
    ("kind", "summary"),
    [
        (Linear(3), "3 units · bias"),
        (Linear(3, bias=False), "3 units · no bias"),
        (Conv2d(8, 5), "8 channels · 5 × 5"),
        (MaxPool2d(3, 1), "3 × 3 · step 1"),
        (Conv2d(8, (1, 7), (1, 2)), "8 channels · 1 × 7 · step 1 × 2"),
        (MaxPool2d((2, 1), (2, 1)), "2 × 1 · step 2 × 1"),
        (BatchNorm2d(0.25), "momentum 0.25"),
        (LeakyReLU(), "slope 0.01"),
        (Dropout(), "p 0.5"),
        (Conv2d(8, stride=2, groups=4), "8 channels · 3 × 3 · step 2 · 4 groups"),
        (AdaptiveAvgPool2d(), "global"),
        (AdaptiveAvgPool2d(7), "to 7 × 7"),
        (LayerNorm(), "the last side"),
        (GroupNorm(), "1 group"),
        (InstanceNorm1d(), "no weights"),
        (Hardtanh(0, 6), "0 to 6"),
        (LSTM(8, 2, bidirectional=True), "8 units · 2 layers · both directions · last step"),
        (RNN(8, gives="all"), "8 units · every step"),
        (Embedding(50, 4), "50 entries · width 4"),
        (EmbeddingBag(5000, 4), "5,000 entries · width 4"),
        (SelfAttention(1), "1 head"),
        (Slice(1, 3, "first"), "places 1 to 3"),
        (WindowAttention(1, shift=3), "1 head · 7 × 7 · shift 3"),
        (MultiAxisAttention(2, places="grid"), "2 heads · 7 × 7 · grid"),
        (LayerScale(), "from 1e-06"),
        (ZeroPad2d(), "left 0 · right 1 · top 0 · bottom 1"),
        (TransformerEncoderLayer(), "4 heads · 128 inner units"),
        (PositionalEncoding(), "sines and cosines"),
        (ELU(), "alpha 1"),
        (Softplus(), "beta 1"),
        (PReLU(), "one slope"),
        (Unflatten(1, 8), "1 × 8 × …"),
        (ReLU(), "activation"),
        (Flatten(), "reshaping"),
    ],
)
def test_the_summary_says_what_was_set(kind: LayerKind, summary: str) -> None:
    assert kind.summary() == summary


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (Call("f"), "f()"),
        (Call("f", (1, "two")), "f(1, 'two')"),
        (Call("f", (), {"a": 0.5, "b": None}), "f(a=0.5, b=None)"),
        (Call("m.f", ((1, 2),), {"flag": True}), "m.f((1, 2), flag=True)"),
    ],
)
def test_call_text(call: Call, text: str) -> None:
    assert str(call) == text


def test_a_kind_has_to_say_its_rule_and_its_call() -> None:
    with pytest.raises(NotImplementedError):
        LayerKind().out_shape((1,))
    with pytest.raises(NotImplementedError):
        LayerKind().call((1,))


def test_families_hold_their_kinds() -> None:
    families = {kind.family for kind in LAYERS.kinds.values()}
    assert families == {
        "activation",
        "attention",
        "convolution",
        "embedding",
        "linear",
        "nesting",
        "normalisation",
        "pooling",
        "recurrent",
        "regularisation",
        "reshaping",
    }


# lessons


@pytest.mark.parametrize("kind", LAYERS.kinds.values(), ids=LAYERS.kinds)
def test_every_kind_has_a_lesson_of_substance(kind: type[LayerKind]) -> None:
    """What it computes, which shapes, how many parameters, when to use it and what goes wrong."""
    lesson = kind.lesson()
    assert len(lesson) >= 3
    assert all(paragraph.endswith((".", "!", "?")) for paragraph in lesson)
    whole = " ".join(lesson)
    assert len(whole) >= 250
    for part in (r"[=·−]", r"\b[Ss]hapes?\b|go(es)? in", r"[Pp]arameter", r"\bUse "):
        assert re.search(part, whole), part


@pytest.mark.parametrize("kind", LAYERS.kinds.values(), ids=LAYERS.kinds)
def test_a_lesson_counts_parameters_where_there_are_any(kind: type[LayerKind]) -> None:
    learns = bool(kind().parameters((4, 4, 4)))
    free = "has no parameters" in " ".join(kind.lesson())
    assert learns != free or kind.family in ("nesting", "normalisation")


def test_what_a_family_shares_is_taught_by_each_of_its_kinds() -> None:
    own, *shared = Conv1d.lesson()[0], Conv1d.lesson()[-1], Conv2d.lesson()[-1], ConvTranspose2d.lesson()[-1]
    assert own not in shared
    assert len(set(shared)) == 1
