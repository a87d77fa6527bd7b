"""A network as a stack of rows, which may nest, and where its weights start."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from nnstudio.spec.errors import SpecError
from nnstudio.spec.initialisations import Initialisation
from nnstudio.spec.layers import LayerKind
from nnstudio.spec.layers.nesting import Block, Repeat
from nnstudio.spec.params import Field, Param

Path = tuple[int, ...]
"""Where a row is: its place in the stack, then for each level the branch and the place in it: ``(2,)``, ``(2, 0, 1)``.

A path of even length is that of a branch: ``(2, 0)`` is the first one of the third row.
"""


MatchBy = Literal["name", "order", "hand"]

RATE = Field(
    "rate",
    float,
    1.0,
    Param("Rate factor", "Times the learning rate: 0.1 lets the layer learn ten times slower.", above=0, high=1_000),
)
THAW = Field(
    "thaw",
    int,
    0,
    Param("Trains from epoch", "A locked layer begins to train in this epoch; 0 keeps it locked.", low=0, high=10**6),
)

NAME = Field("name", str, "", Param("Name", "What the row is called here; empty means its kind."))
KIND = Param("Kind", "Others of the same family; settings that both have stay.")
LOCKED = Field(
    "locked",
    bool,
    False,
    Param(
        "Locked", "Locked tensors stay as they are, bit for bit, while the rest trains; running statistics included."
    ),
)
MATCH = Field(
    "by",
    str,
    "name",
    Param(
        "Match",
        "By name: PyTorch’s names, or those of the layers. By order: the same shapes in the same sequence.",
        labels=("by name", "by order", "by hand alone"),
    ),
    get_args(MatchBy),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One place in the stack: an identity that stays when rows move, around a kind of layer.

    ``locked`` keeps every tensor of the layer, running statistics included, and of all that a block holds, up to the
    epoch ``thaw`` where that is not 0; ``locked_parameters`` keeps single ones (``weight``). ``rate`` is a factor on
    the learning rate, also of all that a block holds. ``name`` is the user's own; empty means the kind's title.
    ``branches`` are the stacks that a block holds. ``guess`` says why the layer is proposed, where weights do not tell;
    what the user changes or accepts is no guess. ``initialisation`` says what fresh weights start with; None is
    PyTorch's default. Raises `SpecError` where a layer holds what it cannot.
    """

    id: str
    kind: LayerKind
    name: str = ""
    locked: bool = False
    locked_parameters: tuple[str, ...] = ()
    branches: tuple[tuple[Row, ...], ...] = ()
    guess: str = ""
    rate: float = 1.0
    thaw: int = 0
    initialisation: Initialisation | None = None

    def __post_init__(self) -> None:
        RATE.check(self.rate, self.kind.title)
        THAW.check(self.thaw, self.kind.title)
        most = self.kind.most if isinstance(self.kind, Block) else 0
        if len(self.branches) > most:
            holds = f"It holds at most {most}." if most else "It is no block that holds others."
            raise SpecError(f"{self.kind.title} cannot hold {len(self.branches)} stacks of layers.", holds)

    @property
    def title(self) -> str:
        """What the row is called in the window."""
        return self.name or self.kind.title

    @property
    def is_block(self) -> bool:
        """Whether other rows stand in this one."""
        return isinstance(self.kind, Block)


def new_row(kind: LayerKind, name: str = "") -> Row:
    """A row with an identity of its own; a block has as many empty stacks as is usual."""
    return Row(new_identity(), kind, name, branches=((),) * (kind.usual if isinstance(kind, Block) else 0))


def new_identity() -> str:
    """What tells a new row from all others."""
    return uuid.uuid4().hex[:12]


def block(kind: Block, *stacks: Sequence[Row | LayerKind], name: str = "") -> Row:
    """A new block that holds ``stacks``; what is no row yet becomes one."""
    return replace(new_row(kind, name), branches=tuple(map(stack, stacks)))


def stack(kinds: Sequence[Row | LayerKind]) -> tuple[Row, ...]:
    """New rows of these kinds, beside rows that are there already."""
    return tuple(new_row(kind) if isinstance(kind, LayerKind) else kind for kind in kinds)


@dataclass(frozen=True, slots=True)
class Pair:
    """A tensor of the network that was given one of a weights file by hand; without a ``source`` it starts fresh.

    ``tensor`` is its name in the layer (``weight``). Where that is empty the pair is about all tensors of the row, and
    ``source`` is what stands before their names in the file: ``layer1.0.conv1``. A row that is repeated has a pair for
    each ``repetition``.
    """

    row: str
    tensor: str
    source: str
    repetition: int = 0


@dataclass(frozen=True, slots=True)
class Weights:
    """A weights file to start from; ``sha256`` is that of its bytes.

    ``by`` says how its tensors find their places (by ``hand``: only those in ``pairs``); ``pairs`` come before that.
    """

    path: str
    sha256: str
    by: MatchBy = "name"
    pairs: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True)
class Model:
    """The layers in the order in which the data passes them; ``start`` is None for fresh weights.

    ``grafts`` are the files of layers that were put in with their weights: each has pairs for these rows, and they come
    before what ``start`` would give them.
    """

    rows: tuple[Row, ...] = ()
    start: Weights | None = None
    grafts: tuple[Weights, ...] = ()

    @property
    def starts(self) -> tuple[Weights, ...]:
        """Every weights file that training starts from."""
        return self.grafts if self.start is None else (self.start, *self.grafts)

    def row(self, row_id: str) -> Row:
        """The row of that identity, wherever it stands; raises KeyError."""
        return self._found(row_id)[1]

    def path(self, row_id: str) -> Path:
        """Where that row is; raises KeyError."""
        return self._found(row_id)[0]

    def index(self, row_id: str) -> int:
        """The place in the outermost stack of that row, or of the block that it is in; raises KeyError."""
        return self.path(row_id)[0]

    def _found(self, row_id: str) -> tuple[Path, Row]:
        for path, row in paths(self.rows):
            if row.id == row_id:
                return path, row
        raise KeyError(row_id)

    def numbered(self) -> Iterator[tuple[str, Row]]:
        """Each row with the prefix of its tensors in the ``state_dict``: ``0`` gives ``0.weight``.

        In a block follow the number of the branch (of the repetition, in a `Repeat`) and that of the layer in it:
        ``2.0.1`` gives ``2.0.1.weight``. A row that is repeated comes once for each repetition.
        """
        return _numbered(self.rows, "")

    def once(self) -> Iterator[tuple[str, Row]]:
        """The same, but one that is repeated comes once, with its first prefix."""
        met: set[str] = set()
        for prefix, row in self.numbered():
            if row.id not in met:
                met.add(row.id)
                yield prefix, row

    def leaves(self) -> Iterator[tuple[str, Row]]:
        """The same without blocks: each row is a layer."""
        return ((prefix, row) for prefix, row in self.numbered() if not row.is_block)


def _numbered(rows: tuple[Row, ...], prefix: str) -> Iterator[tuple[str, Row]]:
    for place, row in enumerate(rows):
        here = f"{prefix}{place}"
        yield here, row
        branches = row.branches * row.kind.count if isinstance(row.kind, Repeat) else row.branches
        for number, branch in enumerate(branches):
            yield from _numbered(branch, f"{here}.{number}.")


def paths(rows: tuple[Row, ...], before: Path = ()) -> Iterator[tuple[Path, Row]]:
    """Every row at every depth with its path, in the order in which they are listed."""
    for place, row in enumerate(rows):
        here = (*before, place)
        yield here, row
        for number, branch in enumerate(row.branches):
            yield from paths(branch, (*here, number))
