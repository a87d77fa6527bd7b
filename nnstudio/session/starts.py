"""Verbs about the weights files that a network starts from: where their tensors go, and layers that bring their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from nnstudio.session.edits import add_rows, follow_loss
from nnstudio.spec.errors import ModelFileError, StudioError
from nnstudio.spec.events import ModelOpened
from nnstudio.spec.files import model_in
from nnstudio.spec.mapping import Line, Match, Place, Stored, mapping, places, prefixes
from nnstudio.spec.model import MatchBy, Model, Pair, Path, Row, Weights, new_identity, paths
from nnstudio.spec.nesting import copied
from nnstudio.spec.project import Project
from nnstudio.spec.shapes import Walk

Files = Mapping[str, ModelOpened | StudioError]
"""What was found in weights files, by their paths."""


# the table


def stored(opened: ModelOpened) -> Stored:
    """What of a file decides where its tensors go."""
    return Stored(opened.tensors, model_in(opened.project))


def table(model: Model, walked: Walk | None, files: Files) -> tuple[Line, ...] | None:
    """What becomes of every tensor; None while a file has not been looked into, or cannot be used."""
    found = [(start, files.get(start.path)) for start in model.starts]
    known = [(start, stored(file)) for start, file in found if isinstance(file, ModelOpened) and is_same(start, file)]
    if not known or len(known) < len(found):
        return None
    return mapping(model, places(walked) if walked else (), known)


def fits(project: Project, walked: Walk | None, files: Files) -> bool:
    """Whether any tensor of the network starts from a file."""
    lines = table(project.model, walked, files) or ()
    return any(line.match is Match.MATCHED for line in lines)


def is_same(start: Weights, file: ModelOpened) -> bool:
    """Whether a file is the one that was chosen."""
    return not start.sha256 or start.sha256 == file.sha256


def problem_of(model: Model, files: Files) -> StudioError | None:
    """Why a file cannot be used, of those that have been looked into."""
    for start in model.starts:
        file = files.get(start.path)
        if isinstance(file, StudioError):
            return file
        if file and not is_same(start, file):
            return ModelFileError(
                "A weights file has changed since it was chosen.",
                f"It is {start.path}.",
                "Choose the weights to start from again.",
            )
    return None


# edits


def use_weights(project: Project, weights: Weights) -> Project:
    """Start from a file; layers that were put in with weights of their own keep those."""
    return replace(project, model=replace(project.model, start=weights))


def take_network(project: Project, model: Model, weights: Weights) -> Project:
    """Use the network of a file with its weights, for the data that are open; the loss follows.

    Where the network that is open stems from it, its layers stay as they are.
    """
    known = {row.id for _, row in paths(model.rows)}
    if any(row.id in known for _, row in paths(project.model.rows)):
        return use_weights(project, weights)
    return follow_loss(project, replace(project, model=Model(model.rows, weights)))


def match_by(project: Project, by: MatchBy) -> Project:
    """Let the tensors of the file find their places otherwise; pairs by hand stay."""
    start = project.model.start
    return project if start is None else use_weights(project, replace(start, by=by))


def pair(project: Project, number: int, place: Place, source: str) -> Project:
    """Give a place a tensor of one of the files, or (empty) keep it fresh; the tensor leaves the place that it had."""
    start = project.model.starts[number]
    new = Pair(place.row, place.tensor, source, place.repetition)
    others = tuple(
        old for old in start.pairs if _place_of(old) != _place_of(new) and (not source or old.source != source)
    )
    return _with_start(project, number, replace(start, pairs=(*others, new)))


def unpair(project: Project, number: int, place: Place) -> Project:
    """Let a place go by the rule of its file again."""
    start = project.model.starts[number]
    kept = tuple(
        old
        for old in start.pairs
        if (old.row, old.repetition) != (place.row, place.repetition) or (old.tensor not in ("", place.tensor))
    )
    return _with_start(project, number, replace(start, pairs=kept))


def forget_pairs(project: Project) -> Project:
    """Let all tensors of the file go by the rule again."""
    start = project.model.start
    return project if start is None else use_weights(project, replace(start, pairs=()))


def _place_of(one: Pair) -> tuple[str, str, int]:
    return one.row, one.tensor, one.repetition


def _with_start(project: Project, number: int, start: Weights) -> Project:
    model = project.model
    if model.start is not None and number == 0:
        return use_weights(project, start)
    place = number - (model.start is not None)
    grafts = (*model.grafts[:place], start, *model.grafts[place + 1 :])
    return replace(project, model=replace(model, grafts=grafts))


# layers with their weights


def insert_layers(
    project: Project, layers: Model, weights: Weights, path: Path | int | None = None, named: bool = False
) -> tuple[Project, Sequence[Row]]:
    """Put the layers of a file in at ``path`` (the end, when None), with the weights that they have there.

    They are new rows, so that the same file can be put in twice. With ``named`` the file calls its tensors as the rows
    are called, else by their places among ``layers``. Gives the project and the new rows.
    """
    rows = tuple(copied(row, new_identity) for row in layers.rows)
    new = {old.id: copy.id for (_, old), (_, copy) in zip(paths(layers.rows), paths(rows), strict=True)}
    names = {row.id: row.name for _, row in paths(layers.rows) if named and row.name}
    pairs = tuple(
        Pair(new[row_id], "", names.get(row_id, prefix), repetition)
        for row_id, known in prefixes(layers).items()
        for repetition, prefix in enumerate(known)
    )
    graft = replace(weights, by="hand", pairs=pairs)
    added = add_rows(project, rows, path)
    return replace(added, model=replace(added.model, grafts=(*added.model.grafts, graft))), rows
