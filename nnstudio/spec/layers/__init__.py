"""The kinds of layer, one file a family; a new kind is a new class in one of them."""

from nnstudio.spec.layers.activation import ELU, GELU, SELU, Hardswish, LeakyReLU, Mish, PReLU, ReLU, SiLU, Softplus
from nnstudio.spec.layers.attention import PositionalEncoding, SelfAttention, TransformerEncoderLayer
from nnstudio.spec.layers.base import LAYERS, LayerKind, Shape
from nnstudio.spec.layers.channels import ChannelShuffle, LayerScale, PatchMerge
from nnstudio.spec.layers.convolution import Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from nnstudio.spec.layers.embedding import Embedding, EmbeddingBag
from nnstudio.spec.layers.linear import Linear, StepLinear
from nnstudio.spec.layers.nesting import Block, Branches, Repeat
from nnstudio.spec.layers.normalisation import (
    BatchNorm1d,
    BatchNorm2d,
    BatchNorm3d,
    GroupNorm,
    InstanceNorm1d,
    InstanceNorm2d,
    LayerNorm,
)
from nnstudio.spec.layers.padding import ZeroPad2d
from nnstudio.spec.layers.pooling import (
    AdaptiveAvgPool1d,
    AdaptiveAvgPool2d,
    AdaptiveMaxPool1d,
    AdaptiveMaxPool2d,
    AvgPool1d,
    AvgPool2d,
    MaxPool1d,
    MaxPool2d,
)
from nnstudio.spec.layers.recurrent import GRU, LSTM, RNN
from nnstudio.spec.layers.regularisation import AlphaDropout, Dropout, Dropout1d, Dropout2d, StochasticDepth
from nnstudio.spec.layers.reshaping import Flatten, Permute, Reshape, Slice, Unflatten
from nnstudio.spec.layers.saturating import Hardsigmoid, Hardtanh, LogSoftmax, Sigmoid, Softmax, Tanh
from nnstudio.spec.layers.tokens import ClassToken, LearnedPositions
from nnstudio.spec.layers.windows import CosineWindowAttention, MultiAxisAttention, WindowAttention

__all__ = [
    "ELU",
    "GELU",
    "GRU",
    "LAYERS",
    "LSTM",
    "RNN",
    "SELU",
    "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d",
    "AdaptiveMaxPool1d",
    "AdaptiveMaxPool2d",
    "AlphaDropout",
    "AvgPool1d",
    "AvgPool2d",
    "BatchNorm1d",
    "BatchNorm2d",
    "BatchNorm3d",
    "Block",
    "Branches",
    "ChannelShuffle",
    "ClassToken",
    "Conv1d",
    "Conv2d",
    "Conv3d",
    "ConvTranspose1d",
    "ConvTranspose2d",
    "ConvTranspose3d",
    "CosineWindowAttention",
    "Dropout",
    "Dropout1d",
    "Dropout2d",
    "Embedding",
    "EmbeddingBag",
    "Flatten",
    "GroupNorm",
    "Hardsigmoid",
    "Hardswish",
    "Hardtanh",
    "InstanceNorm1d",
    "InstanceNorm2d",
    "LayerKind",
    "LayerNorm",
    "LayerScale",
    "LeakyReLU",
    "LearnedPositions",
    "Linear",
    "LogSoftmax",
    "MaxPool1d",
    "MaxPool2d",
    "Mish",
    "MultiAxisAttention",
    "PReLU",
    "PatchMerge",
    "Permute",
    "PositionalEncoding",
    "ReLU",
    "Repeat",
    "Reshape",
    "SelfAttention",
    "Shape",
    "SiLU",
    "Sigmoid",
    "Slice",
    "Softmax",
    "Softplus",
    "StepLinear",
    "StochasticDepth",
    "Tanh",
    "TransformerEncoderLayer",
    "Unflatten",
    "WindowAttention",
    "ZeroPad2d",
]
