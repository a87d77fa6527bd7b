"""What a weights file is, whether it can be used or not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from nnstudio.engine.checkpoint import load_model, sha256_of_bytes
from nnstudio.engine.differences import compared
from nnstudio.engine.foreign.listing import listed
from nnstudio.engine.rebuilding.rebuild import rebuild
from nnstudio.spec.errors import ModelFileError
from nnstudio.spec.events import TensorListed, WeightsInspected
from nnstudio.spec.layers import Shape


def inspect(path: Path, input_shape: Shape | None = None, against: Path | None = None) -> WeightsInspected:
    """Say what ``path`` holds, or why it is refused and what it asks for; nothing in it runs. Raises OSError.

    ``input_shape`` is that of an example, for the network that is rebuilt. ``against`` another file, which has to be of
    use, it is compared.
    """
    try:
        file = load_model(path)
    except ModelFileError as error:
        found = listed(path)
        return WeightsInspected(
            str(path),
            sha256_of_bytes(path),
            "",
            found.tensors,
            refused=f"{error.why} {error.remedy}".strip(),
            wants=found.wants,
        )
    tensors = tuple(
        TensorListed(name, tuple(tensor.shape), str(tensor.dtype).removeprefix("torch."))
        for name, tensor in file.state.items()
    )
    rebuilt = rebuild(file, input_shape)
    told = WeightsInspected(file.path, file.sha256, file.kind, tensors, file.notes, rebuilt=rebuilt)
    return replace(told, compared=compared(file, against)) if against else told
