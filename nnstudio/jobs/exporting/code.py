"""Writes a trained model as code that trains it again: a script or a notebook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from nnstudio.data.encoding.encode import Encoded
from nnstudio.engine.checkpoint import ModelFile
from nnstudio.jobs.exporting.material import Material
from nnstudio.jobs.given import encoded_for, require_unchanged
from nnstudio.jobs.printing import TrainingCode, Wanted, training_code, wanted_by
from nnstudio.spec.code.script import notebook, script
from nnstudio.spec.errors import DataError, ModelFileError
from nnstudio.spec.events import Exported, Inbox
from nnstudio.spec.exports import EXPORTS
from nnstudio.spec.files import Needed, needed_by, project_from_json, spare_needed, write_atomically
from nnstudio.spec.project import Project
from nnstudio.spec.provenance import Provenance
from nnstudio.spec.requests import WriteCode


def write_script(material: Material, out: Path, inbox: Inbox) -> Iterator[Exported]:
    """Write a script in PyTorch's own style, and what it reads beside it."""
    del inbox  # it takes no longer than the data take to be encoded
    yield from _written("python", out, _printed(material, out), material.needed)


def write_notebook(material: Material, out: Path, inbox: Inbox) -> Iterator[Exported]:
    """Write the same as cells."""
    del inbox
    yield from _written("notebook", out, _printed(material, out), material.needed)


def write_code(request: WriteCode, inbox: Inbox) -> Iterator[Exported]:
    """Write the code of a project that need not have been trained: a notebook where its name says so, else a script."""
    del inbox
    out = Path(request.code.out)
    kind = "notebook" if out.suffix.casefold() == EXPORTS["notebook"].suffix else "python"
    EXPORTS[kind].check(out)
    model = [Needed(Path(request.code.model))] if request.code.model else []
    needed = [*model, *needed_by(request.code.project)]
    spare_needed(out, *needed)
    yield from _written(kind, out, training_code(wanted_by(request.code)), needed, again=bool(request.code.model))


def _as_script(code: TrainingCode) -> str:
    return script(code.about, code.parts).text


def _as_notebook(code: TrainingCode) -> str:
    return notebook(code.about, code.parts)


_TEXTS = {"python": _as_script, "notebook": _as_notebook}


def _written(
    kind: str, out: Path, code: TrainingCode, needed: Sequence[Needed], again: bool = True
) -> Iterator[Exported]:
    """Write what the code reads, then itself; nothing where that would take the place of a file that is ``needed``."""
    for file in code.beside:
        spare_needed(file.path, *needed)
    for file in code.beside:
        write_atomically(file.path, file.write)
    write_atomically(out, lambda partial: partial.write_text(_TEXTS[kind](code), encoding="utf-8"))
    names = " and ".join(f"“{file.path.name}”" for file in code.beside)
    reads = f" It reads {names}, written beside it." if code.beside else ""
    files = tuple(str(file.path) for file in code.beside)
    yield Exported(kind, str(out), f"Run it to train the network{' again' * again}.{reads}", files)


@dataclass(frozen=True, slots=True)
class _Printed:
    """Code for a file at ``place``, whatever its suffix: from that follow the names of the files that it reads."""

    place: Path
    code: TrainingCode


def _printed(material: Material, out: Path) -> TrainingCode:
    known = material.find(_Printed)
    if known is None or known.place != out.with_suffix(""):
        known = material.keep(_Printed(out.with_suffix(""), _code_of(material.file, out)))
    return known.code


def _code_of(file: ModelFile, out: Path) -> TrainingCode:
    project = _project_of(file)
    encoded = _data_of(file, project)
    return training_code(Wanted(project, encoded, out, Provenance.from_json(file.provenance), file.versions))


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
    changed = DataError(
        "The data are not those that the model was trained on.",
        "The file has changed since then, so that nothing printed from it would give this model again.",
        "Bring the old file back, or train anew.",
    )
    require_unchanged(encoded, file.fingerprint, changed)
    return encoded
