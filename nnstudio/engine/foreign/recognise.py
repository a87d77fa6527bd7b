"""What a weights file of somebody else is, and the tensors in it that are weights."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from nnstudio.engine.foreign.records import Record, class_name, is_module, named
from nnstudio.engine.foreign.refusals import quoted, refused
from nnstudio.engine.foreign.shards import part_note
from nnstudio.engine.foreign.unpickle import Unpickled
from nnstudio.spec.words import counted

WEIGHTS = ("state_dict", "model_state_dict", "model_state", "model", "net", "network", "module", "params", "weights")
"""What the weights are called in a training checkpoint, the likeliest first."""

DEEPEST = 3
"""Dictionaries within dictionaries that are looked into."""

AVERAGED = frozenset({"ema", "params_ema", "model_ema", "ema_state_dict", "state_dict_ema"})

PREFIXES = {"module.": "It was wrapped, as DataParallel does", "_orig_mod.": "It was compiled by torch.compile"}

AVERAGE = "n_averaged"
"""The count of an `AveragedModel`, beside the weights that it wraps."""

LIGHTNING = "pytorch-lightning_version"

MOST_NAMED = 3


Tensors = Mapping[str, Any]
"""Tensors by name, as a stranger's file holds them; not checked yet."""


@dataclass(frozen=True, eq=False, slots=True)
class Recognised:
    """The weights of a file by name, what kind of file it is in a few words, and what else is to be said of it.

    ``module`` is the whole module that they were saved in, if there was one.
    """

    state: dict[str, Tensor]
    kind: str
    notes: tuple[str, ...]
    module: Record | None = None


def recognised(path: Path, found: Unpickled) -> Recognised:
    """The weights in a file, wherever they lie in it; raises `ModelFileError` where there are none."""
    raw, kind, notes, module = _weights(path, found)
    is_lightning = isinstance(found.content, Mapping) and LIGHTNING in found.content
    named_anew, stripped = _without_prefixes(raw, is_lightning)
    state, turned = checked(path, named_anew)
    part = (note,) if (note := part_note(path)) else ()
    notes = (*found.notes, *part, *notes, *stripped, *turned, *_remarks(state, found.devices))
    return Recognised(state, f"{kind} with {counted(len(state), 'tensor')}", notes, None if stripped else module)


def _weights(path: Path, found: Unpickled) -> tuple[Tensors, str, tuple[str, ...], Record | None]:
    content = found.content
    if isinstance(content, Record) and (found.kind or is_module(content)):
        kind = found.kind or f"a whole module ({class_name(content)})"
        return dict(named(content, Tensor)), kind, (), None if found.kind else content
    content = _by_name(content)
    _need_names(path, content)
    if found.kind or found.is_safetensors:
        return content, found.kind or "a safetensors file", (), None
    if all(isinstance(value, Tensor) for value in content.values()):
        unnamed = isinstance(found.content, list | tuple)
        return content, "a list of tensors" if unnamed else "a state_dict", (UNNAMED,) if unnamed else (), None
    if not (found_in := sorted(_candidates(content), key=_rank)):
        return *_mostly_tensors(content), None
    where, weights = found_in[0]
    notes = tuple(_aside(content, where))
    tensors, _, left_out = _mostly_tensors(weights)
    return tensors, _checkpoint(content, where), notes + left_out, _module_at(content, where)


UNNAMED = "They have no names: let them find their places in order."


def _by_name(content: Any) -> Any:
    """What a file holds in a list, or in an object that is no module, as a dictionary; by place, or by field."""
    if isinstance(content, list | tuple) and content:
        return {str(place): value for place, value in enumerate(content)}
    return vars(content) if isinstance(content, Record) else content


def _mostly_tensors(content: Tensors) -> tuple[Tensors, str, tuple[str, ...]]:
    """A state_dict in which something else lies, too, without that; as it is where most of it is something else."""
    plain = dict(_unpacked(content))
    tensors = {name: value for name, value in plain.items() if isinstance(value, Tensor)}
    others = [name for name in plain if name not in tensors]
    if 2 * len(tensors) < len(plain) or not tensors:
        return content, "", ()  # what it holds instead is named when it is checked
    said = f"{_named(others)} no tensor{'' if len(others) == 1 else 's'}, and left out." if others else ""
    return tensors, "a state_dict", (said,) if said else ()


PACKED = "_packed_params"


def _unpacked(content: Tensors) -> Iterator[tuple[str, Any]]:
    """Weight and bias of quantised layers, which PyTorch keeps as a pair, under the names that others have."""
    pair = f"{PACKED}.{PACKED}"
    layers = {name.removesuffix(pair) for name in content if name.endswith(pair)}
    aside = {f"{layer}{own}" for layer in layers for own in ("scale", "zero_point", f"{PACKED}.dtype")}
    for name, value in content.items():
        if name.endswith(pair) and isinstance(value, tuple) and len(value) == 2:
            layer = name.removesuffix(pair)
            yield from zip((f"{layer}weight", f"{layer}bias"), value, strict=True)
        elif name not in aside:
            yield name, value


def _module_at(content: Any, where: tuple[str, ...]) -> Record | None:
    """The module that lies at the end of some names, if it is one."""
    for key in where:
        content = content[key]
    return content if isinstance(content, Record) else None


def _need_names(path: Path, content: object) -> None:
    if not isinstance(content, Mapping) or not all(isinstance(name, str) for name in content):
        raise refused(path, f"It holds {_value(content)}, not weights by name.")


def _candidates(content: Mapping[Any, Any], where: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Tensors]]:
    """Every dictionary of tensors and every module in a checkpoint, by the names that lead there."""
    for key, value in content.items():
        if not isinstance(key, str) or "optim" in key:
            continue
        if isinstance(value, Record):
            if tensors := dict(named(value, Tensor)):
                yield (*where, key), tensors
        elif isinstance(value, Mapping) and value:
            if _is_state_dict(value):
                yield (*where, key), value
            elif len(where) < DEEPEST:
                yield from _candidates(value, (*where, key))


def _is_state_dict(value: Mapping[Any, Any]) -> bool:
    """Whether most of a dictionary are tensors by name."""
    tensors = sum(isinstance(each, Tensor) for each in value.values())
    return all(isinstance(name, str) for name in value) and 2 * tensors > len(value)


def _rank(candidate: tuple[tuple[str, ...], Tensors]) -> tuple[bool, int, int]:
    """Less for what is likelier to be the weights: not averaged, well named, many."""
    where, tensors = candidate
    places = [WEIGHTS.index(key) for key in where if key in WEIGHTS]
    return not AVERAGED.isdisjoint(where), min(places, default=len(WEIGHTS)), -len(tensors)


def _checkpoint(content: Mapping[str, Any], where: tuple[str, ...]) -> str:
    place = quoted(".".join(where))
    if LIGHTNING in content:
        return f"a checkpoint of Lightning {quoted(content[LIGHTNING])[1:-1]}, its weights under {place},"
    return f"a training checkpoint, its weights under {place},"


def _aside(content: Mapping[str, Any], where: tuple[str, ...]) -> Iterator[str]:
    """What a checkpoint holds beside the weights."""
    others = [name for name in content if name != where[0]]
    if averaged := [name for name in others if name in AVERAGED]:
        yield f"It holds averaged weights, too, under {quoted(averaged[0])}; they are not used."
    if any("optim" in name for name in others):
        yield "It holds the state of an optimiser, which is not used."
    if isinstance(epoch := content.get("epoch"), int):
        yield f"It was saved in epoch {epoch:,}."


def _without_prefixes(state: Mapping[str, Any], is_lightning: bool) -> tuple[dict[str, Any], list[str]]:
    """Names without what wrappers put before all of them, and a note for each of these."""
    current, notes = dict(state), []
    if AVERAGE in current and all(name.startswith("module.") for name in current if name != AVERAGE):
        del current[AVERAGE]
        notes.append("It is an average of weights (AveragedModel of PyTorch).")
    while current:
        prefix = next((prefix for prefix in PREFIXES if all(name.startswith(prefix) for name in current)), "")
        why = PREFIXES.get(prefix, "")
        if not prefix and is_lightning and len({name.partition(".")[0] for name in current}) == 1 < len(current):
            prefix, why = next(iter(current)).partition(".")[0] + ".", "Lightning keeps the network in a field"
            is_lightning = False
        if not prefix or prefix in current:
            break
        current = {name.removeprefix(prefix): value for name, value in current.items()}
        notes.append(f"{why}: {quoted(prefix)} was taken off the names.")
    return current, notes


def checked(path: Path, state: Tensors) -> tuple[dict[str, Tensor], list[str]]:
    """The tensors of ``state``, and notes on those that had to be changed.

    Raises `ModelFileError` unless they are plain dense ones by name, and no larger than what lies in the file.
    """
    _need_names(path, state)
    notes = []
    for name, tensor in state.items():
        if not isinstance(tensor, Tensor):
            raise refused(path, f"Its entry {quoted(name)} is {_value(tensor)}, not a tensor.")
        if tensor.layout is not torch.strided or tensor.device.type != "cpu":
            raise refused(path, f"Its tensor {quoted(name)} is not a plain one.")
        if not tensor.is_quantized and tensor.nbytes > tensor.untyped_storage().nbytes():
            raise refused(path, f"Its tensor {quoted(name)} claims more numbers than the file holds.")
    if not state:
        raise refused(path, "It holds no tensors.")
    if quantised := [name for name, tensor in state.items() if tensor.is_quantized]:
        notes.append(f"{_named(quantised)} quantised; rounded numbers take the place of the exact ones.")
    return {name: (each.dequantize() if each.is_quantized else each).detach() for name, each in state.items()}, notes


def _remarks(state: Mapping[str, Tensor], devices: frozenset[str]) -> Iterator[str]:
    kinds = sorted(
        {str(tensor.dtype).removeprefix("torch.") for tensor in state.values() if tensor.is_floating_point()}
    )
    if other := [kind for kind in kinds if kind != "float32"]:
        yield f"Its numbers are {' and '.join(other)}; they are used as float32."
    if cards := sorted(device for device in devices if device.partition(":")[0] not in {"cpu", "meta"}):
        yield f"It was saved on {quoted(cards[0])} and opened on the CPU."
    for first, second in _tied(state)[:MOST_NAMED]:
        yield f"{quoted(first)} and {quoted(second)} are the same numbers (tied weights)."
    spoilt = [name for name, tensor in state.items() if not _is_finite(tensor)]
    if spoilt:
        yield f"{_named(spoilt)} not finite everywhere: a network with such weights answers nothing of use."


def _is_finite(tensor: Tensor) -> bool:
    """Whether every number is finite; what is not shows in the least or the largest, which take one look at each."""
    if not tensor.is_floating_point() or not tensor.numel() or tensor.dtype.itemsize < 2:
        return bool(torch.isfinite(tensor).all())
    return all(math.isfinite(end.item()) for end in torch.aminmax(tensor))


def _tied(state: Mapping[str, Tensor]) -> list[tuple[str, str]]:
    """Pairs of names for the same memory."""
    first: dict[object, str] = {}
    pairs = []
    for name, tensor in state.items():
        if not tensor.numel():
            continue
        place = (tensor.data_ptr(), tensor.shape, tensor.stride(), tensor.dtype)
        if place in first:
            pairs.append((first[place], name))
        first.setdefault(place, name)
    return pairs


def _named(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
    return f"{', '.join(map(quoted, names[:MOST_NAMED]))}{more} {'is' if len(names) == 1 else 'are'}"


def _value(value: object) -> str:
    if isinstance(value, Record) and is_module(value):
        return f"a module ({class_name(value)})"
    return f"a value of type {type(value).__name__}"
