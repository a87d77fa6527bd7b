"""The data panel says what is there, in plain words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nnstudio.gui.data import words
from nnstudio.gui.data.column_words import column_tip
from nnstudio.gui.studio import Studio
from nnstudio.session import edits
from nnstudio.spec.columns import CategoryEncoding, Column, Kind, NumberEncoding, Role
from nnstudio.spec.facts import Rows
from nnstudio.spec.sources import TableSource
from nnstudio.spec.splits import ColumnSplit, FileSplit, GroupSplit, RandomSplit, Split, TimeSplit
from nnstudio.spec.tasks import Task
from tests.gui.data.penguins import (
    BILL,
    FEATURES,
    ISLAND,
    data_of,
    open_found,
    open_penguins,
    penguin_facts,
    picture_facts,
    picture_source,
)


def test_header_of_a_table(studio: Studio) -> None:
    assert words.note(studio.state) == ""
    open_penguins(studio)
    assert words.note(studio.state) == "penguins.csv · 344 rows · 5 columns"


def test_header_says_what_is_known_while_a_file_is_read(studio: Studio) -> None:
    open_penguins(studio)
    other = replace(data_of(studio), source=TableSource("/data/other.csv"))
    studio.apply("Other", edits.set_data(studio.state.project, other))
    assert words.note(studio.state) == "other.csv · 5 columns"


def test_header_of_pictures(studio: Studio) -> None:
    open_found(studio, picture_source(), picture_facts())
    assert words.note(studio.state) == "digits · 600 pictures · 10 classes"


def test_long_file_name_leaves_room_for_the_figures() -> None:
    shown = words.shortened("measurements of the second campaign.csv")
    assert len(shown) == words.LONGEST_NAME + 1
    assert shown.startswith("measur")
    assert shown.endswith("gn.csv")


def test_target_hint_counts_the_classes_or_gives_the_range(studio: Studio) -> None:
    open_penguins(studio)
    assert words.target_hint(studio.state) == "3 classes"
    source = studio.state.source
    assert source is not None
    studio.apply("Target", edits.set_target(studio.state.project, source, "body_mass_g"))
    assert words.target_hint(studio.state) == "2700 to 6300"


def test_target_hint_asks_for_a_column_where_there_is_none(studio: Studio) -> None:
    source = replace(picture_source(), suggested=(Column("image", Kind.IMAGE), Column("class", Kind.CATEGORY)))
    open_found(studio, source, None)
    assert words.target_hint(studio.state) == "choose a column"


def test_sight_of_a_table_and_of_pictures(studio: Studio) -> None:
    open_penguins(studio)
    sentence = words.sight(data_of(studio), penguin_facts())
    assert sentence == "What the network sees: 8 numbers a row (float32) from 4 columns."
    assert "1 × 8 × 8 numbers a picture" in words.sight(data_of(studio), picture_facts())


def test_empty_cells_and_dropped_rows_are_said(studio: Studio) -> None:
    open_penguins(studio)
    data, facts = data_of(studio), penguin_facts()
    assert words.cells(data, facts) == (
        "4 cells are missing; they are filled with the training median. In 1 column “missing” is a category of its own."
    )
    clean = replace(facts, filled_cells=0, features=FEATURES[:-1])
    assert words.cells(data, clean) == ""
    assert words.cells(data, replace(clean, dropped_rows=1)) == "1 row has no target and is left out."
    assert words.cells(data, replace(clean, filled_cells=1)).startswith("1 cell is missing; it is filled")


def test_split_note_names_stratification_only_where_there_are_classes(studio: Studio) -> None:
    open_penguins(studio)
    data = data_of(studio)
    assert words.split_note(data) == "stratified · seed 0"
    assert words.split_note(replace(data, task=Task.REGRESSION)) == "at random · seed 0"


@pytest.mark.parametrize(("rows", "size", "batches"), [(275, 32, 9), (256, 32, 8), (3, 32, 1)])
def test_last_batch_may_be_shorter(rows: int, size: int, batches: int) -> None:
    assert words.batches_an_epoch(rows, size) == batches


def test_column_tip_gives_range_or_values_and_what_is_missing() -> None:
    number = column_tip(Column("bill_length_mm", Kind.INTEGER), BILL)
    assert "32.1 to 59.6, mean 43.92" in number
    assert "Integer code, used" in number
    assert "164 different values, 2 missing" in number
    category = column_tip(Column("island", Kind.CATEGORY, Role.GROUP), ISLAND)
    assert "groups the rows" in category
    assert "Biscoe (168), Dream (124), Torgersen (52)" in category
    assert "none missing" in category


def test_names_and_warnings_from_strangers_are_shown_as_they_are() -> None:
    tip = column_tip(Column("<img src=x>", Kind.NUMBER), None, ["“<b>” is constant."])
    assert "<img" not in tip
    assert "&lt;img src=x&gt;" in tip
    assert "“&lt;b&gt;” is constant." in tip


def test_long_words_can_be_cut_where_a_line_ends() -> None:
    name = "a_column_with_a_name_that_is_longer_than_a_line"
    assert words.breakable(f"“{name}” is constant.").replace(words.NO_WIDTH, "") == f"“{name}” is constant."
    assert words.NO_WIDTH in words.breakable(name)
    assert words.breakable("short words stay") == "short words stay"


@pytest.mark.parametrize(
    ("split", "said"),
    [
        (RandomSplit(folds=5), "stratified · seed 0 · 5 folds"),
        (RandomSplit(stratify=False, seed=3), "at random · seed 3"),
        (GroupSplit(seed=2), "by groups · seed 2"),
        (TimeSplit(), "in the order of the file"),
        (TimeSplit(column="day"), "by day"),
        (ColumnSplit("part"), "by part"),
        (ColumnSplit(), "by a column"),
        (FileSplit(), "separate files · seed 0"),
    ],
)
def test_every_split_has_its_note(studio: Studio, split: Split, said: str) -> None:
    open_penguins(studio)
    assert words.split_note(replace(data_of(studio), split=split)) == said


def test_split_by_groups_names_the_group(studio: Studio) -> None:
    open_penguins(studio)
    studio.apply("Group", edits.set_role(studio.state.project, {"island"}, Role.GROUP))
    assert words.split_note(data_of(studio)) == "by island · seed 0"


def test_parts_are_counted_in_words() -> None:
    assert words.parts(Rows(1_275, 34, 35)) == "1,275 training, 34 validation, 35 test"


def test_sight_of_sequences_and_windows(studio: Studio) -> None:
    open_penguins(studio)
    window = replace(penguin_facts(), input_shape=(12, 8))
    assert words.sight(data_of(studio), window) == (
        "What the network sees: 12 steps of 8 numbers (float32) from 4 columns."
    )
    past = replace(penguin_facts(), input_shape=(12, 1), origins=("mass",))
    assert words.sight(data_of(studio), past) == (
        "What the network sees: 12 steps of 1 number (float32) from 1 column."
    ), "the past of what is predicted is seen, though it is no feature"
    open_found(studio, picture_source(), None)
    lines = words.sight(data_of(studio), replace(picture_facts(), input_shape=(8, 8)))
    assert lines == "What the network sees: 8 × 8 numbers a picture (float32; lines × numbers a line)."


def test_fillings_are_those_that_were_chosen(studio: Studio) -> None:
    open_penguins(studio)
    project = edits.set_encoding(studio.state.project, {"body_mass_g"}, NumberEncoding(missing="constant"))
    project = edits.set_encoding(project, {"sex"}, CategoryEncoding(missing="most_frequent"))
    studio.apply("Fill", project)
    sentence = words.cells(data_of(studio), penguin_facts())
    assert "filled with the training median or a constant or the most frequent category." in sentence


def test_several_targets_and_a_reconstruction_have_hints(studio: Studio) -> None:
    open_penguins(studio)
    source = studio.state.source
    assert source is not None
    both = edits.set_targets(studio.state.project, source, ["bill_length_mm", "body_mass_g"])
    studio.apply("Predict", both)
    assert words.target_hint(studio.state) == "and 1 more"
    studio.apply("Task", edits.set_task(studio.state.project, Task.RECONSTRUCTION))
    assert words.target_hint(studio.state) == ""
