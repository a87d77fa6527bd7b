"""Our own modules: what comes out of them is what PyTorch's own layers give."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from nnstudio.engine import modules


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_the_last_step_is_where_each_direction_ends(kind: str, bidirectional: bool) -> None:
    torch.manual_seed(0)
    x = torch.randn(5, 7, 3)
    last = getattr(modules, kind)(3, 4, bidirectional=bidirectional)
    every = getattr(modules, kind)(3, 4, bidirectional=bidirectional, last=False)
    plain = getattr(nn, kind)(3, 4, bidirectional=bidirectional, batch_first=True)
    every.load_state_dict(last.state_dict())
    plain.load_state_dict(last.state_dict())
    steps, state = plain(x)
    hidden = state[0] if kind == "LSTM" else state
    torch.testing.assert_close(every(x), steps)
    torch.testing.assert_close(last(x), hidden.transpose(0, 1).flatten(1))


def test_indices_may_come_as_floats() -> None:
    table = modules.Embedding(10, 4)
    torch.testing.assert_close(table(torch.tensor([[1.0, 9.0]])), table.weight[torch.tensor([[1, 9]])])
    bag = modules.EmbeddingBag(10, 4)
    torch.testing.assert_close(bag(torch.tensor([[1.0, 9.0]])), bag.weight[torch.tensor([[1, 9]])].mean(1))


def test_a_position_is_a_wave_of_its_own() -> None:
    waves = modules.PositionalEncoding(50, 7)(torch.zeros(2, 50, 7))
    assert torch.equal(waves[0], waves[1])
    assert torch.equal(waves[0, 0], torch.tensor([0.0, 1, 0, 1, 0, 1, 0]))
    torch.testing.assert_close(waves[0, 3, 0], torch.tensor(3.0).sin())
    assert len({tuple(step.tolist()) for step in waves[0]}) == 50


def test_attention_sees_the_whole_sequence_but_not_its_order() -> None:
    torch.manual_seed(0)
    attention = modules.SelfAttention(4, 2, batch_first=True)
    x, order = torch.randn(2, 6, 4), torch.randperm(6)
    torch.testing.assert_close(attention(x)[:, order], attention(x[:, order]))


def test_permute_swaps_steps_and_features() -> None:
    x = torch.randn(2, 6, 4)
    assert torch.equal(modules.Permute()(x)[:, 1, 2], x[:, 2, 1])
    assert torch.equal(modules.Permute("first")(x), modules.Permute()(x))
    pictures = torch.randn(2, 5, 6, 3)
    assert torch.equal(modules.Permute()(pictures), pictures.permute(0, 3, 1, 2))
    assert torch.equal(modules.Permute("first")(modules.Permute()(pictures)), pictures)


def test_a_slice_takes_steps_or_channels_along_the_first_side() -> None:
    x = torch.arange(24.0).reshape(2, 3, 4)
    assert torch.equal(modules.Slice(1, 2, "first")(x), x[:, 1:3])


def test_a_class_token_comes_first_and_positions_are_added() -> None:
    x = torch.randn(2, 3, 4)
    token, positions = modules.ClassToken(4), modules.LearnedPositions(4, 4)
    y = token(x)
    assert torch.equal(y[:, 1:], x)
    assert torch.equal(y[0, 0], y[1, 0])
    assert torch.equal(positions(y), y + positions.pos_embedding[0])


def test_layer_scale_has_a_number_for_each_channel() -> None:
    scale, x = modules.LayerScale(3, 1, 1, start=0.5), torch.ones(2, 3, 4, 5)
    scale.layer_scale.data[1] = 2
    assert scale(x).mean((0, 2, 3)).tolist() == [0.5, 2, 0.5]


def test_stochastic_depth_drops_whole_examples_while_training() -> None:
    torch.manual_seed(0)
    layer, x = modules.StochasticDepth(0.25), torch.rand(400, 2, 3) + 1
    kept = (layer(x) / x).flatten(1)
    torch.testing.assert_close(kept.amin(1), kept.amax(1))
    assert {round(float(factor), 4) for factor in kept[:, 0]} == {0, 1.3333}
    assert abs(float(kept.count_nonzero()) / kept.numel() - 0.75) < 0.06
    assert torch.equal(layer.eval()(x), x)


def test_patches_are_merged_from_four_neighbours() -> None:
    x = torch.arange(30.0).reshape(1, 3, 5, 2)
    y = modules.PatchMerge()(x)
    assert y.shape == (1, 2, 3, 8)
    assert torch.equal(y[0, 0, 1], torch.cat([x[0, 0, 2], x[0, 1, 2], x[0, 0, 3], x[0, 1, 3]]))
    assert torch.equal(y[0, 1, 2], torch.cat([x[0, 2, 4], torch.zeros(6)]))


def test_a_slice_takes_neighbours_of_the_last_side() -> None:
    x = torch.arange(24.0).reshape(2, 3, 4)
    assert torch.equal(modules.Slice(1, 2)(x), x[..., 1:3])
    assert torch.equal(modules.Slice(0, 4)(x), x)
