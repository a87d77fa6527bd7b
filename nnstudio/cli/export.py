"""``nnstudio export``: a trained model in the forms that are used elsewhere."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from nnstudio.cli.answers import events_of
from nnstudio.cli.bar import followed
from nnstudio.cli.output import error_as_json, print_json, tell
from nnstudio.spec.errors import StudioError
from nnstudio.spec.events import Event, Exported, ExportFailed
from nnstudio.spec.exits import Exit, exit_of
from nnstudio.spec.exports import EXPORTS
from nnstudio.spec.files import SUFFIX, load_project
from nnstudio.spec.requests import ExportModel, PrintCode, WriteCode

STAYS = "What is named above was written whole."


def export(options: argparse.Namespace) -> Exit:
    """Write what is asked for, and name every file that was written; what one form lacks costs that form alone.

    Code is also written of a project that was not trained yet.
    """
    outs: dict[str, Path] = {key: out for key in EXPORTS if (out := getattr(options, key)) is not None}
    if not outs:
        raise StudioError("Nothing is to be written.", "", "Name a file, for example: --python train.py")
    done, failed = list[Exported](), list[ExportFailed]()
    with closing(followed(_asked(options.model.absolute(), outs))) as told:
        for event in told:
            if isinstance(event, Exported):
                done.append(event)
                tell(f"{EXPORTS[event.kind].title}: “{outs[event.kind]}”. {event.sentence}")
                options.interrupted = STAYS
            elif isinstance(event, ExportFailed):
                failed.append(event)
    for event in failed:
        tell(f"nnstudio: “{outs[event.kind]}” was not written. {event.error}")
        if options.debug:
            tell(event.error.details)
    if options.json:
        files = [path for event in done for path in (event.path, *event.beside)]
        print_json({"files": files, "exports": [asdict(event) for event in done], **_told_failures(failed)})
    return exit_of(failed[0].error) if failed else Exit.DONE


def _asked(model: Path, outs: Mapping[str, Path]) -> Iterator[Event]:
    """What the job says that writes ``model``, or the jobs that write the code of a project."""
    if model.suffix.casefold() != SUFFIX:
        yield from events_of(ExportModel(str(model), {kind: str(out.absolute()) for kind, out in outs.items()}))
        return
    if untrained := [kind for kind in outs if kind not in CODE]:
        what = f"“{model.name}” is a project, which holds no weights: there is no {EXPORTS[untrained[0]].title} of it."
        raise StudioError(what, "", f"Train it first, and export what --out names: nnstudio train {model.name} --out …")
    project = load_project(model)
    for out in outs.values():
        yield from events_of(WriteCode(PrintCode(project, str(out.absolute()))))


CODE = ("python", "notebook")
"""What is written of a project that was not trained yet, too."""


def _told_failures(failed: Sequence[ExportFailed]) -> dict[str, object]:
    """What went wrong with each kind, and of the first of them also what ``--json`` says for every command."""
    errors = {event.kind: error_as_json(exit_of(event.error), event.error) for event in failed}
    return {"error": next(iter(errors.values())), "failed": errors} if errors else {}
