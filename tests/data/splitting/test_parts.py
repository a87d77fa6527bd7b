"""Separate files become one table, and every row can be listed and exported with its part."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
from numpy.typing import NDArray

from nnstudio.data.splitting.parts import export_rows, list_parts, open_table
from nnstudio.data.table import MappedTable
from nnstudio.spec.columns import Column, Kind, Role
from nnstudio.spec.data import DataSpec
from nnstudio.spec.errors import DataError, FileError
from nnstudio.spec.sources import ImageFolderSource, TableSource
from nnstudio.spec.splits import ColumnSplit, FileSplit, RandomSplit
from nnstudio.spec.tasks import Task

MakeTable = Callable[..., TableSource]
MakeSpec = Callable[..., DataSpec]


def parts_in(path: Path) -> list[str]:
    with MappedTable(path) as table:
        assert table.names == ("part",)
        return [table.cell(row, "part") for row in range(table.rows)]


def rows_in(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.fixture
def apart(table: MakeTable, spec: MakeSpec) -> Callable[..., DataSpec]:
    """Data in a main file of four rows and a test file of the given lines."""

    def make(*lines: str, main: tuple[str, ...] = ("x,Y", "1,a", "2,b", "3,a", "4,b")) -> DataSpec:
        table(*lines, name="test.csv")
        source = table(*main)
        test = str(Path(source.path).with_name("test.csv"))
        return spec(source, ("x", "Y"), Task.BINARY, FileSplit(test=test, share=0.0))

    return make


# ---- separate files ----


def test_the_rows_of_separate_files_stand_behind_each_other(apart: Callable[..., DataSpec]) -> None:
    with open_table(apart("x,Y", "7,b", "8,a")) as joined:
        assert joined.numbers("x").tolist() == [1, 2, 3, 4, 7, 8]
        assert [joined.cell(row, "Y") for row in range(6)] == ["a", "b", "a", "b", "b", "a"]
        assert joined.file is not None
        assert joined.file.tolist() == [0, 0, 0, 0, 2, 2]


def test_columns_go_by_their_names(apart: Callable[..., DataSpec]) -> None:
    with open_table(apart("more,Y,x", "0,b,7")) as joined:
        assert joined.names == ("x", "Y")
        assert joined.numbers("x").tolist() == [1, 2, 3, 4, 7]


def test_numbers_of_two_types_become_the_wider_one(apart: Callable[..., DataSpec]) -> None:
    with open_table(apart("x,Y", "7.5,a", ",b")) as joined:
        assert joined.numbers("x")[:5].tolist() == [1, 2, 3, 4, 7.5]
        assert np.isnan(joined.numbers("x")[5])


def test_numbers_beside_words_become_words(apart: Callable[..., DataSpec]) -> None:
    main = ("x,Y", "1,0", "2,1", "3,0.0")
    with open_table(apart("x,Y", "7,none", "8,1", main=main)) as joined:
        assert joined.labels("Y").sorted_names() == ("0", "1", "none")


def test_a_column_that_only_the_main_file_has_is_missing_in_the_other(apart: Callable[..., DataSpec]) -> None:
    with open_table(apart("x,Y", "7,a", main=("x,note,Y", "1,n,a", "2,m,b"))) as joined:
        assert [joined.cell(row, "note") for row in range(3)] == ["n", "m", ""]


def test_a_file_that_lacks_a_used_column_is_named(apart: Callable[..., DataSpec]) -> None:
    with pytest.raises(DataError, match=r"“test.csv” has no column “Y”\. The columns of separate files go by"):
        open_table(apart("x", "7", "8")).__enter__()


def test_a_file_that_is_gone_is_named(apart: Callable[..., DataSpec]) -> None:
    data = apart("x,Y", "7,a")
    Path(data.split.test).unlink()  # type: ignore[attr-defined]
    with pytest.raises((FileError, OSError), match=r"test\.csv"):
        open_table(data).__enter__()


def test_one_file_is_opened_as_it_is(table: MakeTable, spec: MakeSpec) -> None:
    source = table("x,Y", "1,a", "2,b")
    for split in (RandomSplit(), FileSplit()):
        with open_table(spec(source, ("x", "Y"), Task.BINARY, split)) as opened:
            assert opened.file is None
            assert opened.rows == 2


def test_a_separate_file_may_be_of_another_kind(
    table: MakeTable, spec: MakeSpec, apart: Callable[..., DataSpec], tmp_path: Path
) -> None:
    pa.parquet.write_table(pa.table({"Y": ["b"], "x": [0.5]}), tmp_path / "late.parquet")
    table("x;Y", "6,5;a", name="middle.txt")
    source = apart("x,Y", "7,b").source
    split = FileSplit(str(tmp_path / "middle.txt"), str(tmp_path / "late.parquet"))
    with open_table(spec(source, ("x", "Y"), Task.BINARY, split)) as joined:
        assert joined.numbers("x").tolist() == [1, 2, 3, 4, 6.5, 0.5]
        assert joined.file is not None
        assert joined.file.tolist() == [0, 0, 0, 0, 1, 2]


def test_pictures_in_separate_folders(picture: Callable[[str, NDArray[np.uint8]], Path]) -> None:
    names = ("main/a/1.png", "main/b/1.png", "test/a/1.png")
    paths = [picture(name, np.full((2, 2, 3), number, np.uint8)) for number, name in enumerate(names)]
    folder = paths[0].parents[2]
    columns = Column("image", Kind.IMAGE), Column("class", Kind.CATEGORY, Role.TARGET)
    source = ImageFolderSource(str(folder / "main"), 2, 2)
    data = DataSpec(source, columns, Task.BINARY, FileSplit(test=str(folder / "test")))
    with open_table(data) as joined:
        assert [joined.image(row)[0, 0, 0] for row in range(3)] == [0, 1, 2]
        assert joined.labels("class").sorted_names() == ("a", "b")


# ---- which row is where ----


@pytest.fixture
def data(table: MakeTable, spec: MakeSpec) -> DataSpec:
    source = table("x,S,Y", "1,train,a", "2,test,b", "3,train,b", "4,validation,a", "5,test,", "6,train,=a")
    return spec(source, ("x", "S", "Y"), Task.MULTICLASS, ColumnSplit("S"))


def test_every_row_is_listed_with_its_part(data: DataSpec) -> None:
    assert parts_in(list_parts(data)) == ["train", "test", "train", "validation", "", "train"]


def test_rows_of_separate_files_are_listed_behind_the_others(apart: Callable[..., DataSpec]) -> None:
    assert parts_in(list_parts(apart("x,Y", "7,a"))) == ["train"] * 4 + ["test"]


def test_all_rows_are_exported_with_their_part(data: DataSpec, tmp_path: Path) -> None:
    out = tmp_path / "rows.csv"
    assert export_rows(data, out) == 6
    header, *rows = rows_in(out)
    assert header == ["x", "S", "Y", "part"]
    assert [row[-1] for row in rows] == ["train", "test", "train", "validation", "", "train"]
    assert rows[-1] == ["6", "train", "'=a", "train"]  # a spreadsheet would execute it


def test_the_rows_of_one_part_are_exported(data: DataSpec, tmp_path: Path) -> None:
    out = tmp_path / "test.csv"
    assert export_rows(data, out, "test") == 1
    assert rows_in(out) == [["x", "S", "Y", "part"], ["2", "test", "b", "test"]]


def test_a_column_called_part_keeps_its_name(table: MakeTable, spec: MakeSpec, tmp_path: Path) -> None:
    data = spec(table("part,Y", "1,a", "2,b"), ("part", "Y"), Task.BINARY)
    export_rows(data, tmp_path / "rows.csv")
    assert rows_in(tmp_path / "rows.csv")[0] == ["part", "Y", "part (2)"]
