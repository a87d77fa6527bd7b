"""The order of an epoch, and the batches that come of it."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.utils.data import DataLoader, TensorDataset, WeightedRandomSampler

from nnstudio.engine import feed
from nnstudio.engine.examples import as_tensor
from nnstudio.engine.feed import CHUNK_BATCHES, CHUNK_BYTES, Feed, chunk_rows, mix, order_of
from nnstudio.engine.order import Order
from nnstudio.spec.data import Batches


def batches_of(fed: Feed, order: Tensor | None = None) -> list[tuple[list[float], list[int]]]:
    return [
        (batch_x[:, 0].tolist(), batch_y.tolist())
        for x, y in fed.chunks(order)
        for batch_x, batch_y in fed.batches(x, y)
    ]


def numbered(rows: int) -> tuple[Tensor, Tensor]:
    return torch.arange(float(rows)).reshape(-1, 1), torch.arange(rows)


@given(rows=st.integers(1, 200), size=st.integers(1, 50), seed=st.integers(0, 2**31 - 1), epoch=st.integers(1, 10**6))
def test_an_epoch_is_dealt_out_as_a_reseeded_data_loader_does(rows: int, size: int, seed: int, epoch: int) -> None:
    x, y = numbered(rows)
    generator = torch.Generator().manual_seed(seed * 1_000_003 + epoch)
    loader = DataLoader(TensorDataset(x, y), size, shuffle=True, generator=generator)
    theirs = [(batch_x[:, 0].tolist(), batch_y.tolist()) for batch_x, batch_y in loader]
    assert batches_of(Feed(x, y, torch.arange(rows), size), order_of(rows, seed, epoch)) == theirs


@given(classes=st.lists(st.integers(0, 4), min_size=1, max_size=200), size=st.integers(1, 50), seed=st.integers(0, 99))
def test_a_balanced_epoch_is_what_a_reseeded_weighted_sampler_draws(classes: list[int], size: int, seed: int) -> None:
    x, y = numbered(len(classes))
    weights = [1.0 / classes.count(label) for label in classes]
    generator = torch.Generator().manual_seed(seed * 1_000_003 + 2)
    sampler = WeightedRandomSampler(weights, len(classes), generator=generator)
    loader = DataLoader(TensorDataset(x, y), size, sampler=sampler, generator=generator)
    theirs = [(batch_x[:, 0].tolist(), batch_y.tolist()) for batch_x, batch_y in loader]
    order = Order(len(classes), np.array(classes), seed, Batches(size, balance="sampling"))
    assert batches_of(Feed(x, y, torch.arange(len(classes)), size), order(2)) == theirs


def test_a_balanced_epoch_shows_every_class_as_often() -> None:
    classes = np.repeat([0, 1, 2], [9_000, 900, 100])
    drawn = Order(len(classes), classes, 1, Batches(balance="sampling"))(1).numpy()
    assert np.abs(np.bincount(classes[drawn]) - 10_000 / 3).max() < 200


def test_the_order_is_that_of_seed_and_epoch_alone() -> None:
    torch.manual_seed(1)
    before = torch.get_rng_state()
    first = order_of(100, 3, 2)
    assert torch.equal(before, torch.get_rng_state())
    torch.manual_seed(2)
    assert torch.equal(first, order_of(100, 3, 2))
    assert len({tuple(order_of(100, seed, epoch).tolist()) for seed in range(3) for epoch in (1, 2, 3)}) == 9


def test_every_epoch_of_every_seed_has_its_own_number() -> None:
    assert mix(0, 1_000_000) < mix(1, 1)
    assert mix(2**31 - 1, 1_000_000) < 2**63


@given(rows=st.integers(0, 40), size=st.integers(1, 12), chunk=st.integers(1, 5), by_bytes=st.booleans())
def test_chunks_are_whole_batches_and_hold_every_row_once(rows: int, size: int, chunk: int, by_bytes: bool) -> None:
    x, y = numbered(50)
    chosen = torch.randperm(50)[:rows]
    with pytest.MonkeyPatch.context() as patch:
        if by_bytes:
            patch.setattr(feed, "CHUNK_BYTES", size * chunk * 4)  # a row is one number
        else:
            patch.setattr(feed, "CHUNK_BATCHES", chunk)
        fed = Feed(x, y, chosen, size)
    lengths = [len(part) for part, _ in fed.chunks()]
    assert all(length == size * chunk for length in lengths[:-1])
    given_out = batches_of(fed)
    assert [len(batch) for _, batch in given_out[:-1]] == [size] * (len(given_out) - 1)
    assert [row for _, batch in given_out for row in batch] == chosen.tolist()
    assert all(values == list(map(float, labels)) for values, labels in given_out)


def test_weights_come_as_a_third() -> None:
    x, y = numbered(20)
    fed = Feed(x, y, torch.arange(5, 15), 4, weights=x[:, 0] / 2)
    given_out = [
        (targets.tolist(), weights.tolist()) for chunk in fed.chunks() for _, targets, weights in fed.batches(*chunk)
    ]
    assert [row for targets, _ in given_out for row in targets] == list(range(5, 15))
    assert all(weights == [row / 2 for row in targets] for targets, weights in given_out)


def test_a_target_that_is_the_input_takes_no_memory_of_its_own() -> None:
    x = torch.arange(48.0).reshape(8, 1, 2, 3)
    for chunk, targets in Feed(x, None, torch.arange(8), 4).chunks():
        assert torch.equal(targets, chunk.reshape(8, 6))
        assert targets.data_ptr() == chunk.data_ptr()


def test_batches_are_views_of_one_contiguous_buffer() -> None:
    x, y = numbered(20)
    fed = Feed(x, y, torch.arange(20), 4)
    ((chunk, targets),) = fed.chunks()
    batches = [batch for batch, _ in fed.batches(chunk, targets)]
    assert all(batch.is_contiguous() for batch in batches)
    assert {batch.untyped_storage().data_ptr() for batch in batches} == {chunk.untyped_storage().data_ptr()}


@pytest.mark.parametrize(
    ("size", "row_bytes", "rows"),
    [
        (1, 16, CHUNK_BATCHES),
        (32, 1, 32 * CHUNK_BATCHES),
        (1024, 1024, CHUNK_BYTES // 1024),
        (8, CHUNK_BYTES, 8),
        (3, 0, 3 * CHUNK_BATCHES),
    ],
)
def test_a_chunk_is_bounded_but_never_less_than_a_batch(size: int, row_bytes: int, rows: int) -> None:
    assert chunk_rows(size, row_bytes) == rows


def test_arrays_are_shared_and_never_written_to() -> None:
    array = np.arange(6, dtype=np.float32).reshape(3, 2)
    assert as_tensor(array).data_ptr() == array.ctypes.data
    array.flags.writeable = False
    assert as_tensor(array).tolist() == array.tolist()
    assert as_tensor(array.T).tolist() == array.T.tolist()


def test_rows_as_they_lie_are_the_same_after_an_order() -> None:
    """A single chunk is gathered once, for as long as nothing else lies in its place."""
    x, y = numbered(20)
    fed = Feed(x, y, torch.arange(20), 8)
    expected = batches_of(fed)
    assert batches_of(fed) == expected
    assert batches_of(fed, torch.arange(20).flip(0)) != expected
    assert batches_of(fed) == expected
