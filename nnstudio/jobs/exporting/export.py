"""The job that writes a trained model in one of the declared forms."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from pathlib import Path

from nnstudio.engine.checkpoint import ModelFile, load_model
from nnstudio.jobs.opening import is_stopped
from nnstudio.spec.events import Exported, Exporting, Inbox
from nnstudio.spec.exports import EXPORTS
from nnstudio.spec.files import Needed, need_place, needed_by, project_in
from nnstudio.spec.project import Project
from nnstudio.spec.requests import ExportModel

Writer = Callable[[ModelFile, Path, Inbox], Iterator[Exporting | Exported]]
"""Writes what ``file`` holds into the path, whole or not at all, and ends with `Exported` unless it was stopped."""

WRITERS: dict[str, str] = {
    "python": "nnstudio.jobs.exporting.code:write_script",
    "notebook": "nnstudio.jobs.exporting.code:write_notebook",
    "onnx": "nnstudio.jobs.exporting.network:write_onnx",
    "pt2": "nnstudio.jobs.exporting.network:write_program",
    "safetensors": "nnstudio.jobs.exporting.network:write_safetensors",
    "weights": "nnstudio.jobs.exporting.network:write_weights",
    "report": "nnstudio.jobs.reporting.writing:write_report",
    "card": "nnstudio.jobs.reporting.writing:write_card",
}
"""Where each kind is written; imported when first asked, so that a script does not wait for what ONNX wants."""


def export_model(request: ExportModel, inbox: Inbox) -> Iterator[Exporting | Exported]:
    """Write a model file in another form; `Stop` ends it early, and nothing is written."""
    out = Path(request.out)
    EXPORTS[request.kind].check(out)
    need_place(out, Needed(Path(request.model)))
    if is_stopped(inbox):  # while others were written
        return
    module, function = WRITERS[request.kind].split(":")
    write: Writer = getattr(importlib.import_module(module), function)
    file = load_model(Path(request.model))
    need_place(out, *needed_by(project_in(file.project) or Project()))
    yield from write(file, out, inbox)
