"""Writes a trained model as code that trains it again: a script or a notebook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from nnstudio.data.encoding.encode import Encoded
from nnstudio.data.printing.script import data_parts
from nnstudio.engine.build import build
from nnstudio.engine.checkpoint import ModelFile, save_state_dict
from nnstudio.engine.load import load_own_starts
from nnstudio.engine.regime import regime_of
from nnstudio.jobs.given import encoded_for, examples_of
from nnstudio.resources import modules_source
from nnstudio.spec.code.batches import batches_part, started_part
from nnstudio.spec.code.loop import loop_part, result_part
from nnstudio.spec.code.network import network_part
from nnstudio.spec.code.rules import rules_part
from nnstudio.spec.code.script import notebook, script
from nnstudio.spec.code.text import Part, part
from nnstudio.spec.errors import DataError, ModelFileError
from nnstudio.spec.events import Exported, Inbox, NumericPlan
from nnstudio.spec.files import project_from_json, write_atomically
from nnstudio.spec.model import Model
from nnstudio.spec.project import Project, data_to_train_on
from nnstudio.spec.provenance import Provenance


def write_script(file: ModelFile, out: Path, inbox: Inbox) -> Iterator[Exported]:
    """Write a script in PyTorch's own style, and what it reads beside it."""
    del inbox  # it takes no longer than the data take to be encoded
    about, parts, beside = _printed(file, out)
    _write(out, script(about, parts).text)
    yield _exported("python", out, beside)


def write_notebook(file: ModelFile, out: Path, inbox: Inbox) -> Iterator[Exported]:
    """Write the same as cells."""
    del inbox
    about, parts, beside = _printed(file, out)
    _write(out, notebook(about, parts))
    yield _exported("notebook", out, beside)


def _write(out: Path, text: str) -> None:
    write_atomically(out, lambda partial: partial.write_text(text, encoding="utf-8"))


def _exported(kind: str, out: Path, beside: Sequence[Path]) -> Exported:
    reads = f" It reads {' and '.join(f'“{path.name}”' for path in beside)}, written beside it." if beside else ""
    return Exported(kind, str(out), f"Run it to train the network again.{reads}", tuple(map(str, beside)))


def _printed(file: ModelFile, out: Path) -> tuple[list[str], list[Part], list[Path]]:
    """What the code says of itself, its parts, and the files that it reads, which are written beside ``out``."""
    project = _project_of(file)
    encoded = _data_of(file, project)
    came = Provenance.from_json(file.provenance)
    given = data_parts(data_to_train_on(project), encoded, out)
    start = _start_beside(project.model, encoded.facts.input_shape, project.training.seed, out)
    modules = modules_source()
    walked, regime = regime_of(project, examples_of(encoded), start.name if start else "")
    parts = [
        _settings(came.plan),
        *given.parts,
        network_part(walked, project.training.seed, modules),
        *started_part(came.plan, regime),
        batches_part(project, regime),
        rules_part(project, came.plan, regime, modules),
        loop_part(project, came.plan, regime, came.epochs or project.training.epochs),
        result_part(project.training, regime, out.stem),
    ]
    beside = [path for path in (given.beside, start) if path]
    return list(_about(file, came, beside)), parts, beside


def _project_of(file: ModelFile) -> Project:
    if not file.project:
        raise ModelFileError(
            f"“{Path(file.path).name}” does not say how it was trained.",
            "It holds bare weights.",
            "Export a model file that nnstudio saved.",
        )
    return project_from_json(file.project)


def _data_of(file: ModelFile, project: Project) -> Encoded:
    """The rows that the model was trained on; raises `DataError` where they are others today."""
    encoded = encoded_for(project)
    if file.fingerprint and encoded.fingerprint != file.fingerprint:
        raise DataError(
            "The data are not those that the model was trained on.",
            "The file has changed since then, so that nothing printed from it would give this model again.",
            "Bring the old file back, or train anew.",
        )
    return encoded


def _start_beside(model: Model, shape: tuple[int, ...], seed: int, out: Path) -> Path | None:
    """The tensors that training starts with, written beside the script, where they come from weights files."""
    if not model.starts:
        return None
    module = build(model, shape, seed)
    load_own_starts(module, model)
    beside = out.with_name(f"{out.stem}-start.pth")
    save_state_dict(beside, module.state_dict())
    return beside


def _settings(plan: NumericPlan) -> Part:
    """What the run's numeric plan asks of PyTorch before anything is computed."""
    lines = [f"torch.set_num_threads({plan.threads})  # other numbers of threads add in another order"]
    return part("Plan", lines, "import torch")


def _about(file: ModelFile, came: Provenance, beside: Sequence[Path]) -> Iterator[str]:
    """What the script is, for who opens it without nnstudio."""
    versions = ", ".join(f"{name} {version}" for name, version in file.versions.items())
    yield "Train a network as nnstudio trained it: on the same rows, in the same order, from the same first weights."
    yield from _sameness(came)
    yield f"Made with {versions}. Run it in the folder that it lies in" + (
        f", beside {' and '.join(path.name for path in beside)}." if beside else "."
    )


def _sameness(came: Provenance) -> Iterator[str]:
    """Whether it gives the same weights, or why not."""
    if came.departures:
        yield f"The weights will be others than those of the run: {' '.join(came.departures)}"
    elif came.plan.precision == "float16":
        yield "The run calculated in float16 on a CUDA card: this code does so in float32."
    elif came.plan.device != "cpu":
        yield f"The run used “{came.plan.device}”: on the CPU the last digits differ."
    else:
        yield "With the same PyTorch on the same kind of processor it ends with the same weights, to the bit."
