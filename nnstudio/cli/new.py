"""``nnstudio new``: a project from a table or a folder of pictures, as the window would suggest it."""

from __future__ import annotations

import argparse
from pathlib import Path

from nnstudio.cli.answers import print_json, tell, the
from nnstudio.jobs.opening import source_for
from nnstudio.session import edits
from nnstudio.session.suggest import suggest_network, suggest_settings
from nnstudio.spec.events import DataDescribed, SourceOpened
from nnstudio.spec.files import save_project
from nnstudio.spec.project import Project
from nnstudio.spec.requests import DescribeData, OpenSource
from nnstudio.spec.shapes import walk


def new(options: argparse.Namespace) -> None:
    """Write a project with a suggested network for ``--data`` and ``--target``."""
    found = the(SourceOpened, OpenSource(source_for(options.data))).facts
    project = edits.open_source(Project(), found)
    if options.target:
        project = edits.set_target(project, found, options.target)
    facts = the(DataDescribed, DescribeData(edits.data_of(project))).facts
    project = suggest_settings(suggest_network(project, facts), facts)
    out: Path = options.out.absolute()
    save_project(project, out)
    layers, count = len(project.model.rows), walk(project.model, facts.input_shape).count
    tell(f"“{out.name}” predicts “{facts.target}” with {layers} layers of {count:,} parameters.")
    if options.json:
        print_json({"project": str(out), "task": facts.task, "target": facts.target, "parameters": count})
