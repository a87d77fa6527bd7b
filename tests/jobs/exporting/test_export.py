"""Every declared kind has a writer, and none is written by another's name."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from nnstudio.jobs.exporting.export import WRITERS
from nnstudio.spec.errors import FileError
from nnstudio.spec.exports import EXPORTS
from nnstudio.spec.requests import ExportModel
from tests.exported import asked


def test_every_kind_has_a_writer() -> None:
    assert WRITERS.keys() == EXPORTS.keys()
    for place in WRITERS.values():
        module, function = place.split(":")
        assert callable(getattr(importlib.import_module(module), function))


def test_a_wrong_suffix_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="does not end in"):
        asked(ExportModel(str(tmp_path / "no.pth"), "python", str(tmp_path / "m.ipynb")))
