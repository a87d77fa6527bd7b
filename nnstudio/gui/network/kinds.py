"""The kinds of layer as the palette lists them: grouped by family, found by any word about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nnstudio.session.blocks import KNOWN_BLOCKS, KnownBlock
from nnstudio.spec.errors import ShapeError
from nnstudio.spec.layers import LAYERS, LayerKind, Shape
from nnstudio.spec.layers.base import size

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


Addable = type[LayerKind] | KnownBlock


LESSONS = "lessons"
"""Stands in place of a family above the kinds that only their lesson has the words of."""


@dataclass(frozen=True, slots=True)
class Heading:
    """The name of a family above its kinds."""

    family: str

    @property
    def title(self) -> str:
        return _TITLES.get(self.family) or self.family.capitalize()


_TITLES = {"nesting": "Blocks", LESSONS: "Mentioned in the lessons of"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A kind that can be added, and why it would not work at this place (empty when it would)."""

    kind: Addable
    problem: str = ""
    result: Shape | None = None
    """What would come out at this place, where that is known."""
    before: Shape | None = None
    """What would go in there; None where that is not known, or where the kind cannot take it."""

    @property
    def sentence(self) -> str:
        """What the list says below the title."""
        return self.kind.explanation()

    @property
    def effect(self) -> str:
        """What a layer would make of its input here, in a few words."""
        if self.problem:
            return "does not fit here"
        return f"→ {size(self.result)}" if self.result else ""

    @property
    def whole_effect(self) -> str:
        """The same with what goes in, where there is room for it."""
        return f"{size(self.before)} {self.effect}" if self.before and self.result else self.effect

    @property
    def shapes(self) -> tuple[Shape, Shape]:
        """What goes in and what comes out; an example where the kind cannot be put here."""
        return (self.before, self.result) if self.before and self.result else example(self.kind)


def entries(text: str, shape: Shape | None) -> list[Heading | Entry]:
    """The kinds that ``text`` finds, for a place where ``shape`` comes in (None: not known)."""
    words = text.lower().split()
    known: tuple[Addable, ...] = (*LAYERS.kinds.values(), *KNOWN_BLOCKS)
    found = [kind for kind in known if _has(kind, words)]
    families = dict.fromkeys(kind.family for kind in found)
    listed: list[Heading | Entry] = []
    for family in sorted(families, key=lambda name: _ORDER.index(name) if name in _ORDER else len(_ORDER)):
        listed.append(Heading(family))
        listed += _family(family, found, words, shape)
    taught = [Entry(kind, *_effect(kind, shape)) for kind in known if kind not in found and _teaches(kind, words)]
    return [*listed, Heading(LESSONS), *taught] if taught else listed


def _family(family: str, found: list[Addable], words: list[str], shape: Shape | None) -> Iterator[Entry]:
    kinds = [kind for kind in found if kind.family == family]
    for kind in sorted(kinds, key=lambda kind: not _is_named(kind, words)):
        yield Entry(kind, *_effect(kind, shape))


def best(listed: list[Heading | Entry], text: str) -> int:
    """Which entry Enter is to add: one whose name has the words, else the first; -1 when there is none."""
    words = text.lower().split()
    places = [place for place, entry in enumerate(listed) if isinstance(entry, Entry)]
    named = [place for place in places if isinstance(entry := listed[place], Entry) and _is_named(entry.kind, words)]
    return next(iter(named or places), -1)


def _has(kind: Addable, words: list[str]) -> bool:
    """Whether the words are in the names or in the one sentence of a kind."""
    about = f"{_names(kind)} {kind.family} {kind.explanation()}".lower()
    return all(word in about for word in words)


def _teaches(kind: Addable, words: list[str]) -> bool:
    """Whether the words are in the lesson of a kind."""
    lesson = _lesson(kind)
    return all(word in lesson for word in words)


_LESSONS: dict[str, str] = {}


def _lesson(kind: Addable) -> str:
    """The names, the sentence and the lesson of a kind, put together once."""
    if kind.key not in _LESSONS:
        _LESSONS[kind.key] = " ".join((_names(kind), kind.explanation(), *kind.lesson())).lower()
    return _LESSONS[kind.key]


def _is_named(kind: Addable, words: list[str]) -> bool:
    return all(word in _names(kind).lower() for word in words)


def _names(kind: Addable) -> str:
    return f"{kind.title} {kind.key}" if isinstance(kind, KnownBlock) else f"{kind.title} {kind.__name__} {kind.key}"


def _effect(kind: Addable, shape: Shape | None) -> tuple[str, Shape | None, Shape | None]:
    """Why ``kind`` would not work on ``shape``, or what it would make of it, and of what."""
    if shape is None:
        return "", None, None
    if isinstance(kind, KnownBlock):
        problem = kind.problem(shape)
        return problem, None if problem else kind.out_shape(shape), None if problem else shape
    try:
        return "", kind().out_shape(shape), shape
    except ShapeError as problem:
        return str(problem), None, None


_EXAMPLES: dict[str, tuple[Shape, Shape]] = {}


_SHAPES = ((64,), (16, 32, 32), (16, 64), (8, 16, 16, 16), (14, 14, 64))
"""Of a row, a picture, a sequence, a volume, and a picture whose channels come last."""


def example(kind: Addable) -> tuple[Shape, Shape]:
    """Shapes that a kind can take and give, found once."""
    if kind.key not in _EXAMPLES:
        effects = (_effect(kind, shape) for shape in _SHAPES)
        found = ((before, result) for _, result, before in effects if before and result)
        _EXAMPLES[kind.key] = next(found, ((64,), (64,)))
    return _EXAMPLES[kind.key]
