"""What a pattern such as ``features.*`` names in a network."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from nnstudio.spec.errors import SpecError
from nnstudio.spec.mapping import Place, places
from nnstudio.spec.model import Model
from nnstudio.spec.naming import name_in_file
from nnstudio.spec.nesting import holds_tensors
from nnstudio.spec.shapes import Walk

MOST_NAMES = 4
"""As many names are given as examples."""


@dataclass(frozen=True, slots=True)
class Named:
    """Layers that are named as a whole, and single parameters of others, by the identities of the rows."""

    layers: Collection[str]
    parameters: Mapping[str, tuple[str, ...]]


def named_by(model: Model, walked: Walk, pattern: str) -> Named:
    """What an `fnmatch` pattern names: capital letters count, ``*`` is any text, dots included.

    It is held against PyTorch's names of tensors and layers (``0.weight``, ``0``), and against those that rows have
    (``layer1.0.conv1.weight``, ``layer1.0.conv1``). A layer all of whose tensors are named is named itself. Raises
    `SpecError` when nothing is named; running statistics alone are nothing: they follow the lock of their layer.
    """
    network = places(walked)
    names = {row.id: row.name for _, row in model.numbered() if row.name}
    fits = [place for place in network if any(fnmatchcase(name, pattern) for name in _names(place, names))]
    left = {place.row for place in network}.intersection(place.row for place in set(network).difference(fits))
    layers = {place.row for place in fits} - left | set(_layers(model, pattern))
    parameters: dict[str, tuple[str, ...]] = {}
    for place in fits:
        if place.row not in layers and not place.is_buffer:
            parameters[place.row] = (*parameters.get(place.row, ()), place.tensor)
    if not layers and not parameters:
        raise _nothing(pattern, network, names)
    return Named(layers, parameters)


def _names(place: Place, names: Mapping[str, str]) -> Iterator[str]:
    yield place.name
    if name := names.get(place.row):
        yield name_in_file(name, place.tensor)


def _layers(model: Model, pattern: str) -> Iterator[str]:
    for prefix, row in model.numbered():
        if holds_tensors(row) and (fnmatchcase(prefix, pattern) or fnmatchcase(row.name, pattern)):
            yield row.id


def _nothing(pattern: str, network: Collection[Place], names: Mapping[str, str]) -> SpecError:
    known = [name for place in network for name in tuple(_names(place, names))[-1:]]
    more = " …" if len(known) > MOST_NAMES else ""
    return SpecError(
        f"Nothing in the network is called “{pattern}”.",
        f"Its tensors are {', '.join(known[:MOST_NAMES])}{more}." if known else "It has no tensors.",
        "Patterns are such as 0.weight, 0.*, features.* or *.bias.",
    )
