"""Which tensor of a weights file goes where in a network: decided here alone, for the window and for the engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from nnstudio.spec.layers import Shape
from nnstudio.spec.model import Model, Pair, Weights
from nnstudio.spec.naming import by_names
from nnstudio.spec.shapes import Step, Walk

ALIASES = {"gamma": "weight", "beta": "bias", "moving_mean": "running_mean", "moving_variance": "running_var"}
"""What others call the tensors of a layer."""


@dataclass(frozen=True, slots=True)
class Place:
    """A tensor of the network. ``name`` is PyTorch's (``0.weight``), ``tensor`` that in its layer (``weight``)."""

    name: str
    row: str
    tensor: str
    shape: Shape
    repetition: int = 0
    is_buffer: bool = False


@dataclass(frozen=True, slots=True)
class Stored:
    """The tensors of a weights file in their order, and the network that it carries, if it carries one."""

    shapes: Mapping[str, Shape]
    model: Model | None = None


class Match(StrEnum):
    """What becomes of a tensor; the values are the words for it."""

    MATCHED = "matched"
    SHAPE = "wrong shape"
    MISSING = "missing"
    EXTRA = "extra"


@dataclass(frozen=True, slots=True)
class Line:
    """A tensor of a file, a place of the network, or both that belong together; ``file`` counts the files from 0."""

    match: Match
    place: Place | None = None
    file: int = -1
    source: str = ""
    source_shape: Shape = ()
    by_hand: bool = False


def places(walked: Walk) -> tuple[Place, ...]:
    """Every tensor of a network in the order of its ``state_dict``; layers behind a problem have none."""
    return tuple(_places(walked.steps, "", {}))


def _places(steps: Sequence[Step], before: str, met: dict[str, int]) -> Iterator[Place]:
    for place, step in enumerate(steps):
        row, prefix = step.row, f"{before}{place}"
        if row.is_block:
            for number, inner in enumerate(step.inner):
                yield from _places(inner, f"{prefix}.{number}.", met)
            continue
        repetition = met[row.id] = met.get(row.id, -1) + 1
        for name, shape in (*step.parameters.items(), *step.buffers.items()):
            yield Place(f"{prefix}.{name}", row.id, name, tuple(shape), repetition, name in step.buffers)


def mapping(model: Model, network: Sequence[Place], files: Sequence[tuple[Weights, Stored]]) -> tuple[Line, ...]:
    """What becomes of every tensor: first the network in its order, then what is left over of each file.

    ``network`` are the tensors of ``model``.

    Where several files have a tensor for a place, the last one gives it.
    """
    given: dict[Place, Line] = {}
    for number, (weights, stored) in reversed(tuple(enumerate(files))):
        for place, source, by_hand in _proposed(model, network, weights, stored, given):
            line = _line(place, number, source, stored.shapes.get(source), by_hand)
            if line.match is Match.MATCHED or place not in given:
                given[place] = line
    lines = [given.get(place, Line(Match.MISSING, place)) for place in network]
    used = {(line.file, line.source) for line in lines}
    return (*lines, *(line for line in _all_of(files) if (line.file, line.source) not in used))


def _line(place: Place, number: int, source: str, shape: Shape | None, by_hand: bool) -> Line:
    if shape is None:
        return Line(Match.MISSING, place, by_hand=by_hand)
    fits = shape == place.shape
    return Line(Match.MATCHED if fits else Match.SHAPE, place, number, source, shape, by_hand)


def _all_of(files: Sequence[tuple[Weights, Stored]]) -> Iterator[Line]:
    for number, (_, stored) in enumerate(files):
        yield from (Line(Match.EXTRA, None, number, name, shape) for name, shape in stored.shapes.items())


Proposal = tuple[Place, str, bool]


def _proposed(
    model: Model, network: Sequence[Place], weights: Weights, stored: Stored, given: Mapping[Place, Line]
) -> Iterator[Proposal]:
    """Which tensor of one file would go where, and whether that was said by hand."""
    hand = dict(_by_hand(network, weights.pairs))
    yield from ((place, source, True) for place, source in hand.items())
    taken = set(hand.values())
    settled = {place for place, line in given.items() if line.match is Match.MATCHED or line.by_hand}
    open_places = [place for place in network if place not in hand and place not in settled]
    rest = {name: shape for name, shape in stored.shapes.items() if name not in taken}
    found: Iterable[tuple[Place, str]] = ()
    if weights.by == "name":
        found = _by_name(model, open_places, Stored(rest, stored.model))
    elif weights.by == "order":
        found = in_order(open_places, rest)
    yield from ((place, source, False) for place, source in found)


def _by_hand(network: Sequence[Place], pairs: Sequence[Pair]) -> Iterator[tuple[Place, str]]:
    """Where the pairs are about a whole row first, so that those about a single tensor come to stand over them."""
    by_row: dict[tuple[str, int], list[Place]] = {}
    for place in network:
        by_row.setdefault((place.row, place.repetition), []).append(place)
    for pair in sorted(pairs, key=lambda pair: bool(pair.tensor)):
        for place in by_row.get((pair.row, pair.repetition), ()):
            if not pair.tensor:
                yield place, f"{pair.source}.{place.tensor}" if pair.source else ""
            elif pair.tensor == place.tensor:
                yield place, pair.source


def _by_name(model: Model, network: Sequence[Place], stored: Stored) -> Iterator[tuple[Place, str]]:
    """By the identity of the rows where the file knows some of them, else by names."""
    theirs = prefixes(stored.model) if stored.model else {}
    if any(place.row in theirs for place in network):
        found = {place: _in_theirs(place, theirs.get(place.row, ())) for place in network}
    else:
        named = by_names(model, stored.shapes)
        found = {place: named.get(place.name, "") for place in network}
    return ((place, source) for place, source in found.items() if source in stored.shapes)


def _in_theirs(place: Place, known: Sequence[str]) -> str:
    return f"{known[place.repetition]}.{place.tensor}" if place.repetition < len(known) else ""


def prefixes(model: Model) -> Mapping[str, Sequence[str]]:
    """What stands before the names of each layer's tensors, by its identity: one, or one for each repetition."""
    found: dict[str, list[str]] = {}
    for prefix, row in model.numbered():
        if not row.is_block:
            found.setdefault(row.id, []).append(prefix)
    return found


def in_order(network: Sequence[Place], shapes: Mapping[str, Shape]) -> Iterator[tuple[Place, str]]:
    """Pair tensors of the same shape and last name (``weight``) in the sequence of both, whatever they are called.

    A file whose last names are unknown goes by shapes alone.
    """
    ours = [(place.tensor, place.shape) for place in network]
    theirs = [(_last(name), shape) for name, shape in shapes.items()]
    if {name for name, _ in ours}.isdisjoint(name for name, _ in theirs):
        ours, theirs = [("", shape) for _, shape in ours], [("", shape) for _, shape in theirs]
    names = list(shapes)
    for one, other in _alike(ours, theirs):
        yield network[one], names[other]


def _last(name: str) -> str:
    last = name.rpartition(".")[2]
    return ALIASES.get(last, last)


Key = tuple[str, Shape]


def _alike(ours: Sequence[Key], theirs: Sequence[Key]) -> Iterator[tuple[int, int]]:
    """Places in both sequences that hold the same, neither out of its order: the ends first, which are mostly alike."""
    least = min(len(ours), len(theirs))
    start = next((place for place in range(least) if ours[place] != theirs[place]), least)
    most = least - start
    end = next((place for place in range(most) if ours[-1 - place] != theirs[-1 - place]), most)
    yield from ((place, place) for place in range(start))
    middle = SequenceMatcher(
        None, ours[start : len(ours) - end], theirs[start : len(theirs) - end], autojunk=False
    ).get_matching_blocks()
    for one, other, size in middle:
        yield from ((start + one + step, start + other + step) for step in range(size))
    yield from ((len(ours) - end + step, len(theirs) - end + step) for step in range(end))


def counts(lines: Iterable[Line]) -> dict[Match, int]:
    """How many lines there are of each kind."""
    found = dict.fromkeys(Match, 0)
    for line in lines:
        found[line.match] += 1
    return found
