"""Rows as sequences, and windows over rows in order of time."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.data.encoding import layout
from nnstudio.data.encoding.apply import apply
from nnstudio.data.encoding.encode import Encoded, describe, encode
from nnstudio.data.encoding.layout import find_windows, windows_of
from nnstudio.data.pictures.advice import suggest_image_source
from nnstudio.data.source import open_source
from nnstudio.data.suggest import default_spec
from nnstudio.resources import resource
from nnstudio.spec.columns import Column, Kind, NumberEncoding, Role
from nnstudio.spec.data import DataSpec
from nnstudio.spec.errors import DataError
from nnstudio.spec.layouts import Layout, SequenceLayout, WindowLayout
from nnstudio.spec.sources import TableSource
from nnstudio.spec.splits import ColumnSplit, RandomSplit, TimeSplit
from nnstudio.spec.tasks import Task

MakeTable = Callable[..., TableSource]
Make = Callable[..., DataSpec]

PLAIN = NumberEncoding("none")


@pytest.fixture
def series(table: MakeTable) -> Make:
    """A table by time: ``day``, ``n`` (a feature, as it is) and ``y`` (the target), and whatever else is given."""

    def make(rows: Sequence[Sequence[object]], how: Layout, names: str = "day,n,y", **change: Any) -> DataSpec:
        source = table(names, *(",".join("" if cell is None else str(cell) for cell in row) for row in rows))
        roles = {"n": Role.FEATURE, "y": Role.TARGET, "shop": Role.GROUP}
        kinds = {"day": Kind.DATE, "shop": Kind.CATEGORY, "part": Kind.CATEGORY}
        columns = tuple(
            Column(name, kinds.get(name, Kind.NUMBER), roles.get(name, Role.IGNORE), PLAIN if name in "ny" else None)
            for name in names.split(",")
        )
        return replace(DataSpec(source, columns, Task.REGRESSION, TimeSplit(0, 0), layout=how), **change)

    return make


def targets(encoded: Encoded) -> list[float]:
    """The target of each example in its own unit."""
    target: Any = encoded.encoding.target
    return [round(float(value)) for value in encoded.y[:, 0] * target.scales[0] + target.offsets[0]]


# ---- sequences ----


def test_a_row_is_read_in_steps(sample: Callable[[str], TableSource]) -> None:
    data = default_spec(open_source(sample("digits")))
    seen = (replace(column, role=Role.FEATURE) for column in data.columns[:-1])  # also those that are constant
    data = replace(data, columns=(*seen, data.columns[-1]))
    flat, steps = encode(data), encode(replace(data, layout=SequenceLayout(8)))
    assert steps.facts.input_shape == (8, 8)
    assert steps.x.flags.c_contiguous
    np.testing.assert_array_equal(steps.x.reshape(len(flat.x), -1), flat.x)
    assert steps.facts.features == flat.facts.features
    np.testing.assert_array_equal(apply(steps.encoding, data.source).x, steps.x)


def test_a_row_that_does_not_divide_is_refused(sample: Callable[[str], TableSource]) -> None:
    data = replace(default_spec(open_source(sample("penguins"))), layout=SequenceLayout(3))
    sentence = "A row of 11 numbers cannot be read in 3 equal steps. Every step must have as many numbers"
    for look in (encode, describe):
        with pytest.raises(DataError, match=re.escape(sentence)) as raised:
            look(data)
        assert raised.value.remedy == "Choose one of 1, 11 steps, or use other columns."


def test_a_picture_is_read_line_by_line() -> None:
    data = default_spec(open_source(suggest_image_source(resource("samples/digits"))))
    data = replace(data, source=replace(data.source, width=6, height=8, colour="rgb"))  # type: ignore[type-var]
    flat, lines = encode(data), encode(replace(data, layout=SequenceLayout(99)))
    assert lines.facts.input_shape == (8, 18)
    assert lines.x.flags.c_contiguous
    np.testing.assert_array_equal(lines.x.reshape(600, 8, 6, 3).transpose(0, 3, 1, 2), flat.x)


# ---- windows ----

ROWS = [(f"2024-01-{day:02}", day, 100 * day) for day in range(1, 11)]


@pytest.mark.parametrize("horizon", [0, 1, 3])
def test_a_window_sees_so_many_rows_and_what_lies_ahead_is_the_target(series: Make, horizon: int) -> None:
    encoded = encode(series(ROWS, WindowLayout(3, horizon, "day")))
    first = 3 + horizon
    assert encoded.x[:, :, 0].tolist() == [[day, day + 1, day + 2] for day in range(1, 9 - horizon)]
    assert targets(encoded) == [100 * day for day in range(first, 11)]
    assert encoded.source_rows.tolist() == list(range(first - 1, 10))
    assert encoded.x.flags.c_contiguous
    assert encoded.facts.rows.train == len(encoded.x) == 8 - horizon


def test_earlier_values_of_the_target_are_seen_where_windows_look_ahead(series: Make) -> None:
    encoded = encode(series(ROWS, WindowLayout(2, 1, "day")))
    assert encoded.facts.features == ("n", "y (past)")
    assert encoded.facts.origins == ("n", "y")
    assert encoded.facts.input_shape == (2, 2)
    assert encoded.x[:, :, 1].tolist() == [[100 * day, 100 * day + 100] for day in range(1, 9)]
    alone = encode(series([(day, y) for day, _, y in ROWS], WindowLayout(2, 1, "day"), "day,y"))
    assert alone.facts.features == ("y (past)",)
    assert encode(series(ROWS, WindowLayout(2, 0, "day"))).facts.features == ("n",)


def test_windows_are_in_order_of_time_whatever_the_order_of_the_file(series: Make) -> None:
    shuffled = [ROWS[row] for row in (7, 2, 9, 0, 1, 8, 3, 6, 4, 5)]
    encoded = encode(series(shuffled, WindowLayout(3, 1, "day")))
    np.testing.assert_array_equal(encoded.x, encode(series(ROWS, WindowLayout(3, 1, "day"))).x)
    assert targets(encoded) == [400, 500, 600, 700, 800, 900, 1000]
    assert [shuffled[row][1] for row in encoded.source_rows] == [4, 5, 6, 7, 8, 9, 10]


def test_rows_without_a_time_or_a_target_are_left_out(series: Make) -> None:
    rows: list[Sequence[object]] = [*ROWS]
    rows[4], rows[5] = (None, 5, 500), ("2024-01-06", 6, None)
    encoded = encode(series(rows, WindowLayout(2, 1, "day")))
    assert encoded.facts.dropped_rows == 2
    assert encoded.x[:, :, 0].tolist() == [[1, 2], [2, 3], [3, 4], [4, 7], [7, 8], [8, 9]]


def test_windows_stay_within_their_group(series: Make) -> None:
    rows = [("ab"[row % 2], row, row, 10 * row) for row in range(12)]
    data = series(rows, WindowLayout(3, 1, "day"), "shop,day,n,y")
    data = replace(data, columns=tuple(replace(c, kind=Kind.NUMBER) if c.name == "day" else c for c in data.columns))
    encoded = encode(data)
    assert encoded.x[:, :, 0].tolist() == [[0, 2, 4], [2, 4, 6], [4, 6, 8], [1, 3, 5], [3, 5, 7], [5, 7, 9]]
    assert encoded.encoding.group == "shop"
    assert encoded.facts.features == ("n", "y (past)")


def test_windows_stay_within_their_part_of_the_split(series: Make) -> None:
    data = series(ROWS, WindowLayout(2, 1, "day"), split=TimeSplit(0.3, 0.3, "day"))
    encoded = encode(data)
    assert encoded.facts.rows.train == 2
    parts = [encoded.x[rows][:, :, 0].tolist() for rows in (encoded.rows.train, encoded.rows.validation)]
    assert parts == [[[1, 2], [2, 3]], [[5, 6]]]
    assert [encoded.source_rows[rows].tolist() for rows in (encoded.rows.train, encoded.rows.test)] == [[2, 3], [9]]
    assert replace(describe(data), relations=()) == encoded.facts


def test_encoders_learn_from_every_training_row_of_the_windows(series: Make) -> None:
    data = series(ROWS, WindowLayout(2, 1, "day"), split=TimeSplit(0.3, 0.3, "day"))
    columns = (replace(column, encoding=NumberEncoding("minmax")) for column in data.columns)
    encoded = encode(replace(data, columns=tuple(columns)))
    seen = encoded.x[encoded.rows.train][:, :, 0]
    assert seen.ravel().tolist() == pytest.approx([0, 1 / 3, 1 / 3, 2 / 3])  # of the days 1 to 4


def test_a_gap_between_rows_of_one_part_is_no_window(series: Make) -> None:
    rows = [(day, day, 10 * day, "test" if day in (4, 5) else "train") for day in range(1, 10)]
    data = series(rows, WindowLayout(2, 1), "day,n,y,part", split=ColumnSplit("part", "", "test"))
    encoded = encode(data)
    assert encoded.x[:, :, 0].tolist() == [[1, 2], [6, 7], [7, 8]]


def test_where_no_window_fits_it_is_said(series: Make) -> None:
    with pytest.raises(DataError, match="No window fits") as raised:
        encode(series(ROWS, WindowLayout(10, 1, "day")))
    assert raised.value.why == "Each needs 11 rows in a row, all of one part of the split."
    assert raised.value.remedy == "Choose a shorter window or a smaller horizon."
    with pytest.raises(DataError, match="No window fits") as raised:
        encode(series(ROWS, WindowLayout(6, 1, "day"), split=RandomSplit(0.3, 0.3, seed=1)))
    assert raised.value.remedy == "Split by time."


@pytest.mark.parametrize(("column", "sentence"), [("gone", "There is no column “gone”"), ("word", "“word” cannot be")])
def test_what_tells_no_order_is_refused(series: Make, column: str, sentence: str) -> None:
    rows = [(*row, "x") for row in ROWS]
    with pytest.raises(DataError, match=sentence):
        encode(series(rows, WindowLayout(2, 1, column), "day,n,y,word"))


def test_a_reconstruction_of_windows_is_the_window_itself(series: Make) -> None:
    encoded = encode(series(ROWS, WindowLayout(3, 5, "day"), task=Task.RECONSTRUCTION))
    assert encoded.y.shape == (8, 3)
    assert np.shares_memory(encoded.x, encoded.y)
    assert encoded.source_rows.tolist() == list(range(2, 10))


def test_pictures_have_no_windows() -> None:
    data = default_spec(open_source(suggest_image_source(resource("samples/digits"))))
    with pytest.raises(DataError, match="Windows go over the rows of a table"):
        describe(replace(data, layout=WindowLayout(2, 1)))


def test_what_would_not_fit_into_memory_is_refused(series: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "memory", lambda: 2 * 7 * 3 * 2 * 4 - 1)  # twice the bytes of the examples, less one
    for look in (encode, describe):
        with pytest.raises(DataError, match=r"would take 0[.]0 GB of memory[.] There are 7 of 3 × 2 numbers"):
            look(series(ROWS, WindowLayout(3, 1, "day")))
    monkeypatch.setattr(layout, "memory", lambda: 0)  # a system that does not say
    assert len(encode(series(ROWS, WindowLayout(3, 1, "day"))).x) == 7


@given(st.lists(st.integers(-1, 2), max_size=30), st.integers(1, 5), st.integers(0, 4))
def test_windows_are_all_those_that_lie_in_one_series(series: list[int], length: int, horizon: int) -> None:
    rows = len(series)
    order = np.random.default_rng(rows).permutation(rows)
    found = find_windows(length, horizon, order, np.array(series, np.int64))
    reach = length + horizon
    wanted = [at for at in range(rows - reach + 1) if series[at] >= 0 and len({*series[at : at + reach]}) == 1]
    assert found.starts.tolist() == wanted
    x = windows_of(np.arange(rows, dtype=np.float32)[:, None], found)
    assert x.shape == (len(wanted), length, 1)
    assert x[:, :, 0].tolist() == [order[at : at + length].tolist() for at in wanted]
    assert order[found.targets].tolist() == [order[at + reach - 1] for at in wanted]


# ---- windows over a new file ----


def fitted(series: Make, horizon: int, rows: Sequence[Sequence[object]] = ROWS, names: str = "day,n,y") -> Encoded:
    return encode(series(rows, WindowLayout(3, horizon, "day"), names))


@pytest.mark.parametrize("horizon", [0, 1, 2])
def test_every_window_of_a_file_is_answered_also_beyond_its_end(series: Make, horizon: int) -> None:
    encoded = fitted(series, horizon)
    applied = apply(encoded.encoding, series(ROWS, WindowLayout()).source)
    places = applied.places
    assert places is not None
    assert len(applied.x) == 8
    np.testing.assert_array_equal(applied.x[: len(encoded.x)], encoded.x)
    assert places.rows[: len(encoded.x)].tolist() == encoded.source_rows.tolist()
    assert places.ahead.tolist() == [0] * (8 - horizon) + list(range(1, horizon + 1))


def test_each_series_is_continued(series: Make, table: MakeTable) -> None:
    rows: list[Sequence[object]] = [("ab"[row % 2], f"2024-01-{row + 1:02}", row, row) for row in range(10)]
    encoding = fitted(series, 1, rows, "shop,day,n,y").encoding
    applied = apply(encoding, table("shop,day,n,y", *(f"{shop},{day},{n}," for shop, day, n, _ in rows)))
    places = applied.places
    assert places is not None
    assert places.group == "shop"
    assert places.rows.tolist() == [6, 8, 8, 7, 9, 9]
    assert places.ahead.tolist() == [0, 0, 1, 0, 0, 1]
    assert applied.warnings == ("10 rows without “y”: 4.5 stands in, as it did in training.",)


def test_what_a_file_lacks_for_windows_is_said(series: Make, table: MakeTable) -> None:
    rows: list[Sequence[object]] = [("a", f"2024-01-{row + 1:02}", row, row) for row in range(10)]
    encoding = fitted(series, 1, rows, "shop,day,n,y").encoding
    applied = apply(encoding, table("n,y", *(f"{row},{row}" for row in range(5))))
    assert applied.warnings == (
        "There is no column “shop”: all rows count as one series.",
        "There is no column “day”: the order of the file is taken for the order of time.",
    )
    assert len(applied.x) == 3
    applied = apply(encoding, table("shop,day,n,y", *(f"a,{'' if row == 2 else row},{row},{row}" for row in range(5))))
    assert applied.warnings == ("1 row without “day” is left out.",)
    with pytest.raises(DataError, match=r"nothing to predict from[.] The model looks at 3 rows at once of one “shop”"):
        apply(encoding, table("shop,day,n,y", "a,1,1,1", "b,2,2,2"))
    with pytest.raises(DataError, match="The model needs a column “y”"):
        apply(encoding, table("shop,day,n", "a,1,1"))
