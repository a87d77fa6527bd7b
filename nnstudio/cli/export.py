"""``nnstudio export``: a trained model as code that gives it again."""

from __future__ import annotations

import argparse
from pathlib import Path

from nnstudio.cli.answers import events_of, print_json, tell
from nnstudio.spec.errors import StudioError
from nnstudio.spec.events import Saved
from nnstudio.spec.requests import ExportScript


def export(options: argparse.Namespace) -> None:
    """Write what is asked for, and name every file that was written."""
    asked = {".py": options.python, ".ipynb": options.notebook}
    if not any(asked.values()):
        raise StudioError("Nothing is to be written.", "", "Name a file, for example: --python train.py")
    written: list[str] = []
    for suffix, path in asked.items():
        if path is not None:
            written += _exported(options.model, path, suffix)
    if options.json:
        print_json({"files": written})


def _exported(model: Path, out: Path, suffix: str) -> list[str]:
    if out.suffix.casefold() != suffix:
        raise StudioError(f"“{out.name}” does not end in {suffix}.", "", f"Call it “{out.stem}{suffix}”.")
    request = ExportScript(str(model.absolute()), str(out.absolute()))
    files = [event.path for event in events_of(request) if isinstance(event, Saved)]
    tell(f"The code is in “{out}”.")
    for beside in files[1:]:
        tell(f"It reads “{beside}”, which was written beside it.")
    return files
