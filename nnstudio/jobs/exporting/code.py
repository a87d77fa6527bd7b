"""Writes a trained model as code that trains it again: a script or a notebook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from nnstudio.data.encoding.encode import Encoded
from nnstudio.engine.checkpoint import ModelFile
from nnstudio.jobs.given import encoded_for
from nnstudio.jobs.printing import TrainingCode, training_code
from nnstudio.spec.code.beside import Beside
from nnstudio.spec.code.script import notebook, script
from nnstudio.spec.errors import DataError, ModelFileError
from nnstudio.spec.events import Exported, Inbox
from nnstudio.spec.files import project_from_json, write_atomically
from nnstudio.spec.project import Project
from nnstudio.spec.provenance import Provenance


def write_script(file: ModelFile, out: Path, inbox: Inbox) -> Iterator[Exported]:
    """Write a script in PyTorch's own style, and what it reads beside it."""
    del inbox  # it takes no longer than the data take to be encoded
    printed = _printed(file, out)
    _write(out, script(printed.about, printed.parts).text, printed.beside)
    yield _exported("python", out, printed.beside)


def write_notebook(file: ModelFile, out: Path, inbox: Inbox) -> Iterator[Exported]:
    """Write the same as cells."""
    del inbox
    printed = _printed(file, out)
    _write(out, notebook(printed.about, printed.parts), printed.beside)
    yield _exported("notebook", out, printed.beside)


def _write(out: Path, text: str, beside: Sequence[Beside]) -> None:
    for file in beside:
        write_atomically(file.path, file.write)
    write_atomically(out, lambda partial: partial.write_text(text, encoding="utf-8"))


def _exported(kind: str, out: Path, beside: Sequence[Beside]) -> Exported:
    names = " and ".join(f"“{file.path.name}”" for file in beside)
    reads = f" It reads {names}, written beside it." if beside else ""
    return Exported(
        kind, str(out), f"Run it to train the network again.{reads}", tuple(str(each.path) for each in beside)
    )


def _printed(file: ModelFile, out: Path) -> TrainingCode:
    project = _project_of(file)
    encoded = _data_of(file, project)
    return training_code(project, encoded, out, Provenance.from_json(file.provenance), file.versions)


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
