"""A network as a graph of PyTorch's operations for any number of examples: ONNX and .pt2 are written from it."""

from __future__ import annotations

import re

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.export import Dim, ExportedProgram

from nnstudio.engine.exporting.quiet import quiet
from nnstudio.spec.errors import ExportError, is_out_of_memory

Program = ExportedProgram

ROWS = 3
"""Examples that the network is followed with: one or two could pass for what they are by chance."""


def traced(module: nn.Module, examples: NDArray[np.float32]) -> ExportedProgram:
    """Follow ``module``, in ``eval()``, with the first of ``examples (N, *shape)``; the graph takes any number of them.

    Raises `ExportError` for a network whose way through its layers depends on the numbers, or on their count.
    """
    rows = torch.from_numpy(examples[:ROWS].copy())
    try:
        with quiet(), torch.no_grad():
            return torch.export.export(module, (rows,), dynamic_shapes=({0: Dim("batch")},), strict=False)
    except Exception as error:  # PyTorch's tracer raises errors of many kinds, none of them documented
        raise cannot_export("PyTorch could not follow the network through its layers", error) from error


def cannot_export(why: str, error: Exception) -> Exception:
    """Why a network cannot be written, with the operation that stands in the way, where PyTorch names one.

    Memory that ran out is said as such.
    """
    if is_out_of_memory(error):
        return error
    found = re.search(r"\bop='([\w.]+)'", str(error)) or re.search(r"\b(aten\.[\w.]+)", str(error))
    at = f": it stops at the operation {found[1]}" if found else ""
    return ExportError(
        "The network could not be exported.",
        f"{why}{at}.",
        "Export it as safetensors or as a training script, or put another layer in the place of the one that needs it.",
        details=f"{type(error).__name__}: {error}",
    )
