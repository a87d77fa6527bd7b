"""safetensors: the weights alone, as plain numbers, with all that nnstudio needs to open them as the model they are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from safetensors.torch import save

from nnstudio.engine.checkpoint import ModelFile, load_model, plain
from nnstudio.engine.frozen import same_bits
from nnstudio.spec.errors import ModelFileError
from nnstudio.spec.files import write_atomically

FORMAT = {"format": "pt"}
"""How readers of such files tell whose names the tensors have."""


def save_tensors(file: ModelFile, out: Path, metadata: Mapping[str, str]) -> None:
    """Write the tensors of ``file`` in the place of ``out``, after reading them back bit for bit.

    Raises `ModelFileError` where they come back otherwise, or OSError.
    """
    state = plain(file.state)
    content = save(state, {**FORMAT, **metadata})  # not into the file: a full disk should be an OSError

    def check(partial: Path) -> None:
        found = load_model(partial).state
        if found.keys() != state.keys() or not all(same_bits(found[name], state[name]) for name in state):
            raise ModelFileError(f"“{out.name}” was not saved.", "What was written could not be read back.")

    write_atomically(out, lambda partial: partial.write_bytes(content), check)
