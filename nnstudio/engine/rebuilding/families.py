"""Networks that are known from papers, told by the names and shapes of their tensors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice

from nnstudio.engine.rebuilding.candidates import Candidate, Family, first
from nnstudio.engine.rebuilding.convolutional import CONVOLUTIONAL
from nnstudio.engine.rebuilding.transformers import TRANSFORMERS
from nnstudio.engine.rebuilding.units import COUNTER, Shapes
from nnstudio.spec.errors import SpecError
from nnstudio.spec.layers import Shape
from nnstudio.spec.model import Model, Row
from nnstudio.spec.naming import name_in_file
from nnstudio.spec.nesting import mapped
from nnstudio.spec.shapes import walk

MOST_PREFIXES = 8
"""Networks beside each other in one file that are looked for."""

COMPUTED = (".relative_position_index", ".relative_coords_table")
"""What some networks save and layers here compute: which places of a window are how far apart."""

FAMILIES = (*CONVOLUTIONAL, *TRANSFORMERS)


@dataclass(frozen=True, slots=True)
class Known:
    """A network that was found; ``rest`` are tensors without a place in it, ``headless`` says that it has no end."""

    title: str
    rows: tuple[Row, ...]
    input_shape: Shape
    rest: tuple[str, ...]
    headless: bool


def known(shapes: Shapes) -> Known | None:
    """The network of a known family in a file with tensors of these names and shapes, also below a prefix."""
    for family in FAMILIES:
        mark = next(iter(family.marks))
        named = (name for name in shapes if name == mark or name.endswith(f".{mark}"))
        for name in islice(named, MOST_PREFIXES):
            if found := _below(shapes, name.removesuffix(mark), family):
                return found
    return None


def _below(shapes: Shapes, prefix: str, family: Family) -> Known | None:
    """The member of ``family`` whose tensors all begin with ``prefix``."""
    here = {name.removeprefix(prefix): shape for name, shape in shapes.items() if name.startswith(prefix)}
    if any(len(here.get(mark, ())) != sides for mark, sides in family.marks.items()):
        return None
    channels = here[next(iter(family.marks))][1]
    for candidate in family.members(here):
        shape = (channels, candidate.side, candidate.side)
        for classes in dict.fromkeys((first(here, family.head), None)):
            if rows := _fitting(candidate, classes, shape, here):
                mine = {prefix + name for name in tensors_of(rows, shape)}
                rest = tuple(name for name in shapes if name not in mine and not name.endswith(COMPUTED))
                return Known(candidate.title, _prefixed(rows, prefix), shape, rest, classes is None)
    return None


def _fitting(candidate: Candidate, classes: int | None, shape: Shape, here: Shapes) -> tuple[Row, ...]:
    """The rows of a candidate, where every tensor that they need is there."""
    try:
        rows = candidate.rows(classes)
    except SpecError:  # more classes than a layer can have, or none
        return ()
    wanted = tensors_of(rows, shape)
    fits = all(here.get(name) == size for name, size in wanted.items() if not name.endswith(COUNTER))
    return rows if wanted and fits else ()


def tensors_of(rows: tuple[Row, ...], shape: Shape) -> Shapes:
    """The tensors of rows by their rows' names; none where they cannot take an example of ``shape``."""
    walked = walk(Model(rows), shape)
    if walked.problem:
        return {}
    return {
        name_in_file(leaf.row.name, name): size
        for leaf in walked.leaves()
        for name, size in (*leaf.parameters.items(), *leaf.buffers.items())
    }


def _prefixed(rows: tuple[Row, ...], prefix: str) -> tuple[Row, ...]:
    return mapped(rows, lambda row: replace(row, name=prefix + row.name)) if prefix else rows
