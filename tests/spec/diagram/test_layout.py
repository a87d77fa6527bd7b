"""Where the parts of a diagram are, and what is written on them."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from nnstudio.spec.diagram.layout import picture_of
from nnstudio.spec.diagram.picture import Box, Edge, Picture, Point, Rect
from nnstudio.spec.layers import BatchNorm1d, Branches, Conv2d, Linear, ReLU, Repeat, Shape
from nnstudio.spec.model import Model, paths
from nnstudio.spec.shapes import walk
from tests.spec.nested import nested, nested_models

RESIDUAL = nested(
    Linear(8), (Branches("multiply"), [Linear(8), BatchNorm1d()], []), (Repeat(3), [Linear(8), ReLU()]), Linear(3)
)


def picture(model: Model, shape: Shape = (4,)) -> Picture:
    return picture_of(walk(model, shape))


def boxes_of(drawn: Picture) -> list[Box]:
    return drawn.within(drawn.whole)[0]


def edges_of(drawn: Picture) -> list[Edge]:
    return drawn.within(drawn.whole)[1]


def box(of: Picture, row_id: str) -> Box:
    found = of.of(row_id)
    assert found is not None
    return found


def test_layers_follow_each_other_from_the_input_to_the_output() -> None:
    drawn = picture(nested(Linear(16), ReLU(), Linear(3)))
    assert [one.title for one in boxes_of(drawn)] == ["Input 4", "Linear", "ReLU", "Linear", "Output 3"]
    tops = [one.rect.y for one in boxes_of(drawn)]
    assert tops == sorted(tops)
    assert [edge.label for edge in edges_of(drawn)] == ["4", "16", "16", "3"]
    assert box(drawn, "a").about == "16 units · bias"
    assert box(drawn, "a").figures == "80"
    assert box(drawn, "b").family == "activation"


def test_branches_stand_side_by_side_in_a_frame_and_join() -> None:
    drawn = picture(RESIDUAL)
    frame, linear, norm = (box(drawn, row_id) for row_id in "bcd")
    assert frame.role == "frame"
    assert frame.title == "Branches · multiplied"
    for inner in (linear, norm):
        assert frame.rect.x < inner.rect.x
        assert inner.rect.y + inner.rect.height < frame.rect.y + frame.rect.height
    joints = [one for one in boxes_of(drawn) if one.role == "joint"]
    assert [(one.row_id, one.sign) for one in joints] == [("b", "multiply")]
    assert sum(edge.points[-1].y == joints[0].rect.y + joints[0].rect.height / 2 for edge in edges_of(drawn)) == 2


def test_a_repetition_is_drawn_once_with_how_often_it_stands_there() -> None:
    drawn = picture(RESIDUAL)
    assert box(drawn, "e").badge == "× 3"
    assert box(drawn, "e").figures == "216"
    assert sum(one.row_id == "f" for one in boxes_of(drawn)) == 1


def test_behind_a_layer_that_cannot_work_ways_are_unknown() -> None:
    drawn = picture(nested(Linear(4), Conv2d(), Linear(3)))
    assert box(drawn, "b").is_bad
    assert [(edge.label, edge.known) for edge in edges_of(drawn)] == [
        ("4", True),
        ("4", True),
        ("?", False),
        ("?", False),
    ]
    assert boxes_of(drawn)[-1].title == "Output unknown"


@given(model=nested_models)
def test_every_layer_is_drawn_once_within_the_picture_and_apart_from_its_neighbours(model: Model) -> None:
    drawn = picture(model, (4, 6, 6))
    assert set(drawn.rows) == {row.id for _, row in paths(model.rows)}
    layers = [one for one in boxes_of(drawn) if one.role == "layer"]
    for number, one in enumerate(layers):
        assert one.rect.x >= 0
        assert one.rect.y >= 0
        assert one.rect.x + one.rect.width <= drawn.width
        assert one.rect.y + one.rect.height <= drawn.height
        assert not any(one.rect.meets(other.rect) for other in layers[number + 1 :])
        assert drawn.at(Point(one.rect.x + 5, one.rect.y + 5)) == one == drawn.of(one.row_id)


@given(model=nested_models)
def test_a_part_of_the_picture_shows_what_the_whole_shows_there(model: Model) -> None:
    drawn = picture(model, (4, 6, 6))
    for y in range(0, int(drawn.height), 90):
        shown = Rect(drawn.width / 3, y, 150, 120)
        boxes, edges = drawn.within(shown)
        assert boxes == [one for one in boxes_of(drawn) if one.rect.meets(shown)]
        assert edges == [one for one in edges_of(drawn) if one.extent.meets(shown)]


def test_parts_that_stay_are_taken_over() -> None:
    before = walk(RESIDUAL, (4,))
    rows = (*RESIDUAL.rows[:-1], nested(Linear(5)).rows[0])
    changed = walk(Model((*rows[:-1], replace(rows[-1], id="z"))), (4,), before)
    old = picture_of(before)
    new = picture_of(changed, old)
    assert [one is other for one, other in zip(old.parts, new.parts, strict=True)] == [False, *[True] * 3, False, False]
    assert boxes_of(new) == boxes_of(picture_of(changed))
