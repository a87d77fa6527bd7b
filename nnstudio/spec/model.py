"""A network as a stack of rows, and where its weights start."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nnstudio.spec.layers import LayerKind


@dataclass(frozen=True, slots=True)
class Row:
    """One place in the stack: an identity that stays when rows move, around a kind of layer.

    ``locked`` keeps every tensor of the layer, running statistics included; ``locked_parameters`` keeps single ones
    (``weight``). ``name`` is the user's own; empty means the kind's title.
    """

    id: str
    kind: LayerKind
    name: str = ""
    locked: bool = False
    locked_parameters: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What the row is called in the window."""
        return self.name or self.kind.title


@dataclass(frozen=True, slots=True)
class Weights:
    """A weights file to start from; ``sha256`` is that of its bytes."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Model:
    """The layers in the order in which the data passes them; ``start`` is None for fresh weights."""

    rows: tuple[Row, ...] = ()
    start: Weights | None = None

    def row(self, row_id: str) -> Row:
        """The row of that identity; raises KeyError."""
        return self.rows[self.index(row_id)]

    def index(self, row_id: str) -> int:
        """The place of that row, which is also its name in PyTorch's ``state_dict``; raises KeyError."""
        for index, row in enumerate(self.rows):
            if row.id == row_id:
                return index
        raise KeyError(row_id)

    def numbered(self) -> Iterator[tuple[str, Row]]:
        """Each row with the prefix of its tensors in the ``state_dict``: ``0`` gives ``0.weight``."""
        return ((str(index), row) for index, row in enumerate(self.rows))
