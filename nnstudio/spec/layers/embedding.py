"""Layers that give every whole number a row of weights of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from nnstudio.spec.calls import Call
from nnstudio.spec.errors import ShapeError
from nnstudio.spec.layers.base import LayerKind, Shape, layer, size
from nnstudio.spec.params import Param

_ENTRIES = Param(
    "Entries", "Different numbers that occur, 0 among them: as many rows the table has.", low=1, high=10_000_000
)
_WIDTH = Param("Width", "Numbers that stand for each entry.", low=1, high=65_536, usual=(4, 64), log=True)


def _need_indices(shape: Shape, title: str) -> None:
    if len(shape) != 1:
        raise ShapeError(
            f"{title} needs a row of whole numbers, but gets {size(shape)}.",
            "Each number is looked up in a table.",
            "Use it first, on columns that are encoded as an index.",
        )


@dataclass(frozen=True, slots=True)
class Lookup(LayerKind, family="embedding"):
    """What looks rows of weights up: nothing is multiplied.

    What goes wrong: a number beyond the last entry has no row, and training ends with an error; entries that are
    rare in the training rows stay near their random start.
    """

    num_embeddings: Annotated[int, _ENTRIES] = 100
    embedding_dim: Annotated[int, _WIDTH] = 16

    def parameters(self, shape: Shape) -> Mapping[str, Shape]:
        del shape
        return {"weight": (self.num_embeddings, self.embedding_dim)}

    def multiply_adds(self, shape: Shape) -> int:
        del shape
        return 0

    def summary(self) -> str:
        return f"{self.num_embeddings:,} entries · width {self.embedding_dim}"


@layer("embedding", "Embedding")
@dataclass(frozen=True, slots=True)
class Embedding(Lookup):
    """Looks each whole number up in a learned table: categories and words become vectors.

    y[t] = row x[t] of the table: a whole number is exchanged for a vector. The same as a one-hot row times a weight
    matrix, without the multiplications.

    Shapes: a row of L whole numbers goes in, L × width comes out. Parameters: entries · width, a vector for each
    entry, learned like any weight.

    Use it first, for categories with many values and for words (token sequences), with a width far below the number
    of entries: around the fourth root of it, up to some hundreds for words. Entries that are used alike come to
    have similar vectors.
    """

    def out_shape(self, shape: Shape) -> Shape:
        _need_indices(shape, self.title)
        return shape[0], self.embedding_dim

    def call(self, shape: Shape) -> Call:
        del shape
        return Call("Embedding", (self.num_embeddings, self.embedding_dim))


_JOIN = Param("Join by", "How the vectors of all numbers become one.", labels=("Mean", "Sum", "Largest"))


@layer("embedding_bag", "Embedding bag")
@dataclass(frozen=True, slots=True)
class EmbeddingBag(Lookup):
    """Looks each whole number up in a learned table and joins the vectors: which words occur, not in which order.

    y = the mean (or sum, or largest) of the rows x[1], …, x[L] of the table: a whole text as one vector.

    Shapes: a row of L whole numbers goes in, one row of as many numbers as the width comes out, however long L is.
    Parameters: entries · width.

    Use it to classify short texts or sets of categories quickly; the order is lost. Where it matters use an
    embedding with a recurrent or a transformer layer behind it.
    """

    mode: Annotated[Literal["mean", "sum", "max"], _JOIN] = "mean"

    def out_shape(self, shape: Shape) -> Shape:
        _need_indices(shape, self.title)
        return (self.embedding_dim,)

    def call(self, shape: Shape) -> Call:
        del shape
        mode = {} if self.mode == "mean" else {"mode": self.mode}
        return Call("EmbeddingBag", (self.num_embeddings, self.embedding_dim), mode)
