"""What is open is not written over."""

from __future__ import annotations

from dataclasses import MISSING, fields, replace
from pathlib import Path
from typing import Any, get_args

import pytest

from nnstudio.session import edits
from nnstudio.session.document import Document
from nnstudio.session.guard import Guard, written_by
from nnstudio.spec.data import DataSpec
from nnstudio.spec.errors import FileError
from nnstudio.spec.model import Weights
from nnstudio.spec.project import Project
from nnstudio.spec.requests import ExportModel, PredictTable, PrintCode, Request, SaveModel, WriteCode
from nnstudio.spec.sources import TableSource
from nnstudio.spec.tasks import Task


@pytest.fixture
def guard(tmp_path: Path) -> Guard:
    """Of a saved project with data and weights, after a run."""
    for name in ("data.csv", "start.pth", "best.pth", "open.nnstudio"):
        (tmp_path / name).write_text(name)
    document = Document()
    data = DataSpec(TableSource(str(tmp_path / "data.csv")), (), Task.BINARY)
    started = edits.start_from(Project(data), Weights(str(tmp_path / "start.pth"), ""))
    document.apply("Begin", started)
    document.mark_saved(tmp_path / "open.nnstudio")
    return Guard(document, lambda: str(tmp_path / "best.pth"))


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("data.csv", "the data that the project is about"),
        ("start.pth", "the weights file that training starts from"),
        ("best.pth", "the model that is at hand"),
        ("open.nnstudio", "the project that is open"),
    ],
)
def test_what_is_open_is_spared(guard: Guard, tmp_path: Path, name: str, what: str) -> None:
    (tmp_path / "link").symlink_to(tmp_path / name)
    for path in (tmp_path / name, tmp_path / "link"):
        with pytest.raises(FileError) as caught:
            guard.spare(path)
        assert str(caught.value) == f"“{path.name}” is {what}. It would be lost. Choose another name."
    with pytest.raises(FileError, match=what):
        guard.check(SaveModel("any.pth", str(tmp_path / name)))


def test_anything_else_may_be_written(guard: Guard, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("other")
    guard.spare(tmp_path / "other.csv")
    guard.spare(tmp_path / "open.nnstudio", is_project=True)
    guard.check(PredictTable("m.pth", TableSource(str(tmp_path / "data.csv"))))
    guard.check(ExportModel("m.pth", {"card": str(tmp_path / "new.md")}))


def test_every_request_that_writes_says_where() -> None:
    writing = [kind for kind in get_args(Request) if "out" in {each.name for each in fields(kind)}]
    assert len(writing) == 7
    for kind in writing:
        assert written_by(writing_here(kind)) == (() if kind is PrintCode else ("here",)), kind
    assert written_by(WriteCode(PrintCode(Project(), "here"))) == ("here",)
    assert written_by(ExportModel("m.pth", {"card": "here", "report": "there"})) == ("here", "there")


def writing_here(kind: type[Any]) -> Request:
    """A request of that kind that writes to ``here``; what else it says does not matter."""
    asked = [each.name for each in fields(kind) if each.default is MISSING and each.default_factory is MISSING]
    request: Request = replace(kind(**dict.fromkeys(asked)), out="here")
    return request
