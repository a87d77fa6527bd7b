"""Putting the tensors of a weights file into a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from nnstudio.engine.build import assemble, passable
from nnstudio.engine.checkpoint import ModelFile
from nnstudio.spec.errors import ModelFileError, SpecError
from nnstudio.spec.events import WeightsLoaded
from nnstudio.spec.files import project_from_json
from nnstudio.spec.layers import Shape
from nnstudio.spec.model import Model
from nnstudio.spec.naming import by_names
from nnstudio.spec.project import Project
from nnstudio.spec.shapes import walk


def load_weights(module: nn.Sequential, model: Model, file: ModelFile) -> WeightsLoaded:
    """Copy what fits of ``file`` into ``module``, which was built for ``model``.

    Where they come from is what `sources` says. The shape has to agree. Raises `ModelFileError` when nothing fits.
    """
    found = sources(model, file)
    state = module.state_dict()
    matched = {
        name: file.state[found[name]] for name in state if _fits(state[name], file.state.get(found.get(name, "")))
    }
    if not matched:
        raise ModelFileError(
            f"The weights of “{Path(file.path).name}” do not fit this network.",
            "No tensor of the file has a place of the same name and shape.",
            "Choose another file, or build the network that it was made for.",
        )
    with torch.no_grad():
        for name, tensor in matched.items():
            state[name].copy_(tensor)
    used = {found[name] for name in matched}
    return WeightsLoaded(
        file.path,
        tuple(matched),
        fresh=tuple(name for name in state if name not in matched),
        unused=tuple(name for name in file.state if name not in used),
    )


def _fits(place: Tensor, tensor: Tensor | None) -> bool:
    return tensor is not None and place.shape == tensor.shape


def sources(model: Model, file: ModelFile) -> Mapping[str, str]:
    """For every tensor name of the network the name that its tensor has in the file.

    Tensors follow their row where the file's project has rows of the same identity, also when another row was inserted
    before it; otherwise they go by names, as `nnstudio.spec.naming` has it.
    """
    theirs = _prefixes(project.model) if (project := _project_of(file)) else {}
    pairs = ((theirs.get(row_id, ()), prefixes) for row_id, prefixes in _prefixes(model).items())
    moved = {old: new for before, after in pairs for old, new in zip(before, after, strict=False)}
    if not moved:
        return by_names(model, file.state)
    places = ((name, place) for name in file.state for place, sign in enumerate(name) if sign == ".")
    return {moved[name[:place]] + name[place:]: name for name, place in places if name[:place] in moved}


def _prefixes(model: Model) -> Mapping[str, Sequence[str]]:
    """The prefixes of each layer's tensors by its identity: one, or one for each repetition."""
    found: dict[str, list[str]] = {}
    for prefix, row in model.numbered():
        if not row.is_block:
            found.setdefault(row.id, []).append(prefix)
    return found


def _project_of(file: ModelFile) -> Project | None:
    """The project that a file carries, if it can be read."""
    try:
        return project_from_json(file.project) if file.project else None
    except SpecError:
        return None


def restore(model: Model, input_shape: Shape, file: ModelFile) -> nn.Sequential:
    """The network of ``model`` in ``eval()`` with the weights of ``file``, every tensor of it; draws no random number.

    Raises `ShapeError` for a network that cannot work, and `ModelFileError` unless the file has exactly its tensors.
    """
    walked = passable(walk(model, input_shape))
    with torch.device("meta"):
        module = assemble(walked)
    try:
        module.load_state_dict(file.state, assign=True)
    except RuntimeError as error:
        raise ModelFileError(
            f"The weights of “{Path(file.path).name}” do not fit its network.",
            "Tensors are missing, left over, or of another shape.",
            details=str(error),
        ) from error
    return module.requires_grad_(False).eval()
