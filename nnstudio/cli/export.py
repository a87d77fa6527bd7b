"""``nnstudio export``: a trained model in the forms that are used elsewhere."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from nnstudio.cli.answers import the
from nnstudio.cli.output import print_json, tell
from nnstudio.spec.errors import StudioError
from nnstudio.spec.events import Exported
from nnstudio.spec.exports import EXPORTS
from nnstudio.spec.requests import ExportModel


def export(options: argparse.Namespace) -> None:
    """Write what is asked for, and name every file that was written."""
    outs: dict[str, Path] = {key: out for key in EXPORTS if (out := getattr(options, key)) is not None}
    if not outs:
        raise StudioError("Nothing is to be written.", "", "Name a file, for example: --python train.py")
    for key, out in outs.items():
        EXPORTS[key].check(out)  # all before anything is written
    done = [_exported(options.model, key, out) for key, out in outs.items()]
    if options.json:
        files = [path for event in done for path in (event.path, *event.beside)]
        print_json({"files": files, "exports": [asdict(event) for event in done]})


def _exported(model: Path, kind: str, out: Path) -> Exported:
    done = the(Exported, ExportModel(str(model.absolute()), kind, str(out.absolute())))
    tell(f"{EXPORTS[kind].title}: “{out}”. {done.sentence}")
    return done
