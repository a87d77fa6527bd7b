"""The stacks of a network as the data passes them, for those who look at neighbours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nnstudio.session import edits
from nnstudio.session.finding import Fix
from nnstudio.spec.layers import LayerKind
from nnstudio.spec.project import Project
from nnstudio.spec.shapes import Step

REARRANGING = "reshaping"
DROPPING = "regularisation"


def stacks(steps: Sequence[Step]) -> Iterator[Sequence[Step]]:
    """Every stack at every depth; one that is repeated comes twice in a row, so that its ends meet."""
    yield steps
    for step in steps:
        if step.is_repeat and step.inner:
            yield from _repeated(step)
        else:
            for inner in step.inner:
                yield from stacks(inner)


def _repeated(block: Step) -> Iterator[Sequence[Step]]:
    first, *rest = stacks(block.inner[0])
    yield (*first, *block.inner[1]) if len(block.inner) > 1 else first
    yield from rest


def has_matrix(step: Step) -> bool:
    """Whether a layer has weights that mix its inputs: a tensor of two sides and more."""
    return any(len(shape) > 1 for shape in step.parameters.values())


def change(title: str, row_id: str, kind: LayerKind) -> Fix:
    """The remedy of giving a row other settings."""
    return Fix(title, lambda project: edits.change_layer(project, row_id, kind))


def insert_before(row_id: str, kind: LayerKind) -> Fix:
    """The remedy of putting a layer in before a row."""
    return Fix(f"Add {kind.title}", lambda project: edits.add_layer(project, kind, project.model.path(row_id))[0])


def insert_behind(row_id: str, kind: LayerKind) -> Fix:
    """The remedy of putting a layer in behind a row."""

    def insert(project: Project) -> Project:
        *around, place = project.model.path(row_id)
        return edits.add_layer(project, kind, (*around, place + 1))[0]

    return Fix(f"Add {kind.title}", insert)


def remove(title: str, row_id: str) -> Fix:
    """The remedy of taking a row out."""
    return Fix(title, lambda project: edits.remove_layers(project, {row_id}))
