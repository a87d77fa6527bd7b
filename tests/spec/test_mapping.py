"""Every tensor of a file and every tensor of a network has its line, and it is said why they belong together."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from nnstudio.spec.layers import BatchNorm1d, Branches, Conv2d, Linear, ReLU, Repeat, Shape
from nnstudio.spec.mapping import Line, Match, Place, Stored, counts, in_order, mapping, places
from nnstudio.spec.model import Model, Pair, Row, Weights, block
from nnstudio.spec.shapes import walk

BY_NAME = Weights("w.pth", "ab")
MODEL = Model((Row("a", Linear(8)), Row("b", BatchNorm1d()), Row("c", ReLU()), Row("d", Linear(3))))
TENSORS: Mapping[str, Shape] = {
    "0.weight": (8, 4), "0.bias": (8,), "1.weight": (8,), "1.bias": (8,), "1.running_mean": (8,),
    "1.running_var": (8,), "1.num_batches_tracked": (), "3.weight": (3, 8), "3.bias": (3,),
}  # fmt: skip


def lines_of(model: Model, *files: tuple[Weights, Stored], shape: Shape = (4,)) -> tuple[Line, ...]:
    return mapping(model, places(walk(model, shape)), files)


def pairs_in(lines: tuple[Line, ...]) -> dict[str, str]:
    """What matched: the names in the network and in the file."""
    return {line.place.name: line.source for line in lines if line.match is Match.MATCHED and line.place}


def called(lines: tuple[Line, ...], match: Match) -> list[str]:
    return [line.place.name if line.place else line.source for line in lines if line.match is match]


def test_the_places_are_those_of_the_state_dict() -> None:
    assert {place.name: place.shape for place in places(walk(MODEL, (4,)))} == TENSORS


def test_places_in_blocks_carry_the_row_and_the_repetition() -> None:
    twice = block(Repeat(2), [Row("x", Linear(4))])
    model = Model((twice, block(Branches(), [Row("y", Linear(4))], [])))
    found = {place.name: (place.row, place.repetition) for place in places(walk(model, (4,)))}
    assert found["0.0.0.weight"] == ("x", 0)
    assert found["0.1.0.weight"] == ("x", 1)
    assert found["1.0.0.bias"] == ("y", 0)


def test_layers_behind_a_problem_have_no_places() -> None:
    model = Model((Row("a", Linear(8)), Row("b", Conv2d(4)), Row("c", Linear(3))))
    assert [place.name for place in places(walk(model, (4,)))] == ["0.weight", "0.bias"]


def test_every_tensor_has_one_line() -> None:
    stored = {**TENSORS, "3.weight": (5, 8), "fc.bias": (5,)}
    del stored["0.bias"]
    lines = lines_of(MODEL, (BY_NAME, Stored(stored)))
    assert called(lines, Match.SHAPE) == ["3.weight"]
    assert called(lines, Match.MISSING) == ["0.bias"]
    assert called(lines, Match.EXTRA) == ["fc.bias"]
    assert counts(lines) == {Match.MATCHED: 7, Match.SHAPE: 1, Match.MISSING: 1, Match.EXTRA: 1}
    assert next(line for line in lines if line.match is Match.SHAPE).source_shape == (5, 8)


def test_rows_go_by_their_identity_where_the_file_knows_them() -> None:
    new = Model((Row("new", Linear(4)), *MODEL.rows))
    found = pairs_in(lines_of(new, (BY_NAME, Stored(TENSORS, MODEL))))
    assert found["1.weight"] == "0.weight"
    assert "0.weight" not in found


def test_rows_go_by_the_names_of_modules() -> None:
    model = Model((Row("a", Linear(8), "body.fc"), Row("b", Linear(3), "head")))
    stored = Stored({"body.fc.weight": (8, 4), "head.weight": (3, 8), "0.weight": (8, 4)})
    assert pairs_in(lines_of(model, (BY_NAME, stored))) == {"0.weight": "body.fc.weight", "1.weight": "head.weight"}


def test_by_order_names_do_not_matter() -> None:
    renamed = {f"net.{place}.{name.rpartition('.')[2]}": shape for place, (name, shape) in enumerate(TENSORS.items())}
    found = pairs_in(lines_of(MODEL, (Weights("w.pth", "ab", "order"), Stored(renamed))))
    assert list(found.values()) == list(renamed)


def test_by_order_leaves_out_what_only_one_side_has() -> None:
    """A bias that only the file has does not shift what comes behind it."""
    stored: dict[str, Shape] = {
        "conv.weight": (8, 4), "conv.bias": (8,), "extra.bias": (8,), "bn.gamma": (8,), "bn.beta": (8,),
        "bn.moving_mean": (8,), "bn.moving_variance": (8,), "fc.weight": (10, 8), "fc.bias": (10,),
    }  # fmt: skip
    found = pairs_in(lines_of(MODEL, (Weights("w.pth", "ab", "order"), Stored(stored))))
    assert found["1.weight"] == "bn.gamma"
    assert found["1.running_var"] == "bn.moving_variance"
    assert {"3.weight", "3.bias", "1.num_batches_tracked"}.isdisjoint(found)


def test_by_order_goes_by_shapes_alone_where_the_names_say_nothing() -> None:
    stored: dict[str, Shape] = {"p0": (8, 4), "p1": (8,), "p2": (3, 8)}
    assert pairs_in(lines_of(MODEL, (Weights("w.pth", "ab", "order"), Stored(stored))))["0.weight"] == "p0"


def test_a_pair_by_hand_comes_before_the_rule_and_follows_its_row() -> None:
    stored = Stored({**TENSORS, "other": (8, 4)})
    weights = Weights("w.pth", "ab", pairs=(Pair("a", "weight", "other"),))
    moved = Model((Row("new", ReLU()), *MODEL.rows))
    assert pairs_in(lines_of(MODEL, (weights, stored)))["0.weight"] == "other"
    assert "0.weight" in called(lines_of(MODEL, (weights, stored)), Match.EXTRA)
    assert pairs_in(lines_of(moved, (weights, stored)))["1.weight"] == "other"


def test_a_pair_without_a_source_keeps_a_row_fresh() -> None:
    weights = Weights("w.pth", "ab", pairs=(Pair("d", "", ""),))
    lines = lines_of(MODEL, (weights, Stored(TENSORS)))
    assert called(lines, Match.MISSING) == ["3.weight", "3.bias"]
    assert called(lines, Match.EXTRA) == ["3.weight", "3.bias"]


def test_a_pair_by_hand_of_another_shape_stays_fresh_and_says_so() -> None:
    weights = Weights("w.pth", "ab", pairs=(Pair("a", "weight", "3.weight"),))
    line = lines_of(MODEL, (weights, Stored(TENSORS)))[0]
    assert (line.match, line.by_hand, line.source) == (Match.SHAPE, True, "3.weight")


def test_layers_that_were_put_in_take_their_weights_from_their_own_file() -> None:
    graft = Weights("part.pth", "cd", "hand", (Pair("d", "", "0"),))
    part = Stored({"0.weight": (3, 8), "0.bias": (3,)})
    lines = lines_of(MODEL, (BY_NAME, Stored(TENSORS)), (graft, part))
    head = [(line.file, line.source) for line in lines if line.place and line.place.row == "d"]
    assert head == [(1, "0.weight"), (1, "0.bias")]
    assert [(line.file, line.source) for line in lines if line.match is Match.EXTRA] == [(0, "3.weight"), (0, "3.bias")]


def test_a_repetition_has_pairs_of_its_own() -> None:
    model = Model((block(Repeat(2), [Row("x", Linear(4))]),))
    weights = Weights("w.pth", "ab", "hand", (Pair("x", "weight", "second", 1),))
    assert pairs_in(lines_of(model, (weights, Stored({"second": (4, 4)})))) == {"0.1.0.weight": "second"}


@pytest.mark.parametrize("order", ["same", "reversed"])
def test_thousands_of_tensors_of_few_shapes_pair_off_by_order(order: str) -> None:
    network = [Place(f"{n}.bias", str(n), "bias", (64,) if n % 3 else (32,)) for n in range(5_000)]
    shapes = {f"layer{n}.bias": place.shape for n, place in enumerate(network)}
    if order == "reversed":
        shapes = dict(reversed(shapes.items()))
    found = list(in_order(network, shapes))
    order_of = {name: number for number, name in enumerate(shapes)}
    assert all(place.shape == shapes[name] for place, name in found)
    assert [name for _, name in found] == sorted((name for _, name in found), key=order_of.__getitem__)
    assert len(found) == 5_000 if order == "same" else len(found) > 3_000
