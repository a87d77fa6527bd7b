"""Layers as text that a clipboard holds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from nnstudio.spec.errors import SpecError
from nnstudio.spec.files.members import member
from nnstudio.spec.files.model import read_row, write_row
from nnstudio.spec.model import Row
from nnstudio.spec.versions import VERSION

LAYERS_FORMAT = "nnstudio-layers"


def rows_to_json(rows: Sequence[Row]) -> str:
    """Some layers as JSON text, for the clipboard."""
    content = {"format": LAYERS_FORMAT, "version": VERSION, "rows": list(map(write_row, rows))}
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def rows_from_json(text: str) -> tuple[Row, ...]:
    """The layers that `rows_to_json` wrote, with the identities that they had; raises `SpecError` with the reason."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _no_layers() from error
    if not isinstance(content, Mapping) or content.get("format") != LAYERS_FORMAT:
        raise _no_layers()
    if content.get("version") != VERSION:
        raise SpecError("These layers were copied from another version of nnstudio.", "", "Copy them anew.")
    return tuple(map(read_row, member(content, "rows", list)))


def _no_layers() -> SpecError:
    return SpecError("There are no layers on the clipboard.", "It holds something else.", "Copy some layers first.")
