"""A project from data and options: what ``new`` writes down, and what ``train`` takes where it is given plain data."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from nnstudio.cli.answers import the
from nnstudio.cli.settings import with_settings
from nnstudio.data.detect import pictures_named_by, source_for
from nnstudio.data.source import preview
from nnstudio.session import edits
from nnstudio.session.suggest import suggest, suggest_settings, use_template
from nnstudio.spec.columns import Role
from nnstudio.spec.errors import SpecError
from nnstudio.spec.events import DataDescribed, SourceOpened
from nnstudio.spec.facts import DataFacts, SourceFacts
from nnstudio.spec.networks.templates import network_template
from nnstudio.spec.params import write_fields
from nnstudio.spec.project import Project
from nnstudio.spec.requests import DescribeData, OpenSource
from nnstudio.spec.sources import PictureSource, Source
from nnstudio.spec.splits import SPLITS, GroupSplit, Split
from nnstudio.spec.tasks import Task


def read_as(path: Path, settings: Sequence[str]) -> Source:
    """How the file or folder ``path`` is read: as it looks, but for what ``settings`` say."""
    source = with_settings(source_for(path.absolute()), settings)
    if isinstance(source, PictureSource):
        return source
    found = preview(source, detect=True)
    return with_settings((None if settings else pictures_named_by(found)) or found.source, settings)


def suggested(options: argparse.Namespace, path: Path) -> tuple[Project, DataFacts]:
    """What the window would suggest for the data in ``path``, but for what ``options`` say; and what it found there."""
    found = the(SourceOpened, OpenSource(read_as(path, options.read))).facts
    project = _with_question(edits.open_source(Project(), found), found, options)
    project = with_split(project, options)
    facts = _facts(project)
    if options.template:
        return _from_template(suggest_settings(project, facts), facts, options.template)
    return suggest(project, facts), facts


def _from_template(project: Project, facts: DataFacts, key: str) -> tuple[Project, DataFacts]:
    """The network of a template, and what the data are as it reads them; raises `SpecError` where it does not fit."""
    template = network_template(key)
    if problem := template.problem(edits.data_of(project), facts):
        raise SpecError(f"{template.title} does not fit these data.", problem)
    project = use_template(project, facts, template)
    read = _facts(project)
    return edits.fit_output(project, read), read


def _facts(project: Project) -> DataFacts:
    return the(DataDescribed, DescribeData(edits.data_of(project))).facts


def _with_question(project: Project, found: SourceFacts, options: argparse.Namespace) -> Project:
    again = options.task == Task.RECONSTRUCTION
    if options.target or again:
        project = edits.set_targets(project, found, options.target or ())
    return edits.set_task(project, Task(options.task)) if options.task else project


def with_split(project: Project, options: argparse.Namespace) -> Project:
    """``project`` with its rows dealt out as ``options`` say; as before where they say nothing."""
    if project.data is None:
        return project
    if options.group:
        _need_column(project, options.group)
        project = edits.set_role(project, (options.group,), Role.GROUP)
    data = edits.data_of(project)
    split = _split(data.split, options)
    if split != data.split:
        project = edits.set_split(project, split)
    if options.balance:
        project = edits.set_batches(project, replace(data.batches, balance=options.balance))
    return project


def _need_column(project: Project, name: str) -> None:
    data = edits.data_of(project)
    if data.column(name) is None:
        names = ", ".join(column.name for column in data.columns[:12])
        raise SpecError(f"There is no column called “{name}”.", f"The columns are {names}.")


def _split(split: Split, options: argparse.Namespace) -> Split:
    if options.split:
        kind, *settings = options.split.split(",")
        split = with_settings(SPLITS.read({"kind": kind, "folds": split.folds}), settings)
    elif options.group and not isinstance(split, GroupSplit):
        split = GroupSplit(folds=split.folds)
    if options.folds is None:
        return split
    return type(split)(**write_fields(split) | {"folds": options.folds})
