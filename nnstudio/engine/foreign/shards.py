"""Weights in several files, with an index beside them that says which tensor lies in which: as model hubs have them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from nnstudio.engine.foreign.refusals import quoted, refused
from nnstudio.spec.endings import INDEX

LARGEST_INDEX = 2**26
"""Bytes of an index that are read."""

PART = re.compile(r"(?P<name>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})(?P<ending>\.\w+)")
"""What a file of several is called."""


def is_index(path: Path) -> bool:
    """Whether a file is called as an index is."""
    return path.name.casefold().endswith(INDEX)


def shards_of(path: Path) -> dict[str, Path]:
    """The file that each tensor lies in, as an index says; raises `ModelFileError` where it does not say so."""
    try:
        with path.open("rb") as file:
            content = json.loads(file.read(LARGEST_INDEX))
        named = dict(content["weight_map"])
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise refused(path, "It is no index of weights files.", details=repr(error)) from error
    if not named or not all(isinstance(name, str) for name in named.values()):
        raise refused(path, "It is no index of weights files.")
    return {tensor: _beside(path, name) for tensor, name in named.items()}


def _beside(path: Path, name: str) -> Path:
    """The file ``name`` in the folder of an index, and nowhere else."""
    if name != Path(name).name or not (found := path.with_name(name)).is_file():
        raise refused(path, f"It names {quoted(name)}, which does not lie beside it.", "Fetch all of its files.")
    return found


def together(path: Path, read: Callable[[Path], Any]) -> tuple[dict[str, Any], int]:
    """The tensors of all files of an index, in its order, and how many files there are; ``read`` opens one."""
    named = shards_of(path)
    files = {one: read(one) for one in dict.fromkeys(named.values())}
    for one, content in files.items():
        lost = next((tensor for tensor, file in named.items() if file == one and not _has(content, tensor)), "")
        if lost:
            raise refused(path, f"Its tensor {quoted(lost)} does not lie in {quoted(one.name)}.")
    return {tensor: files[file][tensor] for tensor, file in named.items()}, len(files)


def _has(content: Any, tensor: str) -> bool:
    return isinstance(content, Mapping) and tensor in content


def part_note(path: Path) -> str:
    """What to say of a file that is one of several; empty for others."""
    found = PART.fullmatch(path.name)
    if found is None or int(found["count"]) < 2:
        return ""
    index = path.with_name(f"{found['name']}{found['ending']}{INDEX}")
    remedy = f"Open {quoted(index.name)} for the whole network." if index.is_file() else "The others are not used."
    return f"It is part {int(found['number']):,} of {int(found['count']):,}. {remedy}"
