"""A few rows stand for all of them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.data.pictures.gallery import balanced_sample, random_sample, spread_sample

CODES = st.lists(st.integers(-1, 6), max_size=200)


@given(CODES, st.integers(1, 10), st.integers(1, 8), st.integers(0, 99))
def test_every_class_has_its_share(codes: list[int], per_class: int, most: int, seed: int) -> None:
    found = np.array(codes, np.int32)
    rows = balanced_sample(found, per_class, most, seed)
    np.testing.assert_array_equal(rows, balanced_sample(found, per_class, most, seed))
    assert len(set(rows.tolist())) == len(rows)
    drawn = found[rows]
    assert (np.diff(drawn) >= 0).all()
    counts = {code: codes.count(code) for code in set(codes) - {-1}}
    assert len(set(drawn.tolist())) == min(most, len(counts))
    for code in set(drawn.tolist()):
        assert (drawn == code).sum() == min(per_class, counts[code])
        assert all(counts[code] >= counts[other] for other in counts if other not in drawn)


def test_another_seed_draws_others() -> None:
    codes = np.repeat(np.arange(3, dtype=np.int32), 1_000)
    assert not np.array_equal(balanced_sample(codes, 8, 3, 0), balanced_sample(codes, 8, 3, 1))


@given(st.lists(st.one_of(st.floats(-1e6, 1e6), st.just(float("nan"))), max_size=60), st.integers(1, 20))
def test_values_are_shown_from_the_whole_range(values: list[float], count: int) -> None:
    found = np.array(values, np.float64)
    rows = spread_sample(found, count, 0)
    known = np.sort(found[~np.isnan(found)])
    assert len(rows) == min(count, len(known))
    assert (np.diff(found[rows]) >= 0).all()
    if len(rows) > 1:
        size = -(-len(known) // len(rows))
        assert found[rows[0]] <= known[size - 1]
        assert found[rows[-1]] >= known[-size]


def test_any_rows() -> None:
    assert random_sample(5, 10, 0).tolist() == [0, 1, 2, 3, 4]
    rows = random_sample(1_000, 10, 3)
    assert len(set(rows.tolist())) == 10
    assert (np.diff(rows) > 0).all()
    assert random_sample(0, 4, 0).tolist() == []
