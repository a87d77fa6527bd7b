"""Edits of the stack of layers, each with the loss that follows from the last one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from nnstudio.session.edits.training import follow_loss, set_loss
from nnstudio.spec import nesting
from nnstudio.spec.errors import SpecError
from nnstudio.spec.facts import DataFacts
from nnstudio.spec.initialisations import Default, Initialisation
from nnstudio.spec.layers import Block, Flatten, LayerKind, Linear
from nnstudio.spec.losses import Loss, suggest_loss
from nnstudio.spec.model import Model, Path, Row, Weights, new_identity, new_row, paths
from nnstudio.spec.project import Project


def add_layer(project: Project, kind: LayerKind, path: Path | int | None = None) -> tuple[Project, str]:
    """Put a layer in at ``path`` (the end, when None); gives the project and the new row's identity."""
    row = new_row(kind)
    return add_rows(project, [row], path), row.id


def add_rows(project: Project, rows: Sequence[Row], path: Path | int | None = None) -> Project:
    """Put rows in at ``path``: in front of what is there now, or at the end when it is None."""
    at = len(project.model.rows) if path is None else path
    return with_rows(project, nesting.inserted(project.model.rows, (at,) if isinstance(at, int) else at, rows))


def remove_layers(project: Project, row_ids: Collection[str]) -> Project:
    """Take rows out, and all that they hold."""
    return with_rows(project, nesting.without(project.model.rows, row_ids))


def duplicate_layer(project: Project, row_id: str) -> tuple[Project, str]:
    """Put an unlocked copy behind a row, of all that it holds too; gives the project and the copy's identity."""
    *around, place = project.model.path(row_id)
    copy = copy_of(project.model.row(row_id))
    return add_rows(project, [copy], (*around, place + 1)), copy.id


def copy_of(row: Row) -> Row:
    """An unlocked copy with identities of its own."""
    return nesting.copied(row, new_identity)


def move_layers(project: Project, row_ids: Collection[str], path: Path) -> Project:
    """Gather rows in front of what is at ``path`` now; where that is in one of them, all stays."""
    return with_rows(project, nesting.moved(project.model.rows, row_ids, path))


def nudge_layers(project: Project, row_ids: Collection[str], down: bool, closed: Collection[str] = ()) -> Project:
    """Gather rows one place further down or up, into and out of blocks that are not ``closed``."""
    return with_rows(project, nesting.nudged(project.model.rows, row_ids, down, closed))


def add_branch(project: Project, row_id: str, branch: int | None = None) -> Project:
    """Put an empty branch into a block, in front of ``branch`` or at the end; raises `SpecError` when it is full."""
    row = project.model.row(row_id)
    place = len(row.branches) if branch is None else branch
    return _with_row(project, replace(row, branches=(*row.branches[:place], (), *row.branches[place:])))


def remove_branch(project: Project, row_id: str, branch: int) -> Project:
    """Take a branch out of a block, with all that it holds; the last one is emptied."""
    row = project.model.row(row_id)
    rest = (*row.branches[:branch], *row.branches[branch + 1 :])
    return _with_row(project, replace(row, branches=rest or ((),)))


def change_layer(project: Project, row_id: str, kind: LayerKind) -> Project:
    """Give a row other settings, or another kind: then it is no guess any more.

    Locks of parameters that it no longer has fall away with the kind.
    """
    row = project.model.row(row_id)
    locks = row.locked_parameters if type(kind) is type(row.kind) else ()
    most = kind.most if isinstance(kind, Block) else 0
    branches = row.branches if len(row.branches) <= most else (sum(row.branches, ()),) * bool(most)
    return _with_row(project, replace(row, kind=kind, locked_parameters=locks, branches=branches, guess=""))


def initialise_layer(project: Project, row_id: str, initialisation: Initialisation) -> Project:
    """Say what the weights of a layer start with."""
    given = None if isinstance(initialisation, Default) else initialisation
    return _with_row(project, replace(project.model.row(row_id), initialisation=given))


def accept_guesses(project: Project, row_ids: Collection[str]) -> Project:
    """Take rows that were proposed as they are: they are no guesses any more."""

    def accepted(row: Row) -> Row:
        return replace(row, guess="") if row.id in row_ids else row

    return with_rows(project, nesting.mapped(project.model.rows, accepted))


def rename_layer(project: Project, row_id: str, name: str) -> Project:
    return _with_row(project, replace(project.model.row(row_id), name=name.strip()))


def lock_layer(project: Project, row_id: str, locked: bool) -> Project:
    """Keep all tensors of a layer as they are while training, or let them go."""
    row = project.model.row(row_id)
    return _with_row(project, replace(row, locked=locked, locked_parameters=(), thaw=row.thaw if locked else 0))


def lock_parameter(project: Project, row_id: str, parameter: str, locked: bool) -> Project:
    """Keep a single parameter (``weight``) as it is while training, or let it go."""
    row = project.model.row(row_id)
    others = tuple(name for name in row.locked_parameters if name != parameter)
    return _with_row(project, replace(row, locked_parameters=(*others, parameter) if locked else others))


def start_from(project: Project, weights: Weights | None) -> Project:
    """Let training start from one weights file, or from fresh weights; also of layers that came with their own."""
    return replace(project, model=replace(project.model, start=weights, grafts=()))


def with_rows(project: Project, rows: Sequence[Row]) -> Project:
    """The same project with other rows; the loss follows the last layer unless the user chose another.

    Raises `SpecError` where blocks would stand in each other deeper than a project file can hold.
    """
    if nesting.depth(tuple(rows)) > nesting.DEEPEST:
        raise SpecError(
            f"Blocks can stand in each other {nesting.DEEPEST} levels deep, and no deeper.",
            "A project that is nested deeper could not be opened again.",
            "Put the layers in further out, or take a block away around them.",
        )
    grafts = _needed(project.model.grafts, rows)
    return follow_loss(project, replace(project, model=replace(project.model, rows=tuple(rows), grafts=grafts)))


def _needed(grafts: tuple[Weights, ...], rows: Sequence[Row]) -> tuple[Weights, ...]:
    """The files of layers that are still there."""
    if not grafts:
        return ()
    there = {row.id for _, row in paths(tuple(rows))}
    return tuple(graft for graft in grafts if any(pair.row in there for pair in graft.pairs))


def _with_row(project: Project, changed: Row) -> Project:
    return with_rows(project, nesting.replaced(project.model.rows, changed.id, [changed]))


def use_network(project: Project, model: Model, loss: Loss) -> Project:
    """Replace the whole stack, with the loss that belongs to it."""
    return set_loss(replace(project, model=model), loss)


def fit_output(project: Project, facts: DataFacts) -> Project:
    """Give the last linear layer as many outputs as the target needs, and the loss that the task needs."""
    fitting = _fit_loss(project, facts)
    wanted = fitting.training.loss.outputs(len(facts.classes), facts.answers)
    for row in reversed(project.model.rows):
        if isinstance(row.kind, Linear):
            return _with_row(fitting, replace(row, kind=replace(row.kind, out_features=wanted)))
    return fitting


def add_output(project: Project, facts: DataFacts, *, flatten: bool) -> Project:
    """Put a linear layer at the end that gives what the target needs, behind a Flatten where that is wanted."""
    fitting = _fit_loss(project, facts)
    loss = fitting.training.loss
    kinds = [*([Flatten()] if flatten else []), Linear(loss.outputs(len(facts.classes), facts.answers))]
    return set_loss(add_rows(fitting, [new_row(kind) for kind in kinds]), loss)


def _fit_loss(project: Project, facts: DataFacts) -> Project:
    """The same project with a loss for the task."""
    if facts.task in project.training.loss.tasks:
        return project
    rows = project.model.rows
    return set_loss(project, suggest_loss(facts.task, rows[-1].kind if rows else None, None))
