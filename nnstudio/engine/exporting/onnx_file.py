"""ONNX: the network as a file that onnxruntime, and many other programs, run without PyTorch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import torch
from torch.export import ExportedProgram

from nnstudio import __version__
from nnstudio.engine.exporting.answering import INPUT, Output
from nnstudio.engine.exporting.compared import Run
from nnstudio.engine.exporting.quiet import quiet
from nnstudio.engine.exporting.traced import cannot_export
from nnstudio.spec.errors import ExportError

if TYPE_CHECKING:
    import onnx

OPSET = 18
"""The set of operations that PyTorch's exporter writes by itself (2.6 and later): all newer runtimes read it."""

LARGEST = 2**31 - 2**20
"""Bytes that a file may have: what Protocol Buffers, the format below ONNX, can count."""


def onnx_bytes(program: ExportedProgram, outputs: tuple[Output, ...], about: str, metadata: Mapping[str, str]) -> bytes:
    """The content of an ONNX file of ``program``, which says ``about`` itself and carries ``metadata``.

    Raises `ExportError` where ONNX has no word for an operation, or the network is too large.
    """
    if (size := sum(tensor.nbytes for tensor in program.state_dict.values())) > LARGEST:
        raise ExportError(
            "The network is too large for an ONNX file.",
            f"Its weights take {size / 2**30:.1f} GB, and such a file can hold 2 GB.",
            "Export it as .pt2 or safetensors.",
        )
    names = [output.name for output in outputs]
    try:
        with quiet():
            written = torch.onnx.export(
                program, dynamo=True, input_names=[INPUT], output_names=names, opset_version=OPSET, verbose=False
            )
            assert written is not None
            model = written.model_proto
    except Exception as error:  # PyTorch's exporter raises errors of many kinds
        raise cannot_export("PyTorch has no translation into ONNX for what the network does", error) from error
    for function in model.functions:
        _leave_out_traces(function.node)
        del function.metadata_props[:]
    graph = model.graph
    _leave_out_traces((*graph.node, *graph.input, *graph.output, *graph.value_info, *graph.initializer))
    del graph.metadata_props[:], model.metadata_props[:]
    for key, text in metadata.items():
        model.metadata_props.add(key=key, value=text)
    model.doc_string, model.producer_name, model.producer_version = about, "nnstudio", __version__
    content: bytes = model.SerializeToString(deterministic=True)
    return content


def _leave_out_traces(parts: Iterable[onnx.NodeProto | onnx.ValueInfoProto | onnx.TensorProto]) -> None:
    """Remove what the exporter notes of its own work at each part: the paths of this machine are among it."""
    for part in parts:
        del part.metadata_props[:]
        part.doc_string = ""
        for attribute in getattr(part, "attribute", ()):
            _leave_out_traces(attribute.g.node)  # of a loop or a choice


def runtime(content: bytes) -> Run:
    """What onnxruntime, on the CPU, makes of the content of an ONNX file; raises `ExportError` where it refuses it."""
    import onnxruntime  # noqa: PLC0415  # only who exports waits for it

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # errors
    options.intra_op_num_threads = torch.get_num_threads()
    try:
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own errors have no common class
        raise ExportError(
            "The network could not be exported as ONNX.",
            "onnxruntime cannot run what PyTorch wrote.",
            "Export it in another form, and report this with the project.",
            details=str(error),
        ) from error
    return lambda x: session.run(None, {INPUT: x})
