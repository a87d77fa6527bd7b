"""What is shown of the encoded examples is what the network gets."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from nnstudio.data.encoding import encode as encode_module
from nnstudio.data.encoding.encode import encode
from nnstudio.data.encoding.look import show_examples
from nnstudio.data.pictures.advice import suggest_image_source
from nnstudio.data.source import open_source
from nnstudio.data.suggest import default_spec
from nnstudio.data.table import MappedTable
from nnstudio.resources import resource
from nnstudio.spec.columns import Role
from nnstudio.spec.data import Batches, DataSpec
from nnstudio.spec.facts import ShownExamples
from nnstudio.spec.layouts import SequenceLayout, WindowLayout
from nnstudio.spec.requests import ShowExamples
from nnstudio.spec.sources import ImageFolderSource, TableSource
from nnstudio.spec.splits import RandomSplit, TimeSplit
from nnstudio.spec.tasks import Task

MakeTable = Callable[..., TableSource]
MakeSpec = Callable[..., DataSpec]


@pytest.fixture
def penguins(sample: Callable[[str], TableSource]) -> DataSpec:
    return default_spec(open_source(sample("penguins")))


def content(shown: ShownExamples) -> dict[str, list[Any]]:
    """The columns of what is shown; of a picture its size."""
    with MappedTable(shown.preview) as table:
        found = {}
        for name in table.names:
            column = table.column(name)
            pictures = "fixed_shape_tensor" in str(column.type)
            found[name] = [table.cell(row, name) for row in range(table.rows)] if pictures else column.to_pylist()
        return found


def test_rows_numbers_target_and_what_the_loss_gets(penguins: DataSpec) -> None:
    encoded = encode(penguins)
    shown = show_examples(ShowExamples(penguins, "validation", start=3, count=5))
    rows = encoded.rows.validation[3:8]
    table = content(shown)
    classes = ["y = Adelie", "y = Chinstrap", "y = Gentoo"]
    assert list(table) == ["row", *encoded.facts.features, "target", "y", *classes]
    assert table["row"] == encoded.source_rows[rows].tolist()
    assert table["target"] == [encoded.facts.classes[number] for number in encoded.y[rows]]
    assert table["y"] == encoded.y[rows].tolist()
    np.testing.assert_array_equal(np.array([table[name] for name in classes]).T, np.eye(3)[encoded.y[rows]])
    np.testing.assert_array_equal(np.array([table[name] for name in shown.features], np.float32).T, encoded.x[rows])
    assert (shown.part, shown.start, shown.total, shown.epoch) == ("validation", 3, len(encoded.rows.validation), 0)
    assert (shown.input_shape, shown.target_shape, shown.target_dtype) == (encoded.facts.input_shape, (), "int64")
    assert (shown.low, shown.high) == (encoded.x[rows].min(), encoded.x[rows].max())
    assert shown.origins == encoded.facts.origins
    assert shown.meanings == encoded.encoding.meanings(figures=True)
    assert shown.meanings[0] == "1 where it is “Biscoe”"
    assert shown.meanings[3].startswith("(cell − ")


def test_the_order_of_an_epoch(penguins: DataSpec) -> None:
    train = encode(penguins).rows.train
    order = np.random.default_rng(0).permutation(len(train))
    shown = show_examples(ShowExamples(penguins, start=32, count=4, epoch=2), order)
    assert content(shown)["row"] == encode(penguins).source_rows[train[order[32:36]]].tolist()
    assert (shown.epoch, shown.total) == (2, len(train))


def test_beyond_the_end_there_is_nothing(penguins: DataSpec) -> None:
    shown = show_examples(ShowExamples(penguins, "test", start=10_000))
    assert content(shown)["row"] == []
    assert (shown.total, shown.low, shown.high) == (len(encode(penguins).rows.test), 0, 0)
    folder = default_spec(open_source(suggest_image_source(resource("samples/digits"))))
    assert content(show_examples(ShowExamples(folder, "test", start=10_000)))["row"] == []


def test_values_are_shown_in_their_own_units_and_as_the_loss_gets_them(table: MakeTable, spec: MakeSpec) -> None:
    data = spec(table("n,y", "1,10.25", "2,20", "3,"), ["n", "y"], Task.REGRESSION)
    shown = show_examples(ShowExamples(data))
    assert content(shown)["target"] == ["10.25", "20"]
    assert content(shown)["y"] == [-1, 1]
    assert (shown.target_shape, shown.target_dtype) == ((1,), "float32")
    both = replace(data, columns=tuple(replace(column, role=Role.TARGET) for column in data.columns))
    both = replace(both, columns=both.columns, layout=WindowLayout(1, 1), split=TimeSplit(0, 0))
    both = replace(both, source=table("n,y", "1,10.25", "2,20", "3,4"))
    shown = show_examples(ShowExamples(both))
    assert list(content(shown)) == ["row", "n (past) [0]", "y (past) [0]", "target", "y: n", "y: y"]
    assert content(shown)["target"] == ["2, 20", "3, 4"]


def test_a_column_may_be_called_like_anything(table: MakeTable, spec: MakeSpec) -> None:
    data = spec(table("row,target,y,A", "1,2,3,a", "4,5,6,b"), ["row", "target", "y", "A"], Task.BINARY)
    shown = show_examples(ShowExamples(data))
    assert shown.features == ("row (2)", "target (2)", "y (2)")
    assert list(content(shown)) == ["row", *shown.features, "target", "y", "y = a", "y = b"]


def test_windows_say_which_of_their_rows_a_number_is_from(table: MakeTable, spec: MakeSpec) -> None:
    source = table("n,m,y", *(f"{row},{row},{row}" for row in range(6)))
    data = replace(spec(source, ["n", "m", "y"], Task.REGRESSION, TimeSplit(0, 0)), layout=WindowLayout(3, 0))
    shown = show_examples(ShowExamples(data, count=2))
    assert shown.features == ("n [-2]", "m [-2]", "n [-1]", "m [-1]", "n [0]", "m [0]")
    assert shown.origins == ("n", "m") * 3
    assert len(shown.meanings) == 6
    assert shown.input_shape == (3, 2)
    assert content(shown)["row"] == [2, 3]


def test_pictures_are_shown_as_they_were_read() -> None:
    data = default_spec(open_source(suggest_image_source(resource("samples/digits"))))
    shown = show_examples(ShowExamples(data, count=3))
    table = content(shown)
    assert list(table) == ["row", "image", "target", "y", *(f"y = {number}" for number in range(10))]
    assert table["image"] == ["8 × 8"] * 3
    assert shown.features == ()
    assert shown.meanings[0].startswith("grey: (level ÷ 255 − ")
    lines = show_examples(ShowExamples(replace(data, layout=SequenceLayout(8)), count=3))
    assert lines.input_shape == (8, 8)
    with MappedTable(lines.preview) as first, MappedTable(shown.preview) as second:
        np.testing.assert_array_equal(first.image(1), second.image(1))


def test_of_16_bits_the_upper_eight_are_shown(picture: Callable[[str, NDArray[Any]], Path], tmp_path: Path) -> None:
    for number in range(4):
        picture(f"{'ab'[number % 2]}/{number}.png", np.full((2, 2), 65_535 - 256 * number, np.uint16))
    data = default_spec(open_source(ImageFolderSource(str(tmp_path / "pictures"), 2, 2, "grey", "16")))
    shown = show_examples(ShowExamples(replace(data, split=RandomSplit(0, 0))))
    with MappedTable(shown.preview) as table:
        assert sorted(int(table.image(row).max()) for row in range(4)) == [252, 253, 254, 255]


def test_a_reconstruction_shows_no_target(penguins: DataSpec) -> None:
    data = replace(penguins, task=Task.RECONSTRUCTION)
    shown = show_examples(ShowExamples(data, count=2))
    assert list(content(shown)) == ["row", *shown.features, "target"]
    assert content(shown)["target"] == ["", ""]
    assert shown.target_shape == (len(shown.features),)


# ---- the last result is kept ----


def test_looking_again_encodes_nothing(penguins: DataSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    first = encode(penguins)
    monkeypatch.setattr(encode_module, "fit_feature", None)  # would raise
    assert encode(replace(penguins, batches=Batches(7))) is first
    show_examples(ShowExamples(penguins, count=2))
    with pytest.raises(TypeError):
        encode(replace(penguins, split=RandomSplit(seed=1)))
    with pytest.raises(TypeError):  # there is room for one, and the other's turn came before it failed
        encode(penguins)


def test_another_file_split_or_fold_is_encoded_anew(table: MakeTable, spec: MakeSpec) -> None:
    data = spec(table("n,y", "1,1", "2,2", "3,5"), ["n", "y"], Task.REGRESSION, RandomSplit(0, 0, folds=3))
    first = encode(data)
    assert encode(data, fold=1) is not first
    table("n,y", "1,1", "2,2", "3,5", "4,9")
    assert len(encode(data).x) == 4
    assert len(encode(replace(data, split=RandomSplit(0.25, 0))).rows.validation) == 1
