"""The fields that can be searched, over what they usually range, and a trial's values in a project."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nnstudio.spec.columns import Column, Kind, Role
from nnstudio.spec.data import Batches, DataSpec
from nnstudio.spec.errors import SpecError
from nnstudio.spec.layers import LAYERS, Conv2d, Dropout, Linear, ReLU, Repeat, Tanh
from nnstudio.spec.losses import LOSSES, CrossEntropy
from nnstudio.spec.model import Model, Row, block, new_row
from nnstudio.spec.optimizers import OPTIMIZERS, SGD, Adam
from nnstudio.spec.project import Project
from nnstudio.spec.schedules import SCHEDULES
from nnstudio.spec.search import Choices, Interval, Search, SearchedField, Values
from nnstudio.spec.searched.places import find, places
from nnstudio.spec.searched.ranges import suggested_search, usual_span
from nnstudio.spec.searched.trial import applied, caution, counting, field_problem, problem
from nnstudio.spec.sources import TableSource
from nnstudio.spec.tasks import Task
from nnstudio.spec.training import Training

ROWS = (Row("a", Linear(32)), Row("b", ReLU()), Row("c", Dropout(0.2)), Row("d", Linear(3), name="head"))
DATA = DataSpec(TableSource("t.csv"), (Column("y", Kind.CATEGORY, Role.TARGET),), Task.MULTICLASS)
PROJECT = Project(DATA, Model(ROWS), Training())


def searching(*fields: SearchedField, **settings: object) -> Project:
    return replace(PROJECT, search=replace(Search(fields), **settings))  # type: ignore[arg-type]  # fields of Search


LAYER_KINDS = tuple(new_row(kind()) for kind in LAYERS.kinds.values())
EVERYTHING = [
    *(replace(PROJECT, training=Training(optimizer=kind())) for kind in OPTIMIZERS.kinds.values()),
    *(replace(PROJECT, training=Training(schedule=kind())) for kind in SCHEDULES.kinds.values()),
    *(Project(training=Training(loss=kind())) for kind in LOSSES.kinds.values()),
    Project(DATA, Model(LAYER_KINDS)),
    Project(replace(DATA, task=Task.REGRESSION)),
]


@pytest.mark.parametrize("project", EVERYTHING)
def test_every_field_is_found_by_its_path_and_can_be_searched(project: Project) -> None:
    for place in places(project):
        assert find(project, place.path) == place
        wanted = SearchedField(place.path, usual_span(project, place.path))
        assert field_problem(replace(project, search=Search((wanted,))), wanted) is None, place


@pytest.mark.parametrize("project", EVERYTHING)
def test_what_a_project_is_set_to_leaves_it_as_it_is(project: Project) -> None:
    there = {place.path: place.value for place in places(project)}
    assert applied(project, there) == project


def test_a_window_whose_sides_differ_has_no_range() -> None:
    square = Project(DATA, Model((Row("a", Conv2d()),)))
    oblong = Project(DATA, Model((Row("a", Conv2d(kernel_size=(1, 7), padding=(0, 3))),)))
    left = {place.path for place in places(square)} - {place.path for place in places(oblong)}
    assert left == {"layer.a.kernel_size", "layer.a.padding"}
    with pytest.raises(SpecError, match="has no field “kernel_size” that can be searched"):
        find(oblong, "layer.a.kernel_size")


def test_titles_tell_fields_apart() -> None:
    titles = [place.title for place in places(PROJECT)]
    assert len(set(titles)) == len(titles)
    assert {"Learning rate", "Outputs of linear 0", "Outputs of head", "Optimiser", "Kind of ReLU 1"} <= set(titles)
    assert find(PROJECT, "optimizer.momentum").value == 0.9, "another optimiser has one"


@pytest.mark.parametrize(
    ("path", "span"),
    [
        ("optimizer.lr", Interval(1e-5, 0.1, log=True)),
        ("optimizer.weight_decay", Interval(1e-6, 0.1, log=True)),
        ("optimizer.momentum", Interval(0.0, 0.99)),
        ("batches.size", Interval(8, 256, log=True, whole=True)),
        ("layer.a.out_features", Interval(8, 256, log=True, whole=True)),
        ("layer.a.bias", Choices((False, True))),
        ("layer.c.p", Interval(0.0, 0.6)),
        ("layer.b", Choices(("relu", "leaky_relu", "elu", "gelu", "silu", "tanh"))),
        ("optimizer", Choices(("sgd", "adam", "adamw", "rmsprop"))),
        ("loss", Choices(("cross_entropy", "multi_margin"))),
        ("training.epochs", Interval(25, 400, log=True, whole=True)),
        ("training.clip", Interval(0.0, 1.0)),
    ],
)
def test_a_field_ranges_where_good_values_lie(path: str, span: object) -> None:
    assert usual_span(PROJECT, path) == span


def test_a_usual_range_reaches_as_far_as_the_field_is_set_to() -> None:
    rare = replace(PROJECT, training=Training(optimizer=SGD(lr=2.0)))
    assert usual_span(rare, "optimizer.lr") == Interval(1e-5, 2.0, log=True)


def test_the_fields_that_matter_are_suggested() -> None:
    found = suggested_search(PROJECT)
    wanted = ["optimizer.lr", "optimizer.weight_decay", "batches.size", "layer.a.out_features", "layer.c.p"]
    assert [field.path for field in found.fields] == wanted
    assert problem(replace(PROJECT, search=found)) is None


def test_values_go_where_their_paths_say() -> None:
    values: Values = {
        "optimizer": "sgd",
        "optimizer.lr": 0.5,
        "optimizer.momentum": 0.5,
        "layer.a.out_features": 7,
        "layer.b": "tanh",
        "batches.size": 4,
        "training.epochs": 3,
        "loss.label_smoothing": 0.1,
    }
    done = applied(PROJECT, values)
    assert done.training == Training(CrossEntropy(0.1), SGD(lr=0.5, momentum=0.5), epochs=3)
    assert done.model.row("a").kind == Linear(7)
    assert done.model.row("b").kind == Tanh()
    assert done.data == replace(DATA, batches=Batches(4))


def test_what_a_kind_does_not_have_does_not_count() -> None:
    values: Values = {"optimizer": "adam", "optimizer.lr": 0.5, "optimizer.momentum": 0.5}
    assert counting(PROJECT, values) == {"optimizer": "adam", "optimizer.lr": 0.5}
    assert applied(PROJECT, values).training.optimizer == Adam(lr=0.5)


def test_another_kind_starts_at_its_defaults_and_its_own_keeps_what_it_is_set_to() -> None:
    slow = replace(PROJECT, training=Training(optimizer=Adam(lr=1e-4, weight_decay=0.01)))
    assert applied(slow, {"optimizer": "sgd"}).training.optimizer == SGD()
    assert applied(slow, {"optimizer": "adam"}) == slow


def test_a_row_within_a_block_is_searched() -> None:
    nested = replace(PROJECT, model=Model((block(Repeat(2), (Row("in", Linear(8)),)),)))
    done = applied(nested, {"layer.in.out_features": 5})
    assert done.model.row("in").kind == Linear(5)


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("layer.gone.out_features", r"A layer that is searched is not there any more\. Leave it out"),
        ("layer.a.kernel_size", r"Linear 0 has no field “kernel_size”"),
        ("optimizer.beta", r"The optimiser has no field “beta”"),
        ("training.seed", r"The training has no field “seed” that can be searched"),
        ("nonsense", r"“nonsense” names nothing that can be searched"),
    ],
)
def test_what_is_not_there_is_said(path: str, sentence: str) -> None:
    with pytest.raises(SpecError, match=sentence):
        find(PROJECT, path)
    found = problem(searching(SearchedField(path, Interval(1, 2))))
    assert found is not None
    assert str(found).startswith(sentence.split("\\", maxsplit=1)[0].split(" has", maxsplit=1)[0][:8])


@pytest.mark.parametrize("kind", ["nonsense", 3.5])
def test_a_kind_that_there_is_not_is_said(kind: str | float) -> None:
    with pytest.raises(SpecError, match=f"“{kind}” is no kind of"):
        applied(PROJECT, {"optimizer": kind})


def test_a_field_of_a_kind_that_no_trial_chooses_is_said() -> None:
    momentum = SearchedField("optimizer.momentum", Interval(0.1, 0.9))
    found = problem(searching(momentum))
    assert str(found) == "Adam has no field “momentum”. Leave it out of the search."
    assert problem(searching(momentum, SearchedField("optimizer", Choices(("adam", "sgd"))))) is None


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        (SearchedField("optimizer.lr", Interval(-1, 1)), r"learning rate must be greater than 0, not -1"),
        (SearchedField("layer.c.p", Interval(0, 2)), r"must be at most 1, not 2"),
        (SearchedField("optimizer", Choices(("adam", "magic"))), r"optimiser must be one of sgd, .*, not 'magic'"),
        (SearchedField("batches.size", Interval(8, 16)), r"must be a whole number|searched over whole numbers"),
        (SearchedField("layer.a.bias", Interval(0, 1)), r"must be true or false"),
        (SearchedField("layer.a.out_features", Choices((8, 0))), r"must be at least 1, not 0"),
    ],
)
def test_a_range_out_of_bounds_is_said(field: SearchedField, sentence: str) -> None:
    with pytest.raises(SpecError, match=sentence):
        raise problem(searching(field)) or AssertionError("no problem")


def test_a_search_of_nothing_cannot_begin() -> None:
    assert str(problem(PROJECT)) == "No field is searched yet. Choose fields with the search icon beside them."


def test_losses_are_not_compared_with_each_other() -> None:
    smoothing = SearchedField("loss.label_smoothing", Interval(0, 0.5))
    assert "cannot be judged by their loss" in str(problem(searching(smoothing)))
    assert problem(searching(smoothing, objective="score")) is None


def test_a_grid_may_be_too_large_or_larger_than_the_budget() -> None:
    rate = SearchedField("optimizer.lr", Interval(1e-4, 1, log=True, points=1_000))
    decay = SearchedField("optimizer.weight_decay", Interval(0, 1, points=1_000))
    assert "1,000,000 combinations" in str(problem(searching(rate, decay, method="grid")))
    small = searching(SearchedField("optimizer.lr", Interval(1e-4, 1, log=True, points=60)), method="grid", trials=20)
    assert caution(small) == "Of the 60 combinations of the grid 20 are tried, in random order."
    assert caution(replace(small, search=replace(small.search, trials=0))) == ""
