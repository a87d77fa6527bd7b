"""The job that writes a trained model in the declared forms that are asked for."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

from nnstudio.engine.checkpoint import load_model
from nnstudio.jobs.exporting.material import Material
from nnstudio.jobs.opening import is_stopped
from nnstudio.spec.errors import as_studio_error
from nnstudio.spec.events import Exported, ExportFailed, Exporting, Inbox
from nnstudio.spec.exports import EXPORTS
from nnstudio.spec.files import need_place
from nnstudio.spec.requests import ExportModel

Told = Exporting | Exported | ExportFailed
Writer = Callable[[Material, Path, Inbox], Iterator[Exporting | Exported]]
"""Writes one form into the path, whole or not at all, and ends with `Exported` unless it was stopped."""

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


def export_model(request: ExportModel, inbox: Inbox) -> Iterator[Told]:
    """Write a model file in other forms; `Stop` ends it, and what is not written whole by then is not written.

    Whatever cannot be written where it is wanted is said before anything is.
    """
    outs = {kind: Path(out) for kind, out in request.outs.items()}
    for kind, out in outs.items():
        EXPORTS[kind].check(out)
    material = Material(load_model(Path(request.model)))
    for out in outs.values():
        need_place(out, *material.needed)
    for kind, out in outs.items():
        if is_stopped(inbox) or not (yield from _written(kind, material, out, inbox)):
            return


def _written(kind: str, material: Material, out: Path, inbox: Inbox) -> Generator[Told, None, bool]:
    """Write one form; says whether the next one is wanted, too."""
    module, function = WRITERS[kind].split(":")
    event: Told | None = None
    try:
        write: Writer = getattr(importlib.import_module(module), function)
        for event in write(material, out, inbox):
            yield event
    except Exception as error:  # noqa: BLE001  # a boundary: what is wrong with one form need not be so with the next
        yield ExportFailed(kind, as_studio_error(error))
        return True
    return isinstance(event, Exported)
