"""The rebuilt network as a module of PyTorch, with the weights of its file in it."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from nnstudio.engine.build import assemble, passable
from nnstudio.engine.checkpoint import ModelFile
from nnstudio.engine.rebuilding.units import COUNTER
from nnstudio.spec.errors import ModelFileError
from nnstudio.spec.layers import Shape
from nnstudio.spec.model import Model
from nnstudio.spec.naming import by_names
from nnstudio.spec.rebuilt import Rebuilt
from nnstudio.spec.shapes import walk


def shape_of(rebuilt: Rebuilt, file: ModelFile, input_shape: Shape | None) -> Shape:
    """The shape of an example for a rebuilt network; raises `ModelFileError` where there is no network, or no shape."""
    name = Path(file.path).name
    if not rebuilt.rows:
        why = " ".join(rebuilt.notes)
        raise ModelFileError(f"The network of “{name}” could not be rebuilt.", why, "Build it by hand, layer by layer.")
    if (shape := input_shape or rebuilt.input_shape) is None:
        why = "Its weights do not tell the shape of an example."
        raise ModelFileError(f"The network of “{name}” needs one thing more.", why, "Give it, such as 3x224x224.")
    return shape


def with_weights(rebuilt: Rebuilt, input_shape: Shape, file: ModelFile) -> nn.Sequential:
    """The network in ``eval()`` with its weights, as float32; draws no random number.

    Raises `ShapeError` for a network that cannot take examples of ``input_shape``, and `ModelFileError` where one of
    its tensors is missing in the file or has another shape.
    """
    model = Model(rebuilt.rows)
    walked = passable(walk(model, input_shape))
    with torch.device("meta"):
        module = assemble(walked)
    found = {name: name for name in file.state} if file.project else by_names(model, file.state)
    state: dict[str, Tensor] = {}
    for name, place in module.state_dict().items():
        tensor = file.state.get(found.get(name, ""))
        if tensor is None and name.endswith(COUNTER):
            tensor = torch.zeros((), dtype=torch.long)
        if tensor is None or tensor.shape != place.shape:
            what = f"The weights of “{Path(file.path).name}” do not fit an example of that shape."
            raise ModelFileError(what, f"The network needs {tuple(place.shape)} for “{found.get(name, name)}”.")
        state[name] = tensor.to(place.dtype, copy=True)
    module.load_state_dict(state, assign=True)
    return module.requires_grad_(False).eval()
