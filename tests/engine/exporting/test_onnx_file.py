"""What ONNX cannot hold is said in a sentence; what a network of ours does, it can."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from nnstudio.engine.build import assemble
from nnstudio.engine.exporting import onnx_file
from nnstudio.engine.exporting.answering import Output
from nnstudio.engine.exporting.onnx_file import onnx_bytes, runtime
from nnstudio.engine.exporting.traced import cannot_export, traced
from nnstudio.spec.errors import ExportError, OutOfMemory
from nnstudio.spec.layers import (
    GRU,
    LSTM,
    BatchNorm1d,
    Dropout,
    Embedding,
    LayerNorm,
    Linear,
    PositionalEncoding,
    SelfAttention,
    TransformerEncoderLayer,
)
from nnstudio.spec.model import Model, new_row
from nnstudio.spec.shapes import walk

OUTPUT = (Output("output", ""),)
KINDS = (
    Embedding(5, 8),
    PositionalEncoding(),
    LSTM(8, gives="all"),
    LayerNorm(),
    SelfAttention(num_heads=2),
    TransformerEncoderLayer(nhead=2, dim_feedforward=16),
    GRU(6, bidirectional=True),
    BatchNorm1d(),
    Dropout(),
    Linear(3),
)


def test_layers_of_many_kinds_agree_with_pytorch() -> None:
    torch.manual_seed(0)
    module = assemble(walk(Model(tuple(map(new_row, KINDS))), (7,))).eval()
    x = np.random.default_rng(0).integers(0, 5, (9, 7)).astype(np.float32)
    run = runtime(onnx_bytes(traced(module, x), OUTPUT, "", {}))
    for batch in (x[:1], x[:2], x):
        with torch.no_grad():
            expected = module(torch.from_numpy(batch)).numpy()
        np.testing.assert_allclose(run(batch)[0], expected, atol=1e-5)


class Branching(nn.Module):
    """Goes one way or the other by what it is given."""

    def forward(self, x: Tensor) -> Tensor:
        return x if x.sum() > 0 else -x


class Bessel(nn.Module):
    """Does what ONNX has no operation for."""

    def forward(self, x: Tensor) -> Tensor:
        bent: Tensor = torch.special.bessel_j0(x)
        return bent


def test_a_way_that_depends_on_the_numbers_is_refused(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ExportError, match="could not follow the network through its layers"):
        traced(Branching().eval(), np.ones((3, 2), np.float32))
    assert capfd.readouterr() == ("", "")


def test_an_operation_that_is_unknown_to_onnx_is_named() -> None:
    program = traced(Bessel().eval(), np.ones((3, 2), np.float32))
    with pytest.raises(ExportError, match=r"it stops at the operation prims\.bessel_j0\. Export it as safetensors"):
        onnx_bytes(program, OUTPUT, "", {})


def test_a_network_that_is_too_large_is_refused_before_it_is_translated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx_file, "LARGEST", 10)
    program = traced(nn.Linear(2, 2).eval(), np.ones((3, 2), np.float32))
    with pytest.raises(ExportError, match="too large for an ONNX file"):
        onnx_bytes(program, OUTPUT, "", {})


def test_what_onnxruntime_refuses_is_said() -> None:
    with pytest.raises(ExportError, match="onnxruntime cannot run what PyTorch wrote"):
        runtime(b"no model")


def test_memory_that_ran_out_is_said_as_such() -> None:
    assert isinstance(cannot_export("It failed", MemoryError()), MemoryError)
    assert not isinstance(cannot_export("It failed", ValueError("x")), OutOfMemory)
