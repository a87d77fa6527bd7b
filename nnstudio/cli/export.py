"""``nnstudio export``: a trained model in the forms that are used elsewhere."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from rich.markup import escape
from rich.progress import SpinnerColumn, TextColumn

from nnstudio.cli.answers import events_of, print_json, tell
from nnstudio.cli.bar import Bar
from nnstudio.spec.errors import StudioError
from nnstudio.spec.events import Event, Exported, Exporting
from nnstudio.spec.exports import EXPORTS
from nnstudio.spec.requests import ExportModel


def add_export_options(parser: argparse.ArgumentParser) -> None:
    """An option for each kind of export, all of which may be given at once."""
    parser.add_argument("model", type=Path, metavar="MODEL", help="model file (.pth)")
    for key, kind in EXPORTS.items():
        words = f"{kind.title} to write ({kind.suffix}). {kind.help}".replace("%", "%%")
        parser.add_argument(f"--{key}", type=Path, metavar="FILE", help=words)
    parser.set_defaults(run=export)


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
    done = _written(ExportModel(str(model.absolute()), kind, str(out.absolute())))
    tell(f"{EXPORTS[kind].title}: “{out}”. {done.sentence}")
    return done


def _written(request: ExportModel) -> Exported:
    with _ExportingBar() as bar:
        for event in events_of(request):
            bar.show(event)
            if isinstance(event, Exported):
                return event
    raise AssertionError("an export ends with its result")  # nobody sends it a command


class _ExportingBar(Bar):
    """What an export is about, on standard error."""

    def __init__(self) -> None:
        super().__init__(SpinnerColumn(), TextColumn("{task.description}"))
        self._task = self._bar.add_task("", visible=False)

    def show(self, event: Event) -> None:
        """Render what was told of it."""
        doing = f"{escape(event.doing)}…" if isinstance(event, Exporting) else ""
        self._bar.update(self._task, description=doing, visible=bool(doing))
