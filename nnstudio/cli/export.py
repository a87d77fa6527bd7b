"""``nnstudio export``: a trained model in the forms that are used elsewhere."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from nnstudio.cli.answers import events_of
from nnstudio.cli.bar import followed
from nnstudio.cli.output import error_as_json, print_json, tell
from nnstudio.spec.errors import StudioError
from nnstudio.spec.events import Exported, ExportFailed
from nnstudio.spec.exits import Exit, exit_of
from nnstudio.spec.exports import EXPORTS
from nnstudio.spec.requests import ExportModel

STAYS = "What is named above was written whole."


def export(options: argparse.Namespace) -> Exit:
    """Write what is asked for, and name every file that was written; what one form lacks costs that form alone."""
    outs: dict[str, Path] = {key: out for key in EXPORTS if (out := getattr(options, key)) is not None}
    if not outs:
        raise StudioError("Nothing is to be written.", "", "Name a file, for example: --python train.py")
    request = ExportModel(str(options.model.absolute()), {kind: str(out.absolute()) for kind, out in outs.items()})
    done, failed = list[Exported](), list[ExportFailed]()
    with closing(followed(events_of(request))) as told:
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


def _told_failures(failed: Sequence[ExportFailed]) -> dict[str, object]:
    """What went wrong with each kind, and of the first of them also what ``--json`` says for every command."""
    errors = {event.kind: error_as_json(exit_of(event.error), event.error) for event in failed}
    return {"error": next(iter(errors.values())), "failed": errors} if errors else {}
