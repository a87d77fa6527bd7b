"""What earlier versions of the program wrote into project files, as this one would have written it."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping
from typing import Any

from nnstudio.spec.errors import SpecError

VERSION = 4
"""Of what this program writes."""


def upgraded(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """The JSON object of a project file of any version as one of this version; raises `SpecError` for later ones."""
    if content.get("version") == 1:
        content = _from_version_1(content)
    if content.get("version") == 2:
        content = dict(content) | {"version": 3}  # layers could not stand in each other
    if content.get("version") == 3:
        content = _from_version_3(content)
    if content.get("version") != VERSION:
        version = reprlib.repr(content.get("version"))
        raise SpecError(f"This project has version {version}.", f"This nnstudio reads versions 1 to {VERSION}.")
    return content


def _from_version_3(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """No layer was a guess or started otherwise than PyTorch has it, weights came from one file, no rate ever changed.

    Nothing ended a run early.
    """
    training = content.get("training")
    if isinstance(training, Mapping):
        training = dict(training) | {"schedule": {"kind": "constant"}, "patience": 0}
    return dict(content) | {"version": VERSION, "training": training}


def _from_version_1(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """There was one kind of split, and a table's delimiter followed from its name."""
    data = content.get("data")
    if not isinstance(data, Mapping):
        return dict(content) | {"version": 2}
    source, split = data.get("source"), data.get("split")
    if isinstance(source, Mapping) and source.get("kind") == "table":
        is_tabbed = str(source.get("path")).casefold().endswith((".tsv", ".tab"))
        source = ({"delimiter": "\t"} if is_tabbed else {}) | dict(source)
    if isinstance(split, Mapping):
        split = {"kind": "random", **split}
    data = dict(data) | {"source": source, "split": split, "layout": {"kind": "row"}}
    return dict(content) | {"version": 2, "data": data}
