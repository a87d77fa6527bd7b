"""The kinds of layer, one file a family; a new kind is a new class in one of them."""

from nnstudio.spec.layers.activation import LeakyReLU, LogSoftmax, ReLU, Sigmoid, Softmax, Tanh
from nnstudio.spec.layers.base import LAYERS, LayerKind, Shape
from nnstudio.spec.layers.convolution import Conv2d
from nnstudio.spec.layers.linear import Linear
from nnstudio.spec.layers.normalisation import BatchNorm1d, BatchNorm2d
from nnstudio.spec.layers.pooling import AvgPool2d, MaxPool2d
from nnstudio.spec.layers.regularisation import Dropout
from nnstudio.spec.layers.reshaping import Flatten

__all__ = [
    "LAYERS",
    "AvgPool2d",
    "BatchNorm1d",
    "BatchNorm2d",
    "Conv2d",
    "Dropout",
    "Flatten",
    "LayerKind",
    "LeakyReLU",
    "Linear",
    "LogSoftmax",
    "MaxPool2d",
    "ReLU",
    "Shape",
    "Sigmoid",
    "Softmax",
    "Tanh",
]
