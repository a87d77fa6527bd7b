"""``nnstudio new``: a project from a table or a folder of pictures, as the window would suggest it."""

from __future__ import annotations

import argparse
from pathlib import Path

from nnstudio.cli.output import print_json, tell
from nnstudio.cli.project import suggested
from nnstudio.spec.files import Needed, need_place, save_project
from nnstudio.spec.shapes import walk


def new(options: argparse.Namespace) -> None:
    """Write a project with a suggested network for ``--data`` and ``--target``."""
    out: Path = options.out.absolute()
    need_place(out, Needed(options.data))
    project, facts = suggested(options, options.data)
    save_project(project, out)
    layers, count = len(project.model.rows), walk(project.model, facts.input_shape).count
    tell(f"“{out.name}” predicts “{facts.target}” with {layers} layers of {count:,} parameters.")
    if options.json:
        print_json({"project": str(out), "task": facts.task, "target": facts.target, "parameters": count})
