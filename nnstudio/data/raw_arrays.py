"""Examples as they go into a network and answers as they come out of it: .npy files, as NumPy writes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.reading.array_files import Stored, opened_npy
from nnstudio.data.reading.limits import require_room
from nnstudio.spec.errors import DataError
from nnstudio.spec.files import write_atomically


def read_examples(path: Path) -> NDArray[np.float32]:
    """The examples ``(N, …)`` of a .npy file, as they are; raises `DataError` for what holds none, or no numbers."""
    with _opened(path) as arrays:
        stored = arrays["array"]
        if stored.dtype.kind not in "fiub" or len(stored.shape) < 2 or not stored.size:
            found = f"It holds an array of shape {stored.shape} and type {stored.dtype}."
            remedy = "Save an array whose first side counts the examples, such as (N, 3, 224, 224)."
            raise DataError(f"“{path.name}” holds no examples of numbers.", found, remedy)
        require_room(path, 2 * stored.size)
        return np.ascontiguousarray(stored.read(stored.rows), dtype=np.float32)


@contextmanager
def _opened(path: Path) -> Iterator[Mapping[str, Stored]]:
    """The array of the file; raises `DataError` where it is damaged, or none of NumPy's."""
    try:
        with opened_npy(path) as arrays:
            yield arrays
    except (ValueError, EOFError, SyntaxError) as error:  # NumPy's words on headers that it cannot read
        what, remedy = f"“{path.name}” could not be read as an array.", "Save it with numpy.save."
        raise DataError(what, "It is damaged or cut off, or holds something else.", remedy, repr(error)) from error


def write_array(path: Path, values: NDArray[np.float32]) -> None:
    """Write ``values`` as a .npy file, which is read back before it replaces an older one; raises OSError."""

    def save(partial: Path) -> None:
        with partial.open("wb") as file:
            np.save(file, values, allow_pickle=False)

    def check(partial: Path) -> None:
        if not np.array_equal(np.load(partial, allow_pickle=False), values, equal_nan=True):
            raise DataError(f"“{path.name}” was not saved.", "What was written could not be read back.")

    write_atomically(path, save, check)
