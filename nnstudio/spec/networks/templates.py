"""Whole networks to begin with: what each is for, what data it fits, and its rows for the data that there are."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from nnstudio.spec.errors import SpecError
from nnstudio.spec.facts import Shape
from nnstudio.spec.layers import GRU, LSTM
from nnstudio.spec.model import Row
from nnstudio.spec.networks import dense, pictures, sequences
from nnstudio.spec.networks.readings import Reading, as_indices, as_numbers, as_picture, as_sequence
from nnstudio.spec.networks.tabular import tabular
from nnstudio.spec.networks.template import CLASSES, USUAL_RATE, NetworkTemplate, Wanted
from nnstudio.spec.tasks import Task

TABLES, PICTURES, KNOWN = "Rows of a table", "Pictures", "Pictures: networks from papers"
SEQUENCES, UNLABELLED = "Sequences", "Without an answer to learn"


def _of_picture(
    key: str,
    title: str,
    about: str,
    make: Callable[[Shape, int], tuple[Row, ...]],
    *,
    smallest: int = 4,
    fastest: float = USUAL_RATE,
    group: str = PICTURES,
) -> NetworkTemplate:
    def made(reading: Reading, wanted: Wanted) -> tuple[Row, ...]:
        return make(reading.shape, wanted.outputs)

    return NetworkTemplate(
        key, title, about, group, "convolution", as_picture, made, smallest=smallest, fastest=fastest
    )


_from_paper = partial(_of_picture, smallest=8, fastest=0.001, group=KNOWN)


def _linear(reading: Reading, wanted: Wanted) -> tuple[Row, ...]:
    return dense.linear(reading.shape, wanted.outputs)


def _mlp(reading: Reading, wanted: Wanted) -> tuple[Row, ...]:
    return dense.mlp(reading.shape, dense.widths_for(wanted.rows), wanted.outputs)


def _autoencoder(reading: Reading, wanted: Wanted) -> tuple[Row, ...]:
    return dense.autoencoder(reading.shape, wanted.outputs)


def _tabular(reading: Reading, wanted: Wanted) -> tuple[Row, ...]:
    return tabular(reading.parts, dense.widths_for(wanted.rows), wanted.outputs)


def _recurrent(kind: type[LSTM | GRU], reading: Reading, wanted: Wanted) -> tuple[Row, ...]:
    del reading
    return sequences.recurrent(kind, wanted.outputs)


def _transformer(reading: Reading, wanted: Wanted) -> tuple[Row, ...]:
    del reading
    return sequences.transformer(wanted.outputs)


LOGISTIC = NetworkTemplate(
    "logistic_regression",
    "Logistic regression",
    "One linear layer, whose scores become the probabilities of the classes: the baseline to beat.",
    TABLES,
    "linear",
    as_numbers,
    _linear,
    CLASSES,
)
LINEAR = NetworkTemplate(
    "linear_regression",
    "Linear regression",
    "One linear layer: the answer is a weighted sum of the inputs. The baseline to beat.",
    TABLES,
    "linear",
    as_numbers,
    _linear,
    frozenset({Task.REGRESSION}),
)
MLP = NetworkTemplate(
    "mlp",
    "Multi-layer perceptron (MLP)",
    "Two hidden layers with ReLU, as wide as the number of training rows can fill.",
    TABLES,
    "linear",
    as_numbers,
    _mlp,
)
TABULAR = NetworkTemplate(
    "tabular",
    "Table with embeddings",
    "Learns a vector for each category, puts the numbers beside them, and goes on as an MLP.",
    TABLES,
    "embedding",
    as_indices,
    _tabular,
)
SMALL_CNN = _of_picture(
    "small_cnn",
    "Small CNN",
    "Two convolutions with pooling: where to begin with small pictures.",
    pictures.small_cnn,
    smallest=1,
)
AUTOENCODER = NetworkTemplate(
    "autoencoder",
    "Autoencoder",
    "Squeezes its input through a narrow bottleneck and gives it back: what is unusual comes back badly.",
    UNLABELLED,
    "linear",
    as_numbers,
    _autoencoder,
    frozenset({Task.RECONSTRUCTION}),
)

NETWORK_TEMPLATES = (
    LOGISTIC,
    LINEAR,
    MLP,
    TABULAR,
    SMALL_CNN,
    _of_picture(
        "lenet", "LeNet-5", "The network that read cheques in 1998: large windows, tanh, few weights.", pictures.lenet
    ),
    _of_picture(
        "vgg_like",
        "VGG-like CNN",
        "Six small convolutions with batch norm, ever wider as the picture gets smaller.",
        pictures.vgg_like,
    ),
    _from_paper(
        "resnet18",
        "ResNet-18",
        "Residual blocks of two convolutions with a way around them: deep, and yet it learns.",
        pictures.resnet_for(18),
    ),
    _from_paper("resnet34", "ResNet-34", "ResNet-18 with twice as many blocks.", pictures.resnet_for(34)),
    _from_paper(
        "resnet50",
        "ResNet-50",
        "Residual bottlenecks of three convolutions: 23 million weights, for many pictures.",
        pictures.resnet_for(50),
    ),
    _from_paper(
        "squeezenet",
        "SqueezeNet 1.1",
        "Fire modules squeeze channels before every wide window: as good as AlexNet with a fiftieth of its weights.",
        pictures.squeezenet_for,
        fastest=0.0003,
    ),
    _from_paper(
        "mobilenet_v2",
        "MobileNet V2",
        "Inverted residual blocks with a window for each channel: made for phones.",
        pictures.mobilenet_v2_for,
    ),
    _from_paper(
        "mobilenet_v3_small",
        "MobileNet V3 small",
        "MobileNet V2, made smaller by search, with channels that are weighed by the whole picture.",
        pictures.mobilenet_v3_for,
    ),
    NetworkTemplate(
        "lstm",
        "LSTM",
        "Reads step by step and answers from what it remembers at the end.",
        SEQUENCES,
        "recurrent",
        as_sequence,
        partial(_recurrent, LSTM),
    ),
    NetworkTemplate(
        "gru",
        "GRU",
        "Like the LSTM, with fewer gates: often as good, and faster.",
        SEQUENCES,
        "recurrent",
        as_sequence,
        partial(_recurrent, GRU),
    ),
    NetworkTemplate(
        "transformer",
        "Transformer encoder",
        "Lets every step look at every other in two encoder layers, and answers from their mean.",
        SEQUENCES,
        "attention",
        as_sequence,
        _transformer,
        fastest=0.001,
    ),
    AUTOENCODER,
)
"""In the order in which they are listed, group by group."""


def network_template(key: str) -> NetworkTemplate:
    """The template of that key; raises `SpecError`, naming those that there are."""
    for template in NETWORK_TEMPLATES:
        if template.key == key:
            return template
    keys = ", ".join(template.key for template in NETWORK_TEMPLATES)
    raise SpecError(f"There is no template called “{key}”.", f"There are {keys}.")
