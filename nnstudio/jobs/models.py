"""Jobs with weights files: look into one, and put one where the user wants it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from nnstudio.data.raw_arrays import read_examples, write_array
from nnstudio.engine.checkpoint import ModelFile, load_model, load_start, save_state_dict, sha256_of
from nnstudio.engine.checkpoint import save_model as write_model
from nnstudio.engine.foreign.shards import is_index
from nnstudio.engine.inspecting import inspect
from nnstudio.engine.parts import layers_of
from nnstudio.engine.predict import outputs
from nnstudio.engine.rebuilding.network import shape_of, with_weights
from nnstudio.engine.rebuilding.rebuild import rebuild
from nnstudio.engine.seen import seen_weights
from nnstudio.spec.errors import ModelFileError
from nnstudio.spec.events import Inbox, ModelOpened, Saved, WeightsInspected, WeightsShown
from nnstudio.spec.files import Needed, need_place, needed_by, project_in, project_to_json, write_atomically
from nnstudio.spec.model import Model
from nnstudio.spec.project import Project
from nnstudio.spec.requests import (
    ConvertWeights,
    InspectWeights,
    OpenModel,
    RunModel,
    SaveLayers,
    SaveModel,
    ShowWeights,
)


def open_model(request: OpenModel, inbox: Inbox) -> Iterator[ModelOpened]:
    """Look into a weights file; nothing in it is executed."""
    del inbox
    file = load_model(Path(request.path))
    yield file.opened(None if file.project else rebuild(file, request.input_shape))


def inspect_weights(request: InspectWeights, inbox: Inbox) -> Iterator[WeightsInspected]:
    """Say what a weights file is; nothing in it is executed."""
    del inbox
    yield inspect(Path(request.path), request.input_shape, Path(request.against) if request.against else None)


def convert_weights(request: ConvertWeights, inbox: Inbox) -> Iterator[ModelOpened | Saved]:
    """Rebuild the network of others' weights, and write it with them as a model file of ours."""
    del inbox
    file = load_model(Path(request.path))
    rebuilt = rebuild(file, request.input_shape)
    module = with_weights(rebuilt, shape_of(rebuilt, file, request.input_shape), file)
    yield file.opened(rebuilt)
    write_model(
        Path(request.out),
        module.state_dict(),
        project_json=file.project or project_to_json(Project(model=Model(rebuilt.rows))),
        encoding_json=file.encoding,
        metrics=file.metrics,
        fingerprint=file.fingerprint,
    )
    yield Saved(request.out)


def run_model(request: RunModel, inbox: Inbox) -> Iterator[ModelOpened | Saved]:
    """Pass examples ``(N, …)`` through a network as they are, in ``eval()``, and write what comes out as an array."""
    del inbox
    inputs, file = read_examples(Path(request.inputs)), load_model(Path(request.path))
    shape = inputs.shape[1:]
    rebuilt = rebuild(file, shape)
    module = with_weights(rebuilt, shape_of(rebuilt, file, shape), file)
    yield file.opened(rebuilt)
    given = outputs(module, inputs)
    write_array(Path(request.out), given)
    yield Saved(request.out)


def show_weights(request: ShowWeights, inbox: Inbox) -> Iterator[WeightsShown]:
    """Look at the weights of one layer."""
    del inbox
    yield WeightsShown(seen_weights(request.model, request.input_shape, request.row_id, request.seed, request.file))


def save_model(request: SaveModel, inbox: Inbox) -> Iterator[Saved]:
    """Copy a weights file whole, or only its tensors."""
    del inbox
    file, out = load_model(Path(request.weights)), Path(request.out)
    need_place(out, Needed(Path(request.weights)), *needed_by(project_in(file.project) or Project()))
    if request.state_dict_only or is_index(Path(file.path)):  # several files become one
        save_state_dict(out, file.state)
    else:
        _copy(file, out)
    yield Saved(str(out))


def save_layers(request: SaveLayers, inbox: Inbox) -> Iterator[Saved]:
    """Write some layers with their weights, as a model file whose project holds them alone."""
    del inbox
    files = [(start, load_start(start)) for start in request.model.starts]
    rows, state = layers_of(request.model, request.input_shape, request.rows, files)
    text = project_to_json(Project(model=Model(rows)))
    out = Path(request.out)
    write_model(out, state, project_json=text, encoding_json="", metrics={}, fingerprint="")
    yield Saved(str(out))


def _copy(file: ModelFile, out: Path) -> None:
    def check(partial: Path) -> None:
        if sha256_of(partial) != file.sha256:
            raise ModelFileError(f"“{out.name}” was not saved.", "What was written could not be read back.")

    write_atomically(out, lambda partial: shutil.copyfile(file.path, partial), check)
