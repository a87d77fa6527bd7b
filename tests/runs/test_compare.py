"""Two projects are held against each other field by field, in the words of the window."""

from __future__ import annotations

from dataclasses import replace

from nnstudio.runs.compare import MISSING, Difference, differences
from nnstudio.spec.columns import CategoryEncoding, NumberEncoding, Role
from nnstudio.spec.initialisations import Kaiming
from nnstudio.spec.layers import Linear, ReLU
from nnstudio.spec.layers.nesting import Branches
from nnstudio.spec.model import Model, Pair, Row, Weights
from nnstudio.spec.optimizers import SGD, Adam
from nnstudio.spec.params import fields_of
from nnstudio.spec.project import Project
from nnstudio.spec.search import Choices, Interval, Search, SearchedField
from nnstudio.spec.sources import TableSource
from nnstudio.spec.splits import RandomSplit
from nnstudio.spec.training import Training
from tests.runs.test_store import DATA, PROJECT


def told(one: Project, other: Project) -> list[tuple[str, str, str]]:
    return [(each.field, each.one, each.other) for each in differences(one, other)]


def test_a_project_does_not_differ_from_itself() -> None:
    assert differences(PROJECT, PROJECT) == []


def test_settings_go_by_their_declared_titles_with_units_and_help() -> None:
    other = replace(PROJECT, training=replace(PROJECT.training, patience=7, seed=3))
    helps = {field.name: field.param.help for field in fields_of(Training)}
    assert differences(PROJECT, other) == [
        Difference("Training · Early stopping", "15 epochs", "7 epochs", "Early stopping", helps["patience"]),
        Difference("Training · Seed", "0", "3", "Seed", helps["seed"]),
    ]


def test_values_are_written_as_forms_show_them() -> None:
    source = TableSource("/data/iris.csv", delimiter="\t", header=False)
    other = replace(PROJECT, data=replace(DATA, source=source, split=RandomSplit(0.15)))
    other = replace(other, training=replace(PROJECT.training, optimizer=Adam(1e-5)))
    assert told(PROJECT, other) == [
        ("Source · Between cells", "Comma", "Tab"),
        ("Source · Names in the first row", "yes", "no"),
        ("Split · Validation", "10 %", "15 %"),
        ("Optimiser · Learning rate", "0.001", "1e-5"),
    ]


def test_of_another_kind_the_fields_are_told_that_say_something() -> None:
    other = replace(PROJECT, training=replace(PROJECT.training, optimizer=SGD(lr=0.1, momentum=0.5)))
    assert told(PROJECT, other) == [
        ("Optimiser", "Adam", SGD.title),
        ("Optimiser · Learning rate", "0.001", "0.1"),
        ("Optimiser · Momentum", MISSING, "0.5"),
    ]


def test_columns_go_by_their_names() -> None:
    columns = (replace(DATA.columns[0], role=Role.IGNORE), DATA.columns[1])
    other = replace(PROJECT, data=replace(DATA, columns=columns[::-1]))
    assert told(PROJECT, other) == [("Column petal · Role", "Feature", "Ignored")]
    other = replace(PROJECT, data=replace(DATA, columns=DATA.columns[1:]))
    assert told(PROJECT, other) == [("Column petal", "Number, feature", MISSING)], "its fields need not be told"


def test_an_encoding_differs_where_it_does_something_else() -> None:
    usual, other = (
        replace(PROJECT, data=replace(DATA, columns=(replace(DATA.columns[0], encoding=encoding), DATA.columns[1])))
        for encoding in (NumberEncoding(), NumberEncoding("minmax"))
    )
    assert told(PROJECT, usual) == []
    assert told(PROJECT, other) == [("Column petal · Scale", "Standardise", "Min–max (0 to 1)")]
    columns = (DATA.columns[0], replace(DATA.columns[1], encoding=CategoryEncoding(most=5)))
    assert told(PROJECT, replace(PROJECT, data=replace(DATA, columns=columns))) == [
        ("Column species · Most categories", "0", "5")
    ]


def test_what_one_project_alone_has_is_told_once() -> None:
    assert told(replace(PROJECT, data=None), PROJECT) == [("Data", MISSING, "/data/iris.csv")]


def test_layers_that_change_places_are_told() -> None:
    rows = (Row("a", Linear(3)), Row("b", ReLU(), "bend"))
    one, other = (replace(PROJECT, model=Model(order)) for order in (rows, rows[::-1]))
    assert told(one, other) == [("Order of the layers", "Linear 0, bend", "bend, Linear 0")]


def test_a_layer_that_goes_into_a_block_is_told() -> None:
    rows = (Row("a", Branches(), branches=((),)), Row("b", ReLU()))
    inside = replace(PROJECT, model=Model((replace(rows[0], branches=((rows[1],),)),)))
    outside = replace(PROJECT, model=Model(rows))
    (found,) = [each for each in told(outside, inside) if "Stands in" in each[0]]
    assert found == ("ReLU 1 · Stands in", "the stack", f"{Branches.title} 0, branch 1")


def test_a_layer_that_is_inserted_does_not_move_the_others() -> None:
    other = replace(PROJECT, model=Model((Row("b", ReLU()), Row("a", Linear(5)))))
    assert told(PROJECT, other) == [
        ("ReLU 0", MISSING, "ReLU, activation"),
        ("Linear 0 · Outputs", "3 units", "5 units"),
    ]


def test_locks_rates_and_starts_of_layers_are_told() -> None:
    row = Row("a", Linear(3), locked=True, locked_parameters=("bias",), rate=0.1, thaw=4, initialisation=Kaiming())
    assert told(PROJECT, replace(PROJECT, model=Model((row,)))) == [
        ("Linear 0 · Initialise", "PyTorch’s default", Kaiming.title),
        ("Linear 0 · Locked", "no", "yes"),
        ("Linear 0 · Locked tensors", MISSING, "bias"),
        ("Linear 0 · Rate factor", "1", "0.1"),
        ("Linear 0 · Trains from epoch", "0", "4"),
    ]


def test_weights_to_start_from_are_told_apart_by_their_bytes() -> None:
    model = PROJECT.model
    one = replace(PROJECT, model=replace(model, start=Weights("/w.pth", "a" * 64)))
    pairs = (Pair("a", "weight", "fc.weight"),)
    other = replace(PROJECT, model=replace(model, start=Weights("/w.pth", "b" * 64, "hand", pairs)))
    assert told(PROJECT, one) == [("Starts from", "fresh weights", "/w.pth (aaaaaaaaaaaa)")]
    assert told(one, other) == [
        ("Starts from", "/w.pth (aaaaaaaaaaaa)", "/w.pth (bbbbbbbbbbbb)"),
        ("Weights · Match", "by name", "by hand alone"),
        ("Weights · weight of Linear 0", MISSING, "fc.weight"),
    ]


def test_what_a_search_tries_is_told_in_words() -> None:
    fields = (
        SearchedField("optimizer.lr", Interval(1e-5, 0.1, log=True)),
        SearchedField("optimizer", Choices(("adam", "sgd"))),
        SearchedField("layer.gone.out_features", Choices((1, 2))),
    )
    assert told(PROJECT, replace(PROJECT, search=Search(fields, minutes=2))) == [
        ("Search · Time", "0 min", "2 min"),
        ("Search over · Learning rate", MISSING, "1e-5 to 0.1, log scale, 5 grid points"),
        ("Search over · Optimiser", MISSING, f"Adam, {SGD.title}"),
        ("Search over · layer.gone.out_features", MISSING, "1, 2"),
    ]
