"""Putting the tensors of a weights file into a network."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import nn

from nnstudio.engine.build import assemble, passable
from nnstudio.engine.checkpoint import ModelFile, load_start
from nnstudio.spec.errors import ModelFileError
from nnstudio.spec.events import WeightsLoaded
from nnstudio.spec.files import model_in
from nnstudio.spec.layers import Shape
from nnstudio.spec.mapping import Match, Place, Stored, mapping
from nnstudio.spec.model import Model, Weights
from nnstudio.spec.shapes import walk


def load_weights(module: nn.Sequential, model: Model, file: ModelFile) -> WeightsLoaded:
    """Copy what fits of one ``file`` into ``module``, as ``model`` says that its start goes, or else by name."""
    return load_starts(module, model, [(model.start or Weights(file.path, file.sha256), file)])


def load_own_starts(module: nn.Sequential, model: Model) -> WeightsLoaded:
    """As `load_starts`, of the files that ``model`` itself starts from."""
    return load_starts(module, model, [(start, load_start(start)) for start in model.starts])


def load_starts(module: nn.Sequential, model: Model, files: Sequence[tuple[Weights, ModelFile]]) -> WeightsLoaded:
    """Copy what fits of ``files`` into ``module``, which was built for ``model``: where `mapping` puts it.

    Raises `ModelFileError` when nothing fits.
    """
    state = module.state_dict()
    lines = mapping(model, _places(module, model), [(weights, stored(file)) for weights, file in files])
    matched = {line.place.name: line for line in lines if line.match is Match.MATCHED and line.place}
    if not matched:
        raise ModelFileError(
            f"The weights of “{Path(files[0][1].path).name}” do not fit this network.",
            "No tensor of the file has a place of the same name and shape.",
            "Choose another file, or build the network that it was made for.",
        )
    with torch.no_grad():
        for name, line in matched.items():
            state[name].copy_(files[line.file][1].state[line.source])
    unmatched = [line for line in lines if line.match is not Match.MATCHED]
    return WeightsLoaded(
        files[0][1].path,
        tuple(matched),
        fresh=tuple(line.place.name for line in unmatched if line.place),
        unused=tuple(line.source for line in unmatched if line.source),
    )


def _places(module: nn.Sequential, model: Model) -> list[Place]:
    """Every tensor of a network in the order of its ``state_dict``, as `nnstudio.spec.mapping.places` lists them."""
    found: list[Place] = []
    met: dict[str, int] = {}
    for prefix, row in model.numbered():
        if row.is_block:
            continue
        repetition = met[row.id] = met.get(row.id, -1) + 1
        layer = module.get_submodule(prefix)
        buffers = {name for name, _ in layer.named_buffers()}
        found += [
            Place(f"{prefix}.{name}", row.id, name, tuple(tensor.shape), repetition, name in buffers)
            for name, tensor in layer.state_dict().items()
        ]
    return found


def stored(file: ModelFile) -> Stored:
    """What of a file decides where its tensors go."""
    return Stored(file.shapes, model_in(file.project))


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
