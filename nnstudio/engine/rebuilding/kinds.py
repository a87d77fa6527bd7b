"""How the fields of each class of `torch.nn` become a kind of layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeVar

from nnstudio.engine.rebuilding.fields import Fields, Inexpressible
from nnstudio.spec.layers import (
    ELU,
    GELU,
    GRU,
    LSTM,
    RNN,
    SELU,
    AdaptiveAvgPool1d,
    AdaptiveAvgPool2d,
    AdaptiveMaxPool1d,
    AdaptiveMaxPool2d,
    AlphaDropout,
    AvgPool1d,
    AvgPool2d,
    BatchNorm1d,
    BatchNorm2d,
    BatchNorm3d,
    ChannelShuffle,
    Conv1d,
    Conv2d,
    Conv3d,
    ConvTranspose1d,
    ConvTranspose2d,
    Dropout,
    Dropout2d,
    Embedding,
    EmbeddingBag,
    Flatten,
    GroupNorm,
    Hardsigmoid,
    Hardswish,
    Hardtanh,
    InstanceNorm1d,
    InstanceNorm2d,
    LayerKind,
    LayerNorm,
    LeakyReLU,
    Linear,
    LogSoftmax,
    MaxPool1d,
    MaxPool2d,
    Mish,
    PReLU,
    ReLU,
    Reshape,
    SelfAttention,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
    TransformerEncoderLayer,
    Unflatten,
    ZeroPad2d,
)
from nnstudio.spec.layers.convolution import Conv, ConvTranspose
from nnstudio.spec.layers.pooling import AdaptivePool, Pool
from nnstudio.spec.layers.recurrent import Recurrent

K = TypeVar("K", bound=LayerKind)
Maker = Callable[[Fields], LayerKind]


def _plain(kind: type[K], **numbers: str) -> Callable[[Fields], K]:
    """A kind whose settings are fields of the module: ``p="p"``."""

    def make(fields: Fields) -> K:
        return kind(**{setting: fields.number(name) for setting, name in numbers.items()})

    return make


def _linear(fields: Fields) -> Linear:
    return Linear(fields.whole("out_features"), fields.has("bias"))


def _conv(kind: type[Conv]) -> Maker:
    def make(fields: Fields) -> LayerKind:
        return kind(
            fields.whole("out_channels"),
            fields.window("kernel_size"),
            fields.window("stride"),
            fields.padding(),
            fields.has("bias"),
            fields.window("dilation"),
            fields.whole("groups"),
            fields.word("padding_mode"),  # type: ignore[arg-type]  # checked by the kind
        )

    return make


def _conv_transpose(kind: type[ConvTranspose]) -> Maker:
    def make(fields: Fields) -> LayerKind:
        fields.need("padding_mode", "zeros")
        return kind(
            fields.whole("out_channels"),
            fields.window("kernel_size"),
            fields.window("stride"),
            fields.window("padding"),
            fields.has("bias"),
            fields.window("dilation"),
            fields.whole("groups"),
            fields.window("output_padding"),
        )

    return make


def _batch_norm(kind: type[BatchNorm1d | BatchNorm2d | BatchNorm3d]) -> Maker:
    def make(fields: Fields) -> LayerKind:
        fields.need("track_running_stats", True)
        return kind(fields.number("momentum"), fields.number("eps"), fields.affine())

    return make


def _instance_norm(kind: type[InstanceNorm1d | InstanceNorm2d]) -> Maker:
    def make(fields: Fields) -> LayerKind:
        fields.need("track_running_stats", False)
        return kind(fields.number("eps"), fields.affine())

    return make


def _layer_norm(fields: Fields) -> LayerNorm:
    over: Literal["last", "all"] = "last" if len(fields.sides("normalized_shape")) == 1 else "all"
    return LayerNorm(over, fields.number("eps"), fields.affine("elementwise_affine"))


def _group_norm(fields: Fields) -> GroupNorm:
    return GroupNorm(fields.whole("num_groups"), fields.number("eps"), fields.affine())


def _pool(kind: type[Pool]) -> Maker:
    def make(fields: Fields) -> LayerKind:
        if issubclass(kind, MaxPool1d | MaxPool2d):
            fields.need("dilation", 1)
            fields.need("return_indices", False)
        else:
            fields.need("count_include_pad", True)
            fields.need("divisor_override", None, missing=True)
        kernel, stride, padding = (fields.window(name) for name in ("kernel_size", "stride", "padding"))
        return kind(kernel, stride, padding, fields.flag("ceil_mode"))

    return make


def _adaptive(kind: type[AdaptivePool]) -> Maker:
    return lambda fields: kind(fields.window("output_size"))


def _embedding(fields: Fields) -> Embedding:
    fields.need("max_norm", None)
    return Embedding(fields.whole("num_embeddings"), fields.whole("embedding_dim"))


def _embedding_bag(fields: Fields) -> EmbeddingBag:
    fields.need("max_norm", None)
    fields.need("padding_idx", None, missing=True)
    mode: Any = fields.word("mode")  # checked by the kind
    return EmbeddingBag(fields.whole("num_embeddings"), fields.whole("embedding_dim"), mode)


def _recurrent(kind: type[Recurrent]) -> Maker:
    def make(fields: Fields) -> LayerKind:
        fields.need("proj_size", 0, missing=True)
        both, share = fields.flag("bidirectional"), fields.number("dropout")
        sizes = fields.whole("hidden_size"), fields.whole("num_layers")
        if kind is not RNN:
            return kind(*sizes, both, "all", share, fields.flag("bias"))
        bend: Any = fields.word("mode").removeprefix("RNN_").lower()  # checked by the kind
        return RNN(*sizes, both, "all", share, fields.flag("bias"), bend)

    return make


def _attention(fields: Fields) -> SelfAttention:
    fields.need("add_zero_attn", False)
    fields.need("_qkv_same_embed_dim", True)
    fields.need("bias_k", None)
    return SelfAttention(fields.whole("num_heads"), fields.number("dropout"))


def _encoder(fields: Fields) -> TransformerEncoderLayer:
    attention, linear, norm = (fields.part(name) for name in ("self_attn", "linear1", "norm1"))
    norm.need("eps", 1e-5)
    bend: Any = fields.function("activation").rpartition(".")[2]  # checked by the kind
    return TransformerEncoderLayer(
        attention.whole("num_heads"),
        linear.whole("out_features"),
        fields.part("dropout").number("p"),
        bend,
        fields.flag("norm_first"),
    )


def _gelu(fields: Fields) -> GELU:
    formula: Any = fields.word("approximate")  # checked by the kind
    return GELU(formula)


def _prelu(fields: Fields) -> PReLU:
    return PReLU("one" if fields.whole("num_parameters") == 1 else "channel")


def _softmax(kind: type[Softmax | LogSoftmax]) -> Maker:
    def make(fields: Fields) -> LayerKind:
        fields.need("dim", 1, -1)
        return kind()

    return make


def _softplus(fields: Fields) -> Softplus:
    fields.need("threshold", 20, 20.0)
    return Softplus(fields.number("beta"))


def _flatten(fields: Fields) -> Flatten:
    fields.need("start_dim", 1)
    fields.need("end_dim", -1)
    return Flatten()


def _unflatten(fields: Fields) -> LayerKind:
    fields.need("dim", 1)
    sides = fields.sides("unflattened_size")
    if len(sides) == 3:
        return Unflatten(sides[0], sides[1])
    if len(sides) == 2:
        return Reshape(sides[0], last=sides[1])
    raise Inexpressible("an unflatten of so many sides is not among the layers here")


def _zero_pad(fields: Fields) -> ZeroPad2d:
    sides = fields.sides("padding")
    if len(sides) != 4:
        raise Inexpressible("a padding of other sides is not among the layers here")
    left, right, top, bottom = sides
    return ZeroPad2d(left, right, top, bottom)


LAYER: Mapping[str, Maker] = {
    "Linear": _linear,
    "NonDynamicallyQuantizableLinear": _linear,
    **{kind.__name__: _conv(kind) for kind in (Conv1d, Conv2d, Conv3d)},
    **{kind.__name__: _conv_transpose(kind) for kind in (ConvTranspose1d, ConvTranspose2d)},
    **{kind.__name__: _batch_norm(kind) for kind in (BatchNorm1d, BatchNorm2d, BatchNorm3d)},
    **{kind.__name__: _instance_norm(kind) for kind in (InstanceNorm1d, InstanceNorm2d)},
    "LayerNorm": _layer_norm,
    "GroupNorm": _group_norm,
    **{kind.__name__: _pool(kind) for kind in (MaxPool1d, MaxPool2d, AvgPool1d, AvgPool2d)},
    "AdaptiveAvgPool1d": _adaptive(AdaptiveAvgPool1d),
    "AdaptiveAvgPool2d": _adaptive(AdaptiveAvgPool2d),
    "AdaptiveMaxPool1d": _adaptive(AdaptiveMaxPool1d),
    "AdaptiveMaxPool2d": _adaptive(AdaptiveMaxPool2d),
    **{kind.__name__: _plain(kind, p="p") for kind in (Dropout, Dropout2d, AlphaDropout)},
    "Embedding": _embedding,
    "EmbeddingBag": _embedding_bag,
    **{kind.__name__: _recurrent(kind) for kind in (RNN, LSTM, GRU)},
    "MultiheadAttention": _attention,
    "TransformerEncoderLayer": _encoder,
    "ReLU": _plain(ReLU),
    "ReLU6": lambda _: Hardtanh(0.0, 6.0),
    "LeakyReLU": _plain(LeakyReLU, negative_slope="negative_slope"),
    "PReLU": _prelu,
    "ELU": _plain(ELU, alpha="alpha"),
    "SELU": _plain(SELU),
    "GELU": _gelu,
    "SiLU": _plain(SiLU),
    "Mish": _plain(Mish),
    "Softplus": _softplus,
    "Sigmoid": _plain(Sigmoid),
    "Tanh": _plain(Tanh),
    "Hardsigmoid": _plain(Hardsigmoid),
    "Hardswish": _plain(Hardswish),
    "Hardtanh": _plain(Hardtanh, min_val="min_val", max_val="max_val"),
    "ChannelShuffle": lambda fields: ChannelShuffle(fields.whole("groups")),
    "Softmax": _softmax(Softmax),
    "LogSoftmax": _softmax(LogSoftmax),
    "Flatten": _flatten,
    "Unflatten": _unflatten,
    "ZeroPad2d": _zero_pad,
}
"""By the class's name; each raises `Inexpressible` or SpecError where no layer can do what the class does."""
