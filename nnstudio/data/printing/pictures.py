"""How Pillow reads a folder of pictures as it was read here; whatever it reads otherwise has no short form."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from nnstudio.data.encoding.encode import Encoded
from nnstudio.data.encoding.encoders import ImageFeature
from nnstudio.data.pictures.decode import MODES
from nnstudio.data.pictures.image_set import CLASS, PATH
from nnstudio.data.printing.columns import Unprintable
from nnstudio.data.printing.reading import near
from nnstudio.data.table import MappedTable
from nnstudio.resources import source as source_of
from nnstudio.spec.code.pasted import pasted
from nnstudio.spec.code.text import Part, part, value
from nnstudio.spec.data import DataSpec
from nnstudio.spec.layouts import SequenceLayout
from nnstudio.spec.sources import ImageFolderSource
from nnstudio.spec.tasks import Task


def read_picture(path: Path, mode: str, size: tuple[int, int], fit: str) -> NDArray[np.uint8]:
    """One picture, upright, in one mode and size (width, height), as levels from 0 to 255."""
    with Image.open(path) as image:
        image.draft(None, (2 * max(size), 2 * max(size)))  # a JPEG need not be decoded more finely
        upright = ImageOps.exif_transpose(image)
        seen = upright if upright.mode == mode else upright.convert(mode)
        if seen.size != size and fit == "crop":
            seen = ImageOps.fit(seen, size, Image.Resampling.BILINEAR)
        elif seen.size != size and fit == "pad":
            seen = ImageOps.pad(seen, size, Image.Resampling.BILINEAR)
        elif seen.size != size:
            seen = seen.resize(size, Image.Resampling.BILINEAR)
        return np.asarray(seen)


def picture_parts(data: DataSpec, encoded: Encoded, table: MappedTable, script: Path) -> tuple[Part, ...]:
    """The pictures as ``x`` and their folders as ``y``; raises `Unprintable` where that would give other numbers."""
    source, image = data.source, encoded.encoding.image
    assert image is not None
    if not isinstance(source, ImageFolderSource) or source.depth != "8":
        raise Unprintable("they are pictures of more than 8 bits, or come from a list")
    pattern = _pattern(source, table)
    mode, size = MODES[source.colour], (source.width, source.height)
    _require_same(source, table, image, mode)
    reading = [
        f"folder = Path({value(near(Path(source.path), script.parent))})",
        f"paths = sorted(folder.glob({value(pattern)}))",
        f"pictures = [read_picture(path, {value(mode)}, {size!r}, {value(source.fit)}) for path in paths]",
    ]
    carried = pasted(source_of("data/printing/pictures.py"), ("read_picture",))
    read = part("Data", reading, *carried.imports, "from pathlib import Path", definitions=carried.definitions)
    encoding = [*_encoding(encoded, image), *_answer(data, encoded)]
    return read, part("Encoding", encoding, "import numpy as np", "import torch")


def _pattern(source: ImageFolderSource, table: MappedTable) -> str:
    """What finds the pictures, and no other file, in their order."""
    folder = Path(source.path)
    known = [folder / name for name in table.column(PATH).to_pylist()]
    depths = {len(path.relative_to(folder).parts) for path in known}
    endings = {path.suffix for path in known}
    if len(depths) == len(endings) == 1:
        pattern = "/".join(["*"] * (depths.pop() - 1) + [f"*{endings.pop()}"])
        if sorted(folder.glob(pattern)) == known:
            return pattern
    raise Unprintable("the folder holds other files beside the pictures, or they lie at different depths")


def _require_same(source: ImageFolderSource, table: MappedTable, image: ImageFeature, mode: str) -> None:
    """Raise `Unprintable` unless every picture, read as the script reads it, is the one that was trained on."""
    folder, size = Path(source.path), (source.width, source.height)
    labels = table.column(CLASS).to_pylist()
    for row, name in enumerate(table.column(PATH).to_pylist()):
        there = table.image(row, image.name)
        found = read_picture(folder / name, mode, size, source.fit).reshape(there.shape)
        if not np.array_equal(found, there) or labels[row] not in (None, Path(name).parts[0]):
            raise Unprintable(f"“{name}” is not read in a line or two")


def _encoding(encoded: Encoded, image: ImageFeature) -> Iterator[str]:
    channels, height, width = image.shape
    yield f"levels = np.stack(pictures).reshape(-1, {height}, {width}, {channels}) / {image.levels - 1}"
    yield "# Mean and deviation of each channel, learned from the training rows."
    yield f"scaled = ((levels - {list(image.mean)!r}) / {list(image.std)!r}).astype(np.float32)"
    if isinstance(encoded.encoding.layout, SequenceLayout):
        yield f"x = torch.tensor(scaled.reshape(-1, {height}, {width * channels}))  # line by line"
    else:
        yield "x = torch.tensor(scaled.transpose(0, 3, 1, 2))"


def _answer(data: DataSpec, encoded: Encoded) -> Iterator[str]:
    if data.task is Task.RECONSTRUCTION:
        yield "y = x.flatten(1)  # the input itself"
        return
    target: Any = encoded.encoding.target
    if not target.classes or target.names != (CLASS,):
        raise Unprintable("their answer is not the folder that they lie in")
    yield f"classes = {value(list(target.classes))}"
    yield "y = torch.tensor([classes.index(path.relative_to(folder).parts[0]) for path in paths])"
