"""How far every network's exported forms are from PyTorch: every kind of layer, template, loss and sample.

    python -m tests.bench.formats [--only WORD]

A line a network: the largest absolute difference over random examples and, of whole projects, real rows as well, for
ONNX (onnxruntime), .pt2 and safetensors; ``=`` where every bit is the same. Nothing is trained: networks have to agree
whatever their weights are. Ends with code 1 where one cannot be exported.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from nnstudio.engine.build import make
from nnstudio.engine.exporting.answering import Output
from nnstudio.engine.exporting.exported_program import program_bytes, program_of
from nnstudio.engine.exporting.onnx_file import onnx_bytes, runtime
from nnstudio.engine.exporting.traced import traced
from nnstudio.spec.errors import StudioError
from nnstudio.spec.events import Exported
from nnstudio.spec.exports import EXPORTS
from nnstudio.spec.layers import LayerKind
from nnstudio.spec.project import Project
from nnstudio.spec.requests import ExportModel
from tests.bench.exports import losses, samples, templates
from tests.engine.recorded.test_same_bits import variants
from tests.exported import asked
from tests.networks_exported import untrained

KINDS = ("onnx", "pt2", "safetensors")
BATCHES = (1, 3, 8)
Row = dict[str, str]


def lines(word: str, folder: Path) -> Iterator[tuple[str, Callable[[], Row]]]:
    """What is looked at, and how."""
    for group in (samples, templates, losses):
        for name, project in group():
            if word in name:
                yield name, lambda name=name, project=project: of_project(project, folder / f"{name}.pth")  # type: ignore[misc]
    for number, (kind, shape) in enumerate(variants()):
        name = f"layer {number} {type(kind).__name__}"
        if word in name:
            yield name, lambda kind=kind, shape=shape: of_layer(kind, shape)  # type: ignore[misc]


def of_project(project: Project, model: Path) -> Row:
    """A whole project, through the jobs."""
    untrained(project, model)
    return {kind: _exported(model, kind) for kind in KINDS}


def _exported(model: Path, kind: str) -> str:
    try:
        *_, done = asked(ExportModel(str(model), {kind: str(model.with_suffix(EXPORTS[kind].suffix))}))
    except StudioError as error:
        return f"FAILS: {error}"
    assert isinstance(done, Exported)
    return figure(done.difference or 0.0)


def of_layer(kind: LayerKind, shape: tuple[int, ...]) -> Row:
    """A layer alone, also of shapes that no sample has."""
    torch.manual_seed(0)
    module = nn.Sequential(make(kind.call(shape))).eval()
    examples = [_examples(kind, (rows, *shape)) for rows in BATCHES]
    try:
        program = traced(module, examples[-1])
        runs = {"onnx": runtime(onnx_bytes(program, (Output("output", ""),), "", {}))}
        runs["pt2"] = program_of(program_bytes(program, {}))
    except StudioError as error:
        return {"onnx": f"FAILS: {error} {error.details[:200]}"}
    return {name: figure(max(_apart(module, run(x)[0], x) for x in examples)) for name, run in runs.items()}


def _examples(kind: LayerKind, size: tuple[int, ...]) -> NDArray[np.float32]:
    draw = np.random.default_rng(0)
    numbers = draw.integers(0, 2, size) if kind.family == "embedding" else draw.standard_normal(size)
    return numbers.astype(np.float32)


def _apart(module: nn.Module, theirs: NDArray[np.float32], x: NDArray[np.float32]) -> float:
    with torch.inference_mode():
        ours = module(torch.from_numpy(x)).numpy()
    assert ours.shape == theirs.shape
    return float(np.abs(ours - theirs).max(initial=0.0))


def figure(difference: float) -> str:
    return f"{difference:.1e}" if difference else "="


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", metavar="WORD", help="networks whose name holds it")
    word, failed = parser.parse_args().only, 0
    print(f"{'network':40} {'onnx':>10} {'pt2':>10} {'safetensors':>12} {'seconds':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for name in ("DATA", "CACHE"):
            os.environ[f"NNSTUDIO_{name}"] = str(Path(folder) / name.lower())
        for name, look in lines(word, Path(folder)):
            start = time.monotonic()
            row = look()
            failed += any(text.startswith("FAILS") for text in row.values())
            took = time.monotonic() - start
            shown = (row.get(kind, "") for kind in KINDS)
            print("{:40} {:>10} {:>10} {:>12} {:8.1f}".format(name, *shown, took), flush=True)
    print(f"{failed} failed")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
