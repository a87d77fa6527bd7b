"""``nnstudio inspect``: say what a weights file is; nothing in it runs."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from nnstudio.cli.answers import the
from nnstudio.cli.output import error_as_json, print_json, print_line, tell
from nnstudio.spec.errors import ModelFileError
from nnstudio.spec.events import Change, TensorCompared, WeightsInspected
from nnstudio.spec.exits import Exit
from nnstudio.spec.layers.base import size
from nnstudio.spec.model import Row, paths
from nnstudio.spec.rebuilt import Rebuilt
from nnstudio.spec.requests import InspectWeights
from nnstudio.spec.words import counted

MOST_WANTED = 5
"""Names that a file asks for are shown; ``--json`` has all of them."""


def inspect(options: argparse.Namespace) -> Exit:
    """Say what ``file`` is on standard error, and list its tensors on standard output; one of no use is refused."""
    against = str(options.against.absolute()) if options.against else ""
    found = the(WeightsInspected, InspectWeights(str(options.file.absolute()), options.input, against))
    rebuilt = rebuilt_sentences(found.rebuilt) if found.rebuilt and not against else []
    for sentence in [*_sentences(found), *rebuilt, *compared_sentences(found.compared)]:
        tell(sentence)
    if options.json:
        print_json(asdict(replace(found, rebuilt=None)) | {"rebuilt": _told(found.rebuilt)} | _told_refusal(found))
    elif found.compared:
        _list_changes(found.compared)
    else:
        _list_tensors(found)
    return Exit.REFUSED if found.refused else Exit.DONE


def _list_tensors(found: WeightsInspected) -> None:
    width = max((len(tensor.name) for tensor in found.tensors), default=0)
    for tensor in found.tensors:
        shape = " × ".join(map(str, tensor.shape)) or "one number"
        print_line(f"{tensor.name:{width}}  {shape}  {tensor.dtype}".rstrip())


def _list_changes(changes: Sequence[TensorCompared]) -> None:
    width = max(len(each.name) for each in changes)
    for each in changes:
        print_line(f"{each.name:{width}}  {_change(each)}")


CHANGES: Mapping[Change, str] = {
    "same": "the same bits",
    "shape": "another shape",
    "new": "only in FILE",
    "missing": "only in OTHER",
}


def _change(one: TensorCompared) -> str:
    """In words what became of a tensor: how far it moved, in its own length before."""
    return CHANGES.get(one.change) or f"moved by {one.moved:.2%}".replace("inf%", "all of it: it was 0")


def compared_sentences(changes: Sequence[TensorCompared]) -> list[str]:
    """How many tensors are the same, and which one changed most; nothing where nothing was compared."""
    if not changes:
        return []
    same = sum(each.change == "same" for each in changes)
    moved = max((each for each in changes if each.change == "changed"), key=lambda each: each.moved, default=None)
    most = [f"“{moved.name}” changed most: it {_change(moved)}."] if moved else []
    return [f"{same:,} of {len(changes):,} tensors are the same, to the bit.", *most]


def _sentences(found: WeightsInspected) -> list[str]:
    if not found.refused:
        return [f"This is {found.kind}.", *found.notes]
    more = f" and {len(found.wants) - MOST_WANTED:,} more" if len(found.wants) > MOST_WANTED else ""
    is_said = all(name in found.refused for name in found.wants)
    wanted = [] if is_said else [f"It asks for {', '.join(found.wants[:MOST_WANTED])}{more}."]
    count = len(found.tensors)
    listed = [f"It names {counted(count, 'tensor')}, listed without opening it."] if count else []
    return [f"nnstudio: {_refusal(found)}", *wanted, *listed]


def _refusal(found: WeightsInspected) -> ModelFileError:
    return ModelFileError(f"“{Path(found.path).name}” cannot be used.", found.refused)


def _told_refusal(found: WeightsInspected) -> dict[str, object]:
    """Why a file is of no use, as JSON has it for every command."""
    return {"error": error_as_json(Exit.REFUSED, _refusal(found))} if found.refused else {}


CERTAINTY = {
    "exact": "Its network can be rebuilt as it was: it is {what}.",
    "known": "Its network can be rebuilt: it has the names and shapes of {what}.",
    "guessed": "Its network can be rebuilt, in part by guessing: it seems to be {what}.",
    "part": "Only a part of its network can be rebuilt: {what}.",
    "none": "Its network cannot be rebuilt.",
}


def rebuilt_sentences(rebuilt: Rebuilt) -> list[str]:
    """What can be said of a network that was rebuilt, its guesses at the end."""
    shape = (
        [f"An example that goes in has the shape {size(rebuilt.input_shape)}."]
        if rebuilt.input_shape and rebuilt.rows
        else []
    )
    certainty = CERTAINTY[rebuilt.certainty].format(what=rebuilt.what)
    guesses = [f"Guess: {each['layer']}. {each['why']}" for each in guesses_of(rebuilt)]
    return [certainty, *rebuilt.notes, *shape, *guesses]


def guesses_of(rebuilt: Rebuilt) -> list[dict[str, str]]:
    """The layers that were proposed, in order: what each is, what the file calls it, and why it is a guess."""
    return [{"layer": _layer(row), "name": row.name, "why": row.guess} for row in rebuilt.guesses]


def _told(rebuilt: Rebuilt | None) -> dict[str, object] | None:
    """A rebuilt network as JSON: each layer with its level in the stack."""
    if rebuilt is None:
        return None
    layers = [
        {"level": len(path) // 2, "layer": _layer(row), "name": row.name, "guess": row.guess}
        for path, row in paths(rebuilt.rows)
    ]
    told = {"certainty": rebuilt.certainty, "network": rebuilt.what, "input": rebuilt.input_shape}
    return {**told, "layers": layers, "notes": rebuilt.notes, "unused": rebuilt.unused}


def _layer(row: Row) -> str:
    """A layer in a few words: ``Convolution 2d, 6 channels · 5 × 5``."""
    summary = row.kind.summary()
    return row.kind.title if summary == row.kind.family else f"{row.kind.title}, {summary}"
