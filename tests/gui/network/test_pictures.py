"""Each kind of layer has a picture of what it does to a shape, in colours of the theme."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from nnstudio.gui.network.kinds import Addable, Entry, entries, example
from nnstudio.gui.network.pictures import PICTURE_SIZE, ink, paint_picture, paint_sign
from nnstudio.session.blocks import KNOWN_BLOCKS, KnownBlock
from nnstudio.session.colours import DARK, LIGHT, Colours
from nnstudio.spec.layers import LAYERS, MaxPool2d, Shape

KINDS: tuple[Addable, ...] = (*LAYERS.kinds.values(), *KNOWN_BLOCKS)
FAMILIES = sorted({kind.family for kind in KINDS})
EDGE = 4
"""Pixels around a picture, on which nothing may be painted."""


def painted(shapes: tuple[Shape, Shape], family: str, colours: Colours, is_example: bool = False) -> QImage:
    image = QImage(PICTURE_SIZE.width() + 2 * EDGE, PICTURE_SIZE.height() + 2 * EDGE, QImage.Format.Format_ARGB32)
    image.fill(QColor(colours.surface))
    painter = QPainter(image)
    room = QRectF(EDGE, EDGE, PICTURE_SIZE.width(), PICTURE_SIZE.height())
    paint_picture(painter, room, shapes, family, ink(colours, family, is_example))
    painter.end()
    return image


def covered(image: QImage, left: int, right: int) -> int:
    """How many pixels from ``left`` up to, without, ``right`` are painted."""
    ground = image.pixel(0, 0)
    return sum(image.pixel(x, y) != ground for x in range(left, right) for y in range(image.height()))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_every_kind_has_a_picture_that_stays_in_its_room(kind: Addable) -> None:
    before, after = example(kind)
    if isinstance(kind, KnownBlock):
        assert kind.out_shape(before) == after
    else:
        assert kind().out_shape(before) == after
    for colours in (LIGHT, DARK):
        image = painted((before, after), kind.family, colours)
        thirds = (EDGE, EDGE + 33, EDGE + 55, image.width())
        assert all(covered(image, left, right) for left, right in pairwise(thirds))
        assert covered(image, 0, EDGE) == covered(image, image.width() - EDGE, image.width()) == 0


SHAPES = [(1,), (100_000,), (1, 1), (5_000, 9_000), (1, 1, 1), (4_096, 512, 8), (3, 1, 1_000), (64,) * 4, (1,) * 5]


@pytest.mark.parametrize("shape", SHAPES)
def test_any_shape_stays_in_its_room(shape: Shape) -> None:
    image = painted((shape, shape), "linear", LIGHT)
    assert covered(image, EDGE, EDGE + 33) > 0
    assert covered(image, 0, EDGE) == covered(image, image.width() - EDGE, image.width()) == 0
    ground = image.pixel(0, 0)
    edges = (*range(EDGE), *range(image.height() - EDGE, image.height()))
    assert all(image.pixel(x, y) == ground for x in range(image.width()) for y in edges)


def test_what_shrinks_is_smaller_behind_the_layer() -> None:
    pooled = painted(((16, 32, 32), MaxPool2d().out_shape((16, 32, 32))), "pooling", LIGHT)
    assert covered(pooled, EDGE + 55, pooled.width()) < covered(pooled, EDGE, EDGE + 33)


def test_families_have_signs_of_their_own() -> None:
    drawn = set()
    for family in FAMILIES:
        image = QImage(24, 24, QImage.Format.Format_ARGB32)
        image.fill(QColor(LIGHT.surface))
        painter = QPainter(image)
        paint_sign(painter, QRectF(2, 2, 20, 20), family, QColor(LIGHT.text))
        painter.end()
        drawn.add(bytes(image.constBits()))
    assert len(drawn) == len(FAMILIES)


def test_the_picture_is_of_the_place_where_the_layer_would_stand() -> None:
    listed = {entry.kind.key: entry for entry in entries("", (1, 28, 28)) if isinstance(entry, Entry)}
    pool, linear = listed["max_pool2d"], listed["linear"]
    assert pool.shapes == ((1, 28, 28), (1, 14, 14))
    assert pool.whole_effect == "1 × 28 × 28 → 1 × 14 × 14"
    assert linear.shapes == ((64,), (64,))  # an example: it does not fit here
    assert linear.whole_effect == "does not fit here"
    assert ink(LIGHT, "linear", is_example=True).after == LIGHT.faint
