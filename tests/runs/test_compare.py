"""Two projects are held against each other field by field."""

from __future__ import annotations

from dataclasses import replace

from nnstudio.runs.compare import MISSING, Difference, differences
from nnstudio.spec.columns import Role
from nnstudio.spec.layers import Linear, ReLU
from nnstudio.spec.model import Model, Row
from nnstudio.spec.optimizers import SGD
from tests.runs.test_store import DATA, PROJECT


def test_a_project_does_not_differ_from_itself() -> None:
    assert differences(PROJECT, PROJECT) == []


def test_settings_are_named_by_where_they_are() -> None:
    other = replace(PROJECT, training=replace(PROJECT.training, epochs=7, seed=3))
    assert differences(PROJECT, other) == [
        Difference("training · epochs", "100", "7"),
        Difference("training · seed", "0", "3"),
    ]


def test_another_kind_lists_its_fields() -> None:
    found = differences(PROJECT, replace(PROJECT, training=replace(PROJECT.training, optimizer=SGD(lr=0.1))))
    fields = {difference.field: (difference.one, difference.other) for difference in found}
    assert fields["training · optimizer · kind"] == ("adam", "sgd")
    assert fields["training · optimizer · momentum"][0] == MISSING


def test_columns_go_by_their_names() -> None:
    columns = (replace(DATA.columns[0], role=Role.IGNORE), DATA.columns[1])
    found = differences(PROJECT, replace(PROJECT, data=replace(DATA, columns=columns[::-1])))
    assert found == [Difference("data · columns · petal · role", "feature", "ignore")]


def test_layers_that_change_places_are_told() -> None:
    rows = (Row("a", Linear(3)), Row("b", ReLU()))
    one, other = (replace(PROJECT, model=Model(order)) for order in (rows, rows[::-1]))
    assert differences(one, other) == [Difference("model · order", "a, b", "b, a")]


def test_a_layer_that_is_inserted_does_not_move_the_others() -> None:
    other = replace(PROJECT, model=Model((Row("b", ReLU()), Row("a", Linear(5)))))
    found = differences(PROJECT, other)
    changed = [difference for difference in found if difference.one != MISSING]
    assert [(difference.one, difference.other) for difference in changed] == [("3", "5")]
    assert all(" b" in difference.field for difference in found if difference.one == MISSING)
