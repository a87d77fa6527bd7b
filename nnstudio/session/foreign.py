"""Networks that somebody's weights seem to be of: offered, built as one edit, and told in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from nnstudio.session.edits import with_rows
from nnstudio.spec.events import ModelOpened
from nnstudio.spec.model import Weights
from nnstudio.spec.project import Project
from nnstudio.spec.rebuilt import Certainty, Rebuilt, guesses
from nnstudio.spec.words import counted


def can_build(opened: ModelOpened) -> bool:
    """Whether there is anything of its network to build."""
    return opened.rebuilt is not None and bool(opened.rebuilt.rows)


def build_network(project: Project, opened: ModelOpened) -> Project:
    """Replace the stack by the network that the file seems to hold; training starts from its weights."""
    rows = opened.rebuilt.rows if opened.rebuilt else ()
    start = Weights(opened.path, opened.sha256)
    return with_rows(replace(project, model=replace(project.model, start=start)), rows)


LONGEST_NAME = 30
"""Letters of a file's name."""

OFFERS: Mapping[Certainty, str] = {
    "exact": "“{name}” holds {what}.",
    "known": "“{name}” has the names and shapes of {what}.",
    "guessed": "“{name}” seems to be {what}.",
    "part": "“{name}” is {what}.",
    "none": "The network of “{name}” cannot be rebuilt.",
}


def offer_words(opened: ModelOpened) -> tuple[str, str]:
    """What the file seems to hold, and how far that can be trusted."""
    rebuilt = opened.rebuilt or Rebuilt("none")
    what = OFFERS[rebuilt.certainty].format(name=shortened(Path(opened.path).name), what=rebuilt.what)
    count = len(rebuilt.guesses)
    guessed = "is a guess" if count == 1 else "are guesses"
    marked = f"{counted(count, 'layer')} of it {guessed}, marked as such." if count else ""
    return what, " ".join(each for each in (*rebuilt.notes, marked) if each)


def shortened(name: str) -> str:
    """A file's name, its middle left out where it is too long for a panel."""
    half = LONGEST_NAME // 2
    return name if len(name) <= LONGEST_NAME else f"{name[:half]}…{name[-half:]}"


def guess_words(project: Project) -> str:
    """How many layers were proposed; empty when none was."""
    count = len(guesses(project.model.rows))
    return f"{counted(count, 'layer')} {'is a guess' if count == 1 else 'are guesses'}." if count else ""
