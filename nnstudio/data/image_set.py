"""Image folders as Arrow files: every picture decoded once, at one size."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from nnstudio.data.cache import Cached
from nnstudio.data.pictures import Picture, UnreadablePicture, no_pictures, read_picture
from nnstudio.data.profile import profile_column
from nnstudio.spec.data import ImageFolderSource, Kind
from nnstudio.spec.facts import ColumnProfile

PATH, CLASS, IMAGE = "path", "class", "image"
"""The columns of an image set."""

CHUNK = 2**26
"""Bytes of pixels that are held in memory at a time."""


def write_image_set(source: ImageFolderSource, pictures: Sequence[Picture], out: Path) -> Cached:
    """Decode ``pictures`` into the Arrow file ``out``: ``path``, ``class`` and ``image`` (uint8 H×W×C).

    The fingerprint covers the paths and bytes of the pictures. Raises `DataError` where not one can be read.
    """
    reading = _Reading()
    pixels = reading.pixels(pictures, source)
    shape = (source.height, source.width, source.channels)
    most = max(1, CHUNK // (source.height * source.width * source.channels))
    tensor = pa.fixed_shape_tensor(pa.uint8(), shape)
    schema = pa.schema([(PATH, pa.large_string()), (CLASS, pa.large_string()), (IMAGE, tensor)])
    rows = 0
    with pa.ipc.new_file(str(out), schema) as writer:
        while chunk := list(islice(pixels, most)):
            images = pa.FixedShapeTensorArray.from_numpy_ndarray(np.stack(chunk))
            writer.write_batch(pa.record_batch([reading.paths[rows:], reading.labels[rows:], images], schema=schema))
            rows += len(chunk)
    if not rows:
        raise no_pictures(Path(source.path))
    return Cached(out, f"sha256:{reading.digest.hexdigest()}", rows, reading.profiles(), tuple(reading.left_out))


@dataclass(eq=False)
class _Reading:
    """What accumulates while the pictures of a folder are read one after the other."""

    digest: Any = field(default_factory=hashlib.sha256)
    paths: list[str] = field(default_factory=list)
    labels: list[str | None] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def pixels(self, pictures: Sequence[Picture], source: ImageFolderSource) -> Iterator[NDArray[np.uint8]]:
        """Each picture that can be read; the others are noted in ``left_out``."""
        for picture in pictures:
            try:
                pixels = self._pixels_of(picture, source)
            except UnreadablePicture as why:
                self.left_out.append(f"“{picture.name}” was left out: {why}.")
            except OSError as error:
                self.left_out.append(f"“{picture.name}” was left out: {error.strerror or error}.")
            else:
                self.paths.append(picture.name)
                self.labels.append(picture.label)
                yield pixels

    def _pixels_of(self, picture: Picture, source: ImageFolderSource) -> NDArray[np.uint8]:
        with picture.path.open("rb") as file:
            pixels = read_picture(file, source)
            file.seek(0)
            content = hashlib.file_digest(file, "sha256").hexdigest()
        self.digest.update(f"{picture.name}\0{content}\n".encode())
        return pixels

    def profiles(self) -> tuple[ColumnProfile, ...]:
        labels = pa.chunked_array([pa.array(self.labels, pa.large_string())])
        return ColumnProfile(IMAGE, Kind.IMAGE, 0, len(self.paths)), profile_column(CLASS, labels)
