"""What can be done to a project: pure verbs, each from a project to the next."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any

from nnstudio.data.suggest import default_spec
from nnstudio.session.agreement import on_file, with_layout, with_roles, with_split
from nnstudio.spec import nesting
from nnstudio.spec.columns import Column, ColumnEncoding, Kind, Role
from nnstudio.spec.data import Batches, DataSpec
from nnstudio.spec.errors import DataError, SpecError
from nnstudio.spec.facts import DataFacts, SourceFacts
from nnstudio.spec.initialisations import Default, Initialisation
from nnstudio.spec.layers import Block, Flatten, LayerKind, Linear
from nnstudio.spec.layouts import Layout
from nnstudio.spec.losses import Loss, suggest_loss
from nnstudio.spec.model import Model, Path, Row, Weights, new_identity, new_row, paths
from nnstudio.spec.optimizers import Optimizer
from nnstudio.spec.project import Project
from nnstudio.spec.sources import Source
from nnstudio.spec.splits import Split
from nnstudio.spec.tasks import Task
from nnstudio.spec.training import Training

# the stack


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


# the data


def open_source(project: Project, found: SourceFacts) -> Project:
    """Use what was found in a file: its columns as they seem to be meant, dealt out by the default split."""
    return set_data(project, default_spec(found))


def set_data(project: Project, data: DataSpec) -> Project:
    return follow_loss(project, replace(project, data=data))


def set_target(project: Project, found: SourceFacts, name: str) -> Project:
    """Predict the column ``name``, by the task that it suggests; the column that was predicted becomes a feature.

    Raises `DataError` when there is no such column.
    """
    return _predict(project, (name,), found.column(name).suggested_task)


def set_targets(project: Project, found: SourceFacts, names: Collection[str]) -> Project:
    """Predict several columns of numbers at once, by regression; one alone is predicted by the task that it suggests.

    Those that were predicted become features. Raises `DataError` when a column is missing, or is not of numbers.
    """
    chosen = [found.column(name) for name in names]
    if len(chosen) == 1:
        return set_target(project, found, chosen[0].name)
    for profile in chosen:
        if not profile.is_numeric:
            raise DataError(
                "Only numbers can be predicted together.",
                f"“{profile.name}” does not hold numbers.",
                "Choose columns of numbers, or one column alone.",
            )
    return _predict(project, names, Task.REGRESSION if chosen else data_of(project).task)


def _predict(project: Project, names: Collection[str], task: Task) -> Project:
    data = data_of(project)

    def role(column: Column) -> Role:
        if column.name in names:
            return Role.TARGET
        return Role.FEATURE if column.role is Role.TARGET else column.role

    columns = tuple(replace(column, role=role(column)) for column in data.columns)
    return set_data(project, replace(data, columns=columns, task=task))


def set_used(project: Project, names: Collection[str], used: bool) -> Project:
    """Let the network see some columns, or not; the target stays the target."""
    targets = {column.name for column in data_of(project).targets}
    return set_role(project, set(names) - targets, Role.FEATURE if used else Role.IGNORE)


def set_role(project: Project, names: Collection[str], role: Role) -> Project:
    """Use some columns for ``role``; only one at a time is the group or the weight: the one before is ignored then.

    The task stays: `set_target` and `set_targets` choose it, too.
    """
    return set_data(project, with_roles(data_of(project), names, role))


def set_kind(project: Project, names: Collection[str], kind: Kind) -> Project:
    """Say how the values of some columns are to be understood."""
    return _with_columns(project, names, lambda column: replace(column, kind=kind))


def set_encoding(project: Project, names: Collection[str], encoding: ColumnEncoding | None) -> Project:
    """Say how some columns become numbers, where their kind allows it; None is the usual way of each kind."""

    def changed(column: Column) -> Column:
        fits = encoding is None or column.kind in encoding.kinds
        return replace(column, encoding=encoding) if fits else column

    return _with_columns(project, names, changed)


def _with_columns(project: Project, names: Collection[str], change: Callable[[Column], Column]) -> Project:
    data = data_of(project)
    columns = tuple(change(column) if column.name in names else column for column in data.columns)
    return set_data(project, replace(data, columns=columns))


def set_task(project: Project, task: Task) -> Project:
    """Ask another question; of several targets only a regression keeps more than the first."""
    data = data_of(project)
    if task.is_classification and len(data.targets) > 1:
        data = with_roles(data, {column.name for column in data.targets[1:]}, Role.FEATURE)
    return set_data(project, replace(data, task=task))


def set_split(project: Project, split: Split) -> Project:
    """Deal the rows out otherwise; a column that says which row is for what is no feature any more."""
    return set_data(project, with_split(data_of(project), split))


def set_layout(project: Project, layout: Layout) -> Project:
    """Make examples of the rows otherwise; windows over rows need a split by time, where it was random."""
    return set_data(project, with_layout(data_of(project), layout))


def keep_repeats(project: Project, kept: bool) -> Project:
    """Let rows count that are the same as an earlier one, or leave them out."""
    return set_data(project, replace(data_of(project), keep_repeats=kept))


def set_source(project: Project, source: Source) -> Project:
    """Read the data otherwise, or from elsewhere; what the columns are for stays."""
    return set_data(project, replace(data_of(project), source=source))


def relocate(project: Project, path: str) -> Project:
    """The file was moved to ``path``; all else stays."""
    source: Any = data_of(project).source  # every kind of source is a dataclass with a path
    return set_source(project, replace(source, path=path))


def accept_file(project: Project, found: SourceFacts) -> Project:
    """Go on with the file as it is now: columns that went are gone, and new ones are ignored."""
    return set_data(project, on_file(data_of(project), found))


def set_batches(project: Project, batches: Batches) -> Project:
    return set_data(project, replace(data_of(project), batches=batches))


def data_of(project: Project) -> DataSpec:
    """The data of a project that has some; asking one that has none is a defect of the caller."""
    if project.data is None:
        raise ValueError("this project has no data yet")
    return project.data


# training


def set_training(project: Project, training: Training) -> Project:
    return replace(project, training=training)


def set_loss(project: Project, loss: Loss) -> Project:
    return replace(project, training=replace(project.training, loss=loss))


def set_optimizer(project: Project, optimizer: Optimizer) -> Project:
    """Choose an optimiser; the learning rate and weight decay start at that optimiser's defaults."""
    return replace(project, training=replace(project.training, optimizer=optimizer))


# what follows from an edit


def follow_loss(before: Project, after: Project) -> Project:
    """Let the loss follow the task and the last layer, unless it was chosen otherwise before the edit."""
    old, new = _suggested_loss(before), _suggested_loss(after)
    fits = after.data is None or after.data.task in after.training.loss.tasks
    return after if fits and before.training.loss != old else set_loss(after, new)


def _suggested_loss(project: Project) -> Loss:
    """The loss that follows from the task and the last layer; without data, that of a new project."""
    if project.data is None:
        return Training().loss
    rows = project.model.rows
    widths = [row.kind.out_features for row in rows if isinstance(row.kind, Linear)]
    return suggest_loss(project.data.task, rows[-1].kind if rows else None, widths[-1] if widths else None)


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


def use_network(project: Project, model: Model, loss: Loss) -> Project:
    """Replace the whole stack, with the loss that belongs to it."""
    return set_loss(replace(project, model=model), loss)
