"""Projects as files: the round trip, moved folders, and a sentence for whatever is wrong with a file."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.spec import files
from nnstudio.spec.columns import Column, Kind, NumberEncoding, Role
from nnstudio.spec.data import Batches, DataSpec
from nnstudio.spec.errors import ProjectFileError, SpecError, StudioError, as_studio_error
from nnstudio.spec.files import (
    SUFFIX,
    as_text,
    is_there,
    load_project,
    nearest_there,
    project_from_json,
    project_to_json,
    save_project,
)
from nnstudio.spec.layers import Linear, ReLU
from nnstudio.spec.layouts import WindowLayout
from nnstudio.spec.losses import BCEWithLogits
from nnstudio.spec.model import Model, Pair, Row, Weights
from nnstudio.spec.optimizers import Adam
from nnstudio.spec.project import Project
from nnstudio.spec.sources import ImageFolderSource, Source, TableSource
from nnstudio.spec.splits import FileSplit, RandomSplit
from nnstudio.spec.tasks import Task
from nnstudio.spec.training import Training
from tests.spec.attempt import attempt
from tests.spec.strategies import ROOT, json_values, projects, words

COLUMNS = (
    Column("size", Kind.NUMBER, encoding=NumberEncoding("log", indicator=True)),
    Column("id", Kind.NUMBER, Role.IGNORE),
    Column("sex", Kind.CATEGORY, Role.TARGET),
)
ROWS = (Row("a", Linear(8), "hidden", locked_parameters=("bias",)), Row("b", ReLU()), Row("c", Linear(2), locked=True))

Place = tuple[str | int, ...]
"""Where a value lies in JSON: ``("model", "rows", 0, "id")``."""


def project_in(folder: Path, table: str = "table.csv", weights: str = "weights.pth") -> Project:
    """A project that uses everything a file can hold."""
    data = DataSpec(
        TableSource(str(folder / table)),
        COLUMNS,
        Task.BINARY,
        RandomSplit(0.2, 0.2),
        Batches(16),
        "f1",
        WindowLayout(6),
    )
    return Project(data, Model(ROWS, Weights(str(folder / weights), "ab" * 32)), Training(epochs=7))


def described(project: Project, folder: Path | None = None) -> dict[str, Any]:
    """What the JSON text of ``project`` says."""
    content: dict[str, Any] = json.loads(project_to_json(project, folder))
    return content


def places(value: Any, place: Place = ()) -> Iterator[Place]:
    """Every place in a JSON value, that of the value itself first."""
    yield place
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in inner:
        yield from places(part, (*place, name))


def holder(content: Any, place: Place) -> Any:
    """The object or list that holds ``place``."""
    for name in place[:-1]:
        content = content[name]
    return content


def changed(place: Place, value: object) -> str:
    """The text of a good project with another value at ``place``."""
    content = described(project_in(ROOT))
    holder(content, place)[place[-1]] = value
    return json.dumps(content)


def without(place: Place) -> str:
    """The text of a good project that lacks what lies at ``place``."""
    content = described(project_in(ROOT))
    del holder(content, place)[place[-1]]
    return json.dumps(content)


PLACES = [place for place in places(described(project_in(ROOT))) if place]


# the round trip


@given(project=projects)
def test_every_project_reads_back_what_it_wrote(project: Project) -> None:
    text = project_to_json(project)
    assert project_from_json(text) == project
    assert project_to_json(project_from_json(text)) == text


@given(project=projects)
def test_every_project_reads_back_from_any_folder(project: Project) -> None:
    folder = ROOT / "some" / "folder"
    assert project_from_json(project_to_json(project, folder), folder) == project


@given(project=projects)
def test_a_saved_project_is_loaded_as_it_was(project: Project, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("project") / f"p{SUFFIX}"
    save_project(project, path)
    assert load_project(path) == project
    assert list(path.parent.iterdir()) == [path]


def test_the_file_is_plain_json_with_a_format_and_a_version(tmp_path: Path) -> None:
    path = tmp_path / "é.nnstudio"
    project = replace(project_in(tmp_path), model=Model((Row("a", Linear(3), "größe"),)))
    save_project(project, path)
    text = path.read_text(encoding="utf-8")
    assert text.endswith("}\n")
    assert "größe" in text
    content = json.loads(text)
    assert list(content) == ["format", "version", "data", "model", "training"]
    assert (content["format"], content["version"]) == ("nnstudio-project", 4)
    assert content["model"]["rows"][0] == {
        "id": "a",
        "name": "größe",
        "locked": False,
        "locked_parameters": [],
        "layer": {"kind": "linear", "out_features": 3, "bias": True},
    }


def test_an_empty_project_round_trips() -> None:
    assert project_from_json(project_to_json(Project())) == Project()
    assert described(Project())["data"] is None


@pytest.mark.skipif(os.name == "nt", reason="file names are text there")
def test_a_path_with_undecodable_bytes_can_be_saved(tmp_path: Path) -> None:
    table = os.fsdecode(b"caf\xe9.csv")
    project = project_in(tmp_path, table)
    save_project(project, tmp_path / "p.nnstudio")
    assert load_project(tmp_path / "p.nnstudio") == project
    (tmp_path / "p.nnstudio").read_bytes().decode("utf-8")


@pytest.mark.parametrize(
    ("name", "text"), [("größe \U0001f427", "größe \U0001f427"), ("caf\udce9.csv", "caf�.csv"), ("\ud800", "�")]
)
def test_a_name_of_bytes_that_are_no_letters_has_a_text(name: str, text: str) -> None:
    assert as_text(name) == text
    text.encode()


def test_a_path_that_is_not_normal_can_be_saved(tmp_path: Path) -> None:
    project = project_in(tmp_path, "sub/../table.csv")
    save_project(project, tmp_path / "p.nnstudio")
    assert load_project(tmp_path / "p.nnstudio") == project_in(tmp_path, "table.csv")


# relative and absolute paths


@pytest.mark.parametrize(
    ("table", "written"),
    [
        ("table.csv", "table.csv"),
        ("data/table.csv", "data/table.csv"),
        ("../elsewhere/table.csv", "../elsewhere/table.csv"),
    ],
)
def test_a_moved_folder_takes_its_data_along(tmp_path: Path, table: str, written: str) -> None:
    old, new = tmp_path / "old" / "work", tmp_path / "new" / "work"
    old.mkdir(parents=True)
    path = old / "p.nnstudio"
    save_project(project_in(old, table, f"{table}.pth"), path)
    content = json.loads(path.read_text(encoding="utf-8"))
    assert content["data"]["source"]["path"] == written
    assert content["model"]["start"]["path"] == f"{written}.pth"

    old.parent.rename(new.parent)
    moved = load_project(new / "p.nnstudio")
    assert moved.data is not None
    assert moved.model.start is not None
    assert moved.data.source.path == os.path.normpath(new / table)
    assert moved.model.start.path == os.path.normpath(new / f"{table}.pth")


@pytest.mark.parametrize(
    ("source", "folder", "written"),
    [
        (TableSource(str(ROOT / "far" / "t.csv")), ROOT / "near", str(ROOT / "far" / "t.csv")),
        (TableSource(str(ROOT / "a" / "t.csv")), ROOT / "a" / "b" / "c", "../../t.csv"),
        (ImageFolderSource(str(ROOT / "a" / "b")), ROOT / "a" / "b", "."),
        (TableSource("relative.csv"), ROOT / "a", "relative.csv"),
        (TableSource(), ROOT / "a", ""),
        (TableSource(str(ROOT / "a" / "t.csv")), None, str(ROOT / "a" / "t.csv")),
    ],
)
def test_how_a_path_is_written(source: Source, folder: Path | None, written: str) -> None:
    project = Project(DataSpec(source, (), Task.BINARY))
    assert described(project, folder)["data"]["source"]["path"] == written


@pytest.mark.parametrize(
    ("written", "folder", "path"),
    [
        ("t.csv", ROOT / "a", ROOT / "a" / "t.csv"),
        ("../t.csv", ROOT / "a" / "b", ROOT / "a" / "t.csv"),
        (str(ROOT / "x" / "t.csv"), ROOT / "a", ROOT / "x" / "t.csv"),
        (".", ROOT / "a", ROOT / "a"),
        ("", ROOT / "a", ""),
        ("t.csv", None, "t.csv"),
    ],
)
def test_how_a_path_is_read(written: str, folder: Path | None, path: Path | str) -> None:
    read = project_from_json(changed(("data", "source", "path"), written), folder)
    assert read.data is not None
    assert read.data.source.path == str(path)


def test_the_files_of_a_split_move_along(tmp_path: Path) -> None:
    data = DataSpec(TableSource(str(tmp_path / "t.csv")), (), Task.BINARY, FileSplit(test=str(tmp_path / "test.csv")))
    split = described(Project(data), tmp_path)["data"]["split"]
    assert (split["validation"], split["test"]) == ("", "test.csv")
    assert project_from_json(project_to_json(Project(data), tmp_path), tmp_path) == Project(data)


def test_a_folder_that_is_relative_itself_is_seen_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    save_project(project_in(tmp_path), Path("p.nnstudio"))
    assert load_project(Path("p.nnstudio")) == project_in(tmp_path)


# what earlier versions wrote


def version_1(path: str = "table.csv") -> dict[str, Any]:
    """What version 1 wrote of a project with a table."""
    return {
        "format": "nnstudio-project",
        "version": 1,
        "data": {
            "source": {"kind": "table", "path": path},
            "fingerprint": "sha256:ab",
            "task": "binary",
            "columns": [
                {"name": "size", "kind": "number", "role": "feature"},
                {"name": "sex", "kind": "category", "role": "target"},
            ],
            "split": {"validation": 0.2, "test": 0.15, "stratify": False, "seed": 7},
            "batches": {"size": 8, "shuffle": False},
        },
        "model": {"start": None, "rows": []},
        "training": {
            "loss": {"kind": "bce_with_logits"},
            "optimizer": {"kind": "adam", "lr": 0.01, "weight_decay": 0.0},
            "epochs": 9,
            "seed": 3,
            "device": "cpu",
        },
    }


def test_a_project_of_version_1_means_what_it_meant() -> None:
    assert project_from_json(json.dumps(version_1()), ROOT) == Project(
        DataSpec(
            TableSource(str(ROOT / "table.csv")),
            (Column("size", Kind.NUMBER), Column("sex", Kind.CATEGORY, Role.TARGET)),
            Task.BINARY,
            RandomSplit(0.2, 0.15, False, 7),
            Batches(8, False),
            "sha256:ab",
        ),
        Model(),
        Training(BCEWithLogits(), Adam(0.01), epochs=9, patience=0, seed=3, device="cpu"),
    )


@pytest.mark.parametrize(("path", "delimiter"), [("t.csv", ","), ("T.TSV", "\t"), ("t.tab", "\t"), ("t.txt", ",")])
def test_the_name_said_in_version_1_what_stands_between_cells(path: str, delimiter: str) -> None:
    read = project_from_json(json.dumps(version_1(path)))
    assert read.data is not None
    assert read.data.source == TableSource(path, delimiter)  # type: ignore[arg-type]  # one of the delimiters


def test_pictures_of_version_1_keep_their_size() -> None:
    content = version_1()
    content["data"]["source"] = {"kind": "image_folder", "path": "p.tsv", "width": 8, "height": 9, "colour": "grey"}
    read = project_from_json(json.dumps(content))
    assert read.data is not None
    assert read.data.source == ImageFolderSource("p.tsv", 8, 9, "grey")


def test_a_project_of_version_1_without_data() -> None:
    assert project_from_json(json.dumps(version_1() | {"data": None})).data is None


@given(place=st.sampled_from([place for place in places(version_1()) if place]), value=json_values)
def test_a_file_of_version_1_with_any_value_anywhere_is_read_or_refused_in_a_sentence(
    place: Place, value: object
) -> None:
    content = version_1()
    holder(content, place)[place[-1]] = value
    read = attempt(lambda: project_from_json(json.dumps(content)))
    assert isinstance(read, Project) or (isinstance(read, SpecError) and str(read).endswith("."))


def test_no_layer_of_version_3_is_a_guess_and_its_runs_end_as_planned() -> None:
    project = Project(model=Model((Row("a", Linear(4)),)), training=Training(patience=0))
    text = project_to_json(project)
    assert "guess" not in text
    content = json.loads(text) | {"version": 3}
    del content["training"]["schedule"], content["training"]["patience"]
    assert project_from_json(json.dumps(content)) == project


def test_how_weights_find_their_places_is_written_where_it_is_not_usual(tmp_path: Path) -> None:
    row = Row("a", Linear(3), rate=0.1, locked=True, thaw=5)
    part = Weights(str(tmp_path / "part.pth"), "cd", "hand", (Pair("a", "", "0"),))
    project = Project(model=Model((row, Row("b", Linear(3))), Weights(str(tmp_path / "w.pth"), "ab"), (part,)))
    content = json.loads(project_to_json(project, tmp_path))["model"]
    assert content["start"] == {"path": "w.pth", "sha256": "ab"}
    pairs = [{"row": "a", "tensor": "", "source": "0", "repetition": 0}]
    assert content["grafts"] == [{"path": "part.pth", "sha256": "cd", "by": "hand", "pairs": pairs}]
    assert (content["rows"][0]["rate"], content["rows"][0]["thaw"]) == (0.1, 5)
    assert {"rate", "thaw"}.isdisjoint(content["rows"][1])
    assert project_from_json(project_to_json(project, tmp_path), tmp_path) == project


# what is wrong with a file


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "This is not a project file. It is not valid JSON (Expecting value: line 1 column 1 (char 0))."),
        ("{", "This is not a project file. It is not valid JSON (Expecting property name"),
        ("[" * 100_000, "This is not a project file. It is not valid JSON (maximum recursion depth"),
        ('{"version": ' + "9" * 5_000 + "}", "This is not a project file. It is not valid JSON (Exceeds the limit"),
        ("null", "This is not a project file. It does not say that it is one."),
        ("[]", "This is not a project file. It does not say that it is one."),
        ("{}", "This is not a project file. It does not say that it is one."),
        ('{"format": "else", "version": 1}', "This is not a project file. It does not say that it is one."),
        ('{"format": "nnstudio-project"}', "This project has version None. This nnstudio reads versions 1 to 4."),
        (changed(("version",), 5), "This project has version 5. This nnstudio reads versions 1 to 4."),
        (changed(("version",), "2"), "This project has version '2'. This nnstudio reads versions 1 to 4."),
        (without(("model",)), "This project is damaged. “model” is missing."),
        (without(("training",)), "This project is damaged. “training” is missing."),
        (without(("data", "columns")), "This project is damaged. “columns” is missing."),
        (without(("data", "columns", 0, "role")), "This project is damaged. “role” is missing."),
        (without(("model", "start", "sha256")), "This project is damaged. “sha256” is missing."),
        (
            changed(("model", "start", "by"), "luck"),
            "This project is damaged. Weights match by name, order or hand, not 'luck'.",
        ),
        (changed(("model", "start", "pairs"), [{}]), "This project is damaged. “row” is missing."),
        (changed(("model", "rows", 0, "rate"), 0), "Linear: rate factor must be greater than 0, not 0."),
        (changed(("model", "rows", 0, "thaw"), 0.5), "Linear: trains from epoch must be a whole number, not 0.5."),
        (without(("training", "optimizer")), "This project is damaged. “optimizer” is missing."),
        (changed(("data",), []), "This project is damaged. “data” must be a JSON object, not []."),
        (changed(("data", "columns"), "size"), "This project is damaged. “columns” must be a list, not 'size'."),
        (changed(("data", "columns", 1), "id"), "This project is damaged. 'id' stands where a JSON object should."),
        (changed(("data", "columns", 0, "name"), 5), "This project is damaged. “name” must be text, not 5."),
        (
            changed(("data", "columns", 0, "kind"), "colour"),
            "This project is damaged. “kind” must be one of number, integer, category, boolean, date, text,",
        ),
        (
            changed(("data", "task"), "guess"),
            "This project is damaged. “task” must be one of binary, multiclass, regression, reconstruction, not",
        ),
        (changed(("data", "source", "kind"), "web"), "'web' is not a known source. Known are: table, excel, "),
        (changed(("data", "source", "path"), None), "Text table: file must be text, not None."),
        (changed(("data", "split", "test"), 0.8), "Random split: at least 5% of the rows must be left to train on."),
        (changed(("data", "split", "train"), 0.8), "RandomSplit has no field called train."),
        (changed(("data", "split", "folds"), 1), "Random split: folds must be 0, or at least 2, not 1."),
        (changed(("data", "layout"), None), "This project is damaged. “layout” must be a JSON object, not None."),
        (changed(("data", "layout", "kind"), "spiral"), "'spiral' is not a known layout. Known are: row, sequence, "),
        (changed(("data", "columns", 0, "encoding"), 5), "5 is not a known encoding. Known are: number, category, "),
        (changed(("data", "columns", 0, "encoding", "most"), 5), "NumberEncoding has no field called most."),
        (changed(("data", "source", "encoding"), "x"), "Text table: there is no encoding called “x”."),
        (changed(("data", "batches", "size"), True), "Batches: batch size must be a whole number, not True."),
        (changed(("model", "rows", 0, "layer", "kind"), ["linear"]), "['linear'] is not a known layer. Known are: "),
        (changed(("model", "rows", 0, "layer", "out_features"), 0), "Linear: outputs must be at least 1, not 0."),
        (changed(("model", "rows", 0, "locked"), "no"), "This project is damaged. “locked” must be true or false, not"),
        (changed(("model", "rows", 1, "id"), "a"), "Two layers of this project have the same identity."),
        (changed(("training", "epochs"), 10**400), "Training: epochs must be a finite number, not 1000000000"),
        (
            changed(("training", "optimizer", "lr"), float("nan")),
            "Adam: learning rate must be a finite number, not nan.",
        ),
        (changed(("training", "loss"), "mse"), "This project is damaged. “loss” must be a JSON object, not 'mse'."),
        (changed(("training", "speed"), 1), "Training has no field called speed."),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(text: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(SpecError) as raised:
        project_from_json(text)
    assert str(raised.value).startswith(sentence)

    path = tmp_path / "broken.nnstudio"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProjectFileError) as from_file:
        load_project(path)
    assert from_file.value.what == "“broken.nnstudio” could not be opened."
    assert from_file.value.why == str(raised.value)


@given(place=st.sampled_from(PLACES), value=json_values)
def test_a_file_with_any_value_anywhere_is_read_or_refused_in_a_sentence(place: Place, value: object) -> None:
    read = attempt(lambda: project_from_json(changed(place, value)))
    if isinstance(read, Project):
        assert project_from_json(project_to_json(read)) == read
    else:
        assert isinstance(read, SpecError)
        assert str(read).endswith(".")
        assert "Error" not in str(read)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: ".".join(map(str, place)))
def test_a_file_that_lacks_something_is_read_or_refused_in_a_sentence(place: Place) -> None:
    read = attempt(lambda: project_from_json(without(place)))
    assert isinstance(read, Project) or str(read).endswith(".")


@given(text=words)
def test_any_text_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(SpecError, match=r"^This is not a project file\."):
        project_from_json(text)


def test_the_good_project_of_these_tests_is_good() -> None:
    content = described(project_in(ROOT))
    before = copy.deepcopy(content)
    assert project_from_json(json.dumps(content)) == project_in(ROOT)
    assert content == before


def test_a_file_that_is_no_text_is_no_project(tmp_path: Path) -> None:
    path = tmp_path / "picture.nnstudio"
    path.write_bytes(b"\x89PNG\r\n\xff")
    with pytest.raises(ProjectFileError, match=r"^“picture.nnstudio” is not a project\. It is not a text file\.$"):
        load_project(path)


def test_a_file_far_too_large_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.nnstudio"
    with path.open("wb") as file:
        file.truncate(files.LARGEST_PROJECT + 1)
    with pytest.raises(ProjectFileError, match=r"^“huge.nnstudio” is not a project\. It is far larger than a project"):
        load_project(path)


@pytest.mark.parametrize("name", ["nowhere.nnstudio", "folder.nnstudio"])
def test_a_file_that_cannot_be_read_becomes_a_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.nnstudio").mkdir()
    with pytest.raises((OSError, StudioError)) as raised:
        load_project(tmp_path / name)
    assert as_studio_error(raised.value).what.startswith(f"“{tmp_path / name}”")


# saving


def test_a_project_that_does_not_read_back_is_not_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "p.nnstudio"
    save_project(project_in(tmp_path), path)
    before = path.read_bytes()
    monkeypatch.setattr("nnstudio.spec.files.project.project_from_json", lambda *_: Project())
    with pytest.raises(ProjectFileError, match=r"^“p\.nnstudio” was not saved\. What was written could not be read"):
        save_project(project_in(tmp_path, "other.csv"), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_saving_where_there_is_no_folder_names_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    with pytest.raises(FileNotFoundError) as raised:
        save_project(Project(), folder / "p.nnstudio")
    assert as_studio_error(raised.value).what == f"“{folder}” is not there."


@pytest.mark.parametrize("name", ["none", "n" * 300, "\0"])
def test_what_cannot_be_looked_at_is_not_there(tmp_path: Path, name: str) -> None:
    assert is_there(tmp_path)
    assert not is_there(tmp_path / name)
    assert nearest_there(tmp_path / name / "below") == tmp_path


def test_what_lies_in_a_locked_folder_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "locked").mkdir()
    inside, look = tmp_path / "locked" / "runs", os.stat

    def stat(path: Path, **settings: Any) -> os.stat_result:
        if path == inside:  # tests may run as root, whom no lock keeps out
            raise PermissionError(13, "Permission denied", str(path))
        return look(path, **settings)

    monkeypatch.setattr(os, "stat", stat)
    assert not is_there(inside)
    assert nearest_there(inside) == inside.parent
