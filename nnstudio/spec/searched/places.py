"""The declared fields of a project that can be searched, each by the path that names it.

Paths are ``optimizer``, ``loss``, ``schedule`` (which kind of it), ``optimizer.lr`` (a field of the kind),
``training.epochs``, ``batches.size``, and of the layer whose row has the identity ID ``layer.ID.out_features``, or
``layer.ID`` for which activation it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from nnstudio.spec import nesting
from nnstudio.spec.errors import SpecError
from nnstudio.spec.layers.base import LAYERS, Elementwise
from nnstudio.spec.losses import LOSSES, losses_for
from nnstudio.spec.model import Row
from nnstudio.spec.optimizers import OPTIMIZERS
from nnstudio.spec.params import Declared, Field, Param, fields_of
from nnstudio.spec.project import Project
from nnstudio.spec.schedules import SCHEDULES
from nnstudio.spec.search import Value
from nnstudio.spec.training import LOSS, OPTIMIZER, SCHEDULE
from nnstudio.spec.words import capitalised

Kinds = Mapping[str, type[Declared]]
"""The kinds that an owner may be of, by their keys; empty where there is nothing to choose."""

NOT_SEARCHED = frozenset({"training.seed", "training.device"})
"""Fields that make no network better: the seed that happens to fit the validation rows fits no others."""

LAYER = "layer."

KINDS = {"loss": LOSS, "optimizer": OPTIMIZER, "schedule": SCHEDULE}


@dataclass(frozen=True, slots=True)
class Owner:
    """What has fields: its path, its value, what it is called behind “of”, and the kinds that it may be of instead."""

    path: str
    value: Declared
    called: str
    kinds: Kinds

    def field_of(self, name: str) -> Field | None:
        """A field of the value, or else of one of the kinds that it may become."""
        for kind in (type(self.value), *self.kinds.values()):
            for field in fields_of(kind):
                if field.name == name:
                    return field
        return None


@dataclass(frozen=True, slots=True)
class Place:
    """A declared field of a project: its path, its title among all others, its declaration, and what it is set to.

    A field that only another kind has (the momentum of SGD, while Adam is chosen) is set to its default.
    """

    path: str
    title: str
    field: Field
    value: Value


def places(project: Project) -> tuple[Place, ...]:
    """Every field of ``project`` that can be searched, in the order in which the window shows them."""
    return tuple(place for owner in owners(project) for place in _places_of(owner))


def find(project: Project, path: str) -> Place:
    """The field of that path; raises `SpecError` where the project has none, or it cannot be searched."""
    owner, name = owner_of(project, path)
    if not name and owner.kinds:
        return _kind_place(owner)
    field = owner.field_of(name)
    if field is None or not _is_searched(owner, field):
        raise SpecError(f"{capitalised(owner.called)} has no field “{name or path}” that can be searched.")
    return _place(owner, field)


def owners(project: Project) -> Iterator[Owner]:
    """Everything of ``project`` that has fields."""
    settings = list(_settings(project))
    yield from (owner for owner in settings if owner.path == "batches")
    for prefix, row in project.model.once():
        yield _row_owner(prefix, row)
    yield from (owner for owner in settings if owner.path != "batches")


def _settings(project: Project) -> Iterator[Owner]:
    """What has fields and is no layer."""
    training, data = project.training, project.data
    if data is not None:
        yield Owner("batches", data.batches, "the batches", {})
    losses: Kinds = {kind.key: kind for kind in losses_for(data.task)} if data else LOSSES.kinds
    yield Owner("loss", training.loss, "the loss", losses)
    yield Owner("optimizer", training.optimizer, "the optimiser", OPTIMIZERS.kinds)
    yield Owner("schedule", training.schedule, "the schedule", SCHEDULES.kinds)
    yield Owner("training", training, "the training", {})


def owner_of(project: Project, path: str) -> tuple[Owner, str]:
    """What a path is about, and the name of its field there (empty: which kind it is); raises `SpecError`."""
    if owner := _owner_at(project, path):
        return owner, ""
    before, _, name = path.rpartition(".")
    if owner := _owner_at(project, before):
        return owner, name
    if path.startswith(LAYER):
        raise SpecError("A layer that is searched is not there any more.", "", "Leave it out of the search.")
    raise SpecError(f"“{path}” names nothing that can be searched.")


def _owner_at(project: Project, path: str) -> Owner | None:
    """What has that path; of very many layers only the one is looked at closely."""
    if path.startswith(LAYER):
        row_id = path.removeprefix(LAYER)
        return next((_row_owner(prefix, row) for prefix, row in project.model.once() if row.id == row_id), None)
    return next((owner for owner in _settings(project) if owner.path == path), None)


def with_owner(project: Project, path: str, value: Any) -> Project:
    """``project`` with another value for the owner of that path, which is there."""
    if path.startswith(LAYER):
        row = replace(project.model.row(path.removeprefix(LAYER)), kind=value)
        rows = nesting.replaced(project.model.rows, row.id, [row])
        return replace(project, model=replace(project.model, rows=rows))
    if path == "batches":
        assert project.data is not None  # else there is no such owner
        return replace(project, data=replace(project.data, batches=value))
    if path == "training":
        return replace(project, training=value)
    return replace(project, training=replace(project.training, **{path: value}))


def _row_owner(prefix: str, row: Row) -> Owner:
    kind = row.kind
    alike = isinstance(kind, Elementwise) and kind.family == "activation"
    kinds: Kinds = {
        key: other
        for key, other in LAYERS.kinds.items()
        if alike and issubclass(other, Elementwise) and other.family == kind.family
    }
    return Owner(f"{LAYER}{row.id}", kind, row.name or f"{kind.wording()} {prefix}", kinds)


def _places_of(owner: Owner) -> Iterator[Place]:
    if owner.kinds:
        yield _kind_place(owner)
    for field in fields_of(type(owner.value)):
        if _is_searched(owner, field):
            yield _place(owner, field)


def _is_searched(owner: Owner, field: Field) -> bool:
    """Texts have no range, nor have windows whose sides differ; some fields are left alone."""
    is_text = field.type is str and not field.choices
    is_oblong = isinstance(getattr(owner.value, field.name, None), tuple)
    return not is_text and not is_oblong and f"{owner.path}.{field.name}" not in NOT_SEARCHED


def _place(owner: Owner, field: Field) -> Place:
    title = field.param.title
    needs_owner = owner.path not in ("optimizer", "training", "batches")
    value: Value = getattr(owner.value, field.name, field.default)
    return Place(f"{owner.path}.{field.name}", f"{title} of {owner.called}" if needs_owner else title, field, value)


def _kind_place(owner: Owner) -> Place:
    """Which kind an owner is of, as a field of its own."""
    title = KINDS[owner.path].title if owner.path in KINDS else f"Kind of {owner.called}"
    labels = tuple(kind.title for kind in owner.kinds.values())
    param = Param(title, "Which kind it is.", labels=labels)
    return Place(owner.path, title, Field("kind", str, owner.value.key, param, tuple(owner.kinds)), owner.value.key)
