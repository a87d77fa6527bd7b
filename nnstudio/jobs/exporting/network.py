"""Writes a trained network for use without nnstudio: ONNX, .pt2, safetensors. Each is held against PyTorch first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from nnstudio.engine.checkpoint import ENTRIES, entries_json, save_state_dict
from nnstudio.engine.exporting.compared import Compared
from nnstudio.engine.exporting.exported_program import program_bytes, program_of
from nnstudio.engine.exporting.onnx_file import onnx_bytes, runtime
from nnstudio.engine.exporting.tensors_file import save_tensors
from nnstudio.jobs.exporting.exportable import Exportable
from nnstudio.jobs.exporting.material import Material
from nnstudio.jobs.opening import is_stopped
from nnstudio.resources import source
from nnstudio.spec.errors import ModelFileError
from nnstudio.spec.events import Exported, Exporting, Inbox
from nnstudio.spec.files import as_text, model_in, write_atomically
from nnstudio.spec.naming import given_names
from nnstudio.spec.words import counted

COMPANION = "engine/exporting/companion.py"
"""The script that predicts with an ONNX file; written beside it."""


def write_onnx(material: Material, out: Path, inbox: Inbox) -> Iterator[Exporting | Exported]:
    """Write the network with the step to its answers, and a script that shows how to use it."""
    network = _network_of(material)
    yield Exporting("onnx", "Following the network through its layers")
    program = network.program
    if is_stopped(inbox):
        return
    yield Exporting("onnx", "Translating it into ONNX")
    content = onnx_bytes(program, network.module.outputs, network.about, network.metadata)
    if is_stopped(inbox):
        return
    yield Exporting("onnx", "Checking it against PyTorch")
    found, over = network.compare(runtime(content))
    if is_stopped(inbox):
        return
    _write(out, content)
    script, use = _companion(out)
    yield _exported("onnx", out, found, f"{_difference(found, over)} {use}", (script,))


def _companion(out: Path) -> tuple[Path, str]:
    """Write the script beside ``out``, unless a file of its name says something else; and what to say of it."""
    script = out.with_name(f"{out.stem}-predict.py")
    text = source(COMPANION).replace("NAME", as_text(out.stem)).encode()
    if script.exists() and script.read_bytes() != text:
        return script, f"“{script.name}” beside it was there already, and is left as it is."
    _write(script, text)
    return script, f"“{script.name}” beside it predicts with it, with nothing but numpy and onnxruntime."


def write_program(material: Material, out: Path, inbox: Inbox) -> Iterator[Exporting | Exported]:
    """Write the network with the step to its answers as a program of PyTorch's operations."""
    network = _network_of(material)
    yield Exporting("pt2", "Following the network through its layers")
    content = program_bytes(network.program, network.metadata)
    if is_stopped(inbox):
        return
    yield Exporting("pt2", "Checking it against PyTorch")
    found, over = network.compare(program_of(content))
    if is_stopped(inbox):
        return
    _write(out, content)
    yield _exported("pt2", out, found, _difference(found, over))


def write_safetensors(material: Material, out: Path, inbox: Inbox) -> Iterator[Exported]:
    """Write the tensors, and as texts beside them all that a model file holds."""
    del inbox  # it takes as long as copying the file
    file = material.file
    texts = _network_of(material).metadata if file.encoding and file.project else {}
    save_tensors(file, out, {**texts, ENTRIES: entries_json(file)})
    count = len(file.state)
    sentence = f"{'Its one tensor was' if count == 1 else f'All {count:,} tensors were'} read back bit for bit."
    yield Exported("safetensors", str(out), sentence, difference=0.0)


def write_weights(material: Material, out: Path, inbox: Inbox) -> Iterator[Exported]:
    """Write the tensors alone, under the names that the rows of the network carry from somebody's file."""
    del inbox  # it takes as long as copying the file
    file = material.file
    model = model_in(file.project)
    names = given_names(model, file.state) if model else {}
    kept = sum(name != given for name, given in names.items())
    save_state_dict(out, {names.get(name, name): tensor for name, tensor in file.state.items()})
    rest = len(file.state) - kept
    sentence = f"{counted(kept, 'tensor')} by the names of the rows" + (
        f", {counted(rest, 'tensor')} by position." if rest else "."
    )
    yield Exported("weights", str(out), sentence, difference=0.0)


def _network_of(material: Material) -> Exportable:
    """Raises `ModelFileError` for bare weights."""
    return material.find(Exportable) or material.keep(Exportable.of(material.file))


def _difference(found: Compared, over: str) -> str:
    if found.same_bits:
        return f"It gives the same bits as PyTorch over {over}."
    each = ", ".join(f"{apart:.1e} ({name.replace('_', ' ')})" for name, apart in found.differences.items())
    return f"The largest difference from PyTorch over {over} is {each}."


def _exported(kind: str, out: Path, found: Compared, sentence: str, beside: Sequence[Path] = ()) -> Exported:
    return Exported(kind, str(out), sentence, tuple(map(str, beside)), found.largest, found.rows)


def _write(out: Path, content: bytes) -> None:
    def check(partial: Path) -> None:
        if partial.read_bytes() != content:
            raise ModelFileError(f"“{out.name}” was not saved.", "What was written could not be read back.")

    write_atomically(out, lambda partial: partial.write_bytes(content), check)
