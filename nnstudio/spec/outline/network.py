"""What a project says of its network: layers, locks, and the weights that it starts from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nnstudio.spec.initialisations import INITIALISE, Default
from nnstudio.spec.model import KIND, LOCKED, MATCH, NAME, RATE, THAW, Model, Pair, Row, Weights, paths
from nnstudio.spec.outline.entry import Entry, entry, kind_in
from nnstudio.spec.words import NOTHING

FRESH = "fresh weights"


def network_entries(model: Model) -> Iterator[Entry]:
    """Where the weights start, then each layer."""
    names = layer_names(model)
    yield from _start(model, names)
    within = dict(_places(model, names))
    for _, row in paths(model.rows):
        yield from _layer(row, names[row.id], within[row.id])


def layer_names(model: Model) -> dict[str, str]:
    """What each layer is called, by its identity: its own name, or its kind and number: ``Linear 2``."""
    return {row.id: row.name or f"{row.kind.title} {prefix}" for prefix, row in model.once()}


def _places(model: Model, names: Mapping[str, str]) -> Iterator[tuple[str, tuple[object, str]]]:
    """What each layer stands in, to compare it and in words: the stack, or a branch of a block."""
    at = {path: row.id for path, row in paths(model.rows)}
    for path, row_id in at.items():
        block = at[path[:-2]] if len(path) > 1 else ""
        yield row_id, ((block, path[-2]), f"{names[block]}, branch {path[-2] + 1}") if block else ("", "the stack")


def _layer(row: Row, name: str, within: tuple[object, str]) -> Iterator[Entry]:
    path = f"layer.{row.id}"
    yield Entry(path, "", name, True, f"{row.kind.title}, {row.kind.summary()}", row.kind.explanation())
    tensors = row.locked_parameters
    for each in (
        Entry(f"{path}.within", name, "Stands in", *within),
        entry(f"{path}.name", name, NAME, row.name),
        *kind_in(f"{path}.kind", name, KIND, row.kind),
        *kind_in(f"{path}.start", name, INITIALISE, row.initialisation or Default()),
        entry(f"{path}.locked", name, LOCKED, row.locked),
        Entry(f"{path}.tensors", name, "Locked tensors", frozenset(tensors), ", ".join(tensors) or NOTHING),
        entry(f"{path}.rate", name, RATE, row.rate),
        entry(f"{path}.thaw", name, THAW, row.thaw),
    ):
        yield each.within(path)


def _start(model: Model, names: Mapping[str, str]) -> Iterator[Entry]:
    start = model.start
    yield Entry("start", "", "Starts from", start and (start.path, start.sha256), _file(start) if start else FRESH)
    if start:
        yield entry("start.by", "Weights", MATCH, start.by)
    for weights in model.starts:
        for pair in weights.pairs:
            yield _pair(pair, weights, names)
    for place, graft in enumerate(model.grafts, start=1):
        yield Entry(f"graft.{place}", "", f"Layers with weights {place}", (graft.path, graft.sha256), _file(graft))


def _file(weights: Weights) -> str:
    """A weights file, and the beginning of its SHA-256, by which other bytes of the same name are known."""
    return f"{weights.path} ({weights.sha256[:12]})"


def _pair(pair: Pair, weights: Weights, names: Mapping[str, str]) -> Entry:
    tensor = pair.tensor or "all tensors"
    path = f"pair.{weights.path}.{pair.row}.{pair.repetition}.{pair.tensor}"
    called = f"{tensor} of {names.get(pair.row, pair.row)}"
    return Entry(path, "Weights", called, pair.source, pair.source or "fresh")
