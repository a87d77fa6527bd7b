"""Whole networks fit the data that they say they fit, and say why they do not fit others."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.spec.columns import CategoryEncoding, Column, Kind, NumberEncoding, Role
from nnstudio.spec.data import DataSpec
from nnstudio.spec.errors import SpecError
from nnstudio.spec.facts import DataFacts, Rows, Shape
from nnstudio.spec.layers import Conv2d, Embedding, Flatten, Linear, MaxPool2d, Slice, Unflatten
from nnstudio.spec.layouts import RowLayout, SequenceLayout, WindowLayout
from nnstudio.spec.model import Model, paths
from nnstudio.spec.networks.readings import Part, as_indices, as_numbers, as_picture, as_sequence
from nnstudio.spec.networks.tabular import embedding_width, tabular
from nnstudio.spec.networks.template import NetworkTemplate
from nnstudio.spec.networks.templates import NETWORK_TEMPLATES, network_template
from nnstudio.spec.shapes import output_problem, walk
from nnstudio.spec.sources import ImageFolderSource, TableSource
from nnstudio.spec.tasks import Task

TARGET = Column("answer", Kind.CATEGORY, Role.TARGET)
INDEX, ONE_HOT = CategoryEncoding("index"), CategoryEncoding("one_hot")
each = pytest.mark.parametrize("template", NETWORK_TEMPLATES, ids=lambda template: template.key)


def facts_of(task: Task, shape: Shape, names: tuple[str, ...] = (), **more: object) -> DataFacts:
    """What the data ask of a network; without ``names`` they are pictures."""
    classes = {Task.BINARY: ("no", "yes"), Task.MULTICLASS: ("a", "b", "c")}.get(task, ())
    answers = math.prod(shape) if task is Task.RECONSTRUCTION else 1
    given = {"features": names, "origins": names} | more
    return DataFacts(task, shape, Rows(120, 15, 15), "answer", classes=classes, answers=answers, **given)  # type: ignore[arg-type]


def table(*columns: Column, task: Task = Task.MULTICLASS) -> DataSpec:
    return DataSpec(TableSource("birds.csv"), (*columns, TARGET), task)


def numbered(count: int, word: str = "pixel_") -> tuple[Column, ...]:
    return tuple(Column(f"{word}{number}", Kind.NUMBER) for number in range(count))


def of_numbers(columns: tuple[Column, ...], task: Task = Task.MULTICLASS) -> tuple[DataSpec, DataFacts]:
    names = tuple(column.name for column in columns if column.role is Role.FEATURE)
    return table(*columns, task=task), facts_of(task, (len(names),), names)


def of_pictures(shape: Shape, task: Task = Task.MULTICLASS) -> tuple[DataSpec, DataFacts]:
    colour = {1: "grey", 3: "rgb", 4: "rgba"}[shape[0]]
    source = ImageFolderSource("birds", shape[2], shape[1], colour)  # type: ignore[arg-type]  # one of those words
    return DataSpec(source, (Column("image", Kind.IMAGE), TARGET), task), facts_of(task, shape)


def of_windows(length: int, width: int, task: Task = Task.MULTICLASS) -> tuple[DataSpec, DataFacts]:
    data, facts = of_numbers(numbered(width, "sensor "), task)
    return replace(data, layout=WindowLayout(length)), replace(
        facts, input_shape=(length, width), answers=length * width if task is Task.RECONSTRUCTION else 1
    )


BIRDS = (
    Column("island", Kind.CATEGORY),
    Column("bill", Kind.NUMBER),
    Column("mass", Kind.NUMBER),
    Column("sex", Kind.CATEGORY),
)
BIRD_NAMES = ("island = A", "island = B", "island = C", "bill", "mass", "sex = f", "sex = m", "sex = (missing)")
BIRD_ORIGINS = (*["island"] * 3, "bill", "mass", *["sex"] * 3)


def of_birds(task: Task = Task.MULTICLASS) -> tuple[DataSpec, DataFacts]:
    """A table of numbers and categories, one-hot."""
    more = {"origins": BIRD_ORIGINS, "entries": (("island", 4), ("sex", 3))}
    return table(*BIRDS, task=task), facts_of(task, (8,), BIRD_NAMES, **more)


sides = st.integers(1, 80)
tasks = st.sampled_from(Task)
anything = st.one_of(
    st.builds(of_numbers, st.integers(1, 300).map(numbered), tasks),
    st.builds(of_pictures, st.tuples(st.sampled_from([1, 3, 4]), sides, sides), tasks),
    st.builds(of_windows, st.integers(1, 30), st.integers(1, 9), tasks),
    st.builds(of_birds, tasks),
)


@each
@given(found=anything)
def test_what_fits_works_and_gives_what_the_loss_needs(
    template: NetworkTemplate, found: tuple[DataSpec, DataFacts]
) -> None:
    data, facts = found
    if template.problem(data, facts):
        with pytest.raises(SpecError):
            template.fitted(data, facts)
        return
    fitted = template.fitted(data, facts)
    shape = fitted.reading.shape
    walked = walk(Model(fitted.rows), (math.prod(shape),) if fitted.reading.lead else shape)
    assert walked.problem is None
    assert output_problem(walked, fitted.loss, facts) is None
    assert facts.task in fitted.loss.tasks


@each
def test_a_reason_is_a_sentence(template: NetworkTemplate) -> None:
    cases = [of_birds(task) for task in Task] + [of_pictures((1, 2, 2), task) for task in Task]
    reasons = [template.problem(data, facts) for data, facts in cases]
    assert any(reasons)
    assert all(reason.startswith("It ") and reason.endswith(".") for reason in reasons if reason)


@pytest.mark.parametrize(
    ("key", "found", "reason"),
    [
        ("small_cnn", of_birds(), "It looks at pictures, but the data are rows of 8 numbers."),
        ("resnet18", of_pictures((3, 6, 9)), "It needs pictures of at least 8 × 8 pixels, but these have 6 × 9."),
        ("gru", of_birds(), ("It reads sequences, but the data are rows of 8 numbers. Choose “A row as a sequence” or"
         " “A window over rows” as what an example is, in the data panel.")),
        ("tabular", of_numbers(numbered(5)), "It learns a vector for each category, but the data are numbers alone."),
        ("logistic_regression", of_birds(Task.REGRESSION),
         "It tells classes apart, but “answer” is a number. Take linear regression."),
        ("linear_regression", of_birds(), "It predicts a number, but “answer” has classes. Take logistic regression."),
        ("autoencoder", of_birds(), ("It gives back its input, but the task is another one."
         " Choose “Reconstruction (autoencoder)” as the task, in the data panel.")),
        ("mlp", of_birds(Task.RECONSTRUCTION),
         "It answers a question, but the task is to give back the input. Take the autoencoder."),
        ("lenet", of_windows(12, 3), "It looks at pictures, but the data are sequences of 12 × 3."),
    ],
)  # fmt: skip
def test_what_does_not_fit_says_why(key: str, found: tuple[DataSpec, DataFacts], reason: str) -> None:
    assert network_template(key).problem(*found) == reason


def test_keys_and_titles_are_told_apart() -> None:
    assert len({template.key for template in NETWORK_TEMPLATES}) == len(NETWORK_TEMPLATES)
    assert len({template.title for template in NETWORK_TEMPLATES}) == len(NETWORK_TEMPLATES)
    with pytest.raises(SpecError, match="There is no template called “resnet-18”"):
        network_template("resnet-18")


@each
def test_every_row_has_an_identity_of_its_own(template: NetworkTemplate) -> None:
    fits = next(found for found in CASES if not template.problem(*found))
    identities = [row.id for _ in range(2) for _, row in paths(template.fitted(*fits).rows)]
    assert len(set(identities)) == len(identities)


CASES = (
    of_birds(),
    of_birds(Task.REGRESSION),
    of_birds(Task.RECONSTRUCTION),
    of_pictures((3, 32, 32)),
    of_windows(12, 3),
)


# ---- how the data are read ----


def test_pictures_are_read_line_by_line_for_a_sequence_and_back_again() -> None:
    data, facts = of_pictures((3, 28, 20))
    lines = as_sequence(data, facts)
    assert (lines.data.layout, lines.shape) == (SequenceLayout(), (28, 60))
    read = replace(facts, input_shape=lines.shape)
    pictures = as_picture(lines.data, read)
    assert (pictures.data, pictures.shape) == (data, (3, 28, 20))


def test_numbered_columns_are_a_picture_or_a_sequence() -> None:
    data, facts = of_numbers(numbered(64))
    picture, lines = as_picture(data, facts), as_sequence(data, facts)
    assert (picture.shape, picture.lead, picture.data) == ((1, 8, 8), (Unflatten(1, 8),), data)
    assert (lines.shape, lines.data.layout) == ((8, 8), SequenceLayout(8))
    data, facts = of_numbers(numbered(20, "t"))
    assert as_sequence(data, facts).data.layout == SequenceLayout(20)
    with pytest.raises(SpecError, match="rows of 20 numbers"):
        as_picture(data, facts)


def test_columns_of_a_series_that_were_left_out_come_back() -> None:
    columns = list(numbered(16))
    columns[0] = replace(columns[0], kind=Kind.CONSTANT, role=Role.IGNORE)
    data, facts = of_numbers((Column("id", Kind.IDENTIFIER, Role.IGNORE), *columns))
    reading = as_picture(data, facts)
    assert reading.shape == (1, 4, 4)
    assert len(reading.data.features) == 16
    assert reading.data.features[0] == Column("pixel_0", Kind.CONSTANT, Role.FEATURE, NumberEncoding())
    assert reading.data.column("id") == data.column("id")


@pytest.mark.parametrize(
    "columns",
    [
        (*numbered(15), Column("pixel_17", Kind.NUMBER)),
        (*numbered(15), Column("mass", Kind.NUMBER)),
        (*numbered(15), Column("pixel_15", Kind.CATEGORY, encoding=INDEX)),
        tuple(reversed(numbered(16))),
    ],
)
def test_other_columns_are_no_series(columns: tuple[Column, ...]) -> None:
    data, facts = of_numbers(columns)
    for read in (as_picture, as_sequence):
        with pytest.raises(SpecError, match="rows of 16 numbers"):
            read(data, facts)


def test_categories_become_indices_and_amounts_stay() -> None:
    reading = as_indices(*of_birds())
    assert [column.encoding for column in reading.data.features] == [INDEX, None, None, INDEX]
    assert reading.parts == (Part("island", 1, 4), Part("numbers", 2), Part("sex", 1, 3))
    assert reading.shape == (4,)
    again = as_indices(reading.data, replace(of_birds()[1], origins=("island", "bill", "mass", "sex")))
    assert (again.data, again.parts) == (reading.data, reading.parts)


def test_facts_of_other_columns_are_no_reason_to_fail() -> None:
    data, facts = of_birds()
    for column in (Column("wing", Kind.NUMBER), Column("colour", Kind.CATEGORY)):
        more = replace(data, columns=(column, *data.columns))
        assert network_template("tabular").problem(more, facts) == "The data is still being read. One moment."
        assert not network_template("mlp").problem(more, facts)


def test_indices_are_no_amounts() -> None:
    data, facts = of_birds()
    indexed = as_indices(data, facts).data
    assert [column.encoding for column in as_numbers(indexed, facts).data.features] == [ONE_HOT, None, None, ONE_HOT]


def test_a_block_holds_only_so_many_columns() -> None:
    columns = tuple(Column(f"word {number}", Kind.CATEGORY) for number in range(65))
    names = tuple(column.name for column in columns)
    facts = facts_of(Task.MULTICLASS, (65,), names, entries=tuple((name, 3) for name in names))
    with pytest.raises(SpecError, match="65 branches"):
        as_indices(table(*columns), facts)


# ---- the networks ----


def test_a_table_with_embeddings_puts_vectors_beside_the_numbers() -> None:
    rows = tabular([Part("island", 1, 4), Part("numbers", 2), Part("sex", 1, 3)], (32, 16), 3)
    kinds = [[row.kind for row in branch] for branch in rows[0].branches]
    assert kinds == [[Slice(0), Embedding(4, 2), Flatten()], [Slice(1, 2)], [Slice(3), Embedding(3, 2), Flatten()]]
    walked = walk(Model(rows), (4,))
    assert walked.steps[0].after == (6,)
    assert walked.output == (3,)
    assert [embedding_width(entries) for entries in (2, 3, 10, 1_000)] == [1, 2, 5, 50]


@pytest.mark.parametrize(
    ("side", "kernel", "pools", "last"), [(8, 3, 0, 1), (28, 3, 0, 4), (64, 7, 1, 2), (224, 7, 1, 7)]
)
def test_a_resnet_takes_small_steps_on_small_pictures(side: int, kernel: int, pools: int, last: int) -> None:
    fitted = network_template("resnet18").fitted(*of_pictures((3, side, side)))
    first = fitted.rows[0].kind
    assert isinstance(first, Conv2d)
    assert first.kernel_size == kernel
    assert sum(isinstance(row.kind, MaxPool2d) for row in fitted.rows) == pools
    pooled = next(step for step in walk(Model(fitted.rows), (3, side, side)).steps if step.row.name == "avgpool")
    assert pooled.before == (512, last, last)


@pytest.mark.parametrize("key", ["mobilenet_v2", "mobilenet_v3_small", "squeezenet"])
@pytest.mark.parametrize(("side", "shrinks"), [(32, 8), (64, 32)])
def test_networks_for_phones_do_too(key: str, side: int, shrinks: int) -> None:
    rows = network_template(key).fitted(*of_pictures((3, side, side))).rows
    shapes = [step.after for step in walk(Model(rows), (3, side, side)).steps]
    smallest = min(shape[1] for shape in shapes if shape and len(shape) == 3 and shape[1] > 1)
    factor = shrinks // 2 if key == "squeezenet" else shrinks
    assert smallest in (side // factor, side // factor - 1)


def test_the_weights_of_resnet_18_are_as_many_as_published() -> None:
    data, facts = of_pictures((3, 224, 224))
    facts = replace(facts, classes=tuple(map(str, range(1_000))))
    assert walk(Model(network_template("resnet18").fitted(data, facts).rows), (3, 224, 224)).count == 11_689_512


def test_the_head_is_as_wide_as_the_answers() -> None:
    for template in NETWORK_TEMPLATES:
        for data, facts in CASES:
            if not template.problem(data, facts):
                last = template.fitted(data, facts).rows[-1].kind
                assert isinstance(last, Linear)
                assert last.out_features == {Task.MULTICLASS: 3, Task.REGRESSION: 1}.get(facts.task, 8)


def test_rows_stay_rows() -> None:
    data, facts = of_birds()
    reading = as_numbers(data, facts)
    assert (reading.data, reading.shape, reading.lead) == (data, (8,), ())
    assert isinstance(reading.data.layout, RowLayout)


@each
def test_each_says_what_data_it_takes_and_what_it_sets(template: NetworkTemplate) -> None:
    takes, sets = template.lesson()
    assert takes.startswith("It takes ")
    assert ("pixels" in takes) == (template.smallest > 1)
    assert ("learning rate" in sets) == (template.fastest < 0.003)
