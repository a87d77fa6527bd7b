"""What becomes of files that are dropped, pasted or handed over together: said before they are let go, then done."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from nnstudio.spec.endings import MODEL_SUFFIXES
from nnstudio.spec.files import SUFFIX
from nnstudio.spec.splits import FileSplit

Kind = Literal["project", "weights", "folder", "data", "useless"]

DOES: dict[Kind, str] = {
    "project": "It takes the place of the project that is open; you are asked before changes are lost.",
    "weights": "With the project that it carries, if it carries one; else training starts from its weights.",
    "folder": "Its pictures become the data, and each subfolder a class.",
    "data": "It becomes the data of the project. Undo takes it back.",
}
PICTURE = "A picture alone is no data: take the folder that it lies in."
TEXT = "It holds no table: write what matters as CSV, Excel or Parquet."
OLD_SHEET = "Save the sheet as .xlsx or CSV."
FOREIGN = "Weights are read from PyTorch and safetensors files."
USELESS = {
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp"), PICTURE),
    **dict.fromkeys((".pdf", ".doc", ".docx", ".odt", ".rtf", ".ppt", ".pptx", ".html", ".htm"), TEXT),
    **dict.fromkeys((".py", ".ipynb", ".md", ".exe", ".mp3", ".wav", ".mp4", ".avi", ".mov"), TEXT),
    **dict.fromkeys((".xls", ".ods"), OLD_SHEET),
    **dict.fromkeys((".onnx", ".h5", ".keras", ".tflite", ".pb"), FOREIGN),
}
"""Endings of files that cannot be opened, and what to do instead; what others hold is found out."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The files to ``open`` in turn, the first with its ``split``; none where nothing can be. Two sentences say so."""

    open: tuple[Path, ...]
    what: str
    text: str
    split: FileSplit | None = None


def plan_for(paths: Sequence[Path]) -> Plan:
    """What becomes of ``paths``, of which there is at least one."""
    if separate := separate_files(paths):
        train, split = separate
        others = " and ".join(f"“{Path(path).name}”" for path in (split.validation, split.test) if path)
        return Plan((train,), f"train on “{train.name}”", f"It is judged on {others}, as the names say.", split)
    kinds = {path: kind_of(path) for path in paths}
    useful = sorted((path for path in paths if kinds[path] != "useless"), key=lambda path: kinds[path] != "project")
    if not useful:
        return Plan((), f"“{paths[0].name}” cannot be opened.", USELESS[paths[0].suffix.lower()])
    if pair := _data_and_weights(useful, kinds):
        data, weights = pair
        what = f"open “{data.name}” and “{weights.name}”"
        return Plan(pair, what, "The one becomes the data, and training starts from the other.")
    first, *others_ = useful
    only = f" Only this one of {len(paths)} is opened." if others_ or len(paths) > 1 else ""
    return Plan((first,), f"open “{first.name}”", DOES[kinds[first]] + only)


def kind_of(path: Path) -> Kind:
    """What a file or folder is, as far as its name says."""
    if path.suffix.lower() == SUFFIX:
        return "project"
    if path.is_dir():
        return "folder"
    if path.name.lower().endswith(MODEL_SUFFIXES):
        return "weights"
    return "useless" if path.suffix.lower() in USELESS else "data"


def _data_and_weights(paths: Sequence[Path], kinds: dict[Path, Kind]) -> tuple[Path, Path] | None:
    """One file with data and one with weights, where there are just these."""
    data = [path for path in paths if kinds[path] in ("data", "folder")]
    weights = [path for path in paths if kinds[path] == "weights"]
    return (data[0], weights[0]) if len(data) == len(weights) == 1 and len(paths) == 2 else None


TRAIN, VALIDATION, TEST = ("train", "training"), ("valid", "validation", "val", "dev"), ("test", "testing", "eval")


def separate_files(paths: Sequence[Path]) -> tuple[Path, FileSplit] | None:
    """The file to train on and the split by files, where the names of two or three files of one kind say so."""
    train, validation, test = (_named(paths, names) for names in (TRAIN, VALIDATION, TEST))
    named = [path for path in (train, validation, test) if path]
    if train is None or len(named) < 2 or len(named) != len(paths) or len({_ending(path) for path in paths}) > 1:
        return None
    return train, FileSplit(str(validation.absolute()) if validation else "", str(test.absolute()) if test else "")


def _named(paths: Sequence[Path], names: Sequence[str]) -> Path | None:
    """The one file with one of ``names`` among the words of its own."""
    found = [path for path in paths if set(re.split(r"[^a-z]+", path.name.lower())) & set(names)]
    return found[0] if len(found) == 1 else None


def _ending(path: Path) -> str:
    return "".join(path.suffixes[-2:]).lower() if path.suffix.lower() in PACKED else path.suffix.lower()


PACKED = (".gz", ".bz2", ".xz", ".zst", ".zip")
