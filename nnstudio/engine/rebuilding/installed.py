"""The networks of torchvision, where it happens to be installed: told by the names and shapes of their tensors.

nnstudio does not need torchvision, and tests this with a stand-in for it.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial
from types import ModuleType
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from nnstudio.engine.rebuilding.units import Shapes

LIBRARY = "torchvision"


@dataclass(frozen=True, eq=False, slots=True)
class Installed:
    """A network of the library: what it calls it, and the module itself, which has no memory."""

    name: str
    module: nn.Module


def installed(shapes: Shapes) -> Installed | None:
    """The network of torchvision that has just these tensors; None where there is none, or no torchvision."""
    models = _models()
    for name, own in _known(models) if models else ():
        if own.keys() == shapes.keys() and (classes := _classes(own, shapes)):
            module = _made(models, name, num_classes=classes)
            if module is not None and _shapes(module) == dict(shapes):
                return Installed(name, module)
    return None


OTHERS = {
    "segmentation": "says what every pixel of a picture shows",
    "detection": "finds the things in a picture",
    "video": "tells films apart",
    "optical_flow": "says where every pixel of a film moves",
}
"""What the networks do that the library has beside those for whole pictures, by the room in which it has them."""


def other(shapes: Shapes) -> str:
    """A network of torchvision with tensors of these names that is not for whole pictures, and what it does."""
    models: Any = _models()
    for room, does in OTHERS.items():
        names = models.list_models(module=getattr(models, room)) if hasattr(models, room) else ()
        if alike := [name for name in names if _usual(name).keys() == shapes.keys()]:
            best = max(alike, key=lambda name: sum(shapes[tensor] == shape for tensor, shape in _usual(name).items()))
            return f"{best} of torchvision, which {does}"
    return ""


@cache
def _models() -> ModuleType | None:
    """The library's room of models, if it is there and can be loaded."""
    try:
        return importlib.import_module(f"{LIBRARY}.models") if importlib.util.find_spec(LIBRARY) else None
    except Exception:  # noqa: BLE001  # made for another PyTorch, it breaks in any way while it is loaded
        return None


def _known(models: ModuleType) -> Iterator[tuple[str, Shapes]]:
    """Each of its networks for whole pictures, with the shapes of its tensors."""
    for name in models.list_models(module=models):
        if found := _usual(name):
            yield name, found


@cache
def _usual(name: str) -> Shapes:
    """The shapes of a network's tensors as the library makes it when it is asked for nothing else."""
    module = _made(_models(), name)
    return _shapes(module) if module is not None else {}


def _made(models: Any, name: str, **more: Any) -> nn.Module | None:
    """A fresh network without memory; the library is never let load weights, which it would fetch."""
    builder = models.get_model_builder(name)
    bare = dict.fromkeys({"weights", "weights_backbone"} & inspect.signature(builder).parameters.keys())
    for empty in (_Empty, partial(torch.device, "meta")):
        try:
            with empty(), warnings.catch_warnings():
                warnings.simplefilter("ignore")  # its words on how it starts fresh
                made = builder(**bare, **more)
        except Exception:  # noqa: BLE001, S112  # one of its networks may need more to be made
            continue
        return made if isinstance(made, nn.Module) else None
    return None


class _Empty(TorchFunctionMode):
    """Makes parameters without memory, and leaves all else that is computed while a network is made as it is."""

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        del types
        named = kwargs or {}
        return func(*args, **named | {"device": "meta"} if func is torch.empty else named)


def _shapes(module: nn.Module) -> Shapes:
    return {name: tuple(tensor.shape) for name, tensor in module.state_dict().items()}


def _classes(own: Shapes, shapes: Shapes) -> int:
    """How many classes the last layer has, where all else agrees; 0 where it does not."""
    other = [name for name, shape in own.items() if shapes[name] != shape]
    if not other:
        return next((shape[0] for shape in reversed(list(shapes.values())) if shape), 0)
    counts = {shapes[name][0] for name in other if shapes[name] and shapes[name][1:] == own[name][1:]}
    return counts.pop() if len(counts) == 1 else 0
