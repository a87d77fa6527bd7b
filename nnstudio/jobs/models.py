"""Jobs with weights files: look into one, and put one where the user wants it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from nnstudio.engine.checkpoint import ModelFile, load_model, save_state_dict, sha256_of
from nnstudio.engine.inspecting import inspect
from nnstudio.engine.seen import seen_weights
from nnstudio.spec.errors import ModelFileError
from nnstudio.spec.events import Inbox, ModelOpened, Saved, WeightsInspected, WeightsShown
from nnstudio.spec.files import write_atomically
from nnstudio.spec.requests import InspectWeights, OpenModel, SaveModel, ShowWeights


def open_model(request: OpenModel, inbox: Inbox) -> Iterator[ModelOpened]:
    """Look into a weights file; nothing in it is executed."""
    del inbox
    yield load_model(Path(request.path)).opened()


def inspect_weights(request: InspectWeights, inbox: Inbox) -> Iterator[WeightsInspected]:
    """Say what a weights file is; nothing in it is executed."""
    del inbox
    yield inspect(Path(request.path))


def show_weights(request: ShowWeights, inbox: Inbox) -> Iterator[WeightsShown]:
    """Look at the weights of one layer."""
    del inbox
    yield WeightsShown(seen_weights(request.model, request.input_shape, request.row_id, request.seed, request.file))


def save_model(request: SaveModel, inbox: Inbox) -> Iterator[Saved]:
    """Copy a weights file whole, or only its tensors."""
    del inbox
    file, out = load_model(Path(request.weights)), Path(request.out)
    if request.state_dict_only:
        save_state_dict(out, file.state)
    else:
        _copy(file, out)
    yield Saved(str(out))


def _copy(file: ModelFile, out: Path) -> None:
    def check(partial: Path) -> None:
        if sha256_of(partial) != file.sha256:
            raise ModelFileError(f"“{out.name}” was not saved.", "What was written could not be read back.")

    write_atomically(out, lambda partial: shutil.copyfile(file.path, partial), check)
