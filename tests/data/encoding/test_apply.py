"""A model's encoding on a new file: the same numbers, and a word on what the model does not know."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from nnstudio.data.encoding.apply import apply
from nnstudio.data.encoding.encode import encode
from nnstudio.data.encoding.fitted import Encoding
from nnstudio.data.pictures.advice import suggest_image_source
from nnstudio.data.source import open_source
from nnstudio.data.suggest import default_spec
from nnstudio.data.table import MappedTable
from nnstudio.resources import resource
from nnstudio.spec.columns import CategoryEncoding, Column, Kind, NumberEncoding, Role
from nnstudio.spec.data import DataSpec
from nnstudio.spec.errors import DataError
from nnstudio.spec.sources import ImageFolderSource, TableSource
from nnstudio.spec.splits import RandomSplit
from nnstudio.spec.tasks import Task

MakeTable = Callable[..., TableSource]
MakePicture = Callable[[str, NDArray[np.uint8]], Path]


@pytest.fixture
def encoding(table: MakeTable, spec: Callable[..., DataSpec]) -> Encoding:
    """Fitted to a number whose median is 2, and to the categories a and b (the most frequent)."""
    source = table("n,C,Y", "1,b,yes", "2,a,no", "6,b,no", name="train.csv")
    return encode(spec(source, ["n", "C", "Y"], Task.BINARY)).encoding


@pytest.mark.parametrize("name", ["iris", "penguins", "digits", "diabetes"])
def test_the_same_file_gives_the_same_numbers(sample: Callable[[str], TableSource], name: str) -> None:
    encoded = encode(default_spec(open_source(sample(name))))
    again = Encoding.from_json(encoded.encoding.to_json())
    np.testing.assert_array_equal(apply(again, sample(name)).x, encoded.x)


def test_columns_go_by_name(table: MakeTable, encoding: Encoding) -> None:
    applied = apply(encoding, table("extra,C,n", "7,a,1", "8,b,6"))
    assert applied.x[:, 1:].tolist() == [[1, 0], [0, 1]]
    np.testing.assert_allclose(applied.x[:, 0], (np.array([1, 6]) - 3) / np.std([1, 2, 6]), rtol=1e-6)
    assert applied.warnings == ()
    with MappedTable(applied.cache) as source:
        assert (source.rows, source.names) == (2, ("extra", "C", "n"))


def test_a_file_of_a_single_column_will_do(table: MakeTable, spec: Callable[..., DataSpec]) -> None:
    encoded = encode(spec(table("n,y", "1,1", "2,3"), ["n", "y"], Task.REGRESSION))
    assert apply(encoded.encoding, table("n", "1", "2", "3")).x.ravel().tolist() == [-1, 1, 3]


def test_what_the_model_does_not_know_is_said(table: MakeTable, encoding: Encoding) -> None:
    applied = apply(encoding, table("n,C", "1,z", ",a", "inf,z", "6,", "6,q"))
    assert applied.x[:, 1:].tolist() == [[0, 0], [1, 0], [0, 0], [0, 1], [0, 0]]
    assert applied.warnings == (
        "3 rows with a “C” that the model has never seen: “z”, “q”. It counts as none of those that the model knows.",
        "2 rows without “n”: 2 stands in, as it did in training.",
        "1 row without “C”: the most frequent value of the training rows stands in.",
    )


@pytest.mark.parametrize(
    ("scale", "far"), [("standard", 200), ("minmax", 40), ("robust", 600), ("log", -9e9), ("none", None)]
)
def test_numbers_in_another_unit_are_said(
    table: MakeTable, spec: Callable[..., DataSpec], scale: Any, far: float | None
) -> None:
    data = spec(table("n,y", *(f"{at % 10},1" for at in range(40)), "3,2"), ["n", "y"], Task.REGRESSION)
    column = replace(data.columns[0], encoding=NumberEncoding(scale=scale))
    encoding = encode(replace(data, columns=(column, data.columns[1]))).encoding
    said = apply(encoding, table("n", "1", f"{far or 1e9}", "12", f"{far or 1e9}")).warnings
    words = f"2 rows with a “n” far from those of training, such as {far or 0:.6g}: see that it is in the same unit."
    assert said == ((words,) if far else ())


def test_many_unknown_categories_are_counted(table: MakeTable, encoding: Encoding) -> None:
    (warning,) = apply(encoding, table("n,C", *(f"1,new{row}" for row in range(9)))).warnings
    assert "9 rows with a “C”" in warning
    assert "“new4” and 4 more." in warning


@pytest.mark.parametrize(
    ("line", "missing"), [("n,x", "a column “C”"), ("x,C", "a column “n”"), ("x,y", "the columns “n”, “C”")]
)
def test_all_missing_columns_are_named(table: MakeTable, encoding: Encoding, line: str, missing: str) -> None:
    with pytest.raises(DataError, match=f"“table.csv” cannot be predicted. The model needs {missing}, which"):
        apply(encoding, table(line, "1,2"))


def test_rare_and_unknown_categories_are_other_where_there_is_one(
    table: MakeTable, spec: Callable[..., DataSpec]
) -> None:
    data = spec(table("C,y", "a,1", "a,2", "b,3", "c,4"), ["C", "y"], Task.REGRESSION)
    column = replace(data.columns[0], encoding=CategoryEncoding(most=1))
    encoding = encode(replace(data, columns=(column, data.columns[1]))).encoding
    applied = apply(encoding, table("C,n", "a,1", "b,1", "new,1", ",1"))
    assert applied.x.tolist() == [[1, 0], [0, 1], [0, 1], [1, 0]]
    assert applied.warnings == ("1 row without “C”: the most frequent value of the training rows stands in.",)


def test_columns_with_other_roles_are_not_needed(table: MakeTable, spec: Callable[..., DataSpec]) -> None:
    source = table("n,w,g,y", "1,1,1,1", "2,1,2,3")
    data = spec(source, ["n", "w", "g", "y"], Task.REGRESSION)
    roles = {"w": Role.WEIGHT, "g": Role.GROUP}
    columns = tuple(replace(column, role=roles.get(column.name, column.role)) for column in data.columns)
    applied = apply(encode(replace(data, columns=columns)).encoding, table("n", "1", "2"))
    assert applied.x.ravel().tolist() == [-1, 1]
    assert applied.warnings == ()


def test_missing_dates_and_constants_are_said(table: MakeTable) -> None:
    source = table("d,n,y", "2024-01-01,1,1", "2024-01-05,3,2")
    columns = (
        Column("d", Kind.DATE),
        Column("n", Kind.NUMBER, encoding=NumberEncoding(missing="constant", constant=-1.5)),
        Column("y", Kind.NUMBER, Role.TARGET),
    )
    encoding = encode(DataSpec(source, columns, Task.REGRESSION, RandomSplit(0, 0))).encoding
    assert apply(encoding, table("d,n", ",2", "2024-01-02,")).warnings == (
        "1 row without “d”: the middle of all dates stands in.",
        "1 row without “n”: -1.5 stands in, as it did in training.",
    )


def test_text_in_a_column_of_numbers_is_refused(table: MakeTable, encoding: Encoding) -> None:
    with pytest.raises(DataError, match=re.escape("“n” cannot be used as a number. Row 1 holds “many”.")):
        apply(encoding, table("n,C", "many,a"))


def test_pictures_are_read_as_the_model_needs_them(picture: MakePicture, tmp_path: Path) -> None:
    digits = suggest_image_source(resource("samples/digits"))
    encoded = encode(default_spec(open_source(digits)))
    picture("b.png", np.full((16, 16, 3), 255, np.uint8))
    picture("a.png", np.zeros((5, 9), np.uint8))
    (tmp_path / "pictures" / "c.png").write_bytes(b"no picture")
    applied = apply(encoded.encoding, ImageFolderSource(str(tmp_path / "pictures"), 99, 99, "rgb"))
    image = encoded.encoding.image
    assert image
    assert applied.x.shape == (2, 1, 8, 8)
    dark, light = image.table()[0, [0, 255]].tolist()
    assert (applied.x[0] == dark).all()
    assert (applied.x[1] == light).all()
    assert applied.warnings == ("“c.png” was left out: it is not a picture that nnstudio knows.",)
    with MappedTable(applied.cache) as source:
        assert [source.cell(row, "path") for row in range(2)] == ["a.png", "b.png"]


def test_a_table_is_no_folder_of_pictures(table: MakeTable, encoding: Encoding) -> None:
    digits = suggest_image_source(resource("samples/digits"))
    pictures = encode(default_spec(open_source(digits))).encoding
    with pytest.raises(DataError, match=r"“table[.]csv” is a table, but the model looks at pictures"):
        apply(pictures, table("n,C", "1,a"))
    with pytest.raises(DataError, match="“digits” is a folder, but the model reads tables"):
        apply(encoding, digits)
