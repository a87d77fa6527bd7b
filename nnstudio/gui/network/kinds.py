"""The kinds of layer as the palette lists them: grouped by family, found by any word about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nnstudio.spec.errors import ShapeError
from nnstudio.spec.layers import LAYERS, LayerKind, Shape

_ORDER = (
    "linear",
    "activation",
    "convolution",
    "pooling",
    "reshaping",
    "normalisation",
    "regularisation",
    "recurrent",
    "embedding",
    "attention",
    "nesting",
)
"""Families as a newcomer meets them; one that is not listed comes last."""


@dataclass(frozen=True, slots=True)
class Heading:
    """The name of a family above its kinds."""

    family: str

    @property
    def title(self) -> str:
        return self.family.capitalize()


@dataclass(frozen=True, slots=True)
class Entry:
    """A kind that can be added, and why it would not work at this place (empty when it would)."""

    kind: type[LayerKind]
    problem: str = ""


def entries(text: str, shape: Shape | None) -> list[Heading | Entry]:
    """The kinds that ``text`` finds, for a place where ``shape`` comes in (None: not known)."""
    words = text.lower().split()
    found = [kind for kind in LAYERS.kinds.values() if _matches(kind, words)]
    families = dict.fromkeys(kind.family for kind in found)
    listed: list[Heading | Entry] = []
    for family in sorted(families, key=lambda name: _ORDER.index(name) if name in _ORDER else len(_ORDER)):
        listed.append(Heading(family))
        listed += _family(family, found, words, shape)
    return listed


def _family(family: str, found: list[type[LayerKind]], words: list[str], shape: Shape | None) -> Iterator[Entry]:
    kinds = [kind for kind in found if kind.family == family]
    for kind in sorted(kinds, key=lambda kind: not _is_named(kind, words)):
        yield Entry(kind, _problem(kind, shape))


def best(listed: list[Heading | Entry], text: str) -> int:
    """Which entry Enter is to add: one whose name has the words, else the first; -1 when there is none."""
    words = text.lower().split()
    places = [place for place, entry in enumerate(listed) if isinstance(entry, Entry)]
    named = [place for place in places if isinstance(entry := listed[place], Entry) and _is_named(entry.kind, words)]
    return next(iter(named or places), -1)


def _matches(kind: type[LayerKind], words: list[str]) -> bool:
    about = f"{kind.title} {kind.__name__} {kind.key} {kind.family} {kind.explanation()}".lower()
    return all(word in about for word in words)


def _is_named(kind: type[LayerKind], words: list[str]) -> bool:
    name = f"{kind.title} {kind.__name__} {kind.key}".lower()
    return all(word in name for word in words)


def _problem(kind: type[LayerKind], shape: Shape | None) -> str:
    if shape is None:
        return ""
    try:
        kind().out_shape(shape)
    except ShapeError as problem:
        return str(problem)
    return ""
