"""The forms in which a trained model leaves the program, each declared once.

The terminal's options, the entries of the window and the job that writes them follow from this table: a kind is in it
when it works.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nnstudio.spec.errors import FileError


@dataclass(frozen=True, slots=True)
class ExportKind:
    """One form: what its files end in, what it is called, and what it is for, in a sentence.

    ``needs_data`` says that the rows it was trained on must still be there, unchanged. ``ending`` stands behind the
    name of the project in the file name that is suggested. ``is_read`` says that people read it: the window offers to
    open what was written.
    """

    suffix: str
    title: str
    help: str
    needs_data: bool = False
    ending: str = ""
    is_read: bool = False

    def file_name(self, stem: str) -> str:
        """The name that is suggested for a project or model called ``stem``."""
        return f"{stem}{self.ending}{self.suffix}"

    def check(self, out: Path) -> None:
        """Raise `FileError` where ``out`` does not end as files of this kind do."""
        if out.suffix.casefold() != self.suffix:
            raise FileError(f"“{out.name}” does not end in {self.suffix}.", "", f"Call it “{out.stem}{self.suffix}”.")


EXPORTS: Mapping[str, ExportKind] = {
    "python": ExportKind(
        ".py",
        "Training script",
        "Plain PyTorch that trains the network again on the same rows, to the same weights.",
        needs_data=True,
        ending="-train",
    ),
    "notebook": ExportKind(
        ".ipynb",
        "Jupyter notebook",
        "The training script in cells, with its headings between them.",
        needs_data=True,
        ending="-train",
    ),
    "onnx": ExportKind(
        ".onnx",
        "ONNX",
        "The network for programs without PyTorch, with its encoding and class names; checked with onnxruntime.",
    ),
    "pt2": ExportKind(
        ".pt2",
        "Exported program",
        "The network as torch.export saves it: PyTorch runs it without the code that built it.",
    ),
    "safetensors": ExportKind(
        ".safetensors",
        "Weights as safetensors",
        "Plain numbers that many programs read, with all that nnstudio needs to open the model again.",
    ),
    "weights": ExportKind(
        ".pth",
        "Weights by name",
        "A plain state_dict for the code that somebody's network came from: tensors have the names that it knows.",
        ending="-weights",
    ),
    "report": ExportKind(
        ".html",
        "Report",
        "One page for any browser with all that is known of the model; it loads nothing.",
        ending="-report",
        is_read=True,
    ),
    "card": ExportKind(
        ".md",
        "Model card",
        "Intended use, limits and scores in Markdown, headed as model hubs read it.",
        ending="-card",
        is_read=True,
    ),
}
"""The kinds by the key that stands for each: an option of the terminal, and the writer in ``jobs``."""
