"""Every declared kind has a writer; several are written from one model that is loaded, followed and judged once."""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from nnstudio.engine.checkpoint import load_model
from nnstudio.jobs import printing
from nnstudio.jobs.exporting import export, exportable
from nnstudio.jobs.exporting.export import WRITERS
from nnstudio.jobs.reporting import gathering
from nnstudio.jobs.runner import answer
from nnstudio.resources import resource
from nnstudio.session import edits
from nnstudio.spec.code.beside import Beside
from nnstudio.spec.errors import DataError, FileError
from nnstudio.spec.events import Exported, ExportFailed, Inbox, Stop
from nnstudio.spec.exports import EXPORTS
from nnstudio.spec.files import load_project
from nnstudio.spec.requests import ExportModel, SaveModel
from tests.exported import asked
from tests.networks_exported import untrained


def test_every_kind_has_a_writer() -> None:
    assert WRITERS.keys() == EXPORTS.keys()
    for place in WRITERS.values():
        module, function = place.split(":")
        assert callable(getattr(importlib.import_module(module), function))


def test_a_wrong_suffix_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="does not end in"):
        asked(ExportModel(str(tmp_path / "no.pth"), {"python": str(tmp_path / "m.ipynb")}))


@pytest.fixture
def iris(tmp_path: Path) -> Path:
    """A model file, and the table that it was trained on beside it."""
    (tmp_path / "iris.csv").write_bytes(resource("samples/iris.csv").read_bytes())
    project = edits.relocate(load_project(resource("samples/iris.nnstudio")), str(tmp_path / "iris.csv"))
    return untrained(project, tmp_path / "iris.pth")


def asking(model: Path, *kinds: str) -> ExportModel:
    return ExportModel(str(model), {kind: str(model.with_name(f"out{EXPORTS[kind].suffix}")) for kind in kinds})


def test_what_several_kinds_need_is_made_once(iris: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: Counter[str] = Counter()

    def counted(module: Any, name: str) -> None:
        function: Callable[..., Any] = getattr(module, name)

        def count(*given: Any, **settings: Any) -> Any:
            made[name] += 1
            return function(*given, **settings)

        monkeypatch.setattr(module, name, count)

    counted(export, "load_model")
    counted(printing, "data_parts")
    counted(exportable, "traced")
    counted(exportable, "expected")
    counted(gathering, "judge")
    kinds = ("python", "notebook", "pt2", "safetensors", "report", "card")
    done = [event for event in asked(asking(iris, *kinds)) if isinstance(event, Exported)]
    assert tuple(event.kind for event in done) == kinds
    parts, examples = 3, 2
    assert made == {"load_model": 1, "data_parts": 1, "traced": 1, "expected": examples, "judge": parts}
    assert "# out" in iris.with_name("out.md").read_text("utf-8")


def test_what_one_kind_lacks_costs_that_kind_alone(iris: Path) -> None:
    iris.with_name("iris.csv").unlink()
    lack, done = (event for event in answer(asking(iris, "python", "safetensors"), SimpleQueue()))
    assert isinstance(lack, ExportFailed)
    assert (lack.kind, type(lack.error)) == ("python", DataError)
    assert isinstance(done, Exported)
    assert iris.with_name("out.safetensors").exists()
    assert not iris.with_name("out.py").exists()


def test_stop_ends_it_before_the_next_kind(iris: Path) -> None:
    inbox: Inbox = SimpleQueue()
    said = []
    for event in answer(asking(iris, "safetensors", "python"), inbox):
        said.append(event)
        inbox.put(Stop())
    assert [event.kind for event in said if isinstance(event, Exported)] == ["safetensors"]
    assert not iris.with_name("out.py").exists()


def test_what_a_script_reads_never_takes_the_place_of_its_data(iris: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = iris.with_name("iris.csv")
    beside = (Beside(table, lambda path: path.write_text("other")),)
    monkeypatch.setattr(
        "nnstudio.jobs.exporting.code.training_code", lambda _: printing.TrainingCode(("Train.",), (), beside)
    )
    before = table.read_bytes()
    with pytest.raises(FileError, match=r"“iris\.csv” is the data that the project is about"):
        asked(asking(iris, "python"))
    assert table.read_bytes() == before
    assert not iris.with_name("out.py").exists()


def test_the_weights_of_a_script_have_another_name_than_the_model(iris: Path) -> None:
    asked(ExportModel(str(iris), {"python": str(iris.with_suffix(".py"))}))
    script = iris.with_suffix(".py").read_text("utf-8")
    assert 'torch.save(model.state_dict(), "iris-weights.pth")' in script


def test_bare_weights_become_what_they_can(iris: Path) -> None:
    bare = iris.with_name("bare.pth")
    asked(SaveModel(str(iris), str(bare), state_dict_only=True))
    said = list(answer(asking(bare, *EXPORTS), SimpleQueue()))
    assert [event.kind for event in said if isinstance(event, Exported)] == ["safetensors", "weights"]
    why = {event.error.why for event in said if isinstance(event, ExportFailed)}
    assert {"bare weights" in reason for reason in why} == {True}
    assert load_model(bare.with_name("out.safetensors")).state.keys() == load_model(iris).state.keys()
