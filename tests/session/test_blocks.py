"""Blocks from papers fit what comes in, and say what they cannot take."""

from __future__ import annotations

import pytest

from nnstudio.session.blocks import KNOWN_BLOCKS, USUAL, KnownBlock
from nnstudio.spec.layers import LAYERS, Shape
from nnstudio.spec.model import Model, paths
from nnstudio.spec.shapes import walk

each = pytest.mark.parametrize("block", KNOWN_BLOCKS, ids=lambda block: block.key)


@each
@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 5, 7), (64, 32, 32), USUAL])
def test_every_block_works_on_pictures_of_any_size(block: KnownBlock, shape: Shape) -> None:
    walked = walk(Model(block.rows(shape)), shape)
    assert walked.problem is None
    assert walked.output == block.out_shape(shape)
    assert walked.count == walked.trainable > 0


@pytest.mark.parametrize(
    ("key", "shape", "after"),
    [
        ("residual", (16, 8, 8), (16, 8, 8)),
        ("residual", (5,), (5,)),
        ("inception", (16, 8, 8), (32, 8, 8)),
        ("squeeze_excite", (16, 8, 8), (16, 8, 8)),
        ("dense", (16, 8, 8), (52, 8, 8)),
        ("dense", (5,), (41,)),
        ("depthwise_separable", (16, 8, 8), (32, 8, 8)),
    ],
)
def test_a_block_makes_of_its_input_what_its_paper_says(key: str, shape: Shape, after: Shape) -> None:
    (block,) = (one for one in KNOWN_BLOCKS if one.key == key)
    assert block.problem(shape) == ""
    assert block.out_shape(shape) == after


def test_a_depthwise_separable_convolution_has_far_fewer_weights() -> None:
    (block,) = (one for one in KNOWN_BLOCKS if one.key == "depthwise_separable")
    first, last = (row for row in block.rows((16, 8, 8)) if row.name)
    walked = walk(Model((first, last)), (16, 8, 8))
    assert [step.count for step in walked.steps] == [16 * 9 + 16, 16 * 32 + 32]


@each
def test_what_does_not_fit_is_said_and_can_be_put_in_nevertheless(block: KnownBlock) -> None:
    assert block.problem((8, 4)).endswith("pictures (channels × height × width), but gets 8 × 4.")
    assert block.rows((8, 4))
    assert block.rows(None)


@each
def test_every_row_has_an_identity_of_its_own(block: KnownBlock) -> None:
    identities = [row.id for rows in (block.rows(USUAL), block.rows(USUAL)) for _, row in paths(rows)]
    assert len(set(identities)) == len(identities)


def test_keys_and_titles_are_told_apart_from_those_of_layers() -> None:
    titles = [*(one.title for one in KNOWN_BLOCKS), *(kind.title for kind in LAYERS.kinds.values())]
    assert len(set(titles)) == len(titles)
