"""Where the middle of numbers is."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nnstudio.data.spread import median

numbers = arrays(np.float64, st.integers(1, 50), elements=st.floats(-1e300, 1e300))


@given(numbers)
def test_the_median_is_that_of_numpy_to_the_last_bit(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
    before = values.copy()
    assert median(values) == np.median(values)
    assert (values == before).all()
