"""What the Code tab shows is what the export writes, before a run and after it; what cannot be printed is said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from nnstudio.resources import resource
from nnstudio.session import edits
from nnstudio.spec.code.script import script
from nnstudio.spec.errors import DataError, FileError
from nnstudio.spec.events import CodePrinted, Exported
from nnstudio.spec.files import load_project
from nnstudio.spec.layers import Conv2d
from nnstudio.spec.model import new_row
from nnstudio.spec.project import Project
from nnstudio.spec.requests import PrintCode, WriteCode
from nnstudio.spec.sources import TableSource
from tests.exported import asked, exported


@pytest.fixture
def project() -> Project:
    return load_project(resource("samples/iris.nnstudio"))


def printed(request: PrintCode) -> CodePrinted:
    (event,) = asked(request)
    assert isinstance(event, CodePrinted)
    return event


def text_of(code: CodePrinted) -> str:
    return script(code.about, code.parts).text


def test_before_training_it_is_what_is_written_with_its_settings(project: Project, tmp_path: Path) -> None:
    request = PrintCode(project, str(tmp_path / "train.py"))
    code = text_of(printed(request))
    assert not list(tmp_path.glob("train*"))
    assert f"for epoch in range(1, {project.training.epochs + 1}):" in code
    (done,) = asked(WriteCode(request))
    assert isinstance(done, Exported)
    assert Path(done.path).read_text(encoding="utf-8") == code
    (done,) = asked(WriteCode(replace(request, out=str(tmp_path / "train.ipynb"))))
    assert isinstance(done, Exported)
    assert done.kind == "notebook"


def test_after_training_it_is_the_export_of_the_run(project: Project, tmp_path: Path) -> None:
    run = exported(project, tmp_path, "train.py", epochs=2)
    short = replace(project, training=replace(project.training, epochs=2))
    code = printed(PrintCode(short, str(run.script), str(run.model)))
    assert text_of(code) == run.script.read_text(encoding="utf-8")
    assert "as nnstudio trained it" in code.about[0]
    with pytest.raises(FileError):
        printed(PrintCode(short, str(run.script), str(tmp_path / "none.pth")))


def test_a_network_that_cannot_be_trained_leaves_its_data(project: Project, tmp_path: Path) -> None:
    model = replace(project.model, rows=(new_row(Conv2d()), *project.model.rows))
    code = printed(PrintCode(replace(project, model=model), str(tmp_path / "train.py")))
    assert "Convolution" in code.problem or "convolution" in code.problem
    assert [part.title for part in code.parts] == [
        "Numeric plan",
        "Data",
        "Encoding",
        "Training, validation and test rows",
    ]


def test_data_that_are_not_there_are_a_failure(project: Project, tmp_path: Path) -> None:
    gone = edits.set_source(project, TableSource(str(tmp_path / "gone.csv")))
    with pytest.raises(DataError):
        printed(PrintCode(gone, str(tmp_path / "train.py")))
