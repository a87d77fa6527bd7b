"""Every declared setting is in the report, in the words of its declaration."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from nnstudio.report.settings import setting_groups
from nnstudio.spec.layouts import LAYOUTS
from nnstudio.spec.losses import LOSSES
from nnstudio.spec.optimizers import OPTIMIZERS
from nnstudio.spec.params import Declared, fields_of
from nnstudio.spec.project import Project
from nnstudio.spec.schedules import SCHEDULES
from nnstudio.spec.sources import SOURCES, TableSource
from nnstudio.spec.splits import SPLITS
from nnstudio.spec.training import Training
from tests.report.made import classifier


def projects() -> Iterator[tuple[Project, Declared]]:
    """A project with each kind of everything that has kinds."""
    project = classifier().project
    assert project.data
    for loss in LOSSES.kinds.values():
        yield replace(project, training=Training(loss=loss())), loss()
    for optimizer in OPTIMIZERS.kinds.values():
        yield replace(project, training=Training(optimizer=optimizer())), optimizer()
    for schedule in SCHEDULES.kinds.values():
        yield replace(project, training=Training(schedule=schedule())), schedule()
    for split in SPLITS.kinds.values():
        yield replace(project, data=replace(project.data, split=split())), split()
    for layout in LAYOUTS.kinds.values():
        yield replace(project, data=replace(project.data, layout=layout())), layout()
    for source in SOURCES.kinds.values():
        yield replace(project, data=replace(project.data, source=source())), source()


@pytest.mark.parametrize(("project", "kind"), [pytest.param(*one, id=one[1].title) for one in projects()])
def test_every_field_of_every_kind_is_explained(project: Project, kind: Declared) -> None:
    (group,) = [group for group in setting_groups(project) if group.chosen == kind.title]
    assert group.help == kind.explanation()
    fields = fields_of(type(kind))
    assert [(one.title, one.help) for one in group.settings] == [
        (field.param.title, field.param.help) for field in fields
    ]
    assert all(one.usual and one.value for one in group.settings)


def test_values_are_said_as_the_forms_show_them() -> None:
    project = classifier().project
    assert project.data
    source = TableSource("/home/somebody/private/table.csv", delimiter="\t", header=False)
    training = Training(epochs=12_000, patience=7, seed=123_456, clip=0.5)
    changed = replace(project, data=replace(project.data, source=source), training=training)
    settings = {one.title: one for group in setting_groups(changed) for one in group.settings}
    said = {title: settings[title].value for title in ("Between cells", "Names in the first row", "Epochs")}
    assert said == {"Between cells": "Tab", "Names in the first row": "no", "Epochs": "12000"}
    assert settings["Early stopping"].value == "7 epochs"
    assert settings["Clip gradient"].value == "0.5"
    assert not settings["Epochs"].usual
    assert "private" not in str(settings), "whoever gets the report need not know the folders"
