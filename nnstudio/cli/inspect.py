"""``nnstudio inspect``: say what a weights file is; nothing in it runs."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from nnstudio.cli.answers import print_json, print_line, tell, the
from nnstudio.spec.events import WeightsInspected
from nnstudio.spec.requests import InspectWeights

MOST_WANTED = 5
"""Names that a file asks for are shown; ``--json`` has all of them."""


def inspect(options: argparse.Namespace) -> None:
    """Say what ``file`` is on standard error, and list its tensors on standard output."""
    found = the(WeightsInspected, InspectWeights(str(options.file.absolute())))
    for sentence in _sentences(found):
        tell(sentence)
    if options.json:
        print_json(asdict(found))
        return
    width = max((len(tensor.name) for tensor in found.tensors), default=0)
    for tensor in found.tensors:
        shape = " × ".join(map(str, tensor.shape)) or "one number"
        print_line(f"{tensor.name:{width}}  {shape}  {tensor.dtype}".rstrip())


def _sentences(found: WeightsInspected) -> list[str]:
    if not found.refused:
        return [f"This is {found.kind}.", *found.notes]
    more = f" and {len(found.wants) - MOST_WANTED:,} more" if len(found.wants) > MOST_WANTED else ""
    wanted = [f"It asks for {', '.join(found.wants[:MOST_WANTED])}{more}."] if len(found.wants) > 1 else []
    count = len(found.tensors)
    listed = [f"It names {count:,} tensor{'s' if count > 1 else ''}, listed without opening it."] if count else []
    return ["This file cannot be used.", found.refused, *wanted, *listed]
