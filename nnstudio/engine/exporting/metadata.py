"""What a file says of itself beside the network: all that it takes to encode an example and to read the answer.

Texts by key, as ONNX (``metadata_props``), exported programs (``extra_files``) and safetensors carry them; those that
are not a single word are JSON.

- ``nnstudio.metadata``: the version of these keys.
- ``nnstudio.task``: ``binary``, ``multiclass``, ``regression`` or ``reconstruction``.
- ``nnstudio.input``: name, dtype and shape of the input (``null`` where any number of examples goes), and of a table
  what each number of a row is called, which column it is made of, and how (``numbers``).
- ``nnstudio.outputs``: of each output its name, dtype, shape, meaning, and what its numbers are called (``columns``).
- ``nnstudio.target``: the columns that are answered, with the ``classes`` in the order of the probabilities, or the
  ``offsets`` and ``scales`` of standardised values: ``value = standardised * scale + offset``.
- ``nnstudio.encoding``: how columns become numbers, as it was learned from the training rows; its kinds are described
  in `nnstudio.data.encoding.encoders`, and a script that follows it is written beside an ONNX file.
- ``nnstudio.pictures``: how a picture is brought to size, where the network looks at pictures.
- ``nnstudio.provenance``: the data's name and fingerprint, epochs, seed, measures, and what was changed on the way.
- ``nnstudio.versions``: of nnstudio, PyTorch, Python.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from nnstudio.data.answers import ClassTarget, ValueTarget
from nnstudio.data.encoding.fitted import Encoding
from nnstudio.engine.checkpoint import ModelFile
from nnstudio.engine.exporting.answering import INPUT, Output
from nnstudio.spec.files import as_text
from nnstudio.spec.project import Project
from nnstudio.spec.provenance import Provenance
from nnstudio.spec.sources import PictureSource

VERSION = "1"
FLOAT = "float32"


def metadata(file: ModelFile, project: Project, encoding: Encoding, outputs: tuple[Output, ...]) -> dict[str, str]:
    """What a file of the network of ``file`` says of itself."""
    content: dict[str, object] = {
        "input": _input(encoding),
        "outputs": [_output(output, encoding) for output in outputs],
        "target": _target(encoding),
        "provenance": _provenance(file, project),
        "versions": dict(file.versions),
    }
    source = project.data.source if project.data else None
    if isinstance(source, PictureSource):
        content["pictures"] = {"fit": source.fit, "white": source.white, "depth": source.depth}
    texts = {name: json.dumps(value, ensure_ascii=False) for name, value in content.items()}
    texts |= {"metadata": VERSION, "task": str(encoding.task), "encoding": encoding.to_json()}
    return {f"nnstudio.{name}": text for name, text in sorted(texts.items())}


def _input(encoding: Encoding) -> dict[str, object]:
    about: dict[str, object] = {"name": INPUT, "dtype": FLOAT, "shape": [None, *encoding.input_shape]}
    if encoding.image:
        return about
    told = zip(encoding.names, encoding.origins, encoding.meanings(figures=True), strict=True)
    return about | {"numbers": [{"name": name, "column": column, "is": how} for name, column, how in told]}


def _output(output: Output, encoding: Encoding) -> dict[str, object]:
    shape: list[int | None] = [None]
    if output.name == "reconstruction":
        shape.append(encoding.answers)
    elif output.columns:
        shape.append(len(output.columns))
    return {
        "name": output.name,
        "dtype": FLOAT,
        "shape": shape,
        "meaning": output.meaning,
        "columns": list(output.columns),
    }


def _target(encoding: Encoding) -> Mapping[str, object]:
    target = encoding.target
    about: dict[str, object] = {"kind": target.key, "columns": list(target.names)}
    match target:
        case ClassTarget(classes=classes):
            return about | {"classes": list(classes)}
        case ValueTarget(offsets=offsets, scales=scales):
            return about | {"offsets": list(offsets), "scales": list(scales)}
    return about


def _provenance(file: ModelFile, project: Project) -> dict[str, object]:
    """Where the weights come from; of the data no path, which says more of the machine than of the model."""
    came = Provenance.from_json(file.provenance)
    return {
        "data": as_text(Path(project.data.source.path).name) if project.data else "",
        "fingerprint": file.fingerprint,
        "weights_sha256": file.sha256,
        "epochs": came.epochs or project.training.epochs,
        "seed": project.training.seed,
        "loss": project.training.loss.key,
        "measures": dict(file.metrics),
        "departures": list(came.departures),
    }
