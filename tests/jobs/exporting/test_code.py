"""Printed code gives the run again, to the bit; the whole matrix of networks is in the benchmark of exports."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from nnstudio.data.source import open_source
from nnstudio.engine.checkpoint import load_model, save_state_dict
from nnstudio.resources import resource
from nnstudio.session import edits
from nnstudio.spec.columns import CategoryEncoding, Column, ColumnEncoding, NumberEncoding, Role
from nnstudio.spec.data import Batches
from nnstudio.spec.errors import DataError, ModelFileError
from nnstudio.spec.events import ChangeRates, NumericPlan, Stop
from nnstudio.spec.files import load_project
from nnstudio.spec.layers import BatchNorm1d, Dropout
from nnstudio.spec.losses import CrossEntropy
from nnstudio.spec.model import Row, new_row
from nnstudio.spec.optimizers import SGD, AdamW
from nnstudio.spec.project import Project
from nnstudio.spec.schedules import OneCycle, Plateau
from nnstudio.spec.sources import TableSource
from tests.exported import as_code, asked, differences, exported, run
from tests.printed_data import deep_folder, windows_of_stations, with_signs


def sample(name: str) -> Project:
    return load_project(resource(f"samples/{name}.nnstudio"))


def with_rows(project: Project, *rows: Row) -> Project:
    return replace(project, model=replace(project.model, rows=rows))


def with_everything() -> Project:
    """A run that uses what a plain one does not: each has lines of its own in the loop."""
    project = sample("penguins")
    first, bend, *rest = project.model.rows
    project = with_rows(project, replace(first, rate=0.5), new_row(BatchNorm1d()), bend, new_row(Dropout()), *rest)
    training = replace(
        project.training,
        loss=CrossEntropy(label_smoothing=0.1),
        optimizer=SGD(lr=0.05, weight_decay=0.01),
        schedule=OneCycle(),
        decay="weights",
        clip=0.5,
        accumulate=3,
        seed=4,
    )
    return edits.set_batches(replace(project, training=training), Batches(16, balance="weights"))


def averaged(project: Project, accumulate: int = 1) -> Project:
    """A run whose weights are averaged, calculated in mixed precision."""
    first, *rest = project.model.rows
    project = with_rows(project, first, new_row(BatchNorm1d()), *rest)
    training = replace(project.training, ema=0.9, precision="bfloat16", accumulate=accumulate)
    return replace(project, training=training)


def with_locks() -> Project:
    """Some layers frozen, one of them until an epoch; rows drawn fairly."""
    project = sample("digits-images")
    first, second, third, *rest = project.model.rows
    project = with_rows(project, replace(first, locked=True), second, replace(third, locked=True, thaw=2), *rest)
    project = replace(project, training=replace(project.training, optimizer=AdamW(), schedule=Plateau(patience=0)))
    return edits.set_batches(project, Batches(64, balance="sampling"))


HEADER = 'n;x;"say ""hi""";code;k;y'


def table_with_odds(folder: Path) -> Project:
    """A table that pandas needs to be told about: a semicolon, decimal commas, codes, missing cells."""
    path = folder / "odd.csv"
    rows = [
        f"{n};{n % 7},{n % 10};{'' if n % 9 == 0 else 'abc'[n % 3]};0{n % 4};{n % 5 - 2};{n % 3},{n % 2}"
        for n in range(120)
    ]
    path.write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    found = open_source(TableSource(str(path), delimiter=";", decimal=","))
    project = edits.open_source(sample("diabetes"), found)
    data = edits.data_of(project)
    encodings: dict[str, ColumnEncoding] = {
        "x": NumberEncoding(scale="log", missing="mean"),
        "code": CategoryEncoding(code="ordinal"),
        "k": CategoryEncoding(code="one_hot"),
    }
    columns = tuple(_column(column, encodings) for column in data.columns)
    return replace(project, data=replace(data, columns=columns))


def _column(column: Column, encodings: Mapping[str, ColumnEncoding]) -> Column:
    role = Role.TARGET if column.name == "y" else Role.IGNORE if column.name == "n" else Role.FEATURE
    return replace(column, role=role, encoding=encodings.get(column.name, column.encoding))


def test_the_code_gives_the_same_losses_and_weights(tmp_path: Path) -> None:
    here = tmp_path / "scripts"
    exports = [
        exported(with_everything(), here, "everything.py"),
        exported(with_locks(), here, "locks.py"),
        exported(windows_of_stations(tmp_path / "stations"), here, "stations.py", epochs=2),
        exported(deep_folder(tmp_path / "deep"), here, "deep.py", epochs=2),
        exported(with_signs(tmp_path / "signs"), here, "signs.py", epochs=2),
        exported(averaged(sample("iris")), here, "averaged.py"),
        exported(averaged(sample("penguins"), 2), here, "averaged_by_two.py"),
        exported(table_with_odds(tmp_path), here, "odd.py"),
        exported(sample("digits-fine-tuned"), here, "front.py", plan=NumericPlan(once=1)),
        exported(sample("iris"), here, "iris.ipynb"),
    ]
    run([each.script for each in exports])
    assert {each.script.stem: differences(each) for each in exports} == {each.script.stem: [] for each in exports}


def test_bare_weights_cannot_be_printed(tmp_path: Path) -> None:
    done = exported(sample("iris"), tmp_path, "iris.py", epochs=1)
    bare = tmp_path / "bare.pth"
    save_state_dict(bare, load_model(done.model).state)
    with pytest.raises(ModelFileError, match="does not say how it was trained"):
        asked(as_code(bare, tmp_path / "bare.py"))
    assert not (tmp_path / "bare.py").exists()


def test_data_that_changed_are_refused(tmp_path: Path) -> None:
    table = pd.read_csv(resource("samples/iris.csv"))
    table.to_csv(tmp_path / "mine.csv", index=False)
    project = edits.open_source(sample("iris"), open_source(TableSource(str(tmp_path / "mine.csv"))))
    done = exported(project, tmp_path, "mine.py", epochs=1)
    table.iloc[:-1].to_csv(tmp_path / "mine.csv", index=False)
    before = done.script.read_text(encoding="utf-8")
    with pytest.raises(DataError, match="not those that the model was trained on"):
        asked(as_code(done.model, done.script))
    assert done.script.read_text(encoding="utf-8") == before


def test_a_run_that_was_stopped_or_changed_is_printed_as_what_it_was(tmp_path: Path) -> None:
    done = exported(sample("iris"), tmp_path, "iris.py", epochs=3, say={1: ChangeRates(0.5, 0.0), 2: Stop()})
    code = done.script.read_text(encoding="utf-8")
    assert f"for epoch in range(1, {len(done.epochs) + 1}):" in code
    assert len(done.epochs) < 3
    assert "The weights will be others than those of the run: Its learning rate" in code


def test_a_notebook_is_one_that_jupyter_opens(tmp_path: Path) -> None:
    content = json.loads(exported(sample("iris"), tmp_path, "iris.ipynb", epochs=1).script.read_text(encoding="utf-8"))
    assert (content["nbformat"], content["nbformat_minor"]) == (4, 5)
    assert {cell["cell_type"] for cell in content["cells"]} == {"markdown", "code"}
    assert len({cell["id"] for cell in content["cells"]}) == len(content["cells"])
