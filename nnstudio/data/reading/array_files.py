"""Arrays in .npy and .npz files: their names and shapes without reading them, and their first rows or all of them."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from math import prod
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from nnstudio.data.reading.limits import require_room
from nnstudio.spec.errors import DataError

Values = NDArray[Any]


@dataclass(frozen=True, eq=False, slots=True)
class Stored:
    """An array in a file; ``read`` gives its first so many rows."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    read: Callable[[int], Values]

    @property
    def size(self) -> int:
        """Bytes in memory."""
        return prod(self.shape) * self.dtype.itemsize

    @property
    def rows(self) -> int:
        return self.shape[0] if self.shape else 0


@contextmanager
def opened_npy(path: Path) -> Iterator[Mapping[str, Stored]]:
    """The one array of a .npy file, called ``array``; raises `DataError` for Python objects and what is no array."""
    with path.open("rb") as file:
        stored = _stored(path, lambda: _again(file), path.stat().st_size)
        yield {"array": stored}


def _again(file: IO[bytes]) -> IO[bytes]:
    file.seek(0)
    return file


@contextmanager
def opened_npz(path: Path, archive: zipfile.ZipFile) -> Iterator[Mapping[str, Stored]]:
    """The arrays of a .npz file by their names."""
    members = [info for info in archive.infolist() if info.filename.endswith(".npy")]
    require_room(path, sum(info.file_size for info in members))
    yield {
        info.filename.removesuffix(".npy"): _stored(path, partial(archive.open, info), info.file_size)
        for info in members
    }


def _stored(path: Path, reopen: Callable[[], IO[bytes]], size: int) -> Stored:
    """An array by its header; ``size`` in bytes of header and values must be what the header says."""
    file = reopen()
    version = npy.read_magic(file)
    read_header = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}.get(version)
    if read_header is None:
        raise ValueError(f"version {version}")
    shape, is_fortran, dtype = read_header(file)
    if dtype.hasobject:
        raise objects(path)
    if min(shape, default=0) < 0 or size != file.tell() + prod(shape) * dtype.itemsize:
        raise ValueError("the size is not that of the header")
    header = file.tell()

    def read(rows: int) -> Values:
        """The first ``rows``; of an array in Fortran's order everything has to be read."""
        whole = shape if is_fortran or not shape else (min(rows, shape[0]), *shape[1:])
        file = reopen()
        file.read(header)
        content = file.read(prod(whole) * dtype.itemsize)
        values = np.frombuffer(content, dtype, prod(whole)).reshape(whole, order="F" if is_fortran else "C")
        return values[:rows] if shape else values

    return Stored(shape, dtype, read)


def objects(path: Path) -> DataError:
    """The refusal of whatever could run a stranger's program."""
    return DataError(
        f"“{path.name}” was not read.",
        "It holds Python objects (a pickle) rather than numbers, and opening those could run a stranger's program.",
        "Save the numbers themselves: with numpy.savez, torch.save of tensors, or as CSV or Parquet.",
    )
