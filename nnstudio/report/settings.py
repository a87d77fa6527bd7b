"""Every declared setting of an experiment, with what it was set to and its one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnstudio.spec.data import DataSpec
from nnstudio.spec.layouts import LAYOUT
from nnstudio.spec.params import Declared, Field, fields_of
from nnstudio.spec.project import Project
from nnstudio.spec.shown import shown
from nnstudio.spec.sources import SOURCE
from nnstudio.spec.splits import SPLIT
from nnstudio.spec.training import LOSS, OPTIMIZER, SCHEDULE


@dataclass(frozen=True, slots=True)
class Setting:
    """One field in words; ``usual`` says that it stands at its default."""

    title: str
    value: str
    help: str
    usual: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The settings of one thing, such as the optimiser; ``chosen`` is the kind of it, which ``help`` explains."""

    title: str
    chosen: str
    help: str
    settings: tuple[Setting, ...]


def setting_groups(project: Project) -> list[Group]:
    """All settings of data and training, in the order in which the window shows them."""
    training = project.training
    groups = list(_data_groups(project.data)) if project.data else []
    for title, kind in (
        (LOSS.title, training.loss),
        (OPTIMIZER.title, training.optimizer),
        (SCHEDULE.title, training.schedule),
    ):
        groups.append(_group(title, kind))
    return [*groups, _group("Training", training, has_kinds=False)]


def _data_groups(data: DataSpec) -> Iterator[Group]:
    yield _group(SOURCE.title, data.source)
    yield _group(LAYOUT.title, data.layout)
    yield _group(SPLIT.title, data.split)
    yield _group("Batches", data.batches, has_kinds=False)


def _group(title: str, value: Declared, has_kinds: bool = True) -> Group:
    settings = tuple(_setting(field, getattr(value, field.name)) for field in fields_of(type(value)))
    chosen = value.title if has_kinds else ""
    return Group(title, chosen, type(value).explanation(), settings)


def _setting(field: Field, value: Any) -> Setting:
    return Setting(field.param.title, written(field, value), field.param.help, value == field.default)


def written(field: Field, value: Any) -> str:
    """The value of a field as a form shows it; of a path only the name, since a report is sent to others."""
    return shown(field, Path(value).name if field.param.is_path and value else value)
