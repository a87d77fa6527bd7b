"""``.pt2``: the network as an exported program, which PyTorch runs without the code that built it."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch.export import ExportedProgram

from nnstudio.engine.exporting.compared import Arrays, Run
from nnstudio.engine.exporting.quiet import quiet
from nnstudio.engine.exporting.traced import cannot_export

ABOUT = "nnstudio.json"
"""The extra file that says what the program is: the texts of `nnstudio.engine.exporting.metadata` by their keys."""


def program_bytes(program: ExportedProgram, metadata: Mapping[str, str]) -> bytes:
    """The content of a ``.pt2`` file; raises `ExportError`."""
    for node in program.graph.nodes:
        node.meta.pop("stack_trace", None)  # the paths of this machine
    buffer = io.BytesIO()
    try:
        with quiet():
            torch.export.save(program, buffer, extra_files={ABOUT: json.dumps(metadata)})
    except Exception as error:  # PyTorch's serialiser raises errors of many kinds
        raise cannot_export("PyTorch has no way to write what the network does", error) from error
    return buffer.getvalue()


def program_of(content: bytes) -> Run:
    """What PyTorch makes of the content of a ``.pt2`` file."""
    with quiet():
        module = torch.export.load(io.BytesIO(content)).module()

    def run(x: NDArray[np.float32]) -> Arrays:
        with torch.inference_mode():
            given = module(torch.from_numpy(x))
        return [each.numpy() for each in (given if isinstance(given, tuple) else (given,))]

    return run
