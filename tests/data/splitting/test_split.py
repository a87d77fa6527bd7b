"""Every row goes to exactly one part, in fair shares, alike for the same seed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.data.splitting.lots import in_order
from nnstudio.data.splitting.split import split_rows
from nnstudio.spec.errors import DataError
from nnstudio.spec.splits import RandomSplit

shares = st.floats(0, 0.47)
splits = st.builds(RandomSplit, validation=shares, test=shares, seed=st.integers(0, 2**31 - 1))
classes = st.lists(st.integers(0, 6), min_size=1, max_size=200)


@given(splits, st.integers(1, 300))
def test_all_rows_are_dealt_out_once(split: RandomSplit, n: int) -> None:
    rows = split_rows(n, split)
    parts = [rows.train, rows.validation, rows.test]
    assert sorted(np.concatenate(parts).tolist()) == list(range(n))
    assert len(rows.train) > 0
    for part, share in zip(parts[1:], (split.validation, split.test), strict=True):
        assert part.dtype == np.int64
        assert (np.diff(part) > 0).all()
        assert abs(len(part) - n * share) <= 1


@given(splits, classes)
def test_every_class_is_dealt_out_in_its_share(split: RandomSplit, labels: list[int]) -> None:
    of = np.array(labels)
    rows = split_rows(len(of), split, of)
    assert sorted(np.concatenate([rows.train, rows.validation, rows.test]).tolist()) == list(range(len(of)))
    for label in set(labels):
        size = labels.count(label)
        counts = [int((of[part] == label).sum()) for part in (rows.train, rows.validation, rows.test)]
        assert counts[0] >= 1
        assert abs(counts[1] - size * split.validation) <= 1
        assert counts[2] <= size * split.test + 1
        assert sum(counts) == size


def test_exact_shares_of_exact_classes() -> None:
    labels = np.repeat([0, 1, 2], [100, 50, 10])
    rows = split_rows(160, RandomSplit(validation=0.2, test=0.1), labels)
    assert np.bincount(labels[rows.train]).tolist() == [70, 35, 7]
    assert np.bincount(labels[rows.validation]).tolist() == [20, 10, 2]
    assert np.bincount(labels[rows.test]).tolist() == [10, 5, 1]


def test_many_small_classes_still_fill_every_part() -> None:
    labels = np.repeat(np.arange(100), 3)
    rows = split_rows(300, RandomSplit(validation=0.1, test=0.1), labels)
    assert (len(rows.train), len(rows.validation), len(rows.test)) == (240, 30, 30)
    assert len(set(labels[rows.train])) == 100
    assert len(set(labels[rows.validation]) | set(labels[rows.test])) > 35  # lots, not the order, decide


def test_the_only_row_of_a_class_trains() -> None:
    labels = np.array([0] * 50 + [1])
    for seed in range(20):
        assert 50 in split_rows(51, RandomSplit(validation=0.4, test=0.4, seed=seed), labels).train


def test_the_seed_decides() -> None:
    one, same, other = (split_rows(1000, RandomSplit(seed=seed)) for seed in (1, 1, 2))
    assert np.array_equal(one.train, same.train)
    assert np.array_equal(one.validation, same.validation)
    assert not np.array_equal(one.validation, other.validation)


def test_a_split_stays_what_it_was() -> None:
    rows = split_rows(20, RandomSplit(validation=0.2, test=0.1, seed=7))
    assert (rows.validation.tolist(), rows.test.tolist()) == ([3, 6, 11, 12], [4, 10])


def test_without_rows_there_is_nothing_to_learn_from() -> None:
    with pytest.raises(DataError, match="no rows to learn from"):
        split_rows(0, RandomSplit())


@given(st.lists(st.integers(0, 20), max_size=60))
def test_lots_that_are_equal_keep_their_order(lots: list[int]) -> None:
    drawn = np.array(lots, np.uint64)
    assert in_order(drawn).tolist() == np.argsort(drawn, kind="stable").tolist()
