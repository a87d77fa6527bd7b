"""The network in the report: the picture of the window, and a line for every layer."""

from __future__ import annotations

from dataclasses import replace

from nnstudio.report.network import MOST_DRAWN, cut, drawing_of, kinds_of, layer_lines
from nnstudio.spec.diagram.layout import picture_of
from nnstudio.spec.initialisations import Zeros
from nnstudio.spec.layers import BatchNorm1d, Branches, Linear, ReLU, Repeat
from nnstudio.spec.model import Model, Row, new_row
from nnstudio.spec.shapes import walk
from tests.spec.nested import nested

BLOCKS = nested(
    Linear(8), (Branches("multiply"), [Linear(8), BatchNorm1d()], []), (Repeat(3), [Linear(8), ReLU()]), Linear(3)
)


def test_the_picture_is_that_of_the_window() -> None:
    walked = walk(BLOCKS, (4,))
    drawn, picture = drawing_of(walked), picture_of(walked)
    assert drawn
    boxes, edges = picture.within(picture.whole)
    assert sorted(one.box.rect for one in drawn.boxes) == sorted(box.rect for box in boxes)
    assert [one.label.text for one in drawn.edges if one.label] == [edge.label for edge in edges if edge.label]
    assert (drawn.width, drawn.height) == (round(picture.width), round(picture.height))
    assert "Branches · multiplied" in [words.text for one in drawn.boxes for words in one.words]


def test_words_are_cut_to_their_room_and_kept_whole() -> None:
    model = Model((Row("a", Linear(3), name="a name that goes on and on"),))
    drawn = drawing_of(walk(model, (4,)))
    assert drawn
    title = next(words for one in drawn.boxes for words in one.words if words.text.startswith("a name"))
    assert title.text.endswith("…")
    assert title.whole == "a name that goes on and on"
    assert cut("short", 5) == "short"
    assert cut("longer", 5) == "long…"


def test_a_very_long_network_is_listed_only() -> None:
    walked = walk(Model(tuple(new_row(ReLU()) for _ in range(MOST_DRAWN + 1))), (4,))
    assert drawing_of(walked) is None
    assert len(layer_lines(walked)) == MOST_DRAWN + 1


def test_every_layer_has_a_line_with_its_shapes_and_parameters() -> None:
    lines = layer_lines(walk(BLOCKS, (4,)))
    assert [(line.number, line.depth, line.before, line.after, line.parameters) for line in lines] == [
        ("0", 0, "4", "8", 40),
        ("1", 0, "8", "8", 88),
        ("1.0.0", 1, "8", "8", 72),
        ("1.0.1", 1, "8", "8", 16),
        ("2", 0, "8", "8", 216),
        ("2.0.0", 1, "8", "8", 72),
        ("2.0.1", 1, "8", "8", 0),
        ("3", 0, "8", "3", 27),
    ]
    assert [line.kind for line in kinds_of(lines)] == ["Linear", "Branches", "Batch norm 1d", "Repeat", "ReLU"]


def test_what_is_not_usual_about_a_layer_is_said() -> None:
    plain = Row("a", Linear(3))
    rows = [
        replace(plain, locked=True),
        replace(plain, locked=True, thaw=5),
        replace(plain, locked_parameters=("bias",), rate=0.1, initialisation=Zeros()),
    ]
    lines = [layer_lines(walk(Model((row,)), (4,)))[0] for row in rows]
    assert [line.notes for line in lines] == [
        ("locked",),
        ("locked until epoch 5",),
        ("locked: bias", "0.1 × the learning rate", f"starts with {Zeros.wording()}"),
    ]
    assert [line.trainable for line in lines] == [0, 0, 12]
